"""What goes on beside a soak, and what is seen of the program meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from core.outbox.enqueue import REPORT_AFTER
from tests.under_fire.bookings import DISCORD, SLACK, Cut, Outcome, Went
from tests.under_fire.machine import Machine, Second
from tests.under_fire.program import Program
from tests.under_fire.town import Town
from tests.web.scrape import Scraped, scrape

_RECONNECT = 30.0  # seconds, for one chat and then the other
_MINUTE = 60.0  # seconds over which the desk measures its lag
_SOON = 60.0  # seconds in which the next is told, and a chat connected again
_KEPT_OPEN = 31.0  # seconds: aiohttp looks every fifteen what was not used for fifteen
_LAG = 0.05  # seconds
_LONG = 1.0  # seconds, of the three that chats wait, that others must have held an answer up
_TIMERS = 10  # of the desk's, in a second
_BEYOND = 5  # of the 600 in a minute lie beyond p99


@dataclass(frozen=True)
class Size:
    """What a process has in hand while it is quiet; descriptors by what they are."""

    memory: int
    descriptors: Counter[str]


async def quiet(town: Town, program: Program, before: Size | None = None) -> Size:
    """Wait until everybody was told and nothing waits, and see what the process still has.

    Connections that are kept open for the next one get their time to close, unless there are no
    more than there were before.
    """
    await asyncio.sleep(REPORT_AFTER.total_seconds())
    await _everybody_told(town, program)
    most = before.descriptors.total() if before else 0
    until, least = asyncio.get_running_loop().time() + _KEPT_OPEN, program.descriptors()
    while least.total() > most and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.5)
        least = min(least, program.descriptors(), key=Counter.total)
    return Size(program.resident(), least)


async def _everybody_told(town: Town, program: Program) -> None:
    """Wait until nothing waits and every holder had a report, for as long as that goes on."""
    loop = asyncio.get_running_loop()
    told, since = 0, loop.time()
    while await _queued(town) or town.ledger.reports < len(town.permitted):
        await asyncio.sleep(0.5)
        town.ledger.count(everything=True)
        if (now_told := town.ledger.told.total()) > told:
            told, since = now_told, loop.time()
        assert loop.time() < since + _SOON, ("nobody is told any more", program.errors())


async def _queued(town: Town) -> float:
    return (await _scraped(town, "callboard_queue_depth")).of()


@dataclass(frozen=True)
class Lag:
    """How late the desk's loop was in a minute; `allowed` is how late p99 may be."""

    median: float
    p99: float
    worst: float
    allowed: float


async def _scraped(town: Town, name: str) -> Scraped:
    return scrape(await town.metrics())[name]


async def lag_now(town: Town, machine: Machine) -> Lag:
    """Read how late the desk's loop was in the last minute.

    Fifty milliseconds are allowed, and more where others kept the machine busy.
    """
    lag = await _scraped(town, "callboard_loop_lag_seconds")
    now = asyncio.get_running_loop().time()
    await machine.until(now)
    median, most, worst = (lag.of(quantile=share) for share in ("0.5", "0.99", "1.0"))
    return Lag(median, most, worst, _LAG + owed(machine.between(now - _MINUTE, now)))


def owed(seconds: Iterable[Second]) -> float:
    """Give how late the desk's timers may have been for want of a processor, but for one in 100.

    That many of a minute's are late at once by no more than their share of what it waited.
    """
    waited = [one.desk_waited for one in seconds if one.hinders]
    shares = sorted((one / late for one in waited for late in range(1, _TIMERS + 1)), reverse=True)
    return shares[_BEYOND] if len(shares) > _BEYOND else 0.0


def explained(went: Went, cuts: Iterable[Cut], machine: Machine) -> bool:
    """Tell whether a chat's cut or the machine's others are why a booking was not permitted."""
    return went.outcome is not Outcome.REFUSED and (
        any(cut.explains(went) for cut in cuts) or machine.held_up(went.begun, went.ended) >= _LONG
    )


@asynccontextmanager
async def each_minute(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Do something each minute beside a block, and at its end."""

    async def repeat() -> None:
        while True:
            await asyncio.sleep(_MINUTE)
            await work()

    async with _beside(repeat):
        yield
    await work()


@asynccontextmanager
async def reconnecting(town: Town, cuts: list[Cut]) -> AsyncIterator[None]:
    """Have one chat after the other cut its connection, each once a minute; gives when."""

    async def cut() -> None:
        while True:
            await asyncio.sleep(_RECONNECT)
            with _noted(SLACK, cuts):
                await _cut_slack(town)
            await asyncio.sleep(_RECONNECT)
            with _noted(DISCORD, cuts):
                await _cut_discord(town)

    async with _beside(cut):
        yield
    await town.connected()


async def _cut_slack(town: Town) -> None:
    socket = town.slack.socket
    before = socket.connected
    socket.drop()
    await socket.wait_reconnected(after=before, within=_SOON)


async def _cut_discord(town: Town) -> None:
    gateway = town.discord.gateway
    before = gateway.connected
    gateway.drop()
    await gateway.wait_connected(after=before, within=_SOON)


@contextmanager
def _noted(chat: str, cuts: list[Cut]) -> Iterator[None]:
    """Note when a chat was cut off, also where the end of a soak comes first."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        yield
    finally:
        cuts.append(Cut(chat, begun, loop.time()))


@asynccontextmanager
async def _beside(work: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Have some work done until the end of a block; what goes wrong with it ends the block."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work())
        try:
            yield
        finally:
            task.cancel()
