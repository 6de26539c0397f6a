"""One WebSocket connection to the gateway: what is sent over it, in order, compressed if asked."""

from __future__ import annotations

import asyncio
import json
import zlib
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class _Farewell:
    code: int
    reason: str


class Connection:
    """A connection. `number` counts all that were ever made, from 1.

    Frames are queued and sent by `write`, so that telling an event never waits for the network.
    """

    def __init__(self, request: web.Request, number: int) -> None:
        self.request, self.number = request, number
        self.socket = web.WebSocketResponse(autoping=True)
        self.silent = False
        self.gone = False
        zlib_stream = request.query.get("compress") == "zlib-stream"
        self._compressor = zlib.compressobj() if zlib_stream else None
        self._frames: asyncio.Queue[dict[str, Any] | _Farewell | None] = asyncio.Queue()

    def send(self, frame: dict[str, Any]) -> None:
        """Send one frame after those before it; nothing once the connection is gone."""
        if not self.gone:
            self._frames.put_nowait(frame)

    def bid_farewell(self, code: int, reason: str = "") -> None:
        """Close with a code, after what is still to be sent."""
        self._frames.put_nowait(_Farewell(code, reason))

    def cut(self) -> None:
        """End it without a word, as a broken network does; what was not yet sent never arrives."""
        self.gone = True
        if self.request.transport is not None:
            self.request.transport.abort()

    def finish(self) -> None:
        """Let `write` end after what is still to be sent."""
        self._frames.put_nowait(None)

    async def write(self) -> None:
        """Send what is queued until the connection ends."""
        while True:
            frame = await self._frames.get()
            if frame is None:
                return
            try:
                if isinstance(frame, _Farewell):
                    self.gone = True
                    await self.socket.close(code=frame.code, message=frame.reason.encode())
                    return
                await self._put(json.dumps(frame, separators=(",", ":")))
            except ConnectionError:
                return

    async def _put(self, text: str) -> None:
        if self._compressor is None:
            await self.socket.send_str(text)
            return
        squeezed = self._compressor.compress(text.encode())
        squeezed += self._compressor.flush(zlib.Z_SYNC_FLUSH)
        await self.socket.send_bytes(squeezed)
