"""How late the event loop is, in loops whose clock a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import TypeVarTuple

import pytest

from bot.web.loop_lag import LoopLag

EVERY = 0.1  # seconds, in which a timer is wanted again
KEPT = 600  # timers: a minute's
SOON = 5.0  # seconds
NEARLY = 0.05  # seconds that this machine may be late by itself
Ts = TypeVarTuple("Ts")


class MovedLoop(asyncio.SelectorEventLoop):
    """A loop whose clock can be moved ahead, as though it had been busy; counts its timers."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0
        self.timers = 0

    def time(self) -> float:
        """Tell the time."""
        return super().time() + self.ahead

    def call_later(
        self,
        delay: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Set a timer."""
        self.timers += 1
        return super().call_later(delay, callback, *args, context=context)

    async def pass_by(self, *late: float) -> None:
        """Let one timer after the other come, each so many seconds late."""
        for one in late:
            timers = self.timers
            self.ahead += EVERY + one
            async with asyncio.timeout(SOON):
                while self.timers == timers:  # noqa: ASYNC110 - until the loop has come round to it
                    await asyncio.sleep(0)


def run(work: Callable[[MovedLoop], Coroutine[None, None, None]]) -> None:
    """Do something in a loop of its own."""
    loop = MovedLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(work(loop))


def test_what_was_never_measured_is_not_late() -> None:
    assert 0.0 == LoopLag().quantile(0.99)


def test_a_share_of_the_timers_came_no_later() -> None:
    lag = LoopLag()

    async def work(loop: MovedLoop) -> None:
        lag.start()
        await loop.pass_by(2.0, *[0.0] * 97, 4.0, 1.0)

    run(work)
    assert 0.0 <= lag.quantile(0.5) < NEARLY
    found = [lag.quantile(share) for share in (0.97, 0.98, 0.99, 1.0)]
    assert pytest.approx([1.0, 2.0, 4.0, 4.0], abs=NEARLY) == found


def test_a_minute_later_it_is_forgotten() -> None:
    lag = LoopLag()

    async def work(loop: MovedLoop) -> None:
        lag.start()
        await loop.pass_by(3.0, *[0.0] * (KEPT - 1))
        assert pytest.approx(3.0, abs=NEARLY) == lag.quantile(1.0)
        await loop.pass_by(0.0)
        assert lag.quantile(1.0) < NEARLY

    run(work)


def test_whoever_starts_it_again_has_it_measured_once() -> None:
    lag = LoopLag()

    async def work(loop: MovedLoop) -> None:
        for _ in range(3):
            lag.start()
        assert 1 == loop.timers

    run(work)


def test_in_another_loop_it_is_started_anew() -> None:
    lag = LoopLag()

    async def work(loop: MovedLoop) -> None:
        lag.start()
        await loop.pass_by(5.0)

    run(work)

    async def again(loop: MovedLoop) -> None:
        lag.start()
        await loop.pass_by(7.0)

    run(again)
    assert pytest.approx([5.0, 7.0], abs=NEARLY) == [lag.quantile(share) for share in (0.0, 1.0)]
