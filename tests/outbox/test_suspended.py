"""A dispatcher is suspended for longer than its lease, and wakes after another did its work."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from core.model.recipient import Contact, RouteName
from core.outbox.claim import LEASE
from core.outbox.retry import DOUBT
from core.store.store import Store
from core.store.tables import DeliveryRow
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.forked import PATIENCE, Nursery, nothing_is_open, nursery
from tests.outbox.nursery import Life
from tests.outbox.sink import Moment, Sink

LANES = 3
CROWD = tuple(Contact(RouteName.EMAIL, f"fan{number}@example.org") for number in range(40))
SLEEPER, DEPUTY = "sleeper.example.org", "deputy.example.org"
PAST_ALL = (LEASE + DOUBT + timedelta(seconds=5)).total_seconds()


class SleepingSink(Sink):
    """A mail server that suspends its client at the `nth` dot, and hears when it is back."""

    def __init__(self, nth: int) -> None:
        super().__init__()
        self.victim = 0
        self.back = asyncio.Event()
        self._left = nth

    def passes(self, moment: Moment) -> bool:
        """Suspend whoever has just sent a message."""
        if moment is Moment.DATA:
            self.back.set()
        if moment is Moment.DOT and self.victim:
            self._left -= 1
            if self._left == 0:
                os.kill(self.victim, signal.SIGSTOP)
        return False


@pytest.mark.parametrize(
    ("point", "nth", "lanes"),
    [
        ("after claim", 1, LANES),
        # the only lane: else another might be writing, and stop with the database in its hands
        ("after mark", 1, 1),
        ("after mark", 4, 1),
        (Moment.DOT, 1, 1),
        (Moment.DOT, 5, 1),
    ],
)
async def test_its_late_results_are_refused_and_copies_are_few(  # noqa: PLR0913 - fixtures
    scene: Scene, database_url: str, *, point: str, nth: int, lanes: int, stress: bool
) -> None:
    scene.clock.now = datetime.now(UTC)
    bench = Bench(scene)
    await bench.reserve(slot=bench.slot(timedelta(days=30)), audience=CROWD, reminders=())
    async with SleepingSink(nth) as sink, nursery(database_url, sink.url) as dispatchers:
        asleep = Life(0, lanes, SLEEPER, "" if point in set(Moment) else point, nth, signal.SIGSTOP)
        sleeper = await dispatchers.fork(asleep)
        sink.victim = sleeper if point is Moment.DOT else 0
        await dispatchers.stopped(sleeper)
        if stress:
            await asyncio.sleep(2 * LEASE.total_seconds())  # as it is; else by the other's clock
        await _stand_in(scene, dispatchers)
        before = await scene.desk.read(_deliveries)

        sink.victim = 0
        sink.back.clear()
        os.kill(sleeper, signal.SIGCONT)
        await asyncio.wait_for(sink.back.wait(), PATIENCE)
        await dispatchers.finish(sleeper)

    assert before == await scene.desk.read(_deliveries)
    names = {name for name, *_ in before.values()}
    _copies_are_few_and_the_same(sink, names, 0 if point == "after claim" else lanes)


async def _stand_in(scene: Scene, dispatchers: Nursery) -> None:
    """Have another dispatcher send whatever is left, in doubt or not."""
    deputy = await dispatchers.fork(Life(PAST_ALL, LANES, DEPUTY))
    assert await nothing_is_open(scene, PATIENCE)
    await dispatchers.finish(deputy)


def _copies_are_few_and_the_same(sink: Sink, recorded: set[str], most: int) -> None:
    """Each recipient has a copy; who has two has one of either, and the deputy's counts."""
    copies: defaultdict[str, list[tuple[str, str, bytes]]] = defaultdict(list)
    for one in sink.taken:
        copies[one.recipient].append((one.sender, one.name, one.data))
    assert {contact.address for contact in CROWD} == set(copies)
    twice = [sorted(two) for two in copies.values() if len(two) > 1]
    assert min(most, 1) <= len(twice) <= most
    for (by_deputy, name, data), (by_sleeper, late, same) in twice:
        assert (f"desk@{DEPUTY}", f"desk@{SLEEPER}", data) == (by_deputy, by_sleeper, same)
        assert name in recorded
        assert late not in recorded


def _deliveries(store: Store, _: object) -> dict[int, tuple[str, str, datetime | None]]:
    """Say of each mail what it is called where it went, how it ended and when."""
    query = select(DeliveryRow.id, DeliveryRow.external_id, DeliveryRow.state, DeliveryRow.ended_at)
    rows = store.connection.execute(query.where(col(DeliveryRow.route) == "email"))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
