"""The wire of an open SMTP connection: lines go out, several at a time, replies come in order.

aiosmtplib waits for each reply before it writes the next command, so it cannot pipeline (RFC 2920).
It opens the connection; what follows goes over this.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

from aiosmtplib import SMTP

from adapters.smtp_replies import Reply, is_smtp
from adapters.smtp_trouble import LinkBrokenError, explain

_LONGEST_REPLY = 32 * 1024  # octets; a server's longest, to EHLO, has a few thousand
_GOING = 421  # the server closes the connection, whatever it was asked (RFC 5321 section 3.8)
_CODE = 3  # digits
_MORE = b"-"
_NO_SMTP = "the server's reply was no SMTP"


class Link(asyncio.Protocol):
    """A connection that is greeted, private and logged in, taken over from aiosmtplib."""

    def __init__(self, client: SMTP) -> None:
        transport = client.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        self._client = client  # its own end is never seen by us: it is kept as long as we are
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()
        self._owed = 0  # replies that the server still has to give
        self._replies: deque[Reply] = deque()
        self._lines: list[bytes] = []  # of a reply that goes on
        self._rest = b""
        self._waiting: asyncio.Future[None] | None = None
        self._late_at = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._broken = ""
        self._silent = False
        self._transport.set_protocol(self)

    @property
    def alive(self) -> bool:
        """Tell whether the connection stands, as far as one can tell without asking."""
        return not self._broken and not self._transport.is_closing()

    def write(self, data: bytes, replies: int) -> None:
        """Send something that the server answers with so many replies."""
        self._owed += replies
        if self.alive:
            self._transport.write(data)

    async def reply(self, patience: float) -> Reply:
        """Give the next reply, waiting so many seconds for it; raises `LinkBrokenError`."""
        if not self._replies:
            await self._something(patience)
        reply = self._replies.popleft()
        if reply.code == _GOING:
            self.drop(str(reply))
        return reply

    def drop(self, reason: str = "the connection was given up") -> None:
        """Close at once: what was written and has not left, is not sent any more."""
        self._broken = self._broken or reason
        self._transport.abort()
        self._end_watch()

    def data_received(self, data: bytes) -> None:
        """Take in what the server says."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line.removesuffix(b"\r"))
        if len(self._rest) + sum(map(len, self._lines)) > _LONGEST_REPLY:
            self.drop(_NO_SMTP)
        self._tell()

    def connection_lost(self, error: Exception | None) -> None:
        """Note that it is over."""
        self._broken = self._broken or explain(error or ConnectionResetError())
        self._end_watch()
        self._tell()

    def _take(self, line: bytes) -> None:
        if self._broken:
            return
        code, mark = line[:_CODE], line[_CODE : _CODE + 1]
        if not code.isdigit() or not is_smtp(int(code)) or mark not in b"- ":
            self.drop(_NO_SMTP)
            return
        self._lines.append(line)
        if mark == _MORE:
            return
        reply = Reply.read(self._lines)
        self._lines = []
        if self._owed == 0:  # whatever it is, it would be taken for the reply to what comes next
            self.drop(f"the server spoke unasked: {reply}")
            return
        self._owed -= 1
        self._replies.append(reply)

    def _tell(self) -> None:
        waiting = self._waiting
        if waiting is not None and not waiting.done() and (self._replies or self._broken):
            waiting.set_result(None)

    async def _something(self, patience: float) -> None:
        """Wait for a reply, or the end."""
        if not self._broken:
            self._waiting = self._loop.create_future()
            self._be_patient(patience)
            try:
                await self._waiting
            finally:
                self._waiting = None
        if not self._replies:
            raise LinkBrokenError(self._broken, silent=self._silent)

    def _be_patient(self, patience: float) -> None:
        """See to it that whoever waits is told when it is too late.

        One timer does for many replies: it is looked at when it goes off, and set anew.
        """
        self._late_at = self._loop.time() + patience
        if self._watch is not None and self._watch.when() > self._late_at:
            self._end_watch()
        if self._watch is None:
            self._watch = self._loop.call_at(self._late_at, self._look)

    def _end_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look(self) -> None:
        self._watch = None
        if self._waiting is None or self._broken:
            return
        if self._loop.time() < self._late_at:
            self._watch = self._loop.call_at(self._late_at, self._look)
        else:
            self._silent = True
            self.drop(explain(TimeoutError()))
            self._tell()
