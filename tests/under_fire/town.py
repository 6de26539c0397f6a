"""A Slack, a Discord and mailboxes, with people in both chats who book all day long."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp

from adapters.mailbox_server import MailboxServer
from bot.commands.run import handle_text
from bot.settings import Settings
from bot.wiring import open_app
from core.model.people import Role, WorkspaceKind
from core.usecases.settings import Account, enter
from tests.claims.house import STUDIO
from tests.desks import SECRET
from tests.discord.house import GUILD_ID
from tests.discord.server.errors import NeverHappenedError as DiscordNeverError
from tests.discord.server.person import Person as Discorder
from tests.discord.server.places import Channel
from tests.discord.server.server import DiscordServer, open_discord
from tests.ports import free_port
from tests.slack.runs import OPERATOR
from tests.slack.server import NeverHappenedError, SlackServer, open_slack
from tests.slack.server import Person as Slacker

_PEOPLE = 40  # in each chat, which takes about one message a second for each of them
_DAYS, _HOURS = 170, 24  # over which slots are spread
_SERVER = f"{STUDIO} max_streams=2000 reconfirm_lead=0"
_SOON = 20  # seconds


@dataclass
class Town:
    """Everybody; `permitted` counts the bookings by where they were made, `failed` the others.

    `unanswered` are those whose chat was cut off while they waited.
    """

    slack: SlackServer
    discord: DiscordServer
    mailboxes: MailboxServer
    slackers: list[Slacker]
    discorders: list[Discorder]
    general: Channel
    port: int
    permitted: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def settings(self) -> Mapping[str, str]:
        """Give the settings of a desk that everybody here meets."""
        team = self.slackers[0].team
        return {
            "http_port": str(self.port),
            "smtp_url": self.mailboxes.url,
            "mail_from": "slots@callboard.example",
            "slack_bot_token": team.bot_token,
            "slack_app_token": team.app_token,
            "slack_api_url": self.slack.api_url,
            "discord_token": self.discord.application.token,
            "discord_api_url": self.discord.api_url,
        }

    async def connected(self) -> None:
        """Wait until the desk is in both chats."""
        await self.slack.socket.wait_connected(within=_SOON)
        await self.discord.gateway.wait_connected(within=_SOON)
        somebody = self.discorders[0]
        await self.discord.until(lambda: "slot" in somebody.offered(self.general), within=_SOON)

    async def book_for(self, seconds: float, a_second: float) -> None:
        """Have so many bookings begun in each second, in both chats in turn, and a page looked at.

        Whoever finds a chat between two connections is not answered, and that is the chat's doing.
        """
        begun: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        start = loop.time()
        async with aiohttp.ClientSession() as session:
            for number in range(int(seconds * a_second)):
                work = self._in_slack() if number % 2 else self._in_discord()
                begun.append(asyncio.create_task(work))
                begun.append(asyncio.create_task(self._looks(session)))
                await asyncio.sleep(max(0.0, start + (number + 1) / a_second - loop.time()))
            await asyncio.gather(*begun)

    async def metrics(self) -> str:
        """Read the figures of the desk."""
        url = f"http://127.0.0.1:{self.port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.text()

    async def _in_slack(self) -> None:
        number, start = self._next()
        line = f'/slot reserve "{start}" for 1h Studio title=Show{number}'
        try:
            heard = await self.slackers[number % _PEOPLE].type(f"{line} audience={_fan(number)}")
            if heard.error is None:
                await heard.message(within=_SOON)
                self._count("slack", heard.words)
        except NeverHappenedError as error:
            self.unanswered.append(f"slack: {error}")

    async def _in_discord(self) -> None:
        number, start = self._next()
        who = self.discorders[number % _PEOPLE]
        line = f"/slot reserve when:{start} for 1h server:Studio"
        try:
            heard = await who.type(line, self.general)
            if heard.failed is None:
                given: dict[str, object] = {"title": f"Show{number}", "audience": _fan(number)}
                answered = await who.submit(await heard.opened(), given)
                if answered.failed is None:
                    self._count("discord", (await answered.message(within=_SOON)).words)
        except DiscordNeverError as error:
            self.unanswered.append(f"discord: {error}")

    async def _looks(self, session: aiohttp.ClientSession) -> None:
        async with session.get(f"http://127.0.0.1:{self.port}/schedule") as answer:
            await answer.read()
            self.permitted["pages"] += answer.status < 500

    def _count(self, where: str, words: str) -> None:
        if "Permitted" in words:
            self.permitted[where] += 1
        else:
            self.failed.append(f"{where}: {words}")

    def _next(self) -> tuple[int, str]:
        number = next(self._numbers)
        day, hour = 1 + number % _DAYS, (number // _DAYS) % _HOURS
        return number, f"in {day} days {hour:02}:00"


def _fan(number: int) -> str:
    return f"fan{number}@example.org"


@asynccontextmanager
async def open_town(database_url: str, folder: Path) -> AsyncIterator[Town]:
    """Open both chats and the mailboxes, with a server on the desk's database."""
    async with (
        open_slack() as slack,
        open_discord() as discord,
        MailboxServer(folder / "mail") as mailboxes,
    ):
        team = slack.add_team("T0001", name="Stage")
        slackers = [
            team.add_user(f"U{n:04}", name=f"Sam{n}", tz="Europe/Berlin") for n in range(_PEOPLE)
        ]
        discord.lingers = _SOON
        guild = discord.add_guild("Stage", owner=discord.add_person("Olga"), guild_id=GUILD_ID)
        discorders = [discord.add_person(f"Dora{n}") for n in range(_PEOPLE)]
        for person in discorders:
            guild.add_member(person)
        general = guild.add_channel("general")
        await _prepare(Settings(data=folder, database_url=database_url, secret_key=SECRET))
        yield Town(slack, discord, mailboxes, slackers, discorders, general, free_port())


async def _prepare(settings: Settings) -> None:
    async with open_app(settings) as app:
        olga = await app.desk.run(enter, OPERATOR)
        assert not (await handle_text(app.desk, olga, _SERVER)).tone.failed
        guild = Account(WorkspaceKind.DISCORD, str(GUILD_ID), "Stage", "1", "Setter", Role.ADMIN)
        setter = await app.desk.run(enter, guild)
        assert not (
            await handle_text(app.desk, setter, "settings workspace zone=Europe/Berlin")
        ).tone.failed
