"""The connection to Discord: which client it is, and how it is led to another Discord than that."""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

log = logging.getLogger(__name__)

# what people type comes with the interaction itself: no list of members, no messages
INTENTS = discord.Intents(guilds=True)
_LONGEST_WAIT = 30.0  # seconds for a rate limit: longer, and whoever waits is told so instead


class Client(discord.AutoShardedClient):
    """Our client: it hears of guilds and interactions, keeps no messages, and pings nobody.

    `connected` is set while it hears; `joined` is called with a guild that has
    added the desk, or is there again after an outage.
    """

    def __init__(self, connected: asyncio.Event | None = None) -> None:
        self.connected = connected or asyncio.Event()
        self.joined: Callable[[int], None] = lambda _: None
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=_LONGEST_WAIT,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )

    async def on_connect(self) -> None:
        """Note that it hears."""
        self.connected.set()

    async def on_disconnect(self) -> None:
        """Note that it does not hear just now; discord.py connects again by itself."""
        self.connected.clear()

    async def on_resumed(self) -> None:
        """Note that it hears again."""
        self.connected.set()

    async def hear_no_more(self) -> None:
        """Close what it hears over; whatever it has heard can still be answered."""
        for shard in self.shards.values():
            await shard.disconnect()

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:  # noqa: ARG002 - theirs, and what was typed is among them
        """Log what went wrong in a listener."""
        error = sys.exception()
        if error is not None:
            note_failure(error, event_method)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Log that a guild wants the desk no more: what is sent there comes back from now on."""
        log.info("discord.removed", extra={"guild": guild.id})

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Log that the desk is in another guild."""
        log.info("discord.joined", extra={"guild": guild.id})
        self.joined(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Look after a guild that is there now."""
        self.joined(guild.id)


def note_failure(error: BaseException, what: str) -> None:
    """Log an error that should not have been, by its class and place.

    What was typed stays out of the log, and an error's words may hold it.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error("discord.failed", extra={"what": what, "error": type(error).__name__, "where": where})


def lead_to(client: discord.Client, api_url: str) -> None:
    """Let this client, and no other one of the process, take another address for Discord's.

    To be called in the task that runs the client: what answers interactions is found by context.
    """
    if api_url == Route.BASE:
        return
    Elsewhere(api_url).lead(client)
    async_context.set(_Adapter(api_url))


class Elsewhere:
    """Another Discord: its REST API, and the gateway that it names when it is first asked."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url
        self._gateway: yarl.URL | None = None

    def lead(self, client: discord.Client) -> None:
        """Put this in the way of what a client asks of Discord."""
        http = client.http
        ask, connect = http.request, http.ws_connect

        async def request(route: Route, **options: Any) -> Any:  # noqa: ANN401 - as theirs
            moved(route, self._api_url)
            answer = await ask(route, **options)
            if route.path.startswith("/gateway") and isinstance(answer, dict):
                self._gateway = yarl.URL(answer["url"])
            return answer

        async def ws_connect(url: str, *, compress: int = 0) -> Any:  # noqa: ANN401 - as theirs
            wanted = yarl.URL(url)
            # after a session that is no good any more discord.py goes to the address it knows
            if self._gateway is not None and wanted.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
                url = str(self._gateway.with_query(wanted.query))
            return await connect(url, compress=compress)

        http.request = request  # type: ignore[method-assign]  # of this one client
        http.ws_connect = ws_connect  # type: ignore[method-assign]  # likewise


class _Adapter(AsyncWebhookAdapter):
    """Answers interactions at another Discord."""

    def __init__(self, api_url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # they did not annotate it
        self._api_url = api_url

    async def request(self, route: Route, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as theirs
        moved(route, self._api_url)
        return await super().request(route, *args, **options)


def moved(route: Route, api_url: str) -> None:
    """Let a request go to another Discord."""
    if route.url.startswith(Route.BASE):
        route.url = api_url + route.url.removeprefix(Route.BASE)
