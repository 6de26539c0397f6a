"""Addresses of Discord's people and channels, as contacts carry them: the one place that knows.

A person is `<guild>/<user>`, a channel or thread `<guild>/#<channel>`, in decimal. The numbers
(snowflakes) do not tell the two apart, so the sign does, by which people know channels.
The guild is the one in which the contact was chosen, as Slack's `T0123/C0456` names the workspace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"([1-9][0-9]{0,19})/(#?)([1-9][0-9]{0,19})", re.ASCII)
_SNOWFLAKES = range(1, 2**64)


@dataclass(frozen=True, slots=True)
class DiscordAddress:
    """A person or a channel; `id` is the user's or the channel's, `guild` where they are met."""

    guild: int
    id: int
    person: bool

    def __str__(self) -> str:
        """Write it as a contact carries it."""
        return f"{self.guild}/{'' if self.person else '#'}{self.id}"


def person_address(guild: int, user: int) -> str:
    """Make the address of a person, who is written to by direct message."""
    return str(DiscordAddress(guild, user, person=True))


def channel_address(guild: int, channel: int) -> str:
    """Make the address of a channel or thread."""
    return str(DiscordAddress(guild, channel, person=False))


def read_address(address: str) -> DiscordAddress | None:
    """Read an address; None for what is none of Discord's."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    guild, number = int(found[1]), int(found[3])
    if guild not in _SNOWFLAKES or number not in _SNOWFLAKES:
        return None
    return DiscordAddress(guild, number, person=not found[2])
