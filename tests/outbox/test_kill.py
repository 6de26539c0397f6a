"""kill -9, again and again, at each named point of the sending and at random moments.

Half of the kills are at points, in turn: the mail server sees some of them on the wire and kills
there and then, at others the dispatcher kills itself around or within its transactions. The other
half are at any time after the start.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

from sqlmodel import col, select

from core.model.recipient import Contact, RouteName
from core.outbox.claim import LEASE
from core.outbox.retry import DOUBT
from core.store.slices import sliced
from core.store.store import Store
from core.store.tables import DeliveryRow
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.forked import PATIENCE, Nursery, nothing_is_open, nursery
from tests.outbox.nursery import Life
from tests.outbox.sink import Arrived, Moment, Sink

LANES = 3
QUIET, LIVELY = 700, 300  # recipients of a slot that stays, and of one that is changed
LONGEST_LIFE = 0.4  # seconds after which a random kill comes at the latest
BACK_AT_WORK = 5.0  # seconds from a start to its first message
CHANGED_EVERY = 25  # kills
STEP = LEASE + DOUBT + timedelta(seconds=5)

INSIDE = tuple(
    f"{when} {name}"
    for name in ("claim", "mark", "record")
    for when in ("before", "not committed", "after")
)
POINTS = (*Moment, *INSIDE)
ONCE_A_CONNECTION = {Moment.CONNECTED, Moment.EHLO, Moment.MAIL, Moment.QUIT}


class Slayer(Sink):
    """A mail server that kills its client at a moment, and tells when its client began to work."""

    def __init__(self, *, pipelines: bool) -> None:
        super().__init__(pipelines=pipelines)
        self.first = asyncio.Event()
        self._moment: Moment | None = None
        self._left = 0
        self._victim = 0

    def aims(self, moment: Moment | None, nth: int = 1) -> None:
        """Choose the moment at which whoever is `met` next is killed."""
        self._moment, self._left, self._victim = moment, nth, 0
        self.most_open = 0
        self.first.clear()

    def met(self, victim: int) -> None:
        """Learn who is to be killed; if the moment is over, now."""
        self._victim = victim
        if self._moment and self._left <= 0:
            os.kill(victim, signal.SIGKILL)

    def passes(self, moment: Moment) -> bool:
        """Kill, if this is the moment."""
        if moment is Moment.REPLY:
            self.first.set()
        if moment is not self._moment:
            return False
        self._left -= 1
        if self._left == 0 and self._victim:
            os.kill(self._victim, signal.SIGKILL)
        return self._left <= 0


@dataclass(slots=True)
class Reign:
    """Life after life, each ended by a kill; what that cost is counted."""

    dispatchers: Nursery
    sink: Slayer
    draw: random.Random
    ahead: timedelta = timedelta(0)
    in_flight: int = 0  # connections that were open at the kills, all together
    slowest: float = 0.0  # seconds until a dispatcher that lived to see it sent its first message
    _watched: asyncio.Future[None] = field(init=False)

    async def kill_at(self, point: str) -> None:
        """Let a dispatcher live until it passes a point."""
        nth = self.draw.randint(1, LANES if point in ONCE_A_CONNECTION else 6)
        if point == Moment.QUIT or point.endswith("claim"):
            nth = 1
        # some mail servers do, others do not; and of one that does no leave is taken in mid batch
        self.sink.pipelines = point != Moment.QUIT and self.draw.random() < 0.5
        moment = Moment(point) if point in set(Moment) else None
        self.sink.aims(moment, nth)
        life = Life(self.ahead.total_seconds(), LANES, point="" if moment else point, nth=nth)
        child = await self._started(life)
        if point == Moment.QUIT:
            await asyncio.wait_for(self.sink.first.wait(), PATIENCE)
            os.kill(child, signal.SIGTERM)
        await self._end(child)

    async def kill_sometime(self) -> None:
        """Let a dispatcher live for a while."""
        self.sink.aims(None)
        child = await self._started(Life(self.ahead.total_seconds(), LANES))
        await asyncio.sleep(self.draw.uniform(0, LONGEST_LIFE))  # the moment is any moment
        os.kill(child, signal.SIGKILL)
        await self._end(child)

    async def drain(self, scene: Scene) -> bool:
        """Let dispatchers work, past every doubt, until nothing waits any more."""
        self.sink.pause = 0
        for _ in range(4):
            self.ahead += STEP
            self.sink.aims(None)
            child = await self._started(Life(self.ahead.total_seconds(), LANES))
            done = await nothing_is_open(scene, 20)
            await self.dispatchers.finish(child)
            if done:
                return True
        return False

    async def _started(self, life: Life) -> int:
        self._watched = asyncio.create_task(self._time_to_first())
        child = await self.dispatchers.fork(life)
        self.sink.met(child)
        return child

    async def _time_to_first(self) -> None:
        began_at = asyncio.get_running_loop().time()
        await self.sink.first.wait()
        self.slowest = max(self.slowest, asyncio.get_running_loop().time() - began_at)

    async def _end(self, child: int) -> None:
        assert -signal.SIGKILL == await self.dispatchers.ended(child)
        await asyncio.wait_for(self.sink.deserted.wait(), PATIENCE)
        self._watched.cancel()
        self.in_flight += self.sink.most_open


async def test_nothing_is_lost_and_copies_are_few_and_the_same(
    scene: Scene, database_url: str, stress: bool
) -> None:
    kills = 1000 if stress else 100
    scene.clock.now = datetime.now(UTC)
    bench = Bench(scene)
    # there must be something left that no dispatcher had in hand: it is what the next begins with
    quiet, lively = _crowd("friend", QUIET * kills // 100), _crowd("fan", LIVELY)
    changing = await bench.reserve(
        slot=bench.slot(timedelta(days=30)), audience=lively, reminders=()
    )
    for day, some in enumerate(sliced(quiet), 31):
        await bench.reserve(slot=bench.slot(timedelta(days=day)), audience=some, reminders=())

    async with (
        Slayer(pipelines=True) as sink,
        nursery(database_url, sink.url) as dispatchers,
    ):
        reign = Reign(dispatchers, sink, random.Random(7))  # noqa: S311 - the same each time
        sink.pause = 0.02
        for number in range(kills):
            if number % CHANGED_EVERY == CHANGED_EVERY - 1:
                scene.clock.now = datetime.now(UTC) + reign.ahead
                await bench.change(changing.code, title=f"Show {number}")
            sink.pipelines = number % 4 < 2  # some mail servers do, others do not
            if number % 2:
                await reign.kill_sometime()
            else:
                await reign.kill_at(POINTS[number // 2 % len(POINTS)])
            if reign.draw.random() < 0.7:  # at times a dispatcher is started again at once
                reign.ahead += STEP
        assert await reign.drain(scene)

    assert reign.slowest < BACK_AT_WORK
    _copies_are_few_and_the_same(sink.taken, reign.in_flight)
    _each_was_told_in_order(sink.taken, quiet, {1})
    _each_was_told_in_order(sink.taken, lively, {1 + kills // CHANGED_EVERY})
    await _what_was_sent_twice_was_in_doubt(scene, sink.taken)


def _crowd(name: str, size: int) -> tuple[Contact, ...]:
    return tuple(Contact(RouteName.EMAIL, f"{name}{number}@example.org") for number in range(size))


def _copies_are_few_and_the_same(taken: list[Arrived], in_flight: int) -> None:
    messages = {(one.recipient, _message_id(one)) for one in taken}
    assert 0 < len(taken) - len(messages) <= in_flight  # none: then nothing was in flight
    assert len(messages) == len({(one.recipient, one.data) for one in taken})


def _each_was_told_in_order(
    taken: list[Arrived], crowd: tuple[Contact, ...], newest: set[int]
) -> None:
    told: dict[str, list[int]] = {contact.address: [] for contact in crowd}
    for one in taken:
        if one.recipient in told:
            told[one.recipient].append(_sequence(one))
    assert [] == [numbers for numbers in told.values() if sorted(numbers) != numbers]
    assert newest == {max(numbers, default=0) for numbers in told.values()}


async def _what_was_sent_twice_was_in_doubt(scene: Scene, taken: list[Arrived]) -> None:
    """And so a copy of it was made knowingly."""
    doubtful = await scene.desk.read(_doubtful)
    copies = Counter(_message_id(one) for one in taken)
    assert set() == {name for name, times in copies.items() if times > 1} - doubtful


def _doubtful(store: Store, _: object) -> set[str]:
    rows = store.connection.execute(select(DeliveryRow.id).where(col(DeliveryRow.doubtful)))
    return {str(one) for one in rows.scalars()}


_DELIVERY = re.compile(rb"^Message-ID:\s*<[^>]*?(\d+)@", re.MULTILINE | re.IGNORECASE)


def _message_id(one: Arrived) -> str:
    found = _DELIVERY.search(one.data)
    assert found
    return found[1].decode()


def _sequence(one: Arrived) -> int:
    parts = message_from_bytes(one.data).walk()
    (calendar,) = [part for part in parts if part.get_content_type() == "text/calendar"]
    found = re.search(rb"^SEQUENCE:(\d+)", calendar.get_payload(decode=True), re.MULTILINE)  # type: ignore[arg-type]
    assert found
    return int(found[1])
