"""Slack over Socket Mode: no public address is needed; the connection is kept and mended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

log = logging.getLogger(__name__)

# a connection that broke without a word is noticed at the next ping: until then people get errors
_PING_EVERY = 1.5  # seconds
_ON_THE_WAY = 0.1  # seconds: Bolt looks for an acknowledgement every hundredth, and then sends it


async def listen(
    app: AsyncApp, app_token: str, stop: asyncio.Event, drain: Callable[[], Awaitable[None]]
) -> None:
    """Listen until told to stop; what is lost on the way is connected again.

    `drain` is awaited before the connection is closed: over it go the last answers.
    """
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=_PING_EVERY)
    handler.client.logger = _quiet()
    connecting = asyncio.create_task(handler.connect_async(), name="slack.connect")  # type: ignore[no-untyped-call]  # Bolt's
    connecting.add_done_callback(_say)
    try:
        await stop.wait()
        await drain()
        await asyncio.sleep(_ON_THE_WAY)
    finally:
        connecting.cancel()
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's


def _say(connecting: asyncio.Task[None]) -> None:
    if connecting.cancelled():
        return
    if error := connecting.exception():
        log.error("slack.not_connected", extra={"reason": type(error).__name__})
    else:
        log.info("slack.connected")


def _quiet() -> logging.Logger:
    """Give the connection a logger that does not write payloads."""
    logger = logging.getLogger("callboard.slack_socket")
    logger.setLevel(logging.ERROR)
    return logger
