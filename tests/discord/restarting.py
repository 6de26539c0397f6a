"""One Discord and one database, and as many runs of the program as it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.mailbox_server import MailboxServer
from bot.commands.run import handle_text
from bot.discord.front import make_front
from bot.settings import Settings
from bot.wiring import open_app
from core.model.people import Role, WorkspaceKind
from core.usecases.settings import Account, enter
from tests.claims.house import STUDIO
from tests.desks import SECRET, Clock
from tests.discord.house import (
    GUILD_ID,
    OPERATOR,
    DiscordHouse,
    Stage,
    listening,
    set_stage,
    settings_of,
)
from tests.discord.server.server import DiscordServer, open_discord


@dataclass
class Runs:
    """A guild, `Stage`, whose desk can be stopped and started."""

    settings: Settings
    clock: Clock
    mailboxes: MailboxServer
    discord: DiscordServer
    stage: Stage

    @asynccontextmanager
    async def running(self) -> AsyncIterator[DiscordHouse]:
        """Let the program run once."""
        async with open_app(self.settings, now=self.clock) as app:
            front = make_front(self.settings, app.desk)
            async with listening(front):
                yield DiscordHouse(
                    *(app, self.clock, self.mailboxes, self.discord, front),
                    *(self.stage.guild, self.stage.hanna, self.stage.adam, self.stage.general),
                )


@asynccontextmanager
async def open_runs(database_url: str, folder: Path, clock: Clock) -> AsyncIterator[Runs]:
    """Open a Discord with one server, `Studio`; nothing of the desk runs in it yet."""
    async with MailboxServer(folder / "mail") as mailboxes, open_discord() as discord:
        settings = Settings(
            data=folder,
            database_url=database_url,
            secret_key=SECRET,
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
            **settings_of(discord),  # type: ignore[arg-type]  # names of settings
        )
        stage = set_stage(discord)
        async with open_app(settings, now=clock) as app:
            olga = await app.desk.run(enter, OPERATOR)
            assert not (await handle_text(app.desk, olga, STUDIO)).tone.failed
            kind, guild = WorkspaceKind.DISCORD, str(GUILD_ID)
            setter = await app.desk.run(
                enter, Account(kind, guild, "Stage", "1", "Setter", Role.ADMIN)
            )
            zoned = await handle_text(app.desk, setter, "settings workspace zone=Europe/Berlin")
            assert not zoned.tone.failed
        yield Runs(settings, clock, mailboxes, discord, stage)
