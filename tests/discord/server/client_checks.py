"""What Discord's client checks before it sends a modal or the choice in a select.

Source: Discord's documentation, "Component Reference": `required`, `min_values`, `max_values`,
`min_length`, `max_length`, `channel_types`, `file_types` and their defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.server.choosing import can_see
from tests.discord.server.controls import (
    CHANNEL_SELECT,
    CHECKBOX,
    CHECKBOX_GROUP,
    ENTITY_SELECTS,
    FILE_UPLOAD,
    MENTIONABLE_SELECT,
    RADIO_GROUP,
    ROLE_SELECT,
    SELECTS,
    TEXT_INPUT,
    USER_SELECT,
)
from tests.discord.server.errors import Json
from tests.discord.server.modals import Modal
from tests.discord.server.payloads import UPLOAD_LIMIT

if TYPE_CHECKING:
    from tests.discord.server.places import Attachment, Channel
    from tests.discord.server.user import User

SHORT, LONGEST = 1, 4000
_KINDS = {"image": "image/", "video": "video/", "audio": "audio/"}


def complaints_about(modal: Modal, person: User, channel: Channel) -> dict[str, str]:
    """Say by custom_id why the client keeps the modal open; empty if it sends it."""
    complaints = {}
    for field in modal.fields:
        value = modal.values[field["custom_id"]]
        if said := complaint(field, value, person, channel):
            complaints[field["custom_id"]] = said
    return complaints


def complaint(field: Json, value: Any, person: User, channel: Channel) -> str | None:  # noqa: ANN401 - text, a list, yes or no
    """Say why the client does not send what stands in a field or was chosen in a select."""
    kind = field["type"]
    if kind == CHECKBOX:
        return None
    if value in ("", [], None):
        return "This field is required." if _required(field) else None
    if kind == TEXT_INPUT:
        return _text(field, value)
    if kind == RADIO_GROUP:
        return None
    if kind in SELECTS or kind in (CHECKBOX_GROUP, FILE_UPLOAD):
        fewest, most = _bounds(field)
        if not fewest <= len(value) <= most:
            return f"Choose {fewest} to {most}."
    if kind == FILE_UPLOAD:
        return _files(field, value)
    if kind not in ENTITY_SELECTS:
        return None
    wrong = [one for one in value if not _there(field, int(one), person, channel)]
    return f"These cannot be chosen: {wrong}" if wrong else None


def _required(field: Json) -> bool:
    """Tell whether a field must not be empty: so it is unless it says otherwise."""
    return field.get("required") is not False and field.get("min_values") != 0


def _bounds(field: Json) -> tuple[int, int]:
    fewest, most = field.get("min_values"), field.get("max_values")
    if most is None:
        most = len(field["options"]) if field["type"] == CHECKBOX_GROUP else 1
    return 1 if fewest is None else fewest, most


def _text(field: Json, value: str) -> str | None:
    fewest, most = field.get("min_length") or 0, field.get("max_length") or LONGEST
    # JavaScript's characters, of which an emoji has two, are what the client counts
    length = len(value.encode("utf-16-le")) // 2
    if not fewest <= length <= most:
        return f"Must be between {fewest} and {most} in length."
    if field.get("style", SHORT) == SHORT and "\n" in value:
        return "A short field cannot hold a line break."
    return None


def _files(field: Json, files: list[Attachment]) -> str | None:
    allowed: list[str] = field.get("file_types") or []
    for file in files:
        if len(file.content) > UPLOAD_LIMIT:
            return "Your files are too powerful."
        fits = not allowed or any(
            file.filename.lower().endswith(one.lower())
            or file.content_type.startswith(_KINDS.get(one, "\0"))
            for one in allowed
        )
        if not fits:
            return f"Only files of type {', '.join(allowed)}."
    return None


def _there(field: Json, number: int, person: User, channel: Channel) -> bool:
    """Tell whether a person could choose this user, role or channel."""
    guild, kind = channel.guild, field["type"]
    if kind == CHANNEL_SELECT:
        place = guild.channels.get(number) if guild else None
        types = field.get("channel_types")
        fits = place is not None and (not types or place.type in types)
        return fits and place is not None and can_see(person, place)
    users = guild.members if guild else {person.id: None, person.world.bot.id: None}
    if kind == USER_SELECT:
        return number in users
    if kind == ROLE_SELECT:
        return guild is not None and number in guild.roles
    if kind == MENTIONABLE_SELECT:
        return number in users or (guild is not None and number in guild.roles)
    return True
