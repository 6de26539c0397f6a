"""Work in a row: done in order, and in vain behind what failed, with one writer or with several."""

from __future__ import annotations

import asyncio
from datetime import datetime
from threading import Event

import pytest
from sqlalchemy import text

from core.store.database import BusyError
from core.store.store import Store
from core.store.together import IN_VAIN, Turn
from tests.desks import Scene


def note(store: Store, now: datetime, name: str) -> str:
    store.records.beat(name, now)
    return name


def stumble(store: Store, now: datetime, name: str) -> str:
    note(store, now, name)
    raise LookupError(name)


def noted(store: Store, _: datetime) -> set[str]:
    return set(store.connection.execute(text("SELECT name FROM pulse")).scalars())


class Held:
    """A use case that is at work until it may go on."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self, store: Store, now: datetime, /, name: str) -> str:
        self._loop.call_soon_threadsafe(self.begun.set)
        self.go_on.wait(timeout=5)
        return note(store, now, name)


def row(many: int) -> list[Turn]:
    """Make turns, each behind the one before."""
    turns = [Turn()]
    for _ in range(many - 1):
        turns.append(Turn(turns[-1]))
    return turns


async def test_nothing_is_begun_before_what_comes_first(scene: Scene) -> None:
    desk, held, (one, two) = scene.desk, Held(), row(2)
    begun = []

    def second(store: Store, now: datetime, name: str) -> str:
        begun.append(desk_knows_first(store))
        return note(store, now, name)

    def desk_knows_first(store: Store) -> bool:
        return "first" in noted(store, store.now)

    first = asyncio.create_task(desk.run_in_turn(one, held, "first"))
    await held.begun.wait()
    behind = asyncio.create_task(desk.run_in_turn(two, second, "second"))
    await asyncio.wait({behind}, timeout=0.1)  # it would be begun by then
    assert [] == begun
    held.go_on.set()

    assert ("first", "second") == (await first, await behind)
    assert [True] == begun


async def test_what_comes_behind_a_failure_is_not_done(scene: Scene) -> None:
    desk = scene.desk
    acts = (note, "a"), (stumble, "b"), (note, "c"), (note, "d")

    answers = await asyncio.gather(
        *(
            desk.run_in_turn(turn, act, name)
            for turn, (act, name) in zip(row(len(acts)), acts, strict=True)
        ),
        return_exceptions=True,
    )

    assert "a" == answers[0]
    assert isinstance(answers[1], LookupError)
    assert [IN_VAIN] * 2 == [str(one) for one in answers[2:]]
    assert {"a"} == await desk.read(noted) & {"a", "b", "c", "d"}


async def test_what_waits_together_fails_together(scene: Scene) -> None:
    """Behind a block all of them share a transaction, where there is a single writer."""
    desk, held = scene.desk, Held()
    blocking = asyncio.create_task(desk.run(held, "block"))
    await held.begun.wait()
    acts = (stumble, "a"), (note, "b"), (note, "c")
    turns = [*row(2), Turn()]  # the last is in no row
    asked = [
        asyncio.create_task(desk.run_in_turn(turn, act, name))
        for turn, (act, name) in zip(turns, acts, strict=True)
    ]
    await asyncio.wait(asked, timeout=0.05)  # all of them wait by then
    held.go_on.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    await blocking

    assert isinstance(answers[0], LookupError)
    assert isinstance(answers[1], BusyError)
    assert "c" == answers[2]
    assert {"block", "c"} == await desk.read(noted) & {"block", "a", "b", "c"}


@pytest.mark.parametrize("cancelled", [True, False])
async def test_whoever_is_gone_holds_up_nobody(scene: Scene, *, cancelled: bool) -> None:
    desk, (one, two) = scene.desk, row(2)
    going = asyncio.create_task(desk.run_in_turn(one, note, "one"))
    if cancelled:
        await asyncio.sleep(0)
        going.cancel()
    await asyncio.wait({going})

    async with asyncio.timeout(5):
        answers = await asyncio.gather(desk.run_in_turn(two, note, "two"), return_exceptions=True)
    # of what was cancelled nobody knows whether it was written
    assert ([IN_VAIN] if cancelled else ["two"]) == [str(one) for one in answers]
