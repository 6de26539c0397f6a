"""50,000 notices by real mail, from one, two and eight dispatchers: exactly one copy of each.

On PostgreSQL each dispatcher is a process, as in a desk that is spread over machines. A file of
SQLite belongs to one process: there they share its desk, as one process's dispatchers would.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import func, select

from core.model.recipient import Contact, RouteName
from core.store.store import Store
from core.store.tables import DeliveryRow
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.forked import PATIENCE, nothing_is_open, nursery
from tests.outbox.nursery import Life
from tests.outbox.sink import Sink

NOTICES = 50_000
FEWER = 10_000  # where a run with 50,000 would tell no more, and `--stress` does it all the same
AUDIENCE = 2000  # each reservation's, as many as a desk takes unless it is told otherwise
LANES = 4
FAIR = 1 / 16  # of the work, for each of up to eight
LONGEST = 900.0  # seconds; half a minute will do where nothing else runs
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("dispatchers", [1, 2, 8])
async def test_each_of_a_large_crowd_is_told_exactly_once(
    scene: Scene, database_url: str, dispatchers: int, stress: bool
) -> None:
    apart = "postgresql" in database_url
    notices = NOTICES if stress or apart is (dispatchers > 1) else FEWER
    scene.clock.now = datetime.now(UTC)
    for time in range(10 if stress else 1):
        await _announce(scene, notices, time)
        sink = await _sent(scene, database_url, dispatchers, notices)

        copies = Counter(one.recipient for one in sink.taken)
        assert {1} == set(copies.values())
        assert notices == len(copies)
        assert {"sent": notices * (time + 1)} == await scene.desk.read(_states)
        if apart:
            # where there is a single writer at a time nobody can say who comes first how often
            assert dispatchers == len(sink.senders)
            assert min(sink.senders.values()) >= notices * FAIR


async def _announce(scene: Scene, notices: int, time: int) -> None:
    """Have reservations with so many recipients in all."""
    bench = Bench(scene)
    parts = notices // AUDIENCE
    for part in range(parts):
        fans = range(part * AUDIENCE, (part + 1) * AUDIENCE)
        await bench.reserve(
            slot=bench.slot(timedelta(days=5) + (time * parts + part) * HOUR, HOUR),
            audience=tuple(Contact(RouteName.EMAIL, f"fan{fan}@example.org") for fan in fans),
            reminders=(),
        )


async def _sent(scene: Scene, database_url: str, dispatchers: int, notices: int) -> Sink:
    """Have dispatchers send until nothing is left; gives where it went."""
    lives = (
        [Life(60, LANES, f"{number}.example.org") for number in range(dispatchers)]
        if "postgresql" in database_url
        else [Life(60, LANES, many=dispatchers)]
    )
    async with Sink(keeps=False) as sink, nursery(database_url, sink.url) as dispatching:
        children = [await dispatching.fork(life) for life in lives]
        await asyncio.wait_for(sink.after(notices).wait(), LONGEST)
        assert await nothing_is_open(scene, PATIENCE)
        for child in children:
            await dispatching.finish(child)
    return sink


def _states(store: Store, _: object) -> dict[str, int]:
    query = select(DeliveryRow.state, func.count()).where(DeliveryRow.route == "email")
    return {row[0]: row[1] for row in store.connection.execute(query.group_by(DeliveryRow.state))}
