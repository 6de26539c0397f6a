"""A dispatcher's pulse: whoever asks whether notices go out may be another process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta

import pytest

from core.model.delivery import Accepted
from core.outbox.dispatch import DISPATCHER, Dispatcher
from core.store.desk import Desk
from tests.desks import Scene
from tests.gate.house import away
from tests.life.bench import Bench
from tests.outbox.faults import HeldUpRoute

SECONDS = timedelta(seconds=1)
SOON = 10.0


@asynccontextmanager
async def at_work(dispatcher: Dispatcher) -> AsyncIterator[None]:
    """Run a dispatcher for as long as the context is open."""
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


@contextmanager
def hearing(event: str) -> Iterator[asyncio.Event]:
    """Tell when something is logged by a dispatcher."""
    heard, logger = asyncio.Event(), logging.getLogger("core.outbox.dispatch")

    def listen(record: logging.LogRecord) -> bool:
        if record.getMessage() == event:
            heard.set()
        return True

    logger.addFilter(listen)
    try:
        yield heard
    finally:
        logger.removeFilter(listen)


async def beat_of(desk: Desk) -> datetime | None:
    """Say when a dispatcher last said that it is at work."""
    return await desk.read(lambda store, _: store.records.last_beat(DISPATCHER))


async def beats_at(desk: Desk, at: datetime) -> None:
    """Wait for the pulse of a moment."""
    for _ in range(1000):
        if await beat_of(desk) == at:
            return
        await asyncio.sleep(0.02)
    assert at == await beat_of(desk)


async def test_it_beats_with_nothing_to_do_and_no_oftener_than_it_must(scene: Scene) -> None:
    began_at = scene.clock.now
    dispatcher = Bench(scene).post.dispatcher()
    async with at_work(dispatcher):
        await beats_at(scene.desk, began_at)
        scene.clock.move(9 * SECONDS)
        for _ in range(3):
            dispatcher.wake()
            await asyncio.sleep(0.05)
        assert began_at == await beat_of(scene.desk)
        scene.clock.move(SECONDS)
        dispatcher.wake()
        await beats_at(scene.desk, scene.clock.now)


async def test_a_clock_set_back_does_not_silence_it(scene: Scene) -> None:
    dispatcher = Bench(scene).post.dispatcher()
    async with at_work(dispatcher):
        await beats_at(scene.desk, scene.clock.now)
        scene.clock.move(timedelta(days=-1))
        dispatcher.wake()
        await beats_at(scene.desk, scene.clock.now)


async def test_it_beats_while_its_routes_are_down(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    bench.post.mail.down = "connection refused"
    dispatcher = bench.post.dispatcher()
    async with at_work(dispatcher):
        await beats_at(scene.desk, scene.clock.now)
        scene.clock.move(10 * SECONDS)
        dispatcher.wake()
        await beats_at(scene.desk, scene.clock.now)


async def test_it_beats_while_a_mail_server_takes_its_time(scene: Scene) -> None:
    """With each renewal of its lease: that takes five seconds here too."""
    bench = Bench(scene)
    await bench.reserve()
    route = HeldUpRoute()
    async with at_work(bench.post.dispatcher(route)):
        await route.taken.wait()
        scene.clock.move(10 * SECONDS)
        await beats_at(scene.desk, scene.clock.now)
        route.answer.set_result(Accepted())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where away is away for all
async def test_it_beats_again_once_the_database_is_back(scene: Scene) -> None:
    dispatcher = Bench(scene).post.dispatcher()
    async with at_work(dispatcher):
        await beats_at(scene.desk, scene.clock.now)
        with away(scene.desk):
            scene.clock.move(10 * SECONDS)
            with hearing("dispatch.busy") as busy:
                dispatcher.wake()
                await asyncio.wait_for(busy.wait(), SOON)
        await beats_at(scene.desk, scene.clock.now)


async def test_what_is_sent_by_hand_is_no_dispatcher_at_work(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    await bench.post.deliver()
    assert await beat_of(scene.desk) is None
