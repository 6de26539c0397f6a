"""Whoever waits for the desk may be cancelled at any moment: no lock and no connection leaks."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from random import Random
from threading import Barrier
from typing import Any

from sqlalchemy import Engine, func
from sqlalchemy.pool import QueuePool
from sqlmodel import col, select

from core.model.server import Rules
from core.model.slot import Slot
from core.store.database import READERS
from core.store.desk import Desk
from core.store.store import Store
from core.store.tables import DueRow, RecipientRow, ReservationRow, RevisionRow
from core.usecases.look import list_all
from core.usecases.reserve import reserve
from tests.desks import Clock, Scene, set_scene
from tests.store.rows import live_rows, peak
from tests.store.test_patience import writers

ASKERS = 10
STREAMS = 3


async def test_cancelled_askers_leave_nothing_behind(
    desk: Desk, clock: Clock, stress: bool
) -> None:
    scene = await set_scene(desk, clock, rules=Rules(max_streams=STREAMS))
    rounds, cancelled = 5000 if stress else 50, 0
    for number in range(rounds):
        askers = [Random(f"{number} {asker}") for asker in range(ASKERS)]  # noqa: S311 - no secrets
        cancelled += sum(await asyncio.gather(*(ask(scene, asker) for asker in askers)))

    await idle(desk)
    assert cancelled > rounds * ASKERS / 2
    begun = time.monotonic()
    await desk.run(reserve, scene.actor, scene.request())
    assert time.monotonic() - begun < 1
    assert [0, 0] == [checked_out(desk.database.writer), checked_out(desk.database.reader)]
    await desk.read(assert_consistent)


async def test_what_was_begun_is_carried_to_its_end(scene: Scene) -> None:
    begun, go_on = asyncio.Event(), Barrier(2)
    loop = asyncio.get_running_loop()

    def wait_and_reserve(store: Store, now: datetime) -> object:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait()
        return reserve(store, now, scene.actor, scene.request())

    asked = asyncio.create_task(scene.desk.run(wait_and_reserve))
    await begun.wait()
    asked.cancel()
    await asyncio.wait({asked})
    assert asked.cancelled()
    go_on.wait()
    await idle(scene.desk)

    assert len(await scene.desk.read(list_all, scene.actor)) == 1


async def test_an_error_that_nobody_waits_for_is_no_noise(scene: Scene) -> None:
    go_on = Barrier(2)
    noise: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: noise.append(context))

    def fail(_: Store, _now: datetime) -> None:
        go_on.wait()
        raise LookupError("nobody hears this")

    asked = asyncio.create_task(scene.desk.run(fail))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait({asked})
    go_on.wait()
    await idle(scene.desk)

    assert noise == []


async def ask(scene: Scene, chance: Random) -> bool:
    """Ask the desk for something and give up at a random moment; tells whether that was in time."""
    at = scene.clock.now + timedelta(days=2, hours=chance.randrange(60))
    request = scene.request(slot=Slot.of(at, timedelta(hours=chance.randint(1, 5))))
    desk = scene.desk
    match chance.randrange(4):
        case 0:
            asked = asyncio.create_task(desk.read(list_all, scene.actor))
        case 1:
            key = f"key {chance.randrange(200)}"
            asked = asyncio.create_task(desk.run_once(key, reserve, scene.actor, request))  # type: ignore[arg-type]
        case _:
            asked = asyncio.create_task(desk.run(reserve, scene.actor, request))  # type: ignore[arg-type]
    await asyncio.wait({asked}, timeout=chance.choice([0, chance.random() / 100]))
    asked.cancel()
    await asyncio.wait({asked})
    return asked.cancelled()


async def idle(desk: Desk) -> None:
    """Wait until every thread of the desk has done what it was given."""
    readers = READERS if desk.database.is_sqlite else writers(desk)
    for ask_desk, threads in ((desk.run_patiently, writers(desk)), (desk.read, readers)):
        together = Barrier(threads)
        meetings = [ask_desk(lambda _store, _now: together.wait()) for _ in range(threads)]  # noqa: B023 - gathered below
        await asyncio.gather(*meetings)


def checked_out(engine: Engine) -> int:
    """Count the connections that somebody has."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def assert_consistent(store: Store, _: datetime) -> None:
    """Hold every reservation against all that must go with it."""
    reservations = store.connection.execute(
        select(ReservationRow.id, ReservationRow.server_id, ReservationRow.revision)
    ).all()
    assert reservations
    for table, least in ((RevisionRow, 1), (RecipientRow, 2), (DueRow, 2)):
        rows = store.connection.execute(
            select(table.reservation_id, func.count()).group_by(col(table.reservation_id))
        )
        counted = {row[0]: row[1] for row in rows}
        assert all(counted[one.id] >= least for one in reservations)
    for one in reservations:
        assert len(store.deliveries.of(one.id)) == 1
        assert list(store.reservations.revisions(one.id, range(9))) == [one.revision]
    taken = live_rows(store.connection, reservations[0].server_id)
    assert peak(taken)[0] <= STREAMS
