"""Finding what a person uses in a message, and what the app is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tests.discord.server import payloads
from tests.discord.server.controls import (
    BUTTON,
    CHANNEL_SELECT,
    ENTITY_SELECTS,
    FILE_UPLOAD,
    label_of,
    usable,
)
from tests.discord.server.errors import Json, NotThereError
from tests.discord.server.field_values import filled_value
from tests.discord.server.messages import Message
from tests.discord.server.modals import Modal

if TYPE_CHECKING:
    from tests.discord.server.places import Channel
    from tests.discord.server.user import User


def button_of(message: Message, name: str) -> Json:
    """Find a button. Raises NotThereError if there is none or several, or it is disabled."""
    return _named([one for one in usable(message.components) if one["type"] == BUTTON], name)


def select_of(message: Message, name: str) -> Json:
    """Find a select. Raises NotThereError if there is none or several, or it is disabled."""
    return _named([one for one in usable(message.components) if one["type"] != BUTTON], name)


def still_has(message: Message, control: Json) -> bool:
    """Tell whether a message has a control of this kind and custom_id that can be used."""
    return any(
        (one["type"], one["custom_id"]) == (control["type"], control["custom_id"])
        and not one.get("disabled")
        for one in usable(message.components)
    )


def chosen_values(select: Json, values: object) -> list[str]:
    """Give the values of a choice. Raises NotThereError for an option that is not there."""
    chosen: list[str] = filled_value(select, values)
    return chosen


def resolved_choice(select: Json, chosen: list[str], person: User, channel: Channel) -> Json:
    """Describe what was chosen in a select of people, roles or channels."""
    return _resolved([(select, chosen)], person, channel)


def resolved_fields(modal: Modal, person: User, channel: Channel) -> Json:
    """Describe all that was chosen and uploaded in a modal."""
    fields = [(field, modal.values[field["custom_id"]]) for field in modal.fields]
    return _resolved(fields, person, channel)


def _resolved(fields: Iterable[tuple[Json, list[Any]]], person: User, channel: Channel) -> Json:
    guild, named = channel.guild, payloads.Named()
    for field, values in fields:
        if field["type"] == FILE_UPLOAD:
            named.files += values
        if field["type"] not in ENTITY_SELECTS:
            continue
        numbers = [int(one) for one in values]
        if field["type"] == CHANNEL_SELECT:
            named.channels += numbers
            continue
        named.users += [one for one in numbers if one in person.world.users]
        named.roles += [one for one in numbers if guild and one in guild.roles]
    return payloads.resolved(person, channel, named)


def _named(there: list[Json], name: str) -> Json:
    for fits in (
        lambda one: one["custom_id"] == name,
        lambda one: label_of(one) == name,
        lambda one: one["custom_id"].startswith(name),
    ):
        found = [one for one in there if fits(one)]
        if len(found) == 1:
            break
    else:
        names = [(one["custom_id"], label_of(one)) for one in there]
        raise NotThereError(f"there is not one {name!r} to use among {names}")
    if found[0].get("disabled"):
        raise NotThereError(f"{name!r} cannot be used: it is grey")
    return found[0]
