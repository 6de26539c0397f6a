"""Channels (`#123`) and people (`123`) that somebody names, as contacts that a form takes.

Discord writes `<#123>` and `<@123>` into a text where somebody chose a channel or a person while
typing; whoever types such a thing by hand could name what they cannot see, so each is looked at.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import discord

from bot.discord.hall import ASKING, NOT_ANSWERING
from bot.form.addresses import Recognise
from core.model.discord_address import channel_address, person_address
from core.model.recipient import Contact, RouteName
from core.notices.said import cleaned

_MENTION = re.compile(r"<(#|@!?)([1-9]\d{0,19})>", re.ASCII)
_ADDRESS = re.compile(r"discord:(#?[1-9]\d{0,19})", re.ASCII)
_MOST_ASKED = 20  # people that are looked up for one command


def address(target: str) -> str:
    """Write a channel (`#123`) or person (`123`) so that a form takes it for a contact address."""
    return f"discord:{target}"


def contact_of(guild: int, target: str, name: str = "") -> Contact:
    """Make the contact address of a channel (`#123`) or person (`123`)."""
    number = int(target.removeprefix("#"))
    make = channel_address if target.startswith("#") else person_address
    return Contact(RouteName.DISCORD, make(guild, number), name or target)


def recogniser(guild: int, names: Mapping[str, str]) -> Recognise:
    """Recognise the channels and people that have names here, and nothing that was merely typed."""

    def recognised(text: str) -> Contact | None:
        found = _ADDRESS.fullmatch(text.strip())
        if found is None or found[1] not in names:
            return None
        return contact_of(guild, found[1], names[found[1]])

    return recognised


def with_targets(text: str, targets: Iterable[str]) -> str:
    """Put channels and people behind the addresses that were typed."""
    return "\n".join([*([text] if text else []), *map(address, targets)])


@dataclass(slots=True)
class Named:
    """Channels and people of a guild that were named, and what they are called."""

    guild: discord.Guild
    names: dict[str, str] = field(default_factory=dict)

    @property
    def recognise(self) -> Recognise:
        """Recognise what was named, and nothing that was merely typed."""
        return recogniser(self.guild.id, self.names)

    @property
    def private(self) -> str:
        """Name a channel that not everybody in the guild can see; "" where there is none."""
        for target, name in self.names.items():
            if target.startswith("#") and not self._seen_by_all(int(target[1:])):
                return name
        return ""

    async def typed(self, text: str, user: discord.Member) -> str:
        """Write as addresses the channels and people in a text that its writer can see."""
        for found in list(_MENTION.finditer(text))[:_MOST_ASKED]:
            number = int(found[2])
            if found[1] == "#":
                place = self.guild.get_channel_or_thread(number)
                if place is not None and place.permissions_for(user).view_channel:
                    self.names[f"#{number}"] = f"#{cleaned(place.name)}"
            elif (member := await self._member(number)) is not None:
                self.names[str(number)] = f"@{cleaned(member.display_name)}"

        def written(found: re.Match[str]) -> str:
            target = f"#{found[2]}" if found[1] == "#" else found[2]
            return address(target) if target in self.names else found[0]

        return _MENTION.sub(written, text)

    def _seen_by_all(self, number: int) -> bool:
        place = self.guild.get_channel_or_thread(number)
        if place is None or isinstance(place, discord.Thread):
            return False
        return place.permissions_for(self.guild.default_role).view_channel

    async def _member(self, number: int) -> discord.Member | None:
        """Look somebody up among the members; None where they are none, or are not told of."""
        try:
            return await asyncio.wait_for(self.guild.fetch_member(number), ASKING)
        except NOT_ANSWERING:
            return None
