"""The bell: work that one desk commits reaches a dispatcher of another at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime

import psycopg
import pytest

from core.model.recipient import RouteName
from core.outbox.dispatch import Dispatcher
from core.outbox.outlet import Outlet
from core.store.bell import listen
from core.store.desk import Desk
from core.store.store import Store
from tests.databases import SqliteFiles
from tests.desks import Clock, Scene, open_desk
from tests.life.bench import Bench
from tests.outbox.faults import HeldUpRoute
from tests.outbox.post import compose

SOON = 15.0
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def elsewhere(database_url: str, clock: Clock) -> Iterator[Desk]:
    """Give a second desk on the same database, as another machine has it."""
    with open_desk(database_url, clock) as opened:
        yield opened


@asynccontextmanager
async def listening(desk: Desk) -> AsyncIterator[asyncio.Queue[None]]:
    """Listen for a while; each ring is put into the queue, and the one of the beginning is out."""
    heard: asyncio.Queue[None] = asyncio.Queue()
    stop = asyncio.Event()
    task = asyncio.create_task(listen(desk.database, lambda: heard.put_nowait(None), stop))
    try:
        await asyncio.wait_for(heard.get(), SOON)
        yield heard
    finally:
        stop.set()
        await asyncio.wait_for(task, SOON)


@only_postgresql
async def test_new_work_wakes_a_dispatcher_elsewhere_before_it_looks_by_itself(
    scene: Scene, elsewhere: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.outbox.dispatch._POLL", 600.0)
    mail, stop = HeldUpRoute(), asyncio.Event()
    dispatcher = Dispatcher(elsewhere, {RouteName.EMAIL: Outlet(mail, compose)}, "example.org")
    parts = [
        asyncio.create_task(dispatcher.run(stop)),
        asyncio.create_task(listen(elsewhere.database, dispatcher.wake, stop)),
    ]
    async with asyncio.timeout(SOON):
        while not await elsewhere.read(is_listening):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)

        await Bench(scene).reserve()
        await mail.taken.wait()

    stop.set()
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)


@only_postgresql
async def test_what_is_not_committed_rings_nobody(scene: Scene, elsewhere: Desk) -> None:
    def stumble(store: Store, _: datetime) -> None:
        store.has_work = True
        raise LookupError

    async with listening(elsewhere) as heard:
        with pytest.raises(LookupError):
            await scene.desk.run(stumble)
        await Bench(scene).reserve()
        await asyncio.wait_for(heard.get(), SOON)

    assert heard.empty()


@only_postgresql
async def test_a_connection_that_is_lost_is_made_anew_and_what_was_missed_is_looked_for(
    scene: Scene, elsewhere: Desk, database_url: str
) -> None:
    async with listening(elsewhere) as heard:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"
            )
        await asyncio.wait_for(heard.get(), SOON)  # it listens again, and says so
        await Bench(scene).reserve()
        await asyncio.wait_for(heard.get(), SOON)


async def test_a_database_that_is_away_is_no_noise_and_no_password_in_the_log(
    caplog: pytest.LogCaptureFixture, clock: Clock, sqlite_files: SqliteFiles
) -> None:
    with open_desk(sqlite_files.fresh(), clock) as desk:
        nowhere = desk.database.url.set(
            drivername="postgresql+psycopg",
            username="desk",
            password="hush",
            host="127.0.0.1",
            port=1,
            database="desk",
        )
        away = type(desk.database)(nowhere, desk.database.writer, desk.database.reader)
        stop = asyncio.Event()
        with caplog.at_level(logging.DEBUG):
            task = asyncio.create_task(listen(away, stop.set, stop))
            async with asyncio.timeout(SOON):
                while "bell.lost" not in caplog.messages:  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.01)
            stop.set()
            await asyncio.wait_for(task, SOON)

    assert "hush" not in caplog.text


async def test_sqlite_has_nobody_to_ring_for(clock: Clock, sqlite_files: SqliteFiles) -> None:
    with open_desk(sqlite_files.fresh(), clock) as desk:
        await asyncio.wait_for(listen(desk.database, lambda: None, asyncio.Event()), SOON)


def is_listening(store: Store, _: datetime) -> bool:
    """Tell whether somebody listens on this database."""
    asked = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'"
    here = f"{asked} AND datname = current_database()"
    return store.connection.exec_driver_sql(here).first() is not None
