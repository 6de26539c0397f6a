"""The clock under fire: set forwards and back, over a clock change, and with the process suspended.

A thousand deadlines in the suite, a hundred thousand with `--stress`.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import Clock
from core.model.due import Due, DueKind
from core.store.desk import Desk
from tests.desks import RunningClock, open_desk
from tests.under_fire.lives import (
    AFTER,
    DUE_EACH,
    LEAD,
    LIMITS,
    NotingDesk,
    all_due,
    begin_lives,
    lapses,
    still_due,
    told_twice,
)
from tests.under_fire.program import running

log = logging.getLogger(__name__)

DEADLINES = 1_000  # in a round
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
PUT_BACK = {DueKind.DEADLINE, DueKind.OVER, DueKind.NO_SHOW}
SPREAD = 10.0  # seconds over which lives are spread
LATE = 5 * SECOND
SOON = 60  # seconds
KEEPS_LITTLE = {"keep_addresses_days": "1"}
BUSY = 3  # times as late may it be on a machine that is busy
BEFORE_CHANGE = datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC)  # ten seconds, in Berlin


class SetClock(RunningClock):
    """A clock that runs once it is started, and is set by those who look after the machine."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.now = at
        self.landed = at  # where it was set to last
        self._runs = False

    def __call__(self) -> datetime:
        """Tell the time."""
        return super().__call__() if self._runs else self.now

    def start(self) -> None:
        """Let it run."""
        self._since = time.monotonic()
        self._runs = True

    def stop(self) -> None:
        """Hold it."""
        self.now, self._runs = self(), False

    def set_by(self, by: timedelta) -> None:
        """Set it forwards or back."""
        self.now += by
        self.landed = self()


@contextmanager
def noting(desk: Desk, clock: SetClock) -> Iterator[NotingDesk]:
    """Open a second desk on the same database, that notes what falls due."""
    other = NotingDesk(
        *(desk.database, desk.vault, desk.links, clock, desk.limits), landed=lambda: clock.landed
    )
    try:
        yield other
    finally:
        other.close_threads()


@asynccontextmanager
async def at_work(desk: Desk) -> AsyncIterator[None]:
    """Have the clock's sweeps run as in a process."""
    stop = asyncio.Event()
    running = asyncio.create_task(Clock(desk).run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def fidget(clock: SetClock, seconds: float, chance: random.Random) -> None:
    """Let time pass, with the clock set by a second now and then."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        await asyncio.sleep(min(left, chance.uniform(0.5, 2.0)))
        clock.set_by(chance.choice([-1, 1]) * SECOND)


def twice(carried: list[tuple[Due, datetime]]) -> list[Due]:
    """List what was carried out more than once.

    What was found due just before the clock was set back is put back where it would do harm.
    """
    counted = Counter(due for due, at in carried if due.kind not in PUT_BACK or at >= due.due_at)
    return [due for due, times in counted.items() if times > 1]


async def live(desk: NotingDesk, clock: SetClock, chance: random.Random) -> None:
    """Have lives pass in this hour and in the next, with the clock going back and forth."""
    many = DEADLINES // DUE_EACH // 2
    here = [clock() + LEAD + chance.uniform(0, SPREAD) * SECOND for _ in range(many)]
    there = [start + HOUR + 12 * SECOND for start in here]
    clock.stop()
    await begin_lives(desk, [*here, *there], chance)
    clock.start()
    async with at_work(desk):
        await fidget(clock, 12, chance)
        for by, seconds in ((HOUR, 8.0), (-HOUR, 4.0), (HOUR, 2.0)):
            clock.set_by(by)
            await fidget(clock, seconds, chance)
        while clock() < max(there) + AFTER + LATE:
            await fidget(clock, 2, chance)


async def test_every_deadline_once_whatever_the_clock_does(
    database_url: str, *, stress: bool
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same fidgeting each time
    clock = SetClock(BEFORE_CHANGE)
    rounds = 100 if stress else 1
    with open_desk(database_url, clock, LIMITS) as opened, noting(opened, clock) as desk:
        for _ in range(rounds):
            await live(desk, clock, chance)
        assert len(desk.carried) >= DEADLINES * rounds
        assert [] == twice(desk.carried)
        assert [] == await desk.read(told_twice)
        assert 0 == await desk.read(still_due)
        kinds = Counter(due.kind for due, _ in desk.carried)
        log.info("carried out: %s; lapses told: %s", kinds, await desk.read(lapses))
        log.info("left: %s", await desk.read(all_due))
        assert set(DueKind) - {DueKind.RELEASE} <= set(kinds)
        late = sorted(desk.late)
        log.info(
            "late: %.2f s (median), %.2f s (most)",
            *(one.total_seconds() for one in (late[len(late) // 2], late[-1])),
        )
        assert late[-1] < BUSY * LATE


async def test_a_suspended_process_makes_up_for_it_once(database_url: str, tmp_path: Path) -> None:
    chance = random.Random(8)  # noqa: S311 - as above
    with open_desk(database_url, RunningClock(), LIMITS) as desk:
        async with running(tmp_path, database_url, KEEPS_LITTLE, roles=["worker"]) as program:
            begun = desk.now()
            starts = [begun + LEAD + 6 * SECOND + chance.uniform(0, 4) * SECOND for _ in range(60)]
            lives = await begin_lives(desk, starts, chance)
            await reached(desk, begun + LEAD + 4 * SECOND)
            before = (await desk.read(all_due)).total()
            program.suspend()
            await reached(desk, max(starts) + AFTER)
            assert await desk.read(still_due) > len(lives), "nothing fell due meanwhile"
            program.resume()
            resumed = time.monotonic()
            async with asyncio.timeout(SOON):
                while await desk.read(still_due):  # noqa: ASYNC110 - nobody tells us
                    await asyncio.sleep(0.1)
            took = time.monotonic() - resumed
            log.info("%d of %d made up for in %.2f s", before, len(lives), took)
        assert [] == program.errors()
        assert [] == await desk.read(told_twice)
        # of slots that were over by then nothing is left to free, and nobody is told
        assert 0 < await desk.read(lapses) <= len(lives) / 2
        assert timedelta(seconds=took) < BUSY * LATE


async def reached(desk: Desk, moment: datetime) -> None:
    """Wait until then."""
    await asyncio.sleep((moment - desk.now()).total_seconds())
