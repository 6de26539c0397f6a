"""In flight: what happens to a notice that is on its way when its reservation changes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.model.delivery import Accepted, Deferred, Outcome, Refused
from core.outbox.enqueue import remind_audience
from core.store.store import Store
from tests.desks import Scene
from tests.life.bench import ANN, Bench
from tests.outbox.faults import HeldUpRoute
from tests.outbox.post import read

MINUTE = timedelta(minutes=1)
ANNOUNCED = "announcement confirmed"


@pytest.mark.parametrize(
    ("outcome", "after"),
    [
        (Accepted(), [ANNOUNCED, "cancellation cancelled"]),
        (Refused("no"), [ANNOUNCED]),  # it was never taken: there is nothing to call off
        (Deferred("later"), [ANNOUNCED]),
    ],
)
async def test_in_flight_and_cancelled(scene: Scene, outcome: Outcome, after: list[str]) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    route = HeldUpRoute()
    dispatcher = bench.post.dispatcher(route)
    sending = asyncio.create_task(dispatcher.deliver_due())
    await route.taken.wait()

    await bench.cancel(reservation.code)
    route.answer.set_result(outcome)
    await sending
    scene.clock.move(2 * MINUTE)
    await dispatcher.deliver_due()

    assert after == [read(message).gist for message in route.sent]


async def test_in_flight_changed_and_changed_back_is_put_right(scene: Scene) -> None:
    """What is in flight says what is no longer true, though nothing needs to be told by then."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()
    await bench.change(reservation.code, title="Late show")
    route = HeldUpRoute()
    dispatcher = bench.post.dispatcher(route)
    sending = asyncio.create_task(dispatcher.deliver_due())
    await route.taken.wait()

    await bench.change(reservation.code, title="Evening show")
    route.answer.set_result(Accepted())
    await sending

    titles = [(one.title_before, one.title) for one in map(read, route.sent)]
    assert [("Evening show", "Late show"), ("Late show", "Evening show")] == titles


async def test_a_reminder_that_waits_does_not_stand_for_what_must_be_told(scene: Scene) -> None:
    bench = Bench(scene)
    lead = timedelta(hours=1)
    reservation = await bench.reserve(slot=bench.slot(2 * lead), reminders=(lead,))
    await bench.post.deliver()
    await bench.change(reservation.code, title="Late show")
    route = HeldUpRoute()
    dispatcher = bench.post.dispatcher(route)
    sending = asyncio.create_task(dispatcher.deliver_due())
    await route.taken.wait()
    await bench.change(reservation.code, title="Evening show")

    await _remind(bench, reservation.id, lead)
    route.answer.set_result(Accepted())
    await sending

    assert "Evening show" == read(route.sent[-1]).title
    assert {"Late show", "Evening show"} == {read(message).title for message in route.sent}


async def _remind(bench: Bench, reservation_id: int, lead: timedelta) -> None:

    def remind(store: Store, _: object) -> int:
        return remind_audience(store, store.reservations.get(reservation_id), lead)

    assert 1 == await bench.desk.run(remind)


async def test_a_later_notice_waits_for_the_earlier_one(scene: Scene) -> None:
    """One that is put off is not overtaken, not by a reminder either."""
    bench = Bench(scene)
    lead = timedelta(hours=1)
    reservation = await bench.reserve(slot=bench.slot(2 * lead), reminders=(lead,))
    await bench.post.deliver()
    bench.post.answer(ANN.address, Deferred("451 later"))
    await bench.change(reservation.code, title="Late show")
    await bench.post.deliver()

    await _remind(bench, reservation.id, lead)
    await bench.post.deliver()
    meanwhile = bench.post.gists(ANN.address)
    scene.clock.move(2 * MINUTE)
    await bench.post.deliver()

    assert [ANNOUNCED] == meanwhile
    assert [ANNOUNCED, "change confirmed", "reminder confirmed"] == bench.post.gists(ANN.address)
