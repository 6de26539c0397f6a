"""The HTTP server of the process: it binds, serves, and stops when it is told to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

log = logging.getLogger(__name__)

# what aiohttp would log of requests that it cannot read holds the request, and so what opens things
_unread = logging.getLogger(f"{__name__}.unread")
_unread.addFilter(lambda record: not _is_unreadable(record))

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
    runner = web.AppRunner(
        application, access_log=None, logger=_unread, shutdown_timeout=_LAST_ANSWERS
    )
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


def _is_unreadable(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return isinstance(error, HttpProcessingError) or record.levelno < logging.ERROR


async def _alive(_: web.Request) -> web.Response:
    return web.Response(text="alive\n")
