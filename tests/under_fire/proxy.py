"""A TCP proxy before a database that can fall silent, refuse, or reset, and go on later.

It runs in a thread of its own: what it stands before may be waited for by the test's own loop.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.ports import HOST, free_port

_CHUNK = 65_536
_SOON = 10  # seconds
_GOODBYE = 0.05  # seconds in which a loop lets go of the sockets that were closed
_LINGER_NOT = struct.pack("ii", 1, 0)  # a close then is a reset (socket(7))


class TcpProxy:
    """Passes connections on to a Unix socket, as long as nobody says otherwise."""

    def __init__(self, target: Path) -> None:
        self.port = free_port()
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._resets = False
        self._word = self._after = b""
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    def silence(self) -> None:
        """Stay connected, accept whoever comes, and pass nothing on: it is kept for later."""
        self._do(self._set(flows=False))

    def refuse(self) -> None:
        """Close every connection, and listen no more."""
        self._do(self._stop_listening())

    def reset(self) -> None:
        """Reset every connection, and every one that is made from now on."""
        self._do(self._start_resetting())

    def lose(self) -> None:
        """Serve whoever comes from now on; the connections there are stay silent for ever."""
        self._do(self._lose())

    def go_on(self) -> None:
        """Pass everything on again, what was kept first."""
        self._do(self._go_on())

    def run(self) -> None:
        """Serve until the loop is stopped; called in the proxy's thread."""
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def open(self) -> None:
        """Begin to listen."""
        self.go_on()

    def close(self) -> None:
        """Close everything, and end the thread's loop."""
        self._do(self._stop_listening())
        self._do(self._end_serving())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def silence_at(self, word: bytes, *, after: bytes) -> None:
        """Fall silent before a word that a client says next, once it has said another."""
        self._word, self._after = word, after

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_SOON)

    async def _set(self, *, flows: bool) -> None:
        if flows:
            self._flows.set()
        else:
            self._flows.clear()

    async def _lose(self) -> None:
        self._flows.clear()
        self._flows = asyncio.Event()  # whoever is connected waits for the one before
        self._flows.set()

    async def _go_on(self) -> None:
        self._resets = False
        self._word = self._after = b""
        self._flows.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, HOST, self.port)

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        for client in self._clients:
            client.close()

    async def _start_resetting(self) -> None:
        self._resets = True
        for client in self._clients:
            _reset(client)

    async def _end_serving(self) -> None:
        for ask in (lambda _: False, asyncio.Task.cancel):  # first those that end by themselves
            for task in self._serving:
                ask(task)
            if self._serving:
                await asyncio.wait(self._serving, timeout=1)
        await asyncio.sleep(_GOODBYE)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self._clients.add(writer)
        if self._resets:
            _reset(writer)
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._pass_on(reader, writer)
        finally:
            self._serving.discard(task)
            self._clients.discard(writer)
            await _closed(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flows = self._flows
        await flows.wait()
        from_target, to_target = await asyncio.open_unix_connection(str(self._target))
        ways = [
            asyncio.ensure_future(self._pump(flows, reader, to_target, listens=True)),
            asyncio.ensure_future(self._pump(flows, from_target, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _closed(to_target)

    async def _pump(
        self,
        flows: asyncio.Event,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        listens: bool = False,
    ) -> None:
        said = False
        while data := await reader.read(_CHUNK):
            said = said or (bool(self._after) and self._after in data)
            if listens and said and self._word and self._word in data:
                flows.clear()
            await flows.wait()
            writer.write(data)
            await writer.drain()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    under: socket.socket | None = writer.get_extra_info("socket")
    if under is not None:
        with suppress(OSError):
            under.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    writer.transport.abort()


@contextmanager
def proxied(target: Path) -> Iterator[TcpProxy]:
    """Run a proxy before a Unix socket."""
    proxy = TcpProxy(target)
    thread = threading.Thread(target=proxy.run, name="proxy")
    thread.start()
    try:
        proxy.open()
        yield proxy
    finally:
        proxy.close()
        thread.join(_SOON)
