"""A whole house in Discord: the desk on a real database, the real discord.py, real SMTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from adapters.mailbox_server import MailboxServer
from bot.commands.run import handle_text
from bot.discord.front import DiscordFront, make_front
from bot.settings import Settings
from bot.wiring import App, open_app
from core.model.people import Role, WorkspaceKind
from core.model.reservation import Reservation
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.settings import Account, enter
from tests.claims.house import STUDIO, read
from tests.desks import SECRET, Clock
from tests.discord.server.guild import Guild
from tests.discord.server.permissions import Permission
from tests.discord.server.person import Person
from tests.discord.server.places import Channel
from tests.discord.server.server import DiscordServer, open_discord

SOON = 10
OPERATOR = Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)
GUILD_ID = 7_000_000_000_000_001


@dataclass
class DiscordHouse:
    """A guild, `Stage`, with a host, an admin and a channel; and the desk that serves it."""

    app: App
    clock: Clock
    mailboxes: MailboxServer
    discord: DiscordServer
    front: DiscordFront
    guild: Guild
    hanna: Person
    adam: Person
    general: Channel
    runs: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def desk(self) -> Desk:
        """Give the desk."""
        return self.app.desk

    async def deliver(self) -> None:
        """Let the clock and the dispatcher do what is due."""
        await self.app.clock.sweep()
        await self.app.dispatcher.deliver_due()

    def mails(self, recipient: str) -> list[EmailMessage]:
        """Give the mails that somebody got, in order."""
        return [read(mail.data) for mail in self.mailboxes.mailbox(recipient)]

    async def reservations(self) -> list[Reservation]:
        """Give all reservations to come, oldest slot first."""
        return await self.desk.read(_reservations, self.clock)

    async def restart(self) -> None:
        """Stop the front end, and begin with another one that knows nothing of it."""
        await self.runs.aclose()
        self.front = make_front(self.app.settings, self.desk)
        await self.runs.enter_async_context(listening(self.front))

    def nothing_refused(self) -> None:
        """See that Discord had nothing to complain of."""
        assert [] == [(one.route, one.outcome, one.errors) for one in self.discord.refusals]
        assert [] == self.discord.protocol_errors


def _reservations(store: Store, _: object, clock: Clock) -> list[Reservation]:
    servers = [server.id for server in store.servers.all()]
    return list(store.reservations.on_servers(servers, clock.now, 50))


@dataclass
class Stage:
    """A Discord with a guild in it, that any number of runs of the program are connected to."""

    discord: DiscordServer
    guild: Guild
    hanna: Person
    adam: Person
    general: Channel


def set_stage(discord: DiscordServer) -> Stage:
    """Put a guild with a host, an admin and a channel into a Discord."""
    discord.lingers = SOON  # a machine that is busy may take longer than a first answer
    olga = discord.add_person("Olga")
    hanna, adam = discord.add_person("Hanna", locale="de"), discord.add_person("Adam")
    guild = discord.add_guild("Stage", owner=olga, guild_id=GUILD_ID)
    admins = guild.add_role("Admins", permissions=Permission.MANAGE_GUILD)
    guild.add_member(hanna)
    guild.add_member(adam, [admins])
    return Stage(discord, guild, hanna, adam, guild.add_channel("general"))


@asynccontextmanager
async def open_discord_house(
    database_url: str, folder: Path, clock: Clock, **settings: object
) -> AsyncIterator[DiscordHouse]:
    """Open a house with one server, `Studio`; Hanna's and Adam's zone is Berlin, as for all."""
    async with MailboxServer(folder / "mail") as mailboxes, open_discord() as discord:
        stage = set_stage(discord)
        made = Settings(
            data=folder,
            database_url=database_url,
            secret_key=SECRET,
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
            **(settings_of(discord) | settings),  # type: ignore[arg-type]  # names of settings
        )
        async with open_app(made, now=clock) as app:
            await _prepare(app)
            house = DiscordHouse(
                *(app, clock, mailboxes, discord, make_front(made, app.desk)),
                *(stage.guild, stage.hanna, stage.adam, stage.general),
            )
            async with house.runs:
                await house.runs.enter_async_context(listening(house.front))
                yield house


def settings_of(discord: DiscordServer) -> dict[str, object]:
    """Give the settings by which a desk is connected to this Discord."""
    return {
        "discord_token": discord.application.token,
        "discord_api_url": discord.api_url,
    }


@asynccontextmanager
async def listening(front: DiscordFront) -> AsyncIterator[None]:
    """Let the front end run, with its commands known to Discord."""
    stop = asyncio.Event()
    running = asyncio.create_task(front.run(stop))
    try:
        await asyncio.wait_for(front.ready.wait(), SOON)
        yield
    finally:
        stop.set()
        await running
        await front.close()


async def _prepare(app: App) -> None:
    olga = await app.desk.run(enter, OPERATOR)
    reply = await handle_text(app.desk, olga, STUDIO)
    assert not reply.tone.failed
    for_all = Account(WorkspaceKind.DISCORD, str(GUILD_ID), "Stage", "1", "Setter", Role.ADMIN)
    setter = await app.desk.run(enter, for_all)
    zone = await handle_text(app.desk, setter, "settings workspace zone=Europe/Berlin")
    assert not zone.tone.failed
