"""A route that is down pauses the queue, spends no attempt, and drains once it is back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.model.delivery import Deferred, DeliveryState, RouteDown
from core.model.recipient import Contact, RouteName
from core.outbox.route import Lane, RouteUnavailable
from tests.desks import Clock, Scene
from tests.life.bench import ANN, BEN, Bench
from tests.outbox.post import deliveries

MINUTE = timedelta(minutes=1)
CROWD = tuple(Contact(RouteName.EMAIL, f"fan{number}@example.org") for number in range(12))


class BrokenRoute:
    """A route that cannot be had, and notes when it was tried."""

    name = RouteName.EMAIL
    lanes = 2

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.tried_at: set[datetime] = set()

    async def open(self) -> Lane:
        self.tried_at.add(self._clock.now)
        raise RouteUnavailable("connection refused")


async def test_pauses_longer_and_longer_and_spends_no_attempt(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(timedelta(days=2)), audience=CROWD)
    route = BrokenRoute(scene.clock)
    dispatcher = bench.post.dispatcher(route)
    began_at = scene.clock.now

    for _ in range(0, 30 * 60, 30):
        await dispatcher.deliver_due()
        scene.clock.move(timedelta(seconds=30))

    tried = [(at - began_at) / MINUTE for at in sorted(route.tried_at)]
    assert [0, 1, 3, 8, 18, 28] == tried
    rows = await scene.desk.read(deliveries, reservation.id)
    assert {(DeliveryState.QUEUED, 0, "connection refused")} == {
        (row.state, row.attempts, row.reason) for row in rows
    }


async def test_drains_once_it_is_back_and_each_gets_one_copy(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(audience=CROWD)
    bench.post.mail.down = "connection refused"
    await bench.post.deliver()
    bench.post.mail.down = ""

    paused = await bench.post.deliver()
    scene.clock.move(MINUTE)
    sent = await bench.post.deliver()

    assert (0, 12) == (paused, sent)
    assert sorted(one.address for one in CROWD) == sorted(
        message.recipient for message in bench.post.mail.sent
    )


async def test_one_that_breaks_down_between_messages_loses_none(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(audience=CROWD)
    bench.post.answer(CROWD[5].address, RouteDown("the server said 421"))

    await bench.post.deliver()
    before = len(bench.post.mail.sent)
    scene.clock.move(MINUTE)
    await bench.post.deliver()

    assert before < 12 == len(bench.post.mail.sent)
    assert 12 == len({message.recipient for message in bench.post.mail.sent})


async def test_a_success_makes_the_next_pause_short_again(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(audience=(ANN,))
    bench.post.answer(ANN.address, *[RouteDown("421")] * 3)
    for pause in (MINUTE, 2 * MINUTE, 5 * MINUTE):
        await bench.post.deliver()
        scene.clock.move(pause)
    await bench.post.deliver()
    assert 1 == len(bench.post.mail.sent)
    await bench.reserve(audience=(BEN,), slot=bench.slot(timedelta(days=9)))
    bench.post.answer(BEN.address, RouteDown("421"))
    await bench.post.deliver()

    scene.clock.move(MINUTE)

    assert 1 == await bench.post.deliver()


async def test_a_clock_set_back_does_not_make_the_pause_endless(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    bench.post.answer(ANN.address, RouteDown("421"))
    await bench.post.deliver()

    scene.clock.move(-timedelta(days=1))
    await bench.reserve(audience=(BEN,))
    await bench.post.deliver()

    assert [BEN.address] == [message.recipient for message in bench.post.mail.sent]


async def test_one_route_that_is_down_holds_up_no_other(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(slot=bench.slot(timedelta(hours=1)))
    bench.post.mail.down = "connection refused"
    await bench.awake_for(timedelta(minutes=50))

    assert {"report", "stream_key"} == {one.kind for one in bench.post.to_holder()}
    assert [] == bench.post.mail.sent


async def test_a_deferral_is_of_one_recipient_and_spends_an_attempt(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    bench.post.answer(ANN.address, Deferred("451 greylisted"))

    await bench.post.deliver()

    (ann, _) = await scene.desk.read(deliveries, reservation.id)
    assert (DeliveryState.QUEUED, 1, "451 greylisted") == (ann.state, ann.attempts, ann.reason)
    assert [BEN.address] == [message.recipient for message in bench.post.mail.sent]


@pytest.mark.parametrize("hours", [3, 48])
async def test_gives_up_when_nobody_can_use_it_any_more(scene: Scene, hours: int) -> None:
    """And not before: a server that puts us off for two days is asked until the slot is over."""
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(timedelta(hours=hours)), reminders=())
    bench.post.answer(ANN.address, *[Deferred("451 greylisted")] * 100)
    tries = 0
    while tries < 100:
        (row,) = [
            one for one in await scene.desk.read(deliveries, reservation.id) if one.number == 1
        ]
        if not row.state.open:
            break
        scene.clock.now = max(row.not_before, scene.clock.now)
        await bench.post.deliver()
        tries += 1

    assert (DeliveryState.FAILED, "given up: 451 greylisted") == (row.state, row.reason)
    assert scene.clock.now <= reservation.slot.ends_at
    assert scene.clock.now >= reservation.slot.ends_at - timedelta(hours=4.5)
    assert {3: 7, 48: 18}[hours] == tries


async def test_a_message_that_breaks_it_down_by_itself_holds_up_no_other(scene: Scene) -> None:
    """Asked for that one the server refuses, as it does when it is overloaded: others go first."""
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(timedelta(days=2)), audience=CROWD)
    culprits = CROWD[:3]
    for one in culprits:
        bench.post.answer(one.address, *[RouteDown("451 no room for it", of_message=True)] * 3)
    for pause in (MINUTE, 2 * MINUTE, 5 * MINUTE, MINUTE):  # each of them is found out in turn
        await bench.post.deliver()
        scene.clock.move(pause)

    assert {one.address for one in CROWD[3:]} == {one.recipient for one in bench.post.mail.sent}
    rows = await scene.desk.read(deliveries, reservation.id)
    waiting = {row.number: row for row in rows if row.state is DeliveryState.QUEUED}
    assert {1, 2, 3} == set(waiting)
    assert {("451 no room for it", 1)} == {(row.reason, row.attempts) for row in waiting.values()}

    await bench.awake_for(timedelta(hours=3))
    assert len(CROWD) == len({one.recipient for one in bench.post.mail.sent})


async def test_who_is_known_to_break_it_down_by_themselves_costs_nobody_a_pause(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    await bench.reserve(slot=bench.slot(timedelta(days=2)), audience=CROWD)
    bench.post.answer(ANN.address, *[RouteDown("451 no room for it", of_message=True)] * 9)
    await bench.reserve(slot=bench.slot(timedelta(days=3)), audience=(ANN,))
    for _ in range(2):
        await bench.post.deliver()
        scene.clock.move(MINUTE)
    for day in (5, 6, 7):
        await bench.reserve(slot=bench.slot(timedelta(days=day)), audience=(BEN,))
        scene.clock.move(timedelta(minutes=30))  # it is tried again after one, then five, then 15
        before = len(bench.post.to(BEN.address))
        await bench.post.deliver()
        assert before + 1 == len(bench.post.to(BEN.address))


async def test_a_server_that_refuses_everybody_for_now_costs_no_attempt(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(timedelta(days=2)), audience=(ANN, BEN))
    for one in (ANN, BEN):
        bench.post.answer(one.address, *[RouteDown("452 out of room", of_message=True)] * 5)

    for pause in (MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE):
        await bench.post.deliver()
        scene.clock.move(pause)

    rows = await scene.desk.read(deliveries, reservation.id)
    assert {(DeliveryState.QUEUED, 0)} == {(row.state, row.attempts) for row in rows}
