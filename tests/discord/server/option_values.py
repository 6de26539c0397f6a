"""The values of a command's options: what a client makes of what was typed, and what it refuses.

Source: Discord's documentation, "Application Commands", application command option type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.discord.server import payloads
from tests.discord.server.choosing import can_see
from tests.discord.server.errors import Json, NotSentError, NotThereError
from tests.discord.server.places import Channel

if TYPE_CHECKING:
    from tests.discord.server.choosing import Chosen
    from tests.discord.server.user import User

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
LONGEST = 6000  # characters of a string option


def filled_options(
    person: User, channel: Channel, chosen: Chosen, given: dict[str, Any]
) -> tuple[list[Json], Json]:
    """Give the options of an interaction and what their ids stand for.

    Raises NotSentError for what the client would not send, NotThereError for unknown options.
    """
    values = {**chosen.split(), **given}
    known = {option["name"]: option for option in chosen.options}
    if strange := set(values) - set(known):
        raise NotThereError(f"no such options: {sorted(strange)}; there are {sorted(known)}")
    complaints, filled, objects = {}, [], _Objects(person, channel)
    for name, option in known.items():
        if name not in values:
            if option.get("required"):
                complaints[name] = "This option is required. Specify a value."
            continue
        value, complaint = _read(option, values[name], objects)
        if complaint:
            complaints[name] = complaint
        filled.append({"name": name, "type": option["type"], "value": value})
    if complaints:
        raise NotSentError(complaints)
    return filled, payloads.resolved(person, channel, objects.named)


def partial_options(chosen: Chosen, focused: str, typed: str, others: dict[str, Any]) -> list[Json]:
    """Give the options of an autocompletion. Raises NotThereError if it does not complete."""
    known = {option["name"]: option for option in chosen.options}
    if not known.get(focused, {}).get("autocomplete"):
        completing = [name for name, option in known.items() if option.get("autocomplete")]
        raise NotThereError(f"{focused!r} does not complete, only {completing}")
    values = {**chosen.split(), **others}
    filled: list[Json] = []
    for name, option in known.items():
        kept: Json = {"name": name, "type": option["type"]}
        if name == focused:
            filled.append(kept | {"value": typed, "focused": True})
        elif name in values:
            value = values[name]
            filled.append(kept | {"value": str(getattr(value, "id", value))})
            if option["type"] in (INTEGER, NUMBER, BOOLEAN):
                filled[-1]["value"] = _plain(option, value)[0]
    return filled


class _Objects:
    """The people, roles, channels and files that options name."""

    def __init__(self, person: User, channel: Channel) -> None:
        self.person, self.channel = person, channel
        self.named = payloads.Named()

    def find(self, kind: int, value: Any) -> int | None:  # noqa: ANN401 - an object, id or mention
        """Find what a value names among what the person could choose."""
        wanted = getattr(value, "id", value)
        mention = re.fullmatch(r"<(?:@&|@!?|#)(\d+)>|(\d+)", str(wanted))
        number = int(mention[1] or mention[2]) if mention else 0
        guild, name = self.channel.guild, str(wanted)[1:]
        if kind in (USER, MENTIONABLE):
            known = {one.user.id: one.user for one in guild.members.values()} if guild else {}
            for user in known.values():
                if user.id == number or name in (user.username, user.name):
                    self.named.users.append(user.id)
                    return user.id
        if kind in (ROLE, MENTIONABLE) and guild:
            for role in guild.roles.values():
                if role.id == number or role.name == name:
                    self.named.roles.append(role.id)
                    return role.id
        if kind == CHANNEL and guild:
            for place in guild.channels.values():
                if can_see(self.person, place) and (place.id == number or place.name == name):
                    self.named.channels.append(place.id)
                    return place.id
        return None


def _read(option: Json, value: Any, objects: _Objects) -> tuple[Any, str | None]:  # noqa: ANN401
    """Give an option's value as it is sent, and what the client says against it."""
    kind = option["type"]
    if kind == ATTACHMENT:
        objects.named.files.append(value)
        return str(value.id), None
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
        number = objects.find(kind, value)
        if number is None:
            return None, "There is no such one to choose."
        if kind == CHANNEL and not _channel_fits(option, objects.channel, number):
            return None, "Channels of this kind cannot be chosen."
        return str(number), None
    if option.get("choices"):
        for choice in option["choices"]:
            if value in (choice["name"], choice["value"], str(choice["value"])):
                return choice["value"], None
        return None, "Choose one of the choices."
    return _plain(option, value)


def _channel_fits(option: Json, channel: Channel, number: int) -> bool:
    types = option.get("channel_types")
    guild = channel.guild
    return not types or (guild is not None and guild.channels[number].type in types)


def _plain(option: Json, value: Any) -> tuple[Any, str | None]:  # noqa: ANN401 - text or a number
    match option["type"]:
        case kind if kind == STRING:
            return _text(option, str(value))
        case kind if kind == BOOLEAN:
            said = {"true": True, "false": False}.get(str(value).lower())
            return said, None if said is not None else "Choose True or False."
    try:
        number = int(value) if option["type"] == INTEGER else float(value)
    except ValueError:
        return None, "Enter a valid number."
    low, high = option.get("min_value"), option.get("max_value")
    if (low is not None and number < low) or (high is not None and number > high):
        return None, f"The number must be between {low} and {high}."
    return number, None


def _text(option: Json, text: str) -> tuple[str, str | None]:
    low, high = option.get("min_length") or 0, option.get("max_length") or LONGEST
    if not text:
        return text, "Specify a value."
    fits = low <= len(text) <= high
    return text, None if fits else f"The text must have {low} to {high} characters."
