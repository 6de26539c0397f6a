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

from bot.commands.run import handle_text
from bot.settings import Settings
from bot.wiring import open_app
from core.model.people import Role, WorkspaceKind
from core.usecases.settings import Account, enter
from tests.claims.house import STUDIO
from tests.desks import SECRET
from tests.discord.house import GUILD_ID
from tests.discord.server.errors import NeverHappenedError as DiscordNeverError
from tests.discord.server.guild import Guild
from tests.discord.server.heard import Heard
from tests.discord.server.person import Person as Discorder
from tests.discord.server.places import Channel as DiscordChannel
from tests.discord.server.server import DiscordServer, open_discord
from tests.ports import free_port
from tests.slack.runs import OPERATOR
from tests.slack.server import Channel, NeverHappenedError, SlackServer, Team, open_slack
from tests.slack.server import Person as Slacker
from tests.slack.speaking import mention
from tests.under_fire.bookings import (
    DISCORD,
    PEOPLE,
    SLACK,
    Booking,
    Outcome,
    Went,
    channel_of,
    holder_of,
    outcome_of,
)
from tests.under_fire.ledger import CountingMailboxes, Ledger
from tests.under_fire.machine import Machine

_SERVER = f"{STUDIO} max_streams=2000 reconfirm_lead=0"
_SOON = 20  # seconds
_LATER, _OPEN = "the answer follows here", "Open the form"
_WAITING = 10  # people at once who wait for an answer, where others keep the machine busy


class _UnansweredError(Exception):
    """What somebody's chat shows them in place of an answer."""


@dataclass
class Town:
    """Everybody; `permitted` are bookings that were, `amiss` is how the others went.

    `begun` counts them all, and `held_back` those that were not even begun, because others kept the
    machine busy; `behind` is by how many seconds one was begun late at most. `pages` are those that
    were looked at, by status.
    """

    slack: SlackServer
    discord: DiscordServer
    ledger: Ledger
    port: int
    slackers: list[tuple[Slacker, Channel]]
    discorders: list[tuple[Discorder, DiscordChannel]]
    permitted: set[Booking] = field(default_factory=set)
    amiss: list[Went] = field(default_factory=list)
    begun: int = 0
    held_back: int = 0
    behind: float = 0.0
    pages: Counter[int] = field(default_factory=Counter)
    _numbers: count[int] = field(default_factory=count)
    _waiting: int = 0

    def settings(self) -> Mapping[str, str]:
        """Give the settings of a desk that everybody here meets."""
        team = self.slackers[0][0].team
        return {
            "http_port": str(self.port),
            "smtp_url": self.ledger.mailboxes.url,
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
        somebody, channel = self.discorders[0]
        await self.discord.until(lambda: "slot" in somebody.offered(channel), within=_SOON)

    async def book_for(self, seconds: float, a_second: float, machine: Machine) -> None:
        """Have so many bookings begun in each second, in both chats in turn, and a page looked at.

        While others keep the machine busy, nobody begins as long as ten wait for an answer.
        """
        loop = asyncio.get_running_loop()
        start = loop.time()
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as people:
            for number in range(int(seconds * a_second)):
                wanted_at = start + number / a_second
                await asyncio.sleep(max(0.0, wanted_at - loop.time()))
                if self._waiting >= _WAITING and machine.hinders:
                    self.held_back += 1
                    continue
                self.behind = max(self.behind, loop.time() - wanted_at)
                self.begun += 1
                people.create_task(self._books(Booking(next(self._numbers))))
                people.create_task(self._looks(session))
            await asyncio.sleep(max(0.0, start + seconds - loop.time()))

    async def metrics(self) -> str:
        """Read the figures of the desk."""
        url = f"http://127.0.0.1:{self.port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.text()

    async def _books(self, booking: Booking) -> None:
        loop = asyncio.get_running_loop()
        begun, outcome = loop.time(), Outcome.UNANSWERED
        self._waiting += 1
        try:
            asked = self._in_slack if booking.chat == SLACK else self._in_discord
            words = await asked(booking)
            outcome = outcome_of(words)
        except (_UnansweredError, NeverHappenedError, DiscordNeverError) as error:
            words = str(error)
        finally:
            self._waiting -= 1
        if outcome is Outcome.PERMITTED:
            self.permitted.add(booking)
        else:
            self.amiss.append(Went(booking, outcome, begun, loop.time(), words))

    async def _in_slack(self, booking: Booking) -> str:
        who, channel = self.slackers[booking.turn]
        audience = f'audience="{booking.fan}, {mention(channel)}"'
        line = f'reserve "{booking.start}" for 1h Studio title={booking.title} {audience}'
        heard = await who.type(f"/slot {line}")
        if heard.error is not None:
            raise _UnansweredError(heard.error)
        await self.slack.until(lambda: heard.view or not heard.words.endswith(_LATER), within=_SOON)
        return heard.view.words if heard.view else heard.words

    async def _in_discord(self, booking: Booking) -> str:
        who, channel = self.discorders[booking.turn]
        line = f"/slot reserve when:{booking.start} for 1h server:Studio"
        heard = await self._said(await who.type(line, channel))
        if _OPEN in heard.words:  # it was too late to open it at once
            heard = await self._said(await who.click(heard.messages[-1], _OPEN))
        if heard.modal is None:
            return heard.words
        given: dict[str, object] = {
            "title": booking.title,
            "audience": booking.fan,
            "channels": [channel],
        }
        return (await self._said(await who.submit(heard.modal, given))).words

    async def _said(self, heard: Heard) -> Heard:
        """Wait until Discord shows something for an answer."""
        await self.discord.until(lambda: heard.failed or heard.modal or heard.words, within=_SOON)
        if heard.failed is not None:
            raise _UnansweredError(heard.failed)
        return heard

    async def _looks(self, session: aiohttp.ClientSession) -> None:
        async with session.get(f"http://127.0.0.1:{self.port}/schedule") as answer:
            await answer.read()
            self.pages[answer.status] += 1


@asynccontextmanager
async def open_town(database_url: str, folder: Path) -> AsyncIterator[Town]:
    """Open both chats and the mailboxes, with a server on the desk's database."""
    async with (
        open_slack() as slack,
        open_discord() as discord,
        CountingMailboxes(folder / "mail") as mailboxes,
    ):
        team = slack.add_team("T0001", name="Stage")
        owner = discord.add_person("Olga")
        guild = discord.add_guild("Stage", owner=owner, guild_id=GUILD_ID)
        await _prepare(Settings(data=folder, database_url=database_url, secret_key=SECRET))
        yield Town(
            *(slack, discord, Ledger(slack, discord, mailboxes), free_port()),
            [_slacker(team, turn) for turn in range(PEOPLE)],
            [_discorder(discord, guild, turn) for turn in range(PEOPLE)],
        )


def _slacker(team: Team, turn: int) -> tuple[Slacker, Channel]:
    who = team.add_user(holder_of(SLACK, turn), name=f"Sam{turn}", tz="Europe/Berlin")
    return who, team.add_channel(f"C{turn:04}", name=channel_of(turn), members=[who])


def _discorder(discord: DiscordServer, guild: Guild, turn: int) -> tuple[Discorder, DiscordChannel]:
    who = discord.add_person(holder_of(DISCORD, turn))
    guild.add_member(who)
    return who, guild.add_channel(channel_of(turn))


async def _prepare(settings: Settings) -> None:
    async with open_app(settings) as app:
        olga = await app.desk.run(enter, OPERATOR)
        assert not (await handle_text(app.desk, olga, _SERVER)).tone.failed
        guild = Account(WorkspaceKind.DISCORD, str(GUILD_ID), "Stage", "1", "Setter", Role.ADMIN)
        setter = await app.desk.run(enter, guild)
        assert not (
            await handle_text(app.desk, setter, "settings workspace zone=Europe/Berlin")
        ).tone.failed
