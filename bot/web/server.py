"""The HTTP server of the process: it binds, serves, and stops when it is told to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

log = logging.getLogger(__name__)

_LARGEST_BODY = 1024 * 1024  # Slack's largest payloads hold a view of 250 kB
_LAST_ANSWERS = 8.0  # seconds that requests under way are given when we stop


@asynccontextmanager
async def serving(
    routes: Sequence[web.RouteDef], host: str, port: int
) -> AsyncIterator[tuple[str, int]]:
    """Serve while the context is open; gives the address that was bound.

    Nothing is logged of requests: addresses and queries may hold what opens something.
    """
    application = web.Application(client_max_size=_LARGEST_BODY)
    application.add_routes([web.get("/healthz", _alive), *routes])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_LAST_ANSWERS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0]
        log.info("web.ready", extra={"host": bound[0], "port": bound[1]})
        yield str(bound[0]), int(bound[1])
    finally:
        await runner.cleanup()


async def serve(routes: Sequence[web.RouteDef], host: str, port: int, stop: asyncio.Event) -> None:
    """Serve until told to stop."""
    async with serving(routes, host, port):
        await stop.wait()


async def _alive(_: web.Request) -> web.Response:
    return web.Response(text="alive\n")
