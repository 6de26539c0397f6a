"""Two guilds on one desk, with people in every role, some of them in direct messages as well.

`Stage` has Hanna, who holds reservations, Mia, one who may manage the server, an administrator,
one with the role that the settings name, and its owner; `Other` has a member, who is nobody in
`Stage`, and one who may manage it. A desk in direct messages takes each for whom they are where
they were last met.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.mailbox_server import MailboxServer
from bot.commands.run import handle_text
from bot.discord.front import DiscordFront, make_front
from bot.settings import Settings
from bot.wiring import App, open_app
from core.model.people import Actor, Role, WorkspaceKind
from core.usecases.settings import Account, enter
from tests.claims.house import STUDIO
from tests.desks import SECRET, Clock
from tests.discord.house import OPERATOR, listening, settings_of
from tests.discord.server.guild import Guild
from tests.discord.server.messages import Message
from tests.discord.server.permissions import Permission
from tests.discord.server.person import Person
from tests.discord.server.places import Channel
from tests.discord.server.server import DiscordServer, open_discord

CREW = "Stage Crew"
STAGE_ID, OTHER_ID = 7_000_000_000_000_001, 7_000_000_000_000_002
_SECONDARY, _BUTTON, _ACTION_ROW = 2, 2, 1  # as Discord numbers them


@dataclass
class Quarters:
    """Both guilds, everybody by their role, and the run of the desk that serves them now.

    `code` is Hanna's latest reservation while it is as it was made, "" once that was changed.
    """

    settings: Settings
    clock: Clock
    discord: DiscordServer
    stage: Guild
    other: Guild
    people: dict[str, Person]
    general: Channel
    elsewhere: Channel
    app: App = field(init=False)
    front: DiscordFront = field(init=False)
    code: str = field(default="")
    _run: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Open the desk."""
        opening = open_app(self.settings, now=self.clock)
        self.app = await self._run.enter_async_context(opening)
        self.front = make_front(self.settings, self.app.desk)
        await self._run.enter_async_context(listening(self.front))

    async def stop(self) -> None:
        """Close the desk."""
        await self._run.aclose()

    async def restart(self) -> None:
        """Close the desk and open it anew on its database, while Discord stays as it is."""
        await self.stop()
        await self.start()

    async def olga(self) -> Actor:
        """Give the operator, who sits at the console."""
        return await self.app.desk.run(enter, OPERATOR)

    async def actor(self, role: str) -> Actor:
        """Give somebody as the desk knows them, with no more than a member's rights."""
        person = self.people[role]
        guild = self.guild_of(role)
        kind, user = WorkspaceKind.DISCORD, str(person.id)
        account = Account(kind, str(guild.id), guild.name, user, person.name)
        return await self.app.desk.run(enter, account)

    def guild_of(self, role: str) -> Guild:
        """Give the guild that somebody is in."""
        return self.stage if self.people[role].id in self.stage.members else self.other

    def channel_of(self, role: str) -> Channel:
        """Give the channel where somebody acts: for some, their direct messages."""
        if role.startswith("dm "):
            return self.people[role].dm
        return self.general if self.guild_of(role) is self.stage else self.elsewhere

    def put_before(self, role: str, *custom_ids: str) -> Message:
        """Put a message of the desk's with buttons before somebody, to be pressed by their ids.

        As if somebody had shown them what they were sent: buttons that were never theirs.
        """
        where = self.channel_of(role)
        shown = Message(self.discord.clock.snowflake(), where, self.discord.bot, "Shown")
        buttons = [
            {"type": _BUTTON, "style": _SECONDARY, "label": one[:80], "custom_id": one}
            for one in custom_ids
        ]
        shown.components = [{"type": _ACTION_ROW, "components": buttons}]
        where.everything.append(shown)
        return shown

    def nothing_refused(self) -> None:
        """See that Discord had nothing to complain of."""
        assert [] == [(one.route, one.outcome, one.errors) for one in self.discord.refusals]
        assert [] == self.discord.protocol_errors


@asynccontextmanager
async def open_quarters(database_url: str, folder: Path, clock: Clock) -> AsyncIterator[Quarters]:
    """Open both guilds with a desk that serves them."""
    async with MailboxServer(folder / "mail") as mailboxes, open_discord() as discord:
        people = _people(discord)
        stage = discord.add_guild("Stage", owner=people["owner"], guild_id=STAGE_ID)
        other = discord.add_guild("Other", owner=discord.add_person("Otto"), guild_id=OTHER_ID)
        _let_in(people, stage, other)
        settings = Settings(
            data=folder,
            database_url=database_url,
            secret_key=SECRET,
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
            public_url="https://callboard.example",
            discord_admin_role=CREW,
            **settings_of(discord),  # type: ignore[arg-type]  # names of settings
        )
        made = Quarters(
            *(settings, clock, discord, stage, other, people),
            *(stage.add_channel("general"), other.add_channel("lobby")),
        )
        await made.start()
        try:
            await _furnish(made)
            yield made
        finally:
            await made.stop()


def _people(discord: DiscordServer) -> dict[str, Person]:
    names = {
        "holder": "Hanna",
        "member": "Mia",
        "manager": "Max",
        "admin": "Adam",
        "crew": "Greta",
        "owner": "Olivia",
        "foreign": "Fred",
        "f-admin": "Fiona",
        "dm member": "Dora",
        "dm manager": "Dirk",
        "dm f-admin": "Felix",
    }
    people = {role: discord.add_person(name) for role, name in names.items()}
    return {**people, "dm holder": people["holder"]}


def _let_in(people: dict[str, Person], stage: Guild, other: Guild) -> None:
    for role in ("holder", "member", "manager", "admin", "crew", "dm member", "dm manager"):
        stage.add_member(people[role])
    managers = stage.add_role("Managers", permissions=Permission.MANAGE_GUILD)
    stage.give(people["manager"], managers)
    stage.give(people["dm manager"], managers)
    stage.give(people["admin"], stage.add_role("Chiefs", permissions=Permission.ADMINISTRATOR))
    stage.give(people["crew"], stage.add_role(CREW.upper()))
    stage.give(people["member"], stage.add_role("Hands", permissions=Permission.MANAGE_MESSAGES))
    other.add_role(CREW)  # which nobody has there
    managers = other.add_role("Managers", permissions=Permission.MANAGE_GUILD)
    other.add_member(people["foreign"])
    for role in ("f-admin", "dm f-admin"):
        other.add_member(people[role], [managers])


async def _furnish(made: Quarters) -> None:
    """Set both guilds' zone, add servers, and let everybody say a first word."""
    for guild in (made.stage, made.other):
        kind = WorkspaceKind.DISCORD
        for_all = Account(kind, str(guild.id), guild.name, "1", "Setter", Role.ADMIN)
        setter = await made.app.desk.run(enter, for_all)
        zone = await handle_text(made.app.desk, setter, "settings workspace zone=Europe/Berlin")
        assert not zone.tone.failed
    added = await handle_text(made.app.desk, await made.olga(), f"{STUDIO} max_streams=2000")
    assert not added.tone.failed
    for role, person in made.people.items():
        met_in = made.general if made.guild_of(role) is made.stage else made.elsewhere
        await (await person.type("/slot help", met_in)).message()
    hall = "/slot server add name:Hall kind:link watch_url:https://hall.example/live"
    heard = await made.people["manager"].type(f"{hall} max_streams:2000", made.general)
    assert "Hall" in (await heard.message()).words
