"""A whole desk beside a real streaming server: commands in, mail out, and the gate between."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.mailbox_server import MailboxServer
from bot.answers.reply import Reply
from bot.commands.run import handle_text
from bot.console.render import render_reply
from bot.process import running
from bot.settings import Settings
from bot.wiring import App, open_app
from core.model.people import Actor, Role, WorkspaceKind
from core.model.reservation import Reservation
from core.usecases.look import my_codes
from core.usecases.settings import Account, enter
from tests.claims.house import read, text_of
from tests.desks import SECRET, RunningClock
from tests.ports import free_port

ANN, BEN, OLGA = "ann@example.org", "ben@example.org", "olga@example.org"
SOON = 20.0
MINUTE = timedelta(minutes=1)
OPERATOR = Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)


class Mailroom(MailboxServer):
    """Mailboxes that wake whoever waits for a mail."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._came = asyncio.Condition()

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls its hooks so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, and say that it came."""
        answer = await super().handle_DATA(server, session, envelope)
        async with self._came:
            self._came.notify_all()
        return answer

    async def newest(self, recipient: str, subject: str) -> EmailMessage:
        """Wait for a mail whose subject holds some words; gives the last of them."""

        def found() -> list[EmailMessage]:
            mails = [read(one.data) for one in self.mailbox(recipient)]
            return [mail for mail in mails if subject in str(mail["Subject"])]

        async with asyncio.timeout(SOON), self._came:
            await self._came.wait_for(found)
        return found()[-1]


@dataclass
class Studio:
    """A desk that runs, with everybody's mail; `hook_url` is where its server asks."""

    settings: Settings
    clock: RunningClock
    mailboxes: Mailroom
    app: App = field(init=False)
    olga: Actor = field(init=False)
    _run: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Let the desk run: every part of it, as `callboard run` does."""
        self.app = await self._run.enter_async_context(open_app(self.settings, now=self.clock))
        stop = asyncio.Event()
        parts = [asyncio.create_task(one) for one in running(self.app, ("worker", "web"), stop)]

        async def ended() -> None:
            stop.set()
            await asyncio.wait_for(asyncio.gather(*parts), SOON)

        self._run.push_async_callback(ended)
        self.olga = await self.app.desk.run(enter, OPERATOR)

    async def stop(self) -> None:
        """Stop the desk in good order."""
        await self._run.aclose()

    def hook_url(self, server_id: int = 1) -> str:
        """Give the address at which a server asks."""
        return self.app.desk.links.hook_url(server_id)

    async def type(self, text: str) -> Reply:
        """Type a command at the console, which must not fail."""
        reply = await handle_text(self.app.desk, self.olga, text)
        assert not reply.tone.failed, render_reply(reply, self.olga.zone)
        return reply

    async def shown(self, command: str) -> str:
        """Type a command; gives what is shown."""
        return "\n".join(render_reply(await self.type(command), self.olga.zone))

    async def reserve(self, title: str, *, after: timedelta, more: str = "") -> Reservation:
        """Reserve an hour that starts so long after now, for Ann and Ben."""
        starts_at = (self.clock() + after).astimezone(self.olga.zone).replace(microsecond=0)
        when = f'when="{starts_at:%Y-%m-%d %H:%M}" length=1h title="{title}"'
        await self.type(f'reserve {when} audience="{ANN}, {BEN}" policy="at once" {more}')
        mine = await self.app.desk.read(my_codes, self.olga)
        return next(one for one in mine if one.title == title)

    async def credentials(self, recipient: str, subject: str = "") -> tuple[str, str]:
        """Wait for a mail, and give the user name and passcode in it."""
        text = text_of(await self.mailboxes.newest(recipient, subject))
        return entered(text, "User name"), entered(text, "Passcode")

    async def encoder_address(self) -> str:
        """Wait for the stream key by mail; gives what an encoder connects to."""
        text = text_of(await self.mailboxes.newest(OLGA, "Stream key"))
        return f"{entered(text, 'Ingest address')}/{entered(text, 'Stream key')}"


def entered(text: str, label: str) -> str:
    """Give what a text says behind a label."""
    found = re.search(rf"^ *{label}: +(\S+)\s*$", text, re.MULTILINE)
    assert found, text
    return found[1]


@asynccontextmanager
async def open_studio(database_url: str, folder: Path, server: str) -> AsyncIterator[Studio]:
    """Open a desk with one server, added with the words that say how it is reached."""
    port = free_port()
    async with Mailroom(folder / "mail") as mailboxes:
        settings = Settings(
            data=folder,
            database_url=database_url,
            secret_key=SECRET,
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
            http_port=port,
            public_url=f"http://127.0.0.1:{port}",
        )
        studio = Studio(settings, RunningClock(), mailboxes)
        await studio.start()
        try:
            await studio.type(f"settings zone=Europe/Berlin email={OLGA}")
            studio.olga = await studio.app.desk.run(enter, OPERATOR)
            await studio.type(f"server add Studio {server} reconfirm_lead=0")
            yield studio
        finally:
            await studio.stop()
