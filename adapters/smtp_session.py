"""One open connection to a mail server, command by command, and when it has served its time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import cast

from aiosmtplib import SMTP

from adapters.smtp_link import Link
from adapters.smtp_replies import Reply
from adapters.smtp_settings import SmtpSettings
from adapters.smtp_trouble import LinkBrokenError

_COMPLETED = 250


class Session:
    """A connection on which mail can be sent, and what it knows of itself.

    `offers` holds the server's extensions (EHLO keywords, lower case) with their parameters.
    `begun` counts the messages begun on it; `dirty` says that the last one was not accepted.
    After `LinkBrokenError`, and after a 421 reply, it is closed.
    """

    def __init__(self, client: SMTP, settings: SmtpSettings) -> None:
        self.offers: Mapping[str, str] = client.esmtp_extensions
        self.begun = 0
        self.dirty = False
        self._link = Link(client)
        self._settings = settings
        self._patience = settings.patience.command.total_seconds()
        self._loop = asyncio.get_running_loop()
        self._opened_at = self._used_at = self._loop.time()

    @property
    def alive(self) -> bool:
        """Tell whether the connection stands, as far as one can tell without asking."""
        return self._link.alive

    @property
    def pipelines(self) -> bool:
        """Tell whether the server takes several commands at a time (RFC 2920)."""
        return "pipelining" in self.offers

    @property
    def worn(self) -> bool:
        """Tell whether it has served its time."""
        wear = self._settings.wear
        age = self._loop.time() - self._opened_at
        return self.begun >= wear.messages or age >= wear.age.total_seconds()

    async def fit(self) -> bool:
        """Tell whether it can carry one more message, asking the server where that is in doubt."""
        if not self.alive:
            return False
        if self.worn:
            await self.quit()
            return False
        if self.dirty:
            return await self._confirms(b"RSET")
        if self._loop.time() - self._used_at >= self._settings.wear.rest.total_seconds():
            return await self._confirms(b"NOOP")
        return True

    def write(self, *lines: bytes) -> None:
        """Send command lines at once; each has a reply, to be read in order."""
        self._link.write(_lines(lines), len(lines))

    async def reply(self) -> Reply:
        """Read the reply to the next command that was sent; raises `LinkBrokenError`."""
        reply = await self._link.reply(self._patience)
        self._used_at = self._loop.time()
        return reply

    async def command(self, line: bytes) -> Reply:
        """Send one command line and read its reply; raises `LinkBrokenError`."""
        self.write(line)
        return await self.reply()

    def write_content(self, framed: bytes, *following: bytes) -> None:
        """Send the message after DATA was granted, and the commands that follow it.

        Its reply is the verdict; those of the commands come after that.
        """
        self._link.write(framed + _lines(following), 1 + len(following))

    async def verdict(self) -> Reply:
        """Read what the server makes of the message; raises `LinkBrokenError`."""
        reply = await self._link.reply(self._settings.patience.dot.total_seconds())
        self._used_at = self._loop.time()
        return reply

    async def quit(self) -> None:
        """Take leave and close; what the server makes of it is of no interest any more."""
        try:
            if self.alive:
                self.write(b"QUIT")
                await self._link.reply(self._settings.patience.farewell.total_seconds())
        except LinkBrokenError:
            pass
        finally:
            self.drop()
        await asyncio.sleep(0)  # lets the event loop release the socket before it may be gone

    def drop(self) -> None:
        """Close at once: what was written and has not left, is not sent any more."""
        self._link.drop()

    async def _confirms(self, line: bytes) -> bool:
        try:
            reply = await self.command(line)
        except LinkBrokenError:
            return False
        if reply.code != _COMPLETED:
            self.drop()
            return False
        self.dirty = False
        return True


def _lines(commands: Sequence[bytes]) -> bytes:
    written = b"\r\n".join((*commands, b""))
    if written.count(b"\n") != len(commands) or written.count(b"\r") != len(commands):
        raise ValueError("a command is one line")
    return written


def abandon(client: SMTP | None) -> None:
    """Close a client at once; its own `close` would still send what is buffered."""
    if client is None:
        return
    if client.transport is not None:
        cast("asyncio.WriteTransport", client.transport).abort()
    client.close()
