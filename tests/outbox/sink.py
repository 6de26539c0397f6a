"""A mail server that takes everything, quickly, and says which moment of a sending is passed."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
_END = b"\r\n.\r\n"


class Moment(StrEnum):
    """A moment of the sending that the mail server sees."""

    CONNECTED = "connected"
    EHLO = "EHLO"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "after DATA's 354"
    CONTENT = "in mid content"
    DOT = "after the dot, before the reply"
    REPLY = "after the reply"
    NEXT = "between two messages"  # the next MAIL on the same connection
    QUIT = "before close"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that was taken: for whom, from whom, its content as it travelled, and its name."""

    recipient: str
    sender: str
    data: bytes
    name: str


class Sink:
    """A server on a free loopback port, running in the loop of whoever enters it.

    `taken` holds what arrived, in order, without contents unless it `keeps` them. A dot is answered
    after `pause` seconds. `deserted` tells that no connection is open any more. Whoever wants to
    act on a moment overrides `passes`; `port` may be given, to come back where it was.
    """

    def __init__(self, *, keeps: bool = True, pipelines: bool = True, port: int = 0) -> None:
        self.keeps, self.pipelines, self.port = keeps, pipelines, port
        self.pause = 0.0
        self.taken: list[Arrived] = []
        self.senders: Counter[str] = Counter()
        self.open: set[Conversation] = set()
        self.most_open = 0
        self.deserted = asyncio.Event()
        self.deserted.set()
        self._awaited: tuple[int, asyncio.Event] | None = None

    @property
    def url(self) -> str:
        """The SMTP URL by which the mail route reaches it."""
        return f"smtp://{HOST}:{self.port}"

    def passes(self, moment: Moment) -> bool:
        """Be told of a moment; True: whoever sends this is no more."""
        del moment
        return False

    def after(self, total: int) -> asyncio.Event:
        """Give the event that so many have arrived in all."""
        event = asyncio.Event()
        self._awaited = (total, event)
        self._look()
        return event

    def take(self, recipient: str, sender: str, content: bytes) -> str:
        """Keep a message; gives its name."""
        name = f"S{len(self.taken) + 1}"
        self.taken.append(Arrived(recipient, sender, content if self.keeps else b"", name))
        self.senders[sender] += 1
        self._look()
        return name

    def _look(self) -> None:
        if self._awaited and len(self.taken) >= self._awaited[0]:
            self._awaited[1].set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Conversation(self), HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for conversation in list(self.open):
            conversation.cut()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # lets the sockets go before the loop may


class Conversation(asyncio.Protocol):
    """One connection, from the greeting to its end."""

    _transport: asyncio.Transport

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._rest = bytearray()
        self._out: list[bytes] = []
        self._in_content = self._begun = self._waits = False
        self._sender = self._recipient = ""
        self._messages = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sink.open.add(self)
        self._sink.deserted.clear()
        self._sink.most_open = max(self._sink.most_open, len(self._sink.open))
        self._sink.passes(Moment.CONNECTED)
        transport.write(b"220 sink.test\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        """Note that it is over."""
        del error
        self._sink.open.discard(self)
        if not self._sink.open:
            self._sink.deserted.set()

    def data_received(self, data: bytes) -> None:
        """Take in what the client says."""
        self._rest += data
        self._go_on()

    def cut(self) -> None:
        """Break off."""
        self._rest.clear()
        self._transport.abort()

    def _go_on(self) -> None:
        while not self._waits and self._rest:
            if not (self._took_content() if self._in_content else self._took_line()):
                break
        self._flush()

    def _took_line(self) -> bool:
        end = self._rest.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._rest[:end])
        del self._rest[: end + 2]
        self._obey(line)
        return True

    def _obey(self, line: bytes) -> None:
        match line[:4].upper():
            case b"EHLO":
                self._sink.passes(Moment.EHLO)
                more = b"250-PIPELINING\r\n" if self._sink.pipelines else b""
                self._say(b"250-sink.test\r\n" + more + b"250-8BITMIME\r\n250 SMTPUTF8")
            case b"MAIL":
                self._sink.passes(Moment.NEXT if self._messages else Moment.MAIL)
                self._sender = _address(line)
                self._say(b"250 2.1.0 OK")
            case b"RCPT":
                self._sink.passes(Moment.RCPT)
                self._recipient = _address(line)
                self._say(b"250 2.1.5 OK")
            case b"DATA":
                self._say(b"354 go on")
                self._flush()
                self._in_content, self._begun = True, False
                self._sink.passes(Moment.DATA)
            case b"QUIT":
                self._sink.passes(Moment.QUIT)
                self._say(b"221 2.0.0 bye")
                self._flush()
                self._transport.close()
            case _:
                self._say(b"250 2.0.0 OK")

    def _took_content(self) -> bool:
        if not self._begun:
            self._begun = True
            if self._sink.passes(Moment.CONTENT):
                self.cut()  # of what is still under way nothing arrives
                return False
        end = self._rest.find(_END)
        if end < 0:
            return False
        content = bytes(self._rest[: end + 2])
        del self._rest[: end + len(_END)]
        self._in_content = False
        self._messages += 1
        name = self._sink.take(self._recipient, self._sender, content)
        self._sink.passes(Moment.DOT)
        if self._sink.pause:
            self._waits = True
            asyncio.get_running_loop().call_later(self._sink.pause, self._accept, name)
        else:
            self._accept(name)
        return True

    def _accept(self, name: str) -> None:
        if self._transport.is_closing():
            return  # nobody is there to hear it
        self._say(f"250 2.0.0 OK: queued as {name}".encode())
        self._flush()
        self._sink.passes(Moment.REPLY)
        if self._waits:
            self._waits = False
            self._go_on()

    def _say(self, reply: bytes) -> None:
        self._out.append(reply + b"\r\n")

    def _flush(self) -> None:
        if self._out and not self._transport.is_closing():
            self._transport.write(b"".join(self._out))
        self._out.clear()


def _address(line: bytes) -> str:
    return line[line.index(b"<") + 1 : line.index(b">")].decode()
