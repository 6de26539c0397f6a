"""The HTTP server of the process: it binds, serves, and stops when it is told to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

# by the first word of an address: what handles it, instead of a route
Doors: TypeAlias = Mapping[str, Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]]

log = logging.getLogger(__name__)

# what aiohttp would log of requests that it cannot read holds the request, and so what opens things
_unread = logging.getLogger(f"{__name__}.unread")
_unread.addFilter(lambda record: not _is_unreadable(record))

_LARGEST_BODY = 1024 * 1024  # Slack's largest payloads hold a view of 250 kB
_LAST_ANSWERS = 8.0  # seconds that requests under way are given when we stop
_ON_THE_WAY, _LOOK = 0.5, 0.01  # seconds: for what somebody asks who has just connected, and a look


@asynccontextmanager
async def serving(
    routes: Sequence[web.RouteDef], host: str, port: int, doors: Doors | None = None
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
    if doors:
        _open(doors, runner)
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0]
        log.info("web.ready", extra={"host": bound[0], "port": bound[1]})
        yield str(bound[0]), int(bound[1])
        await site.stop()
        await _heard_out(runner.server)
    finally:
        await runner.cleanup()


async def serve(
    routes: Sequence[web.RouteDef], doors: Doors, host: str, port: int, stop: asyncio.Event
) -> None:
    """Serve until told to stop."""
    async with serving(routes, host, port, doors):
        await stop.wait()


async def _heard_out(server: web.Server | None) -> None:
    """Let those ask who have connected already: nobody else answers them any more."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_ON_THE_WAY):
            await asyncio.sleep(0)  # until those have a connection who were just accepted
            while server is not None and server.connections:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(_LOOK)


def _open(doors: Doors, runner: web.AppRunner) -> None:
    """Have what begins with a door's word handled there: the router costs as much as an answer."""
    server = runner.server
    assert server is not None  # it has been set up  # noqa: S101
    others = server.request_handler

    def handle(request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        word = request.rel_url.raw_path[1:].partition("/")[0]
        return doors.get(word, others)(request)

    server.request_handler = handle


def _is_unreadable(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return isinstance(error, HttpProcessingError) or record.levelno < logging.ERROR


async def _alive(_: web.Request) -> web.Response:
    return web.Response(text="alive\n")
