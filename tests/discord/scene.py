"""A guild of this Discord with discord.py logged in by REST alone, and bare calls beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord as library

from tests.discord.server.errors import Json
from tests.discord.server.guild import Guild
from tests.discord.server.person import Person
from tests.discord.server.places import Channel
from tests.discord.server.rehearsal import plain_client, pointed_at
from tests.discord.server.server import DiscordServer, open_discord


@dataclass
class Scene:
    """A guild with its owner Olga, Hanna, and a channel; `client` is discord.py's."""

    discord: DiscordServer
    guild: Guild
    olga: Person
    hanna: Person
    general: Channel
    client: library.Client
    session: aiohttp.ClientSession

    @property
    def channel(self) -> library.PartialMessageable:
        """The channel as discord.py has it."""
        return self.client.get_partial_messageable(self.general.id, guild_id=self.guild.id)

    @property
    def messages(self) -> str:
        """The path of the channel's messages."""
        return f"/channels/{self.general.id}/messages"

    @property
    def events(self) -> str:
        """The path of the guild's scheduled events."""
        return f"/guilds/{self.guild.id}/scheduled-events"

    @property
    def commands(self) -> str:
        """The path of the application's global commands."""
        return f"/applications/{self.discord.application.id}/commands"

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Call the REST API without discord.py, and give status and body."""
        headers = {"Authorization": f"Bot {self.discord.application.token}"}
        url = self.discord.api_url + path
        async with self.session.request(method, url, json=body, headers=headers) as reply:
            return reply.status, await reply.json() if reply.status != 204 else None

    async def refused(self, method: str, path: str, body: object) -> dict[str, str]:
        """Make a call that is refused with 50035, and give the code of each place."""
        status, told = await self.call(method, path, body)
        assert (400, 50035) == (status, told.get("code")), told
        return places(told["errors"])


def places(errors: Json, at: str = "") -> dict[str, str]:
    """Give the first code of each place that an answer complains of."""
    found: dict[str, str] = {}
    for name, inner in errors.items():
        if name == "_errors":
            found[at] = inner[0]["code"]
        else:
            found |= places(inner, f"{at}.{name}" if at else name)
    return found


@asynccontextmanager
async def open_scene() -> AsyncIterator[Scene]:
    """Open a scene."""
    async with open_discord() as server, aiohttp.ClientSession() as session:
        with pointed_at(server):
            olga, hanna = server.add_person("Olga"), server.add_person("Hanna")
            guild = server.add_guild("Stage", owner=olga)
            guild.add_member(hanna)
            general = guild.add_channel("general")
            async with plain_client() as client:
                await client.login(server.application.token)
                yield Scene(server, guild, olga, hanna, general, client, session)
