"""The watch over the clock: a round of many that fall due at once is long, and not silent."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

import pytest

from bot import clock as bot_clock
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.tick import carry_out
from tests.databases import SqliteFiles
from tests.desks import Clock, open_desk
from tests.under_fire.lives import AFTER, LEAD, LIMITS, SECOND, begin_lives

P = ParamSpec("P")
T = TypeVar("T")

SILENT_AFTER = 2.0  # seconds: more than between sweeps
SOON = 60  # seconds


@dataclass(slots=True)
class SlowDesk(Desk):
    """A desk that takes so many seconds for each thing that falls due, and counts them."""

    takes: float = 0.0
    carried: int = 0

    async def run_patiently(
        self,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case, in the end."""
        if use_case is carry_out:
            await asyncio.sleep(self.takes)
            self.carried += 1
        return await Desk.run_patiently(self, use_case, *args, **kwargs)


@asynccontextmanager
async def at_work(url: str, lives: int, takes: float) -> AsyncIterator[SlowDesk]:
    """Have a clock run on a desk for which everything falls due at once."""
    clock = Clock()
    with open_desk(url, clock, LIMITS) as desk:
        starts = [clock() + LEAD + number * SECOND for number in range(lives)]
        await begin_lives(desk, starts, random.Random(9))  # noqa: S311 - the same lives each time
        clock.now = starts[-1] + AFTER + timedelta(minutes=1)
        slow = SlowDesk(desk.database, desk.vault, desk.links, clock, desk.limits, takes=takes)
        stop = asyncio.Event()
        running = asyncio.create_task(bot_clock.Clock(slow).run(stop))
        try:
            yield slow
        finally:
            stop.set()
            await running
            slow.close_threads()


async def test_a_long_round_is_not_silent(
    sqlite_files: SqliteFiles, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot_clock, "_SILENT_AFTER", SILENT_AFTER)
    async with at_work(sqlite_files.fresh(), lives=10, takes=0.1) as desk, asyncio.timeout(SOON):
        while desk.carried < 3 * SILENT_AFTER / desk.takes:  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(desk.takes)
    assert "clock.silent" not in caplog.messages


async def test_one_that_does_not_come_to_its_end_is(
    sqlite_files: SqliteFiles, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot_clock, "_SILENT_AFTER", SILENT_AFTER)
    async with at_work(sqlite_files.fresh(), lives=1, takes=5.0), asyncio.timeout(SOON):
        while "clock.silent" not in caplog.messages:  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.1)
