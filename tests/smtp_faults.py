"""A mail server that keeps to SMTP but for one fault, at a point and of a kind to be chosen."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64decode
from collections import Counter
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Self

NONSENSE = b"\x16\x03\x01\xff\xfe this is no SMTP\r\n"
LAST_LINE = b".\r\n"


class Point(StrEnum):
    """Where in the conversation the fault lies."""

    CONNECT = "connect"  # instead of the greeting
    BANNER = "banner"  # in the middle of a greeting of several lines
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "body"  # while the message is still coming in
    DOT = "dot"
    RSET = "RSET"
    QUIT = "QUIT"


class Fault(StrEnum):
    """What goes wrong there."""

    TRANSIENT = "4xx"
    PERMANENT = "5xx"
    GOODBYE = "421 and close"
    CLOSE = "close"
    STALL = "stall"
    GARBAGE = "garbage"


_NO = {
    Point.STARTTLS: (b"454 4.7.0 TLS not available", b"502 5.5.1 not implemented"),
    Point.AUTH: (b"454 4.7.0 temporary authentication failure", b"535 5.7.8 bad credentials"),
    Point.MAIL: (b"451 4.3.2 system busy", b"550 5.7.1 sender not allowed"),
    Point.RCPT: (b"450 4.2.0 greylisted", b"550 5.1.1 no such user"),
}
_NO_OTHERWISE = (b"451 4.3.0 try again later", b"554 5.3.0 transaction failed")


class FaultySmtpServer:
    """A server on a free loopback port.

    The fault happens at the `nth` time its point is reached, and if `always` ever after; a stall,
    told by `stalled`, lasts until `go_on`. With `tls` it offers STARTTLS, or speaks TLS from the
    start if `implicit`; AUTH is offered once the connection is private, or at once if
    `auth_in_clear`. `replies` to RCPT and to the dot may differ by recipient. A `deaf` one loses
    what comes along with a message. `lines` is all it was told in commands, `messages` what it
    accepted, with the recipient.
    """

    def __init__(  # noqa: PLR0913 - a test names what differs from the default
        self,
        point: Point | None = None,
        fault: Fault | None = None,
        *,
        nth: int = 1,
        always: bool = False,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        auth_in_clear: bool = False,
        offers: tuple[bytes, ...] = (b"SIZE 1000000", b"8BITMIME", b"SMTPUTF8", b"DSN"),
        login: tuple[str, str] = ("desk", "s3cret+"),
        replies: dict[tuple[Point, bytes], bytes] | None = None,
        deaf: bool = False,
    ) -> None:
        self.fault, self._fault_at, self._nth, self._always = fault, point, nth, always
        self.tls, self.implicit, self.auth_in_clear = tls, implicit, auth_in_clear
        self.offers, self.login, self.replies = offers, login, replies or {}
        self.deaf = deaf
        self.lines: list[bytes] = []
        self.messages: list[tuple[bytes, bytes]] = []
        self.connections = 0
        self.port = 0
        self.stalled = asyncio.Event()
        self.go_on = asyncio.Event()
        self._times: Counter[Point] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    def is_due(self, point: Point) -> bool:
        """Tell whether the fault happens now; counts how often the point was reached."""
        self._times[point] += 1
        late = self._times[point] - self._nth
        return point is self._fault_at and (late == 0 or (late > 0 and self._always))

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self.tls if self.implicit else None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        await self.hang_up()
        await self._server.wait_closed()

    async def ended(self) -> None:
        """Wait until every conversation so far has ended."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def hang_up(self) -> None:
        """Close every connection without a word."""
        for task in self._tasks:
            task.cancel()
        await self.ended()

    def say_to_all(self, line: bytes) -> None:
        """Say something that nobody asked for."""
        for writer in self._writers:
            if not writer.is_closing():
                writer.write(line + b"\r\n")

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        task = asyncio.create_task(_Conversation(self, reader, writer).run())
        self._tasks.add(task)


class _HangUpError(Exception):
    """The server closes the connection now."""


class _Conversation:
    """One connection, from the greeting to its end."""

    def __init__(
        self, server: FaultySmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._private = server.implicit
        self._recipient = b""

    async def run(self) -> None:
        """Talk until one side has enough."""
        try:
            await self._greet()
            while line := await self._reader.readline():
                self._server.lines.append(line.rstrip(b"\r\n"))
                await self._obey(line.split()[0].upper().decode(), line.rstrip(b"\r\n"))
        except (_HangUpError, ConnectionError, ssl.SSLError):
            pass
        finally:
            self._writer.transport.abort()
            with suppress(ConnectionError, ssl.SSLError):
                await self._writer.wait_closed()

    async def _greet(self) -> None:
        if await self._goes_wrong(Point.CONNECT):
            return
        self._writer.write(b"220-faulty.test\r\n")
        if not await self._goes_wrong(Point.BANNER):
            await self._say(b"220 at your service")

    async def _obey(self, verb: str, line: bytes) -> None:
        if verb in list(Point) and await self._goes_wrong(Point(verb)):
            return
        match verb:
            case "EHLO":
                await self._introduce()
            case "STARTTLS":
                await self._say(b"220 2.0.0 go ahead")
                await self._writer.start_tls(self._server.tls or ssl.SSLContext())
                self._private = True
            case "AUTH":
                await self._say(self._verdict_on(line))
            case "RCPT":
                self._recipient = line[line.index(b"<") + 1 : line.index(b">")]
                await self._say_to(Point.RCPT, b"250 2.1.5 OK")
            case "DATA":
                await self._take_in()
            case "QUIT":
                await self._say(b"221 2.0.0 bye")
                raise _HangUpError
            case _:
                await self._say(b"250 2.0.0 OK")

    async def _introduce(self) -> None:
        offers = list(self._server.offers)
        if self._server.tls and not self._private:
            offers.append(b"STARTTLS")
        if self._private or self._server.auth_in_clear:
            offers.append(b"AUTH PLAIN LOGIN")
        lines = [b"faulty.test", *offers]
        for line in lines[:-1]:
            self._writer.write(b"250-" + line + b"\r\n")
        await self._say(b"250 " + lines[-1])

    def _verdict_on(self, line: bytes) -> bytes:
        if verdict := self._server.replies.get((Point.AUTH, b"")):
            return verdict
        given = tuple(b64decode(line.split()[2]).decode().split("\0")[1:])
        return b"235 2.7.0 welcome" if given == self._server.login else _NO[Point.AUTH][1]

    async def _take_in(self) -> None:
        await self._say(b"354 go on")
        content = [await self._reader.readline()]
        if await self._goes_wrong(Point.BODY):
            await self._rest()
            return
        if content[0] != LAST_LINE:
            content += await self._rest()
        if self._server.deaf:
            self._reader._buffer.clear()  # type: ignore[attr-defined]  # noqa: SLF001 - as it would
        if await self._goes_wrong(Point.DOT):
            return
        lines = [line[1:] if line.startswith(b".") else line for line in content]
        if (Point.DOT, self._recipient) not in self._server.replies:
            self._server.messages.append((self._recipient, b"".join(lines).removesuffix(b"\r\n")))
        await self._say_to(Point.DOT, b"250 2.0.0 OK: queued as 4F2A")

    async def _rest(self) -> list[bytes]:
        lines = []
        while (line := await self._reader.readline()) and line != LAST_LINE:
            lines.append(line)
        if not line:
            raise _HangUpError
        return [*lines, line]

    async def _say_to(self, point: Point, usual: bytes) -> None:
        await self._say(self._server.replies.get((point, self._recipient), usual))

    async def _say(self, reply: bytes) -> None:
        self._writer.write(reply + b"\r\n")
        await self._writer.drain()

    async def _goes_wrong(self, point: Point) -> bool:
        if not self._server.is_due(point):
            return False
        transient, permanent = _NO.get(point, _NO_OTHERWISE)
        match self._server.fault:
            case Fault.TRANSIENT:
                await self._say(transient)
            case Fault.PERMANENT:
                await self._say(permanent)
            case Fault.GARBAGE:
                self._writer.write(NONSENSE)
            case Fault.GOODBYE:
                await self._say(b"421 4.3.2 shutting down")
                if point is Point.BODY:  # unread data would turn the close into a reset, and the
                    await self._rest()  # client might never see the 421
                raise _HangUpError
            case Fault.STALL:
                self._server.stalled.set()
                await self._server.go_on.wait()
                return False
            case _:
                raise _HangUpError
        return True
