"""What waits for SQLite's writer shares a commit, and still stands or falls by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from core.store.database import BusyError
from core.store.desk import Desk
from core.store.store import Store
from tests.databases import SqliteFiles
from tests.desks import Clock, open_desk

MANY = 20

UseCase = Callable[[Store, datetime, str], str]


@pytest.fixture
def desk(sqlite_files: SqliteFiles, clock: Clock) -> Iterator[Desk]:
    with open_desk(sqlite_files.fresh(), clock) as opened:
        yield opened


def note(store: Store, _: datetime, name: str) -> str:
    store.records.beat(name, store.now)
    return name


def stumble(store: Store, now: datetime, name: str) -> str:
    note(store, now, name)
    raise LookupError(name)


def clash(store: Store, now: datetime, name: str) -> str:
    note(store, now, name)
    store.connection.execute(
        text("INSERT INTO pulse (name, beat_at) SELECT name, beat_at FROM pulse")
    )
    return name


def noted(store: Store, _: datetime) -> set[str]:
    return set(store.connection.execute(text("SELECT name FROM pulse")).scalars())


async def behind_a_block(desk: Desk, *asked: tuple[UseCase, str]) -> list[str | BaseException]:
    """Hand in work while the writer is held up, so that all of it waits together."""
    begun, go_on = asyncio.Event(), Event()
    loop = asyncio.get_running_loop()

    def block(_: Store, _now: datetime) -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait()

    blocking = asyncio.create_task(desk.run(block))
    await begun.wait()
    tasks = [asyncio.create_task(desk.run(use_case, name)) for use_case, name in asked]
    for _ in range(3):
        await asyncio.sleep(0)
    go_on.set()
    await blocking
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_many_that_wait_are_answered_after_few_commits(desk: Desk) -> None:
    commits = 0

    def count(_: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(desk.database.writer, "commit", count)
    answers = await behind_a_block(desk, *((note, f"{number}") for number in range(MANY)))

    assert [f"{number}" for number in range(MANY)] == answers
    assert commits <= 3
    assert MANY == len(await desk.read(noted))


async def test_one_that_fails_takes_nothing_else_with_it(desk: Desk) -> None:
    answers = await behind_a_block(desk, (note, "a"), (stumble, "b"), (note, "c"))

    assert ["a", "c"] == [one for one in answers if isinstance(one, str)]
    assert isinstance(answers[1], LookupError)
    assert {"a", "c"} == await desk.read(noted)


async def test_what_the_database_refuses_is_done_alone_and_once(desk: Desk) -> None:
    answers = await behind_a_block(desk, (note, "a"), (clash, "b"), (note, "c"))

    assert isinstance(answers[1], IntegrityError)
    assert ["a", "c"] == [one for one in answers if isinstance(one, str)]
    assert {"a", "c"} == await desk.read(noted)


async def test_a_commit_that_fails_fails_for_everybody_in_it(desk: Desk) -> None:
    refusals = iter([None, BusyError("the disk is full")])  # the block is let through

    def refuse(_: object) -> None:
        if refusal := next(refusals, None):
            raise refusal

    event.listen(desk.database.writer, "commit", refuse)
    answers = await behind_a_block(desk, (note, "a"), (note, "b"))

    assert ["the disk is full"] * 2 == [str(one) for one in answers]
    assert set() == await desk.read(noted)
    assert "c" == await desk.run(note, "c")


async def test_the_dispatcher_is_woken_by_what_is_new_in_the_outbox(desk: Desk) -> None:
    woken = 0

    def wake() -> None:
        nonlocal woken
        woken += 1

    def queue(store: Store, now: datetime, name: str) -> str:
        store.has_work = name == "new"
        return note(store, now, name)

    desk.on_work = wake
    await behind_a_block(desk, (queue, "old"), (queue, "new"), (queue, "older"))

    assert 1 == woken
