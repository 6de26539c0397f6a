"""Runs of the program on one database, one after the other or side by side, against one Slack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from adapters.mailbox_server import MailboxServer
from bot.commands.run import handle_text
from bot.console.render import render_reply
from bot.settings import Settings
from bot.slack.front import SlackFront
from bot.slack.manifest import EVENTS_HEARD
from bot.web.server import serving
from bot.wiring import App, meet_slack, open_app
from core.model.people import Role, WorkspaceKind
from core.model.reservation import Reservation
from core.store.deliveries import Delivery
from core.store.store import Store
from core.usecases.settings import Account, enter
from tests.claims.house import STUDIO, read
from tests.desks import SECRET, Clock
from tests.slack.house import SOCKET
from tests.slack.program import Mailboxes
from tests.slack.server import Channel, Message, Person, SlackServer, Team, open_slack
from tests.slack.speaking import code_in

SOON = 10  # seconds
OPERATOR = Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)


@dataclass
class Run:
    """One run of the program: its app, and the tasks that make it go."""

    app: App
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def front(self) -> SlackFront:
        """Give the front end."""
        assert self.app.slack is not None
        return self.app.slack

    def work(self) -> None:
        """Let clock and dispatcher run by themselves."""
        self.tasks += [
            asyncio.create_task(self.app.clock.run(self.stop)),
            asyncio.create_task(self.app.dispatcher.run(self.stop)),
        ]

    async def deliver(self) -> None:
        """Let the clock and the dispatcher do what is due."""
        await self.app.clock.sweep()
        await self.app.dispatcher.deliver_due()

    async def die(self) -> None:
        """End in the middle of whatever is being done."""
        under_way = [*self.tasks, *self.front.hall.running]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self.tasks.clear()

    async def end(self) -> None:
        """Stop as the program does when it is told to."""
        self.stop.set()
        await asyncio.gather(*self.tasks)


@dataclass
class Town:
    """A workspace, `Stage`, with a host, an admin and a channel; and all that a run needs."""

    settings: Settings
    clock: Clock
    mailboxes: MailboxServer
    slack: SlackServer
    team: Team
    hanna: Person
    adam: Person
    general: Channel

    @asynccontextmanager
    async def run(self, *, roles: Sequence[str] = ("errands",)) -> AsyncIterator[Run]:
        """Start the program, with its front end connected."""
        async with open_app(self.settings, now=self.clock) as app:
            await meet_slack(app)
            run = Run(app)
            try:
                if not self.settings.slack_app_token:
                    async with self._served(run, errands="errands" in roles):
                        yield run
                else:
                    before = self.slack.socket.connected
                    run.tasks.append(asyncio.create_task(run.front.run(run.stop)))
                    await self.slack.socket.wait_reconnected(after=before, within=SOON)
                    yield run
            finally:
                await asyncio.wait_for(run.end(), SOON)

    @asynccontextmanager
    async def _served(self, run: Run, *, errands: bool) -> AsyncIterator[None]:
        if errands:
            run.tasks.append(asyncio.create_task(run.front.run(run.stop)))
        async with serving(run.front.routes, "127.0.0.1", 0) as (host, port):
            self.slack.http_target = f"http://{host}:{port}/slack/events"
            yield

    async def reservations(self, run: Run) -> list[Reservation]:
        """List every reservation there is."""
        return await run.app.desk.read(all_reservations)

    async def deliveries(self, run: Run) -> list[Delivery]:
        """List every delivery there is, oldest first."""
        return await run.app.desk.read(_deliveries)

    async def operator(self, run: Run) -> Callable[[str], Awaitable[str]]:
        """Give somebody at the console, who may do everything: a command gives its answer."""
        return await operator_of(run.app)

    def mails(self, recipient: str) -> list[EmailMessage]:
        """Give the mails that somebody got, in order."""
        return [read(mail.data) for mail in self.mailboxes.mailbox(recipient)]

    def subjects(self, recipient: str) -> list[str]:
        """Give the first words of the subjects that somebody got: what each mail is."""
        return [str(mail["Subject"]).partition(":")[0] for mail in self.mails(recipient)]


async def operator_of(app: App) -> Callable[[str], Awaitable[str]]:
    """Give somebody at the console of a desk: a command gives its answer."""
    olga = await app.desk.run(enter, OPERATOR)

    async def typed(text: str) -> str:
        reply = await handle_text(app.desk, olga, text)
        return "\n".join(render_reply(reply, olga.zone))

    return typed


def all_reservations(store: Store, now: datetime) -> list[Reservation]:  # noqa: ARG001 - a question
    """List every reservation there is."""
    return list(store.reservations.many(range(1, 200)).values())


def _deliveries(store: Store, now: datetime) -> list[Delivery]:  # noqa: ARG001 - a question
    every = store.reservations.many(range(1, 200))
    found = [one for reservation in every for one in store.deliveries.of(reservation)]
    return sorted(found, key=lambda one: one.id)


@asynccontextmanager
async def open_town(
    database_url: str, folder: Path, clock: Clock, transport: str = SOCKET, **settings: object
) -> AsyncIterator[Town]:
    """Open a Slack, mailboxes, and a desk's database with one server, `Studio`."""
    async with open_slack() as slack, Mailboxes(folder / "mail", slack) as mailboxes:
        team = slack.add_team("T0001", name="Stage")
        hanna = team.add_user("U0001", name="Hanna", tz="Europe/Berlin")
        adam = team.add_user("U0002", name="Adam", tz="Europe/Berlin", is_admin=True)
        general = team.add_channel("C0001", name="general", members=[hanna, adam])
        slack.app.events = set(EVENTS_HEARD)
        slack.clock.advance((clock() - datetime.now(UTC)).total_seconds())
        given: dict[str, object] = {
            "data": folder,
            "database_url": database_url,
            "secret_key": SECRET,
            "smtp_url": mailboxes.url,
            "mail_from": "slots@callboard.example",
            "slack_bot_token": team.bot_token,
            "slack_api_url": slack.api_url,
            "slack_app_token": team.app_token if transport == SOCKET else "",
            "slack_signing_secret": slack.app.signing_secret if transport != SOCKET else "",
        }
        made = Settings(**(given | settings))  # type: ignore[arg-type]  # names of settings
        async with open_app(made, now=clock) as app:
            olga = await app.desk.run(enter, OPERATOR)
            assert not (await handle_text(app.desk, olga, STUDIO)).tone.failed
        yield Town(made, clock, mailboxes, slack, team, hanna, adam, general)


async def reserve(who: Person, start: str = "fri 20:00", **fields: object) -> str:
    """Reserve by command and form, for one fan unless told for whom; gives the code."""
    heard = await who.type(f"/slot reserve {start} for 2h Studio")
    given = {"title": "Evening show", "policy": "at once", **fields}
    if not given.keys() & {"audience", "channels", "people", "lists"}:
        given["audience"] = "fan@example.org"
    heard = await who.submit(await heard.opened(), given)
    assert {} == heard.errors
    told = await heard.opened()
    assert "Permitted" in told.words, told.words
    return code_in(told.words)


def posted_in(channel: Channel) -> list[str]:
    """Give the first lines of what stands in a channel."""
    return [first_line(message) for message in channel.messages]


def first_line(message: Message) -> str:
    """Give what a message begins with."""
    return message.words.partition("\n")[0]
