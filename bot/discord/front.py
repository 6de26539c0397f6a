"""Discord as a front end: made of the settings, connected until it is told to stop, then drained.

Nothing waits for Discord to be ready: what is asked is answered as soon as it arrives.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import discord

from bot.discord import buttons
from bot.discord.client import Client, lead_to, note_failure
from bot.discord.commands import Commands
from bot.discord.form import open_form
from bot.discord.hall import NOT_ANSWERING, Hall, word_of
from bot.discord.sync import sync
from bot.discord.tree import Tree, make_tree
from bot.discord.zone_question import make_zone_item
from core.store.desk import Desk

log = logging.getLogger(__name__)

_LAST_ANSWERS = 8.0  # seconds for what was deferred and not yet answered
_PAUSE, _LONGEST_PAUSE = 5.0, 300.0  # seconds before trying to connect once more


class FrontSettings(Protocol):
    """The settings that this front end reads."""

    @property
    def discord_token(self) -> str:
        """The bot's token."""

    @property
    def discord_guild(self) -> str:
        """A guild, by id, in which alone the commands are written, at once; "": everywhere."""

    @property
    def discord_admin_role(self) -> str:
        """A role, by name or id, whose members are admins."""

    @property
    def discord_api_url(self) -> str:
        """Where Discord's REST API is, without a slash at its end."""


@dataclass(slots=True)
class DiscordFront:
    """Discord's side of the desk.

    `connected` is set while it hears, `ready` once Discord knows its commands as well.
    """

    settings: FrontSettings
    hall: Hall
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _client: Client | None = None
    _syncing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop; what Discord does meanwhile ends nothing.

        A token that Discord refuses is logged, and tried again later: the rest of the desk goes on.
        """
        pause = _PAUSE
        while not stop.is_set():
            began = asyncio.get_running_loop().time()
            await self._listen(stop)
            if asyncio.get_running_loop().time() - began > _LONGEST_PAUSE:
                pause = _PAUSE
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _listen(self, stop: asyncio.Event) -> None:
        """Be connected, as long as that holds."""
        client = Client(self.connected)
        tree = self._furnish(client)
        lead_to(client, self.settings.discord_api_url)
        listening = asyncio.create_task(self._connected(client, tree, stop), name="discord")
        stopping = asyncio.create_task(stop.wait(), name="discord.stop")
        self._client = client
        try:
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                await self._answer_the_last(client)
        finally:
            stopping.cancel()
            self.connected.clear()
            self._client = None
            await _ended(client, listening)

    def _furnish(self, client: Client) -> Tree:
        """Let a client hear what is typed, pressed and handed in."""
        commands = Commands(self.hall, open_form)
        tree = make_tree(client, self.hall, commands.on_command)
        client.add_dynamic_items(make_zone_item(commands.zones))
        buttons.register(client, self.hall)
        return tree

    async def _connected(self, client: Client, tree: Tree, stop: asyncio.Event) -> None:
        try:
            await client.login(self.settings.discord_token)
            guild = int(self.settings.discord_guild) if self.settings.discord_guild else None

            def joined(number: int) -> None:
                if number == guild:
                    self.hall.beside(self._sync(tree, guild, stop))

            client.joined = joined
            self.hall.beside(self._sync(tree, guild, stop))
            await client.connect()
        except discord.LoginFailure:
            log.error("discord.token_refused")  # noqa: TRY400 - no trace needed
        except (*NOT_ANSWERING, discord.ClientException) as error:
            log.warning("discord.not_connected", extra={"error": word_of(error)})
        except Exception as error:  # noqa: BLE001 - the desk goes on without Discord
            note_failure(error, "connection")

    async def _sync(self, tree: Tree, guild: int | None, stop: asyncio.Event) -> None:
        async with self._syncing:
            await sync(self.hall.desk, tree, guild, stop)
        await self.connected.wait()
        self.ready.set()

    async def _answer_the_last(self, client: Client) -> None:
        """Answer what people wait for, and then what was heard until nothing more is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_ANSWERS):
                await self.drain()
                await client.hear_no_more()
                await self.drain()

    async def drain(self) -> None:
        """Finish what people still wait for."""
        if self.hall.running:
            await asyncio.wait(self.hall.running, timeout=_LAST_ANSWERS)

    async def close(self) -> None:
        """Finish what people still wait for, and close the connection."""
        await self.drain()
        if self._client is not None:
            await self._client.close()


def make_front(settings: FrontSettings, desk: Desk) -> DiscordFront:
    """Put the front end together."""
    logging.getLogger("discord").setLevel(logging.WARNING)  # below, it names sessions
    # a completion that came too late is no error; what else goes wrong there, `Tree` says
    logging.getLogger("discord.app_commands.tree").setLevel(logging.CRITICAL)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
    return DiscordFront(settings, Hall(desk, settings.discord_admin_role))


async def _ended(client: Client, listening: asyncio.Task[None]) -> None:
    """Close a client, however far it came."""
    with suppress(*NOT_ANSWERING, AttributeError):  # AttributeError: it never got to connect
        await client.close()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
