"""A database that is held or away costs people seconds, never an error they cannot act upon."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import count
from threading import Barrier, Event

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.model.people import Actor, Role, WorkspaceKind
from core.store import desk as store_desk
from core.store.database import POSTGRES_CONNECTIONS, BusyError, open_database
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.answers import Permitted
from core.usecases.look import list_all
from core.usecases.reserve import reserve
from core.usecases.servers import add_server
from core.usecases.settings import Account, enter
from tests.desks import Scene, make_server

LEAST, MOST = 1.5, 4.0  # two seconds, as a machine that is busy would measure them

only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@contextmanager
def held(url: str) -> Iterator[None]:
    """Have somebody else hold what every booking needs, and let go of it again."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
    else:
        with psycopg.connect(url) as connection:
            connection.execute("SELECT 1 FROM server FOR UPDATE")
            yield


def writers(desk: Desk) -> int:
    """Count how many use cases a desk runs at once."""
    return 1 if desk.database.is_sqlite else POSTGRES_CONNECTIONS


async def test_says_try_again_within_three_seconds_when_somebody_holds_the_lock(
    scene: Scene, database_url: str
) -> None:
    with held(database_url):
        begun = time.monotonic()
        with pytest.raises(BusyError):
            await scene.desk.run(reserve, scene.actor, scene.request())
        took = time.monotonic() - begun

    assert LEAST < took < MOST
    assert isinstance(await scene.desk.run(reserve, scene.actor, scene.request()), Permitted)


async def test_reads_go_on_while_somebody_holds_the_lock(scene: Scene, database_url: str) -> None:
    with held(database_url):
        begun = time.monotonic()
        assert await scene.desk.read(list_all, scene.actor) == ()

    assert time.monotonic() - begun < LEAST


async def test_waits_for_a_lock_that_is_let_go_in_time(scene: Scene, database_url: str) -> None:
    with held(database_url):
        asked = asyncio.create_task(scene.desk.run(reserve, scene.actor, scene.request()))
        await asyncio.wait({asked}, timeout=0.2)
        assert not asked.done()

    assert isinstance(await asked, Permitted)


async def test_what_nobody_waits_for_at_a_screen_is_more_patient(
    scene: Scene, database_url: str
) -> None:
    with held(database_url):
        asked = asyncio.create_task(scene.desk.run_patiently(reserve, scene.actor, scene.request()))
        await asyncio.wait({asked}, timeout=store_desk.PATIENCE + 0.5)
        assert not asked.done()

    assert isinstance(await asked, Permitted)


async def test_who_gave_up_is_not_served_behind_their_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, served = scene.desk, False
    go_on = Event()

    def block(_: Store, _now: datetime) -> None:
        go_on.wait()

    def serve(_: Store, _now: datetime) -> None:
        nonlocal served
        served = True

    blockers = [asyncio.create_task(desk.run(block)) for _ in range(writers(desk))]
    await asyncio.sleep(0)
    monkeypatch.setattr(store_desk, "PATIENCE", 0.2)
    try:
        with pytest.raises(BusyError, match="too much to do"):
            await desk.run(serve)
    finally:
        go_on.set()
    await asyncio.gather(*blockers)
    await desk.run_patiently(lambda _store, _now: None)  # whatever was queued has run by then

    assert not served


async def test_a_read_sees_one_state_of_the_database(scene: Scene, database_url: str) -> None:
    with closing(_Disposed(database_url)) as other:

        def look_twice(store: Store, _: datetime) -> tuple[int, int]:
            before = len(store.servers.all())
            other.order("UPDATE server SET name = 'New'")
            names = {server.name for server in store.servers.all()}
            return before, len(names - {"New"})

        assert await scene.desk.read(look_twice) == (1, 1)


async def test_a_read_cannot_write(scene: Scene) -> None:
    with pytest.raises((DBAPIError, BusyError)):
        await scene.desk.read(add_server, scene.actor, make_server(name="Second"))

    assert len(await scene.desk.read(lambda store, _: store.servers.all())) == 1


async def test_a_table_that_is_missing_is_no_reason_to_try_again(scene: Scene) -> None:
    with pytest.raises(DBAPIError):
        await scene.desk.run(lambda store, _: store.connection.execute(text("SELECT * FROM x")))


async def test_the_same_row_made_by_many_at_once_is_made_once(scene: Scene) -> None:
    desk = scene.desk
    for number in range(10):
        account = Account(WorkspaceKind.SLACK, f"T{number}", "Team", "U1", "Ben", Role.MEMBER)
        entered: list[Actor] = await asyncio.gather(
            *(desk.run(enter, account) for _ in range(2 * writers(desk)))
        )

        assert len(set(entered)) == 1


@only_postgresql
async def test_a_deadlock_is_solved_by_trying_again(scene: Scene) -> None:
    second = await scene.desk.run(add_server, scene.actor, make_server(name="Second"))
    both = (scene.server.id, second.server.id)  # type: ignore[union-attr]
    together = Barrier(2)
    tries = count()

    def lock(store: Store, _: datetime, first: int, second: int) -> None:
        store.servers.lock(first)
        if next(tries) < together.parties:
            together.wait(timeout=store_desk.PATIENCE)
        store.servers.lock(second)

    await asyncio.gather(scene.desk.run(lock, *both), scene.desk.run(lock, *reversed(both)))

    assert next(tries) == together.parties + 1


@only_postgresql
async def test_a_connection_that_was_cut_is_made_anew(scene: Scene) -> None:
    cut = text("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(BusyError):
        await scene.desk.run(lambda store, _: store.connection.execute(cut))

    assert isinstance(await scene.desk.run(reserve, scene.actor, scene.request()), Permitted)


class _Disposed:
    """A connection of somebody else's."""

    def __init__(self, url: str) -> None:
        self._database = open_database(url)

    def order(self, statement: str) -> None:
        with self._database.writing(patience=5) as connection:
            connection.execute(text(statement))

    def close(self) -> None:
        self._database.dispose()
