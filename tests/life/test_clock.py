"""The clock by real time: it stops in good order, whatever it is at."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from bot.clock import Clock
from core.store.database import READERS
from tests.desks import Scene

SOON = 10.0


async def test_a_sweep_that_is_under_way_is_carried_to_its_end(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    clock, stop, free = Clock(scene.desk), asyncio.Event(), threading.Event()
    started = clock.last_sweep
    readers = READERS if scene.desk.database.is_sqlite else 6
    held = [
        asyncio.create_task(scene.desk.read(lambda _, __: free.wait(SOON))) for _ in range(readers)
    ]
    running = asyncio.create_task(clock.run(stop))
    async with asyncio.timeout(SOON):
        while clock._idle.is_set():  # noqa: ASYNC110, SLF001 - it says so to nobody else
            await asyncio.sleep(0.01)
        stop.set()
        done, _ = await asyncio.wait({running}, timeout=0.1)
        assert not done
        free.set()
        await running
        await asyncio.gather(*held)

    assert clock.last_sweep > started
    assert [] == [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_a_sweep_that_hangs_does_not_hold_up_the_end(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.clock._LAST_SWEEP", 0.2)
    clock, stop, free = Clock(scene.desk), asyncio.Event(), threading.Event()
    held = [asyncio.create_task(scene.desk.read(lambda _, __: free.wait(SOON))) for _ in range(6)]
    running = asyncio.create_task(clock.run(stop))
    try:
        async with asyncio.timeout(SOON):
            while clock._idle.is_set():  # noqa: ASYNC110, SLF001 - it says so to nobody else
                await asyncio.sleep(0.01)
            stop.set()
            await running
    finally:
        free.set()
        await asyncio.gather(*held, return_exceptions=True)
