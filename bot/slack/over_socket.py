"""Slack over Socket Mode: no public address is needed; the connection is kept and mended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.socket_troubles import TroublesAsEvents

log = logging.getLogger(__name__)

_TROUBLES = TroublesAsEvents()
# a connection that broke without a word is noticed at the next ping: until then people get errors
_PING_EVERY = 1.5  # seconds
_LAST_ACKNOWLEDGED = 8.0  # seconds
_TURNS = 5  # of the event loop, in which what has arrived is read and handed on


class _Handler(AsyncSocketModeHandler):
    """Bolt's, but for a connection that breaks while something is being done."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as Bolt's own
        """Have a request done and acknowledged."""
        try:
            await super().handle(client, req)
        except ConnectionError as error:
            # it was done, as a second copy of it would find; only Slack was not told
            log.warning(
                "slack.not_acknowledged", extra={"kind": req.type, "reason": type(error).__name__}
            )


async def listen(
    app: AsyncApp, app_token: str, stop: asyncio.Event, drain: Callable[[], Awaitable[None]]
) -> None:
    """Listen until told to stop; what is lost on the way is connected again.

    `drain` is awaited before the connection is closed: over it go the last answers. Until then
    Slack goes on sending, and whatever has come is acknowledged first.
    """
    handler = _Handler(app, app_token, ping_interval=_PING_EVERY)
    handler.client.logger = _quiet()
    in_hand = _InHand(handler)
    connecting = asyncio.create_task(handler.connect_async(), name="slack.connect")  # type: ignore[no-untyped-call]  # Bolt's
    connecting.add_done_callback(_say)
    try:
        await stop.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_ACKNOWLEDGED):
                await drain()
                await in_hand.nothing()
    finally:
        connecting.cancel()
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's


class _InHand:
    """What has come over a connection and was not acknowledged yet, wherever Bolt has it."""

    def __init__(self, handler: AsyncSocketModeHandler) -> None:
        self._handle = handler.handle
        self._came = self._done = 0
        self._changed = asyncio.Condition()
        handler.client.on_message_listeners.append(self._note)
        handler.client.socket_mode_request_listeners[:] = [self._handled]  # type: ignore[list-item]  # as Bolt does

    async def nothing(self) -> None:
        """Wait until all that has come is acknowledged, and nothing more is there to be read."""
        came = -1
        while came != self._came:
            came = self._came
            async with self._changed:
                await self._changed.wait_for(lambda: self._done >= self._came)
            for _ in range(_TURNS):
                await asyncio.sleep(0)

    async def _note(self, message: WSMessage) -> None:
        self._came += '"envelope_id"' in str(message.data)

    async def _handled(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        try:
            await self._handle(client, request)
        finally:
            self._done += 1
            async with self._changed:
                self._changed.notify_all()


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
    logger.addFilter(_TROUBLES)
    return logger
