"""Whoever waits for the desk may be cancelled at any moment: no lock and no connection leaks."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from contextlib import closing
from datetime import datetime
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool
from sqlmodel import select

from core.model.server import Rules
from core.store.codec import decode
from core.store.database import READERS
from core.store.desk import Desk
from core.store.store import Store
from core.store.tables import ReservationRow, SubmissionRow
from core.usecases.answers import Permitted
from core.usecases.look import list_all
from core.usecases.reserve import reserve
from tests.desks import Clock, Scene, set_scene
from tests.life.snapshot import check, snapshot
from tests.store.gives_up import KEY, Crowd, leave_the_page
from tests.store.test_patience import writers

IN_ROW = 1  # PostgreSQL: the thread for what is done in a row
ASKERS = 10
STREAMS = 3
CANCELLED, CANCELLED_UNDER_STRESS = 2000, 50_000  # on either database
PAGES = 100
SOON = 20

_HELD = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture
async def crowd(desk: Desk, clock: Clock) -> Crowd:
    return Crowd(await set_scene(desk, clock, rules=Rules(max_streams=STREAMS)))


async def test_cancelled_askers_leave_nothing_behind(
    crowd: Crowd, database_url: str, stress: bool, caplog: pytest.LogCaptureFixture
) -> None:
    least = CANCELLED_UNDER_STRESS if stress else CANCELLED
    together = False
    while crowd.gave_up < least:
        await crowd.ask(ASKERS, together=together)
        together = not together

    await nothing_left_behind(crowd.scene, database_url)
    assert crowd.replies  # some were in time
    assert [] == broken(caplog)


async def test_a_page_that_all_its_readers_leave_leaves_nothing_behind(
    crowd: Crowd, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    given_up = await leave_the_page(crowd, PAGES)

    await nothing_left_behind(crowd.scene, database_url)
    assert given_up > PAGES / 2
    assert [] == broken(caplog)


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


async def nothing_left_behind(scene: Scene, url: str) -> None:
    """See that nothing is held, by the desk's own word and the database's, and all is sound."""
    desk = scene.desk
    await idle(desk)
    assert {asyncio.current_task()} == asyncio.all_tasks()
    assert [0, 0] == [checked_out(desk.database.writer), checked_out(desk.database.reader)]
    nothing_held(url)
    threads = [one for one in threading.enumerate() if one.name.startswith("desk-")]
    assert len(threads) == writers(desk) + (READERS if desk.database.is_sqlite else IN_ROW)
    check(await desk.read(snapshot))
    await desk.read(each_submission_was_carried_out_once)
    begun = time.monotonic()
    await desk.run(reserve, scene.actor, scene.request())
    assert time.monotonic() - begun < 1


async def idle(desk: Desk) -> None:
    """Wait until every thread of the desk has done what it was given."""
    readers = READERS if desk.database.is_sqlite else writers(desk)
    for ask_desk, threads in ((desk.run_patiently, writers(desk)), (desk.read, readers)):
        together = Barrier(threads, timeout=SOON)  # where one of them never comes
        meetings = [ask_desk(lambda _store, _now: together.wait()) for _ in range(threads)]  # noqa: B023 - gathered below
        await asyncio.gather(*meetings)


def checked_out(engine: Engine) -> int:
    """Count the connections that somebody has."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def nothing_held(url: str) -> None:
    """See, from outside, that no connection has a lock or a transaction."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            # which waits for whoever writes, and for whoever still reads what is older
            assert (0, 0, 0) == connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    else:
        with psycopg.connect(url) as connection:
            assert (0,) == connection.execute(_HELD).fetchone()


def each_submission_was_carried_out_once(store: Store, _: datetime) -> None:
    """Hold what was answered to submissions against the reservations that have their keys."""
    kept = {
        key: decode(store.vault.open(answer, f"submission:{key}:answer"))
        for key, answer in store.connection.execute(select(SubmissionRow.key, SubmissionRow.answer))
    }
    promised = sorted(
        one.reservation.id
        for key, one in kept.items()
        if key.startswith(KEY) and isinstance(one, Permitted)
    )
    booked = {
        row.id: row.uid
        for row in store.connection.execute(select(ReservationRow.id, ReservationRow.uid))
    }
    assert len(set(promised)) == len(promised)
    assert set(promised) <= set(booked)
    facts = store.reservations
    first = {number: facts.revisions(number, [1])[1].facts.title for number in booked}
    keyed = sorted(number for number, title in first.items() if title.startswith(KEY))
    assert promised == keyed


def broken(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give what went wrong that should not have, as the log has it."""
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
