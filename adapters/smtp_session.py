"""One open connection to a mail server, command by command, and when it has served its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPResponse,
    SMTPServerDisconnected,
)

from adapters.smtp_replies import Reply, is_smtp
from adapters.smtp_settings import SmtpSettings
from adapters.smtp_trouble import LinkBrokenError, explain

_COMPLETED = 250


class Session:
    """A connection on which mail can be sent, and what it knows of itself.

    `offers` holds the server's extensions (EHLO keywords, lower case) with their parameters.
    `begun` counts the messages begun on it; `dirty` says that the last one was not accepted.
    After `LinkBrokenError` it is closed, and after a 421 reply to a command (by aiosmtplib).
    """

    def __init__(self, client: SMTP, settings: SmtpSettings) -> None:
        self.offers: Mapping[str, str] = client.esmtp_extensions
        self.begun = 0
        self.dirty = False
        self._client = client
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._opened_at = self._used_at = self._loop.time()

    @property
    def alive(self) -> bool:
        """Tell whether the connection stands, as far as one can tell without asking."""
        return self._client.is_connected

    async def fit(self) -> bool:
        """Tell whether it can carry one more message, asking the server where that is in doubt."""
        wear = self._settings.wear
        if not self.alive:
            return False
        if self.begun >= wear.messages or self._age >= wear.age.total_seconds():
            await self.quit()
            return False
        if self.dirty:
            return await self._confirms(b"RSET")
        if self._loop.time() - self._used_at >= wear.rest.total_seconds():
            return await self._confirms(b"NOOP")
        return True

    async def command(self, line: bytes) -> Reply:
        """Send one command line and read its reply; raises `LinkBrokenError`."""
        patience = self._settings.patience.command.total_seconds()
        return await self._reply_to(self._client.execute_command(line, timeout=patience))

    async def content(self, framed: bytes) -> Reply:
        """Send the message after DATA was granted and read the verdict; raises `LinkBrokenError`.

        aiosmtplib's own `data()` sends the command as well, with one time limit for both replies,
        and cannot be held between them.
        """
        return await self._reply_to(self._verdict_on(framed))

    async def quit(self) -> None:
        """Take leave and close; what the server makes of it is of no interest any more."""
        patience = self._settings.patience.farewell.total_seconds()
        try:
            if self.alive:
                await self._client.execute_command(b"QUIT", timeout=patience)
        except (SMTPException, OSError):
            pass
        finally:
            self.drop()
        await asyncio.sleep(0)  # lets the event loop release the socket before it may be gone

    def drop(self) -> None:
        """Close at once: what was written and has not left, is not sent any more."""
        abandon(self._client)

    @property
    def _age(self) -> float:
        return self._loop.time() - self._opened_at

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

    async def _verdict_on(self, framed: bytes) -> SMTPResponse:
        protocol = self._client.protocol
        if protocol is None:
            raise SMTPServerDisconnected("the connection was lost")
        protocol.write(framed)
        return await protocol.read_response(self._settings.patience.dot.total_seconds())

    async def _reply_to(self, exchange: Awaitable[SMTPResponse]) -> Reply:
        try:
            response = await exchange
        except (SMTPException, OSError) as error:
            self.drop()
            raise LinkBrokenError(explain(error)) from error
        reply = Reply.of(response.code, response.message)
        if not is_smtp(reply.code):
            self.drop()
            raise LinkBrokenError(f"the server's reply was no SMTP: {reply}")
        self._used_at = self._loop.time()
        return reply


def abandon(client: SMTP | None) -> None:
    """Close a client at once; its own `close` would still send what is buffered."""
    if client is None:
        return
    if client.transport is not None:
        cast("asyncio.WriteTransport", client.transport).abort()
    client.close()
