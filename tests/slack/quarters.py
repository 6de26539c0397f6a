"""Two workspaces on one desk, installed as by OAuth, with people in every role; and restarts.

`Stage` has Hanna, who holds reservations, Mia, an admin, an admin by user group, a guest, and a
visitor from an organisation of its own in a shared channel; `Other` has a member, who goes by
Hanna's id there, and an admin.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from adapters.mailbox_server import MailboxServer
from bot.commands.run import handle_text
from bot.settings import Settings
from bot.web.server import serving
from bot.wiring import App, open_app
from core.model.people import Actor, Role, WorkspaceKind
from core.store.installations import Installation
from core.usecases.installations import keep_installation
from core.usecases.settings import Account, enter
from tests.claims.house import STUDIO
from tests.desks import SECRET, Clock
from tests.slack.house import HTTP, SOCKET
from tests.slack.server import Channel, Message, Person, SlackServer, Team, open_slack
from tests.slack.server.courier import Courier, Parcel, Reply
from tests.slack.server.errors import Json

SOON = 10
STAGEHANDS = "stagehands"
_ELSEWHERE = "T0777"  # where the visitor comes from: the desk is not installed there


@dataclass
class Quarters:
    """Both workspaces, everybody by their role, and the run of the desk that serves them now."""

    settings: Settings
    clock: Clock
    mailboxes: MailboxServer
    slack: SlackServer
    stage: Team
    other: Team
    people: dict[str, Person]
    general: Channel
    elsewhere: Channel
    app: App = field(init=False)
    _run: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Open the desk."""
        self.app = await self._run.enter_async_context(
            running(self.settings, self.clock, self.slack)
        )

    async def stop(self) -> None:
        """Close the desk."""
        await self._run.aclose()

    async def restart(self) -> None:
        """Close the desk and open it anew on its database, while Slack stays as it is."""
        await self.stop()
        await self.start()

    async def deliver(self) -> None:
        """Let the clock and the dispatcher do what is due."""
        await self.app.clock.sweep()
        await self.app.dispatcher.deliver_due()

    async def until(self, moment: datetime) -> None:
        """Let time pass with the desk awake."""
        while self.clock.now < moment:
            self.clock.move(timedelta(minutes=10))
            await self.deliver()

    async def olga(self) -> Actor:
        """Give the operator, who sits at the console."""
        account = Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)
        return await self.app.desk.run(enter, account)

    async def actor(self, role: str) -> Actor:
        """Give somebody as the desk knows them, with no more than a member's rights."""
        person = self.people[role]
        account = Account(
            WorkspaceKind.SLACK, person.team.id, person.team.name, person.id, person.name
        )
        return await self.app.desk.run(enter, account)

    def channel_of(self, role: str) -> Channel:
        """Give the channel where somebody is."""
        return self.general if self.people[role].team is self.stage else self.elsewhere

    def put_before(self, role: str, *buttons: tuple[str, str]) -> Message:
        """Put a message of the desk's with buttons, (act, value), before somebody.

        As if somebody had shown them what they were sent: buttons that were never theirs.
        """
        where = self.channel_of(role)
        team = self.people[role].team
        elements = [
            {
                "type": "button",
                "action_id": f"slot:{act}",
                "text": {"type": "plain_text", "text": act},
                "value": value,
            }
            for act, value in buttons
        ]
        blocks: list[Json] = [{"type": "actions", "block_id": "acts", "elements": elements}]
        ts, app = self.slack.next_ts(), self.slack.app.id
        shown = Message(team.id, where.id, ts, team.bot_user_id, "", blocks, team.bot_id, app)
        return where.add(shown)

    def nothing_refused(self) -> None:
        """See that Slack had nothing to complain of."""
        assert [] == self.slack.refusals
        assert [] == self.slack.protocol_errors


@asynccontextmanager
async def running(settings: Settings, clock: Clock, slack: SlackServer) -> AsyncIterator[App]:
    """Run the desk with its front end, by the transport that its settings name."""
    async with open_app(settings, now=clock) as app:
        front, stop, before = app.slack, asyncio.Event(), slack.socket.connected
        assert front is not None
        listening = asyncio.create_task(front.run(stop))
        try:
            if settings.slack_app_token:
                await slack.socket.wait_reconnected(after=before, within=SOON)
                yield app
            else:
                async with serving(front.routes, "127.0.0.1", 0) as (host, port):
                    slack.http_target = f"http://{host}:{port}/slack/events"
                    yield app
        finally:
            stop.set()
            await asyncio.wait_for(listening, SOON)


@asynccontextmanager
async def open_quarters(
    database_url: str, folder: Path, clock: Clock, transport: str = SOCKET
) -> AsyncIterator[Quarters]:
    """Open both workspaces with a desk that serves them."""
    async with MailboxServer(folder / "mail", _REFUSED) as mailboxes, open_slack() as slack:
        stage, other = (slack.add_team(f"T000{n}", name=name) for n, name in _TEAMS)
        settings = _settings(database_url, folder, mailboxes, slack, transport)
        made = Quarters(
            settings,
            clock,
            mailboxes,
            slack,
            stage,
            other,
            _people(stage, other),
            stage.add_channel("C0001", name="general"),
            other.add_channel("C0001", name="general"),
        )
        slack.courier = _Visited(slack.courier, made.people["visitor"].id)
        await made.start()
        try:
            await _furnish(made)
            yield made
        finally:
            await made.stop()


GONE = "gone@example.org"  # whose mail is refused
_REFUSED = {GONE: "550 5.1.1 no such user"}
_TEAMS = ((1, "Stage"), (2, "Other"))


def _settings(
    url: str, folder: Path, mailboxes: MailboxServer, slack: SlackServer, transport: str
) -> Settings:
    app_token = slack.app.token if transport == SOCKET else ""
    return Settings(
        data=folder,
        database_url=url,
        secret_key=SECRET,
        smtp_url=mailboxes.url,
        mail_from="slots@callboard.example",
        public_url="https://callboard.example",
        slack_client_id=slack.app.client_id,
        slack_client_secret=slack.app.client_secret,
        slack_app_token=app_token,
        slack_signing_secret=slack.app.signing_secret if transport == HTTP else "",
        slack_admin_group=STAGEHANDS,
        slack_api_url=slack.api_url,
    )


def _people(stage: Team, other: Team) -> dict[str, Person]:
    people = {
        "holder": stage.add_user("U0001", name="Hanna"),
        "member": stage.add_user("U0004", name="Mia"),
        "admin": stage.add_user("U0002", name="Adam", is_admin=True),
        "group": stage.add_user("U0005", name="Greta"),
        "guest": stage.add_user("U0006", name="Gus", restricted=True),
        "foreign": other.add_user("U0001", name="Fred"),
        "f-admin": other.add_user("U0002", name="Fiona", is_admin=True),
        # an admin where they come from, and on a list that makes admins here
        "visitor": stage.add_user("U0009", name="Victor", is_admin=True),
    }
    stage.add_user_group("S0001", handle=STAGEHANDS, users=[people["group"], people["visitor"]])
    other.add_user_group("S0002", handle="others", users=[people["foreign"]])
    return people


async def _furnish(made: Quarters) -> None:
    """Install the desk in both workspaces, add servers, and let everybody say a first word."""
    for team in (made.stage, made.other):
        installed = Installation(team.id, team.name, team.bot_token, bot_user_id=team.bot_user_id)
        await made.app.desk.run(keep_installation, installed)
    added = await handle_text(made.app.desk, await made.olga(), f"{STUDIO} max_streams=500")
    assert not added.tone.failed
    for role, person in made.people.items():
        heard = await person.type("/slot help", made.channel_of(role))
        await heard.message()
    hall = "/slot server add Hall kind=link watch_url=https://hall.example/live max_streams=500"
    heard = await made.people["admin"].type(hall, made.general)
    assert "Hall" in (await heard.message()).words


class _Visited(Courier):
    """Says of one person, as Slack does of a visitor, that they belong elsewhere."""

    def __init__(self, courier: Courier, visitor: str) -> None:
        super().__init__()
        self._courier = courier
        self._visitor = visitor

    async def carry(self, parcel: Parcel) -> Reply:
        """Hand a payload over, a visitor's as of a visitor."""
        user = parcel.payload.get("user")
        if isinstance(user, dict) and user["id"] == self._visitor:
            payload = deepcopy(parcel.payload)
            payload["user"]["team_id"] = _ELSEWHERE
            if "view" in payload:  # then Slack names their own workspace first
                payload["team"] = {"id": _ELSEWHERE, "domain": "elsewhere"}
                payload["view"]["team_id"] = _ELSEWHERE
            parcel = replace(parcel, payload=payload)
        return await self._courier.carry(parcel)
