"""A whole house for the claims: a desk on a real database, commands at its console, real SMTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import NamedTuple

import vobject

from adapters.mailbox_server import MailboxServer
from bot.answers.reply import Reply
from bot.commands.run import handle_text
from bot.settings import Settings
from bot.wiring import App, open_app
from core.model.people import Actor, Role, WorkspaceKind
from core.usecases.look import my_codes
from core.usecases.settings import Account, enter
from tests.desks import SECRET, Clock

STUDIO = (
    "server add Studio kind=nginx-rtmp zone=Europe/Berlin watch_url=https://live.example/hls/{path}.m3u8"
    " ingest_url=rtmp://live.example/live/{path}"
)


@dataclass
class House:
    """Somebody at the console, and the mailboxes of those who are told."""

    app: App
    clock: Clock
    mailboxes: MailboxServer
    olga: Actor

    async def type(self, text: str) -> Reply:
        """Type a command."""
        return await handle_text(self.app.desk, self.olga, text)

    async def code(self, title: str) -> str:
        """Give the code of one of Olga's reservations."""
        mine = await self.app.desk.read(my_codes, self.olga)
        return next(one.code for one in mine if one.title == title)

    async def deliver(self) -> None:
        """Let the clock and the dispatcher do what is due."""
        await self.app.clock.sweep()
        await self.app.dispatcher.deliver_due()

    async def until(self, moment: datetime) -> None:
        """Let time pass with the desk awake."""
        while self.clock.now < moment:
            self.clock.now = min(self.clock.now + timedelta(minutes=10), moment)
            await self.deliver()

    def mails(self, recipient: str) -> list[EmailMessage]:
        """Give the mails that somebody got, in order."""
        return [read(mail.data) for mail in self.mailboxes.mailbox(recipient)]

    def subjects(self, recipient: str) -> list[str]:
        """Give the first words of the subjects that somebody got: what each mail is."""
        return [str(mail["Subject"]).partition(":")[0] for mail in self.mails(recipient)]


@asynccontextmanager
async def open_house(database_url: str, folder: Path, clock: Clock) -> AsyncIterator[House]:
    """Open a house with one server, `Studio`, that asks for reconfirmation a day ahead."""
    async with MailboxServer(folder / "mail") as mailboxes:
        settings = Settings(
            data=folder,
            database_url=database_url,
            secret_key=SECRET,
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
        )
        async with open_app(settings, now=clock) as app:
            account = Account(
                WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR
            )
            for command in (STUDIO, "settings zone=Europe/Berlin"):
                olga = await app.desk.run(enter, account)
                assert not (await handle_text(app.desk, olga, command)).tone.failed
            yield House(app, clock, mailboxes, await app.desk.run(enter, account))


def read(data: bytes) -> EmailMessage:
    """Read a raw message."""
    return message_from_bytes(data, _class=EmailMessage, policy=default)


def text_of(mail: EmailMessage) -> str:
    """Give a mail's text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class Entry(NamedTuple):
    """What a calendar program reads in a mail."""

    method: str
    uid: str
    sequence: int
    status: str
    starts_at: datetime


def entry_of(mail: EmailMessage) -> Entry:
    """Read the calendar part of a mail."""
    (part,) = [part for part in mail.iter_parts() if part.get_content_type() == "text/calendar"]
    calendar = vobject.readOne(part.get_content())
    event = calendar.vevent
    return Entry(
        method=calendar.method.value,
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        status=event.status.value,
        starts_at=event.dtstart.value,
    )


def passcode_in(mail: EmailMessage) -> str:
    """Give the passcode that a mail tells, or ""."""
    lines = [line.strip() for line in text_of(mail).splitlines()]
    return next((line.split()[-1] for line in lines if line.startswith("Passcode:")), "")
