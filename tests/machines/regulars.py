"""People who book, change and cancel all along, by both chats and by links, and are answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count

import aiohttp

from core.access.links import Purpose
from core.model.recipient import Contact, RouteName
from core.model.reservation import Reservation
from core.model.server import Rules
from core.model.slot import Slot
from tests.desks import RunningClock, open_desk, set_scene
from tests.discord.server.errors import NeverHappenedError as DiscordNeverError
from tests.discord.server.person import Person as Discorder
from tests.life.bench import Bench
from tests.machines.fleet import Fleet
from tests.machines.life import ANSWERS, DISCORD, LINKS, NOBODY, NOTHING_DONE, SLACK, Life
from tests.machines.posts import posts_of
from tests.slack.server import Heard as SlackHeard
from tests.slack.server import NeverHappenedError
from tests.slack.server import Person as Slacker
from tests.slack.speaking import code_in, mention
from tests.web.house import HOST, Answer

_HALL, _LEAD = "Hall", timedelta(days=1)
_DAYS, _HOURS = 150, 24  # over which slots are spread
_BREATH = 0.3  # seconds before each command: else six people keep a machine of two cores busy
PATIENCE = 30.0  # seconds in which an answer and its mail come, on a machine that is busy

Ask = Callable[[], Awaitable[str]]


class GaveUpError(Exception):
    """Somebody was not answered, or told that the desk was too busy, and begins something else."""


@dataclass
class Regulars:
    """Everybody who gives commands, until `closing`; `lives` are all reservations that they tried.

    Each waits for what a command leads to, by mail and in the channel, before giving the next one.
    """

    fleet: Fleet
    bench: Bench
    browser: aiohttp.ClientSession
    lives: list[Life] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Have all six book, change and cancel, one reservation after the other."""
        town, stage = self.fleet.town, self.fleet.stage
        async with asyncio.TaskGroup() as group:
            for sam in (town.hanna, town.adam):
                group.create_task(self._again(SLACK, partial(self._in_slack, sam)))
            for dora in (stage.hanna, stage.adam):
                group.create_task(self._again(DISCORD, partial(self._in_discord, dora)))
            for _ in range(2):
                group.create_task(self._again(LINKS, self._by_links))
            yield
            self.closing.set()

    async def lived(self, number: int, *, since: float = 0.0) -> None:
        """Wait until so many reservations begun `since` then were carried to their ends."""
        lives, slack = self.lives, self.fleet.town.slack
        await slack.until(
            lambda: sum(one.ended and one.begun > since for one in lives) >= number, within=PATIENCE
        )

    async def run_out(self, number: int, after: float) -> None:
        """Book so many that nobody reconfirms: from `after` seconds on one lapses each second."""
        for second in range(number):
            life = Life(next(self._numbers), NOBODY, answered=len(ANSWERS[NOBODY]))
            self.lives.append(life)
            life.code = (
                await self._at_console(life, _LEAD + timedelta(seconds=after + second))
            ).code

    async def _again(self, where: str, live: Callable[[Life], Awaitable[None]]) -> None:
        while not self.closing.is_set():
            life = Life(next(self._numbers), where)
            self.lives.append(life)
            try:
                await live(life)
            except GaveUpError as error:
                life.given_up = str(error)

    async def _in_slack(self, sam: Slacker, life: Life) -> None:
        """Book by a line, change by a form, cancel by a line."""
        hall = f",{mention(self.fleet.town.general)}" if life.posted else ""
        line = f'reserve "{_start(life)}" for 1h {_HALL} title={life.title}'
        await self._does(life, partial(_typed, sam, f'{line} audience="{life.address}{hall}"'))
        await self._does(life, partial(_changed_in_slack, sam, life))
        await self._does(life, partial(_typed, sam, f"cancel {life.code} ill"))

    async def _in_discord(self, dora: Discorder, life: Life) -> None:
        """Book and change by forms, cancel by a line."""
        general = self.fleet.stage.general

        async def filled(line: str, **given: object) -> str:
            form = await (await dora.type(f"/slot {line}", general)).opened(within=PATIENCE)
            return (await (await dora.submit(form, given)).message(within=PATIENCE)).words

        async def cancelled() -> str:
            heard = await dora.type(f"/slot cancel code:{life.code}", general)
            return (await heard.message(within=PATIENCE)).words

        line = f"reserve when:{_start(life)} for 1h server:{_HALL}"
        hall = {"channels": [general]} if life.posted else {}
        booked = partial(filled, line, title=life.title, audience=life.address, **hall)
        await self._does(life, booked)
        await self._does(life, partial(filled, f"change code:{life.code}", title=life.later))
        await self._does(life, cancelled)

    async def _by_links(self, life: Life) -> None:
        """Have it booked at the console; reconfirm, change and cancel on its holder's page."""
        made = await self._at_console(life, timedelta(days=3))
        page = f"/{Purpose.HOLDER}/{self.bench.desk.links.token(Purpose.HOLDER, made.id, 0)}"

        async def booked() -> str:
            return f"Permitted: {made.code}"

        await self._does(life, booked)
        await self._does(life, partial(self._pressed, page, "reconfirm"))
        await self._does(life, partial(self._pressed, page, "change", title=life.later))
        await self._does(life, partial(self._pressed, page, "cancel", reason="ill"))

    async def _at_console(self, life: Life, after: timedelta) -> Reservation:
        """Book beside the fleet, as somebody at a console does."""
        audience = (Contact(RouteName.EMAIL, life.address),)
        slot = Slot.of(self.bench.clock() + after, timedelta(hours=1))
        return await self.bench.reserve(slot=slot, title=life.title, audience=audience)

    async def _does(self, life: Life, ask: Ask) -> None:
        """Give a command, see that it is answered, and wait for what it leads to."""
        await asyncio.sleep(_BREATH)
        try:
            words = await ask()
        except (NeverHappenedError, DiscordNeverError) as error:
            raise GaveUpError(str(error)) from error
        if NOTHING_DONE in words:
            raise GaveUpError(words)
        assert ANSWERS[life.where][life.answered] in words, words
        life.code = life.code or code_in(words)
        life.answered += 1
        try:
            await self.fleet.town.slack.until(lambda: self._all_told(life), within=PATIENCE)
        except NeverHappenedError as error:
            raise GaveUpError(f"nobody was told: {words}") from error

    def _all_told(self, life: Life) -> bool:
        told = life.told(life.answered)
        if len(told) > len(self.fleet.town.mailboxes.mailbox(life.address)):
            return False
        return not life.posted or told[1:] in posts_of(self.fleet, life.where, life.code)

    async def _pressed(self, page: str, act: str, **given: str) -> str:
        """Look at what a holder's page asks before something is done, and say yes to it."""
        shown = await self._asked("GET", page if act == "reconfirm" else f"{page}/{act}")
        once = shown.field("once")
        return (await self._asked("POST", f"{page}/{act}", once=once, **given)).words

    async def _asked(self, method: str, path: str, **given: str) -> Answer:
        """Ask whichever process takes the connection, as a proxy before several of them does."""
        for member in self.fleet.running("web"):
            url = f"http://127.0.0.1:{member.port}{path}"
            try:
                async with self.browser.request(
                    method, url, headers={"Host": HOST}, data=given, allow_redirects=False
                ) as answer:
                    return Answer(answer.status, await answer.text(), answer.headers)
            except aiohttp.ClientConnectorError:
                continue  # nobody listens there: nothing was asked
            except aiohttp.ClientConnectionError as error:
                raise GaveUpError(f"{type(error).__name__}: {method} {path}") from error
        raise AssertionError(f"nobody serves {path}")


def _start(life: Life) -> str:
    return f"in {2 + life.number % _DAYS} days {(life.number // _DAYS) % _HOURS:02}:00"


async def _heard(sam: Slacker, line: str) -> SlackHeard:
    """Type a line in Slack, and wait for what it says or opens."""
    heard = await sam.type(f"/slot {line}")
    if heard.error is not None:
        raise GaveUpError(f"{heard.error}: {line}")
    await sam.slack.until(lambda: heard.messages or heard.view, within=PATIENCE)
    return heard


async def _typed(sam: Slacker, line: str) -> str:
    return (await _heard(sam, line)).words


async def _changed_in_slack(sam: Slacker, life: Life) -> str:
    """Change a title by the form; gives what stands in its place then."""
    heard = await _heard(sam, f"change {life.code}")
    if heard.view is None:
        return heard.words
    heard = await sam.submit(heard.view, {"title": life.later})
    if heard.error is not None:
        raise GaveUpError(f"{heard.error}: {life.later}")
    if heard.errors:
        return " ".join(heard.errors.values())
    return (await heard.opened(within=PATIENCE)).words


@asynccontextmanager
async def open_regulars(fleet: Fleet) -> AsyncIterator[Regulars]:
    """Let people in, and put a console beside the fleet, with a hall that takes any number."""
    clock = RunningClock()
    connector = aiohttp.TCPConnector(force_close=True)
    with open_desk(fleet.database_url, clock) as desk:
        scene = await set_scene(
            desk, clock, name=_HALL, rules=Rules(max_streams=1000, reconfirm_lead=_LEAD)
        )
        for dora in (fleet.stage.hanna, fleet.stage.adam):
            told = await dora.type("/slot settings zone:Europe/Berlin", fleet.stage.general)
            await told.message(within=PATIENCE)
        async with aiohttp.ClientSession(connector=connector) as browser:
            yield Regulars(fleet, Bench(scene), browser)
