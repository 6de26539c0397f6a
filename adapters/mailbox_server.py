"""A mail server inside the process, for the demo: it keeps every message, by recipient."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

_HOST = "127.0.0.1"
_LARGEST = 10 * 1024 * 1024
_UNSAFE = re.compile(r"[^\w@.+-]")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrived in one recipient's mailbox: `data` is what lies at `path`."""

    recipient: str
    sender: str
    data: bytes
    path: Path
    smtputf8: bool


class MailboxServer:
    """An SMTP server on a free loopback port, running in the loop of whoever enters it.

    Offers SIZE, 8BITMIME and SMTPUTF8, and no login. `replies` maps recipients to what is
    answered to RCPT instead of taking their mail, such as `550 5.1.1 no such user`.
    """

    def __init__(self, folder: Path, replies: Mapping[str, str] | None = None) -> None:
        self.port = 0
        self.received: list[Received] = []
        self._folder = folder
        self._replies = dict(replies or {})
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    @property
    def url(self) -> str:
        """The SMTP URL by which the mail route reaches it."""
        return f"smtp://{_HOST}:{self.port}"

    def mailbox(self, recipient: str) -> tuple[Received, ...]:
        """List what has arrived for one recipient, in order."""
        return tuple(mail for mail in self.received if mail.recipient == recipient)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self, self._connections, loop), _HOST, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
            await asyncio.gather(*[connection.end() for connection in self._connections])
            await self._server.wait_closed()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls its hooks so
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Answer RCPT."""
        del server, session
        if address in self._replies:
            return self._replies[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls its hooks so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message before it is acknowledged."""
        del server, session
        for recipient in envelope.rcpt_tos:
            self._keep(recipient, envelope)
        return f"250 2.0.0 OK: queued as {len(self.received)}"

    def _keep(self, recipient: str, envelope: Envelope) -> None:
        mailbox = self._folder / (_UNSAFE.sub("_", recipient).lstrip(".")[:_LONGEST_NAME] or "_")
        mailbox.mkdir(parents=True, exist_ok=True)
        path = mailbox / f"{len(self.received) + 1:04d}.eml"
        data = bytes(envelope.original_content or b"")
        path.write_bytes(data)
        utf8 = bool(envelope.smtp_utf8)
        self.received.append(Received(recipient, envelope.mail_from or "", data, path, utf8))


class _Connection(SMTP):
    """One client's connection, known to the server so that it can be ended with it."""

    def __init__(
        self,
        handler: MailboxServer,
        connections: set[_Connection],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            handler,
            loop=loop,
            hostname="mailbox.localhost",
            ident="Callboard mailbox",
            data_size_limit=_LARGEST,
            enable_SMTPUTF8=True,
        )
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve a client."""
        super().connection_made(transport)
        self._connections.add(self)
        if self._handler_coroutine is not None:
            # A client that breaks off is no news: nobody else would look at the task's exception.
            self._handler_coroutine.add_done_callback(lambda t: t.cancelled() or t.exception())

    def connection_lost(self, error: Exception | None) -> None:
        """Forget a client that has gone."""
        super().connection_lost(error)
        self._connections.discard(self)

    async def end(self) -> None:
        """Close the connection and wait until nothing of it runs."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        if self._handler_coroutine is not None:
            await asyncio.wait([self._handler_coroutine])
