"""A way to a server that takes its time: what goes in comes out a while later, in either direction.

Run as `python -m tests.benchmarks.speed.slow_link PORT SERVER_PORT SECONDS`; the seconds are
those of one direction. Nothing waits for anything else: time is lost on the way, and no throughput.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable

HOST = "127.0.0.1"


class Side(asyncio.Protocol):
    """One end of a connection; what it hears is said at the other end, later."""

    def __init__(self, delay: float, other: Side | None = None) -> None:
        self._delay = delay
        self._other = other
        self._transport: asyncio.Transport | None = None
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say what came before the connection stood."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Send what is heard on its way."""
        self._send_on(data)

    def eof_received(self) -> bool:
        """Send the end on its way, behind everything else."""
        self._send_on(b"")
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """End the other side too, once everything has arrived."""
        del error
        self._send_on(b"")

    def meet(self, other: Side) -> None:
        """Join two ends."""
        self._other, other._other = other, self

    def _send_on(self, data: bytes) -> None:
        first = not self._under_way
        self._under_way.append((self._loop.time() + self._delay, data))
        if first:
            self._loop.call_later(self._delay, self._arrive)

    def _arrive(self) -> None:
        other = self._other
        now = self._loop.time()
        while self._under_way and self._under_way[0][0] <= now:
            _, data = self._under_way.popleft()
            if other is not None:
                other.say(data)
        if self._under_way:
            self._loop.call_at(self._under_way[0][0], self._arrive)

    def say(self, data: bytes) -> None:
        """Say something at this end; nothing: that nothing more comes."""
        if self._transport is None or self._transport.is_closing():
            return
        if data:
            self._transport.write(data)
        else:
            self._transport.close()


def _joined(server_port: int, delay: float) -> Callable[[], Side]:
    going: set[asyncio.Task[None]] = set()

    def joined() -> Side:
        near = Side(delay)

        async def connect() -> None:
            _, far = await asyncio.get_running_loop().create_connection(
                lambda: Side(delay), HOST, server_port
            )
            near.meet(far)

        task = asyncio.create_task(connect())
        going.add(task)
        task.add_done_callback(going.discard)
        return near

    return joined


async def serve(port: int, server_port: int, delay: float) -> None:
    """Pass on until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_joined(server_port, delay), HOST, port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
