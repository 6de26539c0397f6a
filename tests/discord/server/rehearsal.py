"""A real discord.py client on this Discord, and a guild to rehearse in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord.server.guild import Guild
from tests.discord.server.person import Person
from tests.discord.server.places import Channel
from tests.discord.server.server import DiscordServer, open_discord

# discord.py waits so long after the last guild before it says that it is ready, in seconds
READY_TIMEOUT = 0.05
GUILDS = discord.Intents(guilds=True)
_OPTIONS: dict[str, Any] = {
    "guild_ready_timeout": READY_TIMEOUT,
    "allowed_mentions": discord.AllowedMentions.none(),
}


class PromptClient(discord.Client):
    """A client that identifies again at once: discord.py itself waits five seconds before it."""

    async def before_identify_hook(self, _: int | None, *, initial: bool = False) -> None:
        """Wait for nothing."""


class PromptShards(discord.AutoShardedClient):
    """Likewise, with several shards."""

    async def before_identify_hook(self, _: int | None, *, initial: bool = False) -> None:
        """Wait for nothing."""


@dataclass
class Stage:
    """A guild with a client in it; `seen` is for what its handlers note, `errors` what they raised.

    Put commands into `tree`, then `await stage.sync()`.
    """

    server: DiscordServer
    guild: Guild
    hanna: Person
    general: Channel
    client: discord.Client
    tree: app_commands.CommandTree[discord.Client]
    seen: list[Any] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    async def sync(self) -> None:
        """Let Discord know the commands in the tree."""
        await self.tree.sync()


@asynccontextmanager
async def set_stage(client: discord.Client | None = None) -> AsyncIterator[Stage]:
    """Give a guild with one person and one channel, and a client connected to it."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(open_discord())
        stack.enter_context(pointed_at(server))
        olga, hanna = server.add_person("Olga Owner"), server.add_person("Hanna Host")
        guild = server.add_guild("Stage", owner=olga)
        guild.add_member(hanna)
        general = guild.add_channel("general")
        client = client or plain_client()
        tree = app_commands.CommandTree(client)
        stage = Stage(server, guild, hanna, general, client, tree)
        _keep_errors(stage)
        await stack.enter_async_context(running(server, client))
        yield stage


@asynccontextmanager
async def running(
    server: DiscordServer, client: discord.Client
) -> AsyncIterator[asyncio.Task[None]]:
    """Run a client for as long as the block lasts; it is connected and ready in it."""
    task = asyncio.create_task(client.start(server.application.token))
    try:
        ready = asyncio.create_task(_ready(client, task))
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if task.done():
            await task
        yield task
    finally:
        await client.close()
        await asyncio.gather(task, return_exceptions=True)


@contextmanager
def pointed_at(server: DiscordServer) -> Iterator[None]:
    """Let discord.py take this server for Discord."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = server.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway.url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def plain_client(intents: discord.Intents = GUILDS, **options: Any) -> discord.Client:  # noqa: ANN401 - discord.py's own options
    """Give a client like ours: unless told otherwise it asks for guilds only; it pings nobody."""
    return PromptClient(intents=intents, **_OPTIONS | options)


def sharded_client(shards: int) -> discord.AutoShardedClient:
    """Give a client with several shards."""
    return PromptShards(intents=GUILDS, shard_count=shards, **_OPTIONS)


async def _ready(client: discord.Client, task: asyncio.Task[None]) -> None:
    while not task.done() and not client.is_ready():
        try:
            await client.wait_until_ready()
        except RuntimeError:  # it has not logged in yet
            await asyncio.sleep(0)


def _keep_errors(stage: Stage) -> None:
    @stage.tree.error
    async def note(_: discord.Interaction, error: app_commands.AppCommandError) -> None:
        stage.errors.append(error.__cause__ or error)
        stage.server.tell()
