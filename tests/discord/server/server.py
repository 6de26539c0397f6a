"""Discord on loopback: the REST API, the gateway, files, and the people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.discord.server.cdn import Cdn
from tests.discord.server.faults import Faults
from tests.discord.server.gateway import Gateway
from tests.discord.server.interaction_rest import add_routes as add_interaction_routes
from tests.discord.server.pace import Pace
from tests.discord.server.person import Person
from tests.discord.server.rest import BASE, LARGEST_REQUEST, Rest
from tests.discord.server.rest_about import add_routes as add_about
from tests.discord.server.rest_channels import add_routes as add_channels
from tests.discord.server.rest_commands import add_routes as add_commands
from tests.discord.server.rest_events import add_routes as add_events
from tests.discord.server.rest_messages import add_routes as add_messages
from tests.discord.server.world import World

_ROUTES = (
    add_about,
    add_channels,
    add_messages,
    add_events,
    add_commands,
    add_interaction_routes,
)


class DiscordServer(World):
    """A Discord of our own. Open it with `open_discord()`.

    Point discord.py at it with `discord.http.Route.BASE = server.api_url` and
    `DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway.url)` (see conftest.py).
    """

    def __init__(self) -> None:
        super().__init__()
        self.faults = Faults()
        self.pace = Pace(self.clock)
        self.gateway = Gateway(self)
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """Where the REST API is, without a slash at its end."""
        return f"{self.base_url}{BASE}"

    def add_person(self, name: str, *, user_id: int | None = None, locale: str = "en-US") -> Person:
        """Add somebody who is in no guild yet; `guild.add_member` lets them in."""
        person = Person(user_id or self.clock.snowflake(), name, self, locale=locale)
        self.users[person.id] = person
        return person

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        rest, cdn = Rest(self, self.faults, self.pace), Cdn(self, self.faults)
        for add in _ROUTES:
            add(rest)
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.router.add_get("/gateway", self.gateway.handle)
        application.router.add_get("/gateway/", self.gateway.handle)
        application.router.add_get("/attachments/{attachment}/{filename}", cdn.fetch)
        rest.mount(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close everything."""
        self.faults.clear()
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()


@asynccontextmanager
async def open_discord() -> AsyncIterator[DiscordServer]:
    """Open a Discord on loopback for as long as the block lasts."""
    server = DiscordServer()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
