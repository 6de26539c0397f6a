"""A whole desk at work while something goes wrong, with people who go on booking."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from io import StringIO
from itertools import count
from pathlib import Path

import aiohttp

from bot.commands.run import handle_text
from bot.console.app import ConsoleApp
from bot.console.script import run_script
from bot.process import running
from bot.settings import Settings
from bot.wiring import App, open_app
from core.store.store import Store
from core.usecases.settings import enter
from tests.claims.house import STUDIO
from tests.desks import SECRET
from tests.ports import free_port
from tests.slack.program import Mailboxes
from tests.slack.runs import OPERATOR
from tests.slack.server import Person, SlackServer, open_slack

_RAW = re.compile(
    r"sqlite|psycopg|postgres|traceback|operationalerror|database is|number ", re.IGNORECASE
)
SOON = 30  # seconds in which a desk recovers, on a machine that is busy too


class Answer(Enum):
    """What a person was told."""

    PERMITTED = "permitted"
    TRY_AGAIN = "try again"
    IN_DOUBT = "in doubt"
    OTHER = "other"


_SAID = {
    "Permitted": Answer.PERMITTED,
    "nothing was written: try again in a moment": Answer.TRY_AGAIN,
    "look whether it was done before you try again": Answer.IN_DOUBT,
}


@dataclass(frozen=True)
class Told:
    """What a person was told about the booking of a title, where, and in how many seconds."""

    title: str
    where: str
    answer: Answer
    took: float
    words: str


@dataclass
class Besieged:
    """A desk at work; people book at its console and in Slack."""

    app: App
    port: int
    mailboxes: Mailboxes
    slack: SlackServer
    hanna: Person
    told: list[Told] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def at_console(self) -> Told:
        """Book one slot at the console."""
        title, text = self._next()
        begun = time.monotonic()
        words = await self._typed(text)
        return self._heard(title, "console", time.monotonic() - begun, words)

    async def in_slack(self) -> Told:
        """Book one slot in Slack."""
        title, text = self._next()
        begun = time.monotonic()
        heard = await self.hanna.type(f"/slot {text}")
        took = time.monotonic() - begun
        assert not heard.timed_out, f"Slack gave up on {title}"
        # who was told that the answer follows is owed it
        await self.slack.until(lambda: _answer_in(heard.words) is not Answer.OTHER, within=SOON)
        return self._heard(title, "slack", took, heard.words)

    async def book_for(self, seconds: float, every: float) -> Sequence[Told]:
        """Have both go on booking for so long, whatever they are told."""
        until, begun = time.monotonic() + seconds, []
        while time.monotonic() < until:
            begun += [asyncio.create_task(self.at_console()), asyncio.create_task(self.in_slack())]
            await asyncio.sleep(every)
        return await asyncio.gather(*begun)

    async def recovered(self) -> float:
        """Wait until a booking is permitted and the desk says it is ready; gives the seconds."""
        begun = time.monotonic()
        async with asyncio.timeout(SOON):
            while not await self._is_back():  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.1)
        return time.monotonic() - begun

    async def _is_back(self) -> bool:
        permitted = (await self.at_console()).answer is Answer.PERMITTED
        return permitted and await self.readiness() == 200

    async def readiness(self) -> int:
        """Ask as a probe does whether the desk is ready."""
        url = f"http://127.0.0.1:{self.port}/readyz"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status

    async def nothing_lost(self) -> float:
        """See that what was acknowledged is there and its mail arrives; gives the seconds."""
        begun = time.monotonic()
        kept = await self.app.desk.read(_titles)
        permitted = {one.title for one in self.told if one.answer is Answer.PERMITTED}
        refused = {one.title for one in self.told if one.answer is Answer.TRY_AGAIN}
        assert permitted - set(kept) == set(), "acknowledged, and not there"
        assert refused & set(kept) == set(), "told that nothing was written, and there"
        assert sorted(set(kept)) == sorted(kept), "booked twice"
        await self.slack.until(lambda: set(kept) <= set(self._mailed()), within=SOON)
        assert sorted(kept) == sorted(self._mailed()), "one mail each"
        return time.monotonic() - begun

    def nothing_raw(self) -> None:
        """See that nobody was shown an error of the database's."""
        for one in self.told:
            assert one.answer is not Answer.OTHER, one
            assert not _RAW.search(one.words), one

    def _mailed(self) -> list[str]:
        return [mail.recipient.partition("@")[0] for mail in self.mailboxes.received]

    def _next(self) -> tuple[str, str]:
        title = f"show-{next(self._numbers)}"
        start = '"in 3 days 20:00" for 2h Studio'
        return title, f"reserve {start} title={title} audience={title}@example.org"

    async def _typed(self, text: str) -> str:
        """Give what the console answers to a line."""
        printed = StringIO()
        entered = partial(self.app.desk.run, enter, OPERATOR)
        await run_script(ConsoleApp(self.app.desk, entered, StringIO(f"{text}\n"), printed))
        return printed.getvalue()

    def _heard(self, title: str, where: str, took: float, words: str) -> Told:
        self.told.append(Told(title, where, _answer_in(words), took, words))
        return self.told[-1]


def _answer_in(words: str) -> Answer:
    for said, answer in _SAID.items():
        if said in words:
            return answer
    return Answer.OTHER


def _titles(store: Store, _: object) -> list[str]:
    return [one.title for one in store.reservations.many(range(1, 10_000)).values()]


@asynccontextmanager
async def besieged(database_url: str, folder: Path) -> AsyncIterator[Besieged]:
    """Run every part of a desk on a database, with one server that takes any number at once."""
    async with open_slack() as slack, Mailboxes(folder / "mail", slack) as mailboxes:
        team = slack.add_team("T0001", name="Stage")
        hanna = team.add_user("U0001", name="Hanna", tz="Europe/Berlin")
        settings = Settings(
            data=folder,
            database_url=database_url,
            secret_key=SECRET,
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
            http_port=free_port(),
            slack_bot_token=team.bot_token,
            slack_app_token=team.app_token,
            slack_api_url=slack.api_url,
        )
        async with open_app(settings) as app:
            await _add_studio(app)
            stop = asyncio.Event()
            parts = [asyncio.create_task(one) for one in running(app, _ROLES, stop)]
            try:
                await slack.socket.wait_connected(within=SOON)
                yield Besieged(app, settings.http_port, mailboxes, slack, hanna)
            finally:
                stop.set()
                await asyncio.gather(*parts)


_ROLES = ("worker", "slack", "web")


async def _add_studio(app: App) -> None:
    olga = await app.desk.run(enter, OPERATOR)
    added = await handle_text(app.desk, olga, f"{STUDIO} max_streams=2000 reconfirm_lead=0")
    assert not added.tone.failed
