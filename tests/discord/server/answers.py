"""What an answer to an interaction does: messages, modals, choices, and changes of them.

Source: Discord's documentation, "Receiving and Responding", interaction callback types.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.discord.server import composing, payloads
from tests.discord.server.errors import Json, invalid
from tests.discord.server.messages import CHAT_INPUT_COMMAND, EPHEMERAL, LOADING, REPLY, Message
from tests.discord.server.modals import Modal
from tests.discord.server.tokens import COMMAND
from tests.discord.server.validation import Surface, check_choices, check_message, check_modal

if TYPE_CHECKING:
    from tests.discord.server.interactions import Interaction
    from tests.discord.server.rest import Asked


def send(asked: Asked, interaction: Interaction) -> Message:
    """Show a message as the first answer."""
    message = _made(asked, interaction, _data(asked), place="data")
    interaction.original = message
    return message


def send_more(asked: Asked, interaction: Interaction) -> Message:
    """Show a further message."""
    message = _made(asked, interaction, asked.fields, place="")
    interaction.followups.append(message)
    return message


def think(asked: Asked, interaction: Interaction) -> None:
    """Show that the app is thinking; whether to one person alone is settled by that."""
    data = asked.fields.get("data") or {}
    flags = data.get("flags") or 0
    if set(data) - {"flags"} or flags & ~EPHEMERAL:
        raise invalid([("data", "UNKNOWN_FIELD", "Only the flag EPHEMERAL can be set here")])
    interaction.original = _composed(asked, interaction, {"flags": flags}, LOADING)


def update(asked: Asked, interaction: Interaction) -> Message:
    """Change the message that was clicked in."""
    message = interaction.source
    if message is None:
        raise AssertionError
    interaction.original = message
    payload = asked.fields.get("data") or {}
    return _changed(asked, interaction, message, payload, place="data")


def edit(asked: Asked, interaction: Interaction, message: Message) -> Message:
    """Change a message that came in answer; one that was thinking says something then."""
    return _changed(asked, interaction, message, asked.fields, place="")


def delete(interaction: Interaction, message: Message) -> None:
    """Take away a message that came in answer."""
    composing.delete(interaction.world, message)


def offer(asked: Asked, interaction: Interaction) -> None:
    """Offer choices for the option that a person types into."""
    focused = next(_focused(interaction.payload["data"].get("options", [])))
    interaction.heard.choices = check_choices(asked.fields.get("data"), focused["type"])


def open_modal(asked: Asked, interaction: Interaction) -> None:
    """Open a modal before the person, in place of one that may stand there."""
    person = interaction.heard.person
    modal = Modal(check_modal(asked.fields.get("data")), interaction)
    if person.modal is not None:
        person.dismisses(person.modal)
    person.modal = interaction.heard.modal = modal


def _made(asked: Asked, interaction: Interaction, payload: Json, *, place: str) -> Message:
    check_message(payload, Surface.INTERACTION, uploads=asked.uploads, place=place)
    return _composed(asked, interaction, payload, 0)


def _composed(asked: Asked, interaction: Interaction, payload: Json, flags: int) -> Message:
    first = interaction.source or interaction.original
    plain = interaction.kind == COMMAND and first is None
    message = composing.compose(
        asked.world,
        interaction.channel,
        payload,
        asked.uploads,
        kind=CHAT_INPUT_COMMAND if plain else REPLY,
        interaction=payloads.metadata(interaction, interaction.trigger),
        ephemeral_for=interaction.user if (payload.get("flags") or 0) & EPHEMERAL else None,
        webhook_id=asked.world.application.id,
        flags=flags,
    )
    message.reference = first
    interaction.heard.everything.append(message)
    return message


def _changed(
    asked: Asked, interaction: Interaction, message: Message, payload: Json, *, place: str
) -> Message:
    check_message(
        payload,
        Surface.INTERACTION_EDIT,
        uploads=asked.uploads,
        attached=[one.id for one in message.attachments],
        flags=message.flags,
        place=place,
    )
    was_thinking = bool(message.flags & LOADING)
    message.flags &= ~LOADING
    composing.recompose(asked.world, message, payload, asked.uploads)
    if was_thinking:
        # whether it notifies then is not documented: a test is to see whom it could
        message.pings = set(message.mentions)
    if message is interaction.source:
        interaction.heard.updated = message
    return message


def _data(asked: Asked) -> Json:
    data = asked.fields.get("data")
    if not isinstance(data, dict):
        raise invalid([("data", "BASE_TYPE_REQUIRED", "This field is required")])
    return data


def _focused(options: list[Any]) -> Iterator[Json]:
    for option in options:
        if option.get("focused"):
            yield option
        yield from _focused(option.get("options", []))
