"""A whole house in Slack: the desk on a real database, Bolt by socket or HTTP, real SMTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from adapters.mailbox_server import MailboxServer
from bot.commands.run import handle_text
from bot.settings import Settings
from bot.slack.front import SlackFront
from bot.web.server import serving
from bot.wiring import App, open_app
from core.model.people import Role, WorkspaceKind
from core.usecases.settings import Account, enter
from tests.claims.house import STUDIO, read
from tests.desks import SECRET, Clock
from tests.slack.server import Channel, Person, SlackServer, Team, open_slack

SOCKET, HTTP = "socket", "http"
_SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
_SOON = 10


@dataclass
class SlackHouse:
    """A workspace, `Stage`, with a host, an admin and a channel; and the desk that serves it."""

    app: App
    clock: Clock
    mailboxes: MailboxServer
    slack: SlackServer
    team: Team
    hanna: Person
    adam: Person
    general: Channel

    @property
    def front(self) -> SlackFront:
        """Give the front end."""
        assert self.app.slack is not None
        return self.app.slack

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

    def nothing_refused(self) -> None:
        """See that Slack had nothing to complain of."""
        assert [] == self.slack.refusals
        assert [] == self.slack.protocol_errors


@asynccontextmanager
async def open_slack_house(
    database_url: str, folder: Path, clock: Clock, transport: str = SOCKET, **settings: object
) -> AsyncIterator[SlackHouse]:
    """Open a house with one server, `Studio`, that asks for reconfirmation a day ahead."""
    async with MailboxServer(folder / "mail") as mailboxes, open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        hanna = team.add_user("U0001", name="Hanna", tz="Europe/Berlin")
        adam = team.add_user("U0002", name="Adam", tz="Europe/Berlin", is_admin=True)
        general = team.add_channel("C0001", name="general")
        slack.expect_app(signing_secret=_SIGNING_SECRET)
        by = (
            {"slack_app_token": team.app_token}
            if transport == SOCKET
            else {"slack_signing_secret": _SIGNING_SECRET}
        )
        made = Settings(
            data=folder,
            database_url=database_url,
            secret_key=SECRET,
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
            slack_bot_token=team.bot_token,
            slack_api_url=slack.api_url,
            **(by | settings),  # type: ignore[arg-type]  # names of settings
        )
        async with open_app(made, now=clock) as app, _listening(app, slack):
            await _add_studio(app)
            yield SlackHouse(app, clock, mailboxes, slack, team, hanna, adam, general)


@asynccontextmanager
async def _listening(app: App, slack: SlackServer) -> AsyncIterator[None]:
    """Let the front end run, by the way that its settings name."""
    front, stop = app.slack, asyncio.Event()
    assert front is not None
    running = asyncio.create_task(front.run(stop))
    try:
        if app.settings.slack_app_token:
            await asyncio.wait_for(slack.socket.wait_connected(), _SOON)
            yield
        else:
            async with serving(front.routes, "127.0.0.1", 0) as (host, port):
                slack.http_target = f"http://{host}:{port}/slack/events"
                yield
    finally:
        stop.set()
        await running


async def _add_studio(app: App) -> None:
    operator = Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)
    olga = await app.desk.run(enter, operator)
    reply = await handle_text(app.desk, olga, STUDIO)
    assert not reply.tone.failed
