"""Which commands a person can choose where, and what the text they type amounts to.

Source: Discord's documentation, "Application Commands": permissions, contexts, option types.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.discord.server.commands import CHAT_INPUT, Command
from tests.discord.server.errors import Json, NotThereError
from tests.discord.server.permissions import Permission
from tests.discord.server.places import Channel

if TYPE_CHECKING:
    from tests.discord.server.user import User

SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2
_GUILD, _BOT_DM = 0, 1


@dataclass(frozen=True)
class Chosen:
    """A command with its sub-command: the options that may be given, and what was typed after."""

    command: Command
    path: list[Json]
    rest: str

    @property
    def options(self) -> list[Json]:
        """The options that can be filled in."""
        last = self.path[-1] if self.path else self.command.definition
        return last.get("options") or []

    def nested(self, values: list[Json]) -> list[Json]:
        """Put values where they belong in the data of an interaction."""
        for step in reversed(self.path):
            values = [{"name": step["name"], "type": step["type"], "options": values}]
        return values

    def split(self) -> dict[str, str]:
        """Tell what was typed for which option, as `name:value`. Raises NotThereError."""
        names = "|".join(re.escape(option["name"]) for option in self.options) or r"(?!)"
        pieces = re.split(rf"(?:^|\s+)({names}):\s*", self.rest)
        if pieces[0].strip():
            raise NotThereError(f"{pieces[0]!r} belongs to no option of {self.command.name!r}")
        return dict(zip(pieces[1::2], (one.strip() for one in pieces[2::2]), strict=True))


def choose(person: User, channel: Channel, text: str) -> Chosen:
    """Find the command that a text begins with. Raises NotThereError if they are not offered it."""
    name, _, rest = text.removeprefix("/").partition(" ")
    there = offered(person, channel)
    command = there.get(name)
    if command is None or not text.startswith("/"):
        raise NotThereError(f"{person.name} is not offered /{name}, only {sorted(there)}")
    path: list[Json] = []
    options = command.options
    while any(option["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP) for option in options):
        name, _, rest = rest.strip().partition(" ")
        step = next((option for option in options if option["name"] == name), None)
        if step is None:
            names = [option["name"] for option in options]
            raise NotThereError(f"/{command.name} has no {name!r}, only {names}")
        path.append(step)
        options = step.get("options") or []
    return Chosen(command, path, rest.strip())


def offered(person: User, channel: Channel) -> dict[str, Command]:
    """List the slash commands that a person is offered in a channel, by name."""
    if not can_write(person, channel):
        return {}
    guild = channel.guild
    there = list(person.world.commands.values())
    if guild is not None:
        if not guild.bot_is_in or not guild.commands_allowed:
            return {}
        there += guild.commands.values()
    return {
        command.name: command
        for command in there
        if command.type == CHAT_INPUT and _may_use(person, channel, command)
    }


def can_see(person: User, channel: Channel) -> bool:
    """Tell whether a person can see a channel."""
    if channel.deleted:
        return False
    if channel.guild is None:
        return channel.recipient is person
    return bool(channel.permissions_of(person) & Permission.VIEW_CHANNEL)


def can_write(person: User, channel: Channel) -> bool:
    """Tell whether a person can type something into a channel."""
    needed = Permission.SEND_MESSAGES
    if channel.is_thread:
        needed = Permission.SEND_MESSAGES_IN_THREADS
    may = channel.permissions_of(person)
    return can_see(person, channel) and (channel.guild is None or bool(may & needed))


def _may_use(person: User, channel: Channel, command: Command) -> bool:
    definition: dict[str, Any] = command.definition
    contexts = definition.get("contexts")
    if channel.guild is None:
        if contexts is not None:
            return _BOT_DM in contexts
        return definition.get("dm_permission") is not False
    if contexts is not None and _GUILD not in contexts:
        return False
    may = channel.permissions_of(person)
    if may & Permission.ADMINISTRATOR:
        return True
    if not may & Permission.USE_APPLICATION_COMMANDS:
        return False
    needed = definition.get("default_member_permissions")
    if needed is None:
        return True
    # "0" is: nobody but administrators
    return int(needed) != 0 and may & int(needed) == int(needed)
