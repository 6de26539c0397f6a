"""The reconfirmation deadline: one reminder, then the lapse; and what is fair when we were down."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.model.due import Due, DueKind
from core.model.recipient import Contact, RouteName
from core.model.reservation import NotificationPolicy, Status
from core.model.server import Rules, Server
from core.model.slot import Slot
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.answers import Permitted
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, add_server
from core.usecases.tick import carry_out, due_now, note_outage
from tests.desks import Scene, make_server, open_desk
from tests.life.bench import ANN, Bench, dues_of, sweep

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BOTH = NotificationPolicy.BOTH


async def test_the_holder_is_reminded_once_and_the_slot_lapses_at_the_deadline(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(notification_policy=BOTH)
    assert reservation.reconfirm_by is not None

    await bench.awake_until(reservation.reconfirm_by - timedelta(seconds=1))
    before = [one.kind for one in bench.post.to_holder()]
    await bench.awake_until(reservation.reconfirm_by)

    assert ["report", "deadline"] == before
    assert ["report", "deadline", "lapse"] == [one.kind for one in bench.post.to_holder()]
    assert Status.LAPSED == (await bench.show(reservation.code)).reservation.status
    assert ["announcement provisional", "cancellation cancelled"] == bench.post.gists(ANN.address)
    again = await scene.desk.run(reserve, scene.actor, scene.request(slot=reservation.slot))
    assert isinstance(again, Permitted)  # the slot is free again


async def test_a_lapse_tells_nobody_who_was_never_told(scene: Scene) -> None:
    bench = Bench(scene)
    policy = NotificationPolicy.ON_RECONFIRM
    reservation = await bench.reserve(notification_policy=policy)
    assert reservation.reconfirm_by is not None

    await bench.awake_until(reservation.reconfirm_by)

    assert Status.LAPSED == (await bench.show(reservation.code)).reservation.status
    assert [] == bench.post.to(ANN.address)


async def test_a_reconfirmed_one_is_neither_reminded_nor_lapses(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.reconfirm(reservation.code)

    await bench.awake_until(reservation.slot.starts_at)

    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status
    assert {"report", "stream_key"} == {one.kind for one in bench.post.to_holder()}


async def test_two_sweeps_at_once_carry_a_deadline_out_once(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    assert reservation.reconfirm_by is not None
    await bench.awake_until(reservation.reconfirm_by - timedelta(seconds=1))
    scene.clock.now = reservation.reconfirm_by
    due = await _due_deadline(scene)

    first = await scene.desk.run(carry_out, due)
    second = await scene.desk.run(carry_out, due)

    assert (True, False) == (first, second)
    assert 2 == (await bench.show(reservation.code)).reservation.revision


async def test_a_deadline_that_was_moved_meanwhile_is_not_carried_out(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    assert reservation.reconfirm_by is not None
    await bench.awake_until(reservation.reconfirm_by - timedelta(seconds=1))
    scene.clock.now = reservation.reconfirm_by
    due = await _due_deadline(scene)
    await bench.change(reservation.code, slot=bench.slot(timedelta(days=5)))

    assert not await scene.desk.run(carry_out, due)

    assert Status.PERMITTED == (await bench.show(reservation.code)).reservation.status


async def test_two_hours_of_outage_over_a_deadline_extend_it_by_two_hours(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(notification_policy=BOTH)
    deadline = reservation.reconfirm_by
    assert deadline is not None
    await bench.awake_until(deadline - HOUR)

    await bench.asleep_until(deadline + HOUR)
    await bench.post.deliver()

    extended = (await bench.show(reservation.code)).reservation
    assert (Status.PERMITTED, deadline + 2 * HOUR) == (extended.status, extended.reconfirm_by)
    assert ["report", "deadline", "deadline"] == [one.kind for one in bench.post.to_holder()]
    assert "change provisional" == bench.post.gists(ANN.address)[-1]  # with the new deadline
    await bench.awake_until(deadline + 2 * HOUR)
    assert Status.LAPSED == (await bench.show(reservation.code)).reservation.status


async def test_restarts_in_the_middle_of_an_outage_take_nothing_from_anybody(
    scene: Scene, database_url: str
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    deadline = reservation.reconfirm_by
    assert deadline is not None
    await bench.awake_until(deadline - HOUR)

    for crashes_at in (deadline - HOUR / 2, deadline + HOUR):
        scene.clock.now = crashes_at
        with open_desk(database_url, scene.clock) as restarted:
            await _crash_in_the_first_sweep(restarted)
    await bench.restart_at(deadline + HOUR + 10 * MINUTE)

    extended = (await bench.show(reservation.code)).reservation
    assert Status.PERMITTED == extended.status
    assert extended.reconfirm_by is not None
    assert extended.reconfirm_by - scene.clock.now >= 15 * MINUTE
    assert extended.reconfirm_by >= deadline + 90 * MINUTE  # the hour and a half it was down


async def _crash_in_the_first_sweep(desk: Desk) -> None:
    await desk.run(note_outage)
    for due in (await desk.read(due_now))[:1]:
        await desk.run(carry_out, due)  # and no more: it never gets as far as its beat


async def test_a_deadline_missed_by_minutes_lapses_all_the_same(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    assert reservation.reconfirm_by is not None
    await bench.awake_until(reservation.reconfirm_by - 5 * MINUTE)

    await bench.asleep_until(reservation.reconfirm_by + 5 * MINUTE)

    assert Status.LAPSED == (await bench.show(reservation.code)).reservation.status


async def test_a_deadline_before_the_outage_lapses(scene: Scene) -> None:
    """The holder had all the time there was; only we are late."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    assert reservation.reconfirm_by is not None
    await bench.awake_until(reservation.reconfirm_by - timedelta(seconds=1))
    scene.clock.now = reservation.reconfirm_by + timedelta(seconds=1)

    await bench.asleep_until(reservation.reconfirm_by + 3 * HOUR)

    assert Status.LAPSED == (await bench.show(reservation.code)).reservation.status


async def test_a_slot_about_to_start_is_kept_when_the_outage_was_ours(scene: Scene) -> None:
    bench = Bench(scene)
    server = await _server(scene, Rules(reconfirm_lead=HOUR))
    reservation = await bench.reserve(server_id=server.id, notification_policy=BOTH)
    await bench.post.deliver()
    await bench.awake_until(reservation.slot.starts_at - 2 * HOUR)

    await bench.asleep_until(reservation.slot.starts_at - 10 * MINUTE)
    await bench.post.deliver()

    kept = (await bench.show(reservation.code)).reservation
    assert Status.CONFIRMED == kept.status
    assert "receipt kept" in [f"{one.kind} {one.done}" for one in bench.post.to_holder()]
    assert "confirmation confirmed" in bench.post.gists(ANN.address)


async def test_a_slot_that_passed_unseen_is_over_and_nobody_is_told(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(notification_policy=BOTH)
    await bench.post.deliver()

    await bench.asleep_until(reservation.slot.ends_at + HOUR)
    await bench.post.deliver()

    assert Status.OVER == (await bench.show(reservation.code)).reservation.status
    assert ["announcement provisional"] == bench.post.gists(ANN.address)
    assert ["report"] == [one.kind for one in bench.post.to_holder()]


async def test_no_deadline_is_met_before_its_time(scene: Scene) -> None:
    """One that lies just ahead when we wake is given back too, but never taken early."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    assert reservation.reconfirm_by is not None
    await bench.asleep_until(reservation.reconfirm_by - 10 * MINUTE)

    extended = (await bench.show(reservation.code)).reservation
    assert Status.PERMITTED == extended.status
    dues = await dues_of(scene.desk, reservation.id)
    assert extended.reconfirm_by == dues[DueKind.DEADLINE, timedelta(0)]
    assert extended.reconfirm_by is not None
    assert extended.reconfirm_by >= scene.clock.now + 15 * MINUTE


async def test_many_deadlines_missed_in_one_outage_lapse_nobody(scene: Scene, stress: bool) -> None:
    bench = Bench(scene)
    many = 500 if stress else 40
    server = await _server(scene, Rules(max_streams=many))
    first = scene.clock.now + timedelta(days=3)
    made = await scene.desk.run(_reserve_many, scene, server, first, many)
    scene.clock.now = first - timedelta(hours=25)

    await bench.asleep_until(first - timedelta(hours=21))

    states = await scene.desk.read(lambda store, _: store.reservations.many(made).values())
    assert many == len(states)
    assert {Status.PERMITTED} == {one.status for one in states}
    assert all(one.reconfirm_by and one.reconfirm_by > scene.clock.now for one in states)


@pytest.mark.parametrize("late", [10 * MINUTE, timedelta(days=1)])
async def test_in_two_desks_at_once_the_outage_is_given_back_once(
    scene: Scene, database_url: str, late: timedelta
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    deadline = reservation.reconfirm_by
    assert deadline is not None
    await bench.awake_until(deadline - HOUR)
    scene.clock.now = deadline + late
    revisions = set()

    with open_desk(database_url, scene.clock) as other:
        for desk in (scene.desk, other, scene.desk):
            await sweep(desk)
            revisions.add((await bench.show(reservation.code)).reservation.revision)

    assert {2} == revisions


async def _due_deadline(scene: Scene) -> Due:
    dues = await scene.desk.read(due_now)
    assert DueKind.DEADLINE == dues[0].kind  # before the reminder that falls due with it
    return dues[0]


def _reserve_many(  # noqa: PLR0913, PLR0917 - what makes so many
    store: Store, now: datetime, scene: Scene, server: Server, first: datetime, many: int
) -> list[int]:
    made = []
    for number in range(many):
        slot = Slot.of(first + number * timedelta(seconds=14), 15 * MINUTE)
        contact = Contact(RouteName.EMAIL, f"fan{number}@example.org")
        request = scene.request(server_id=server.id, slot=slot, audience=(contact,))
        answer = reserve(store, now, scene.actor, request)
        assert isinstance(answer, Permitted)
        made.append(answer.reservation.id)
    return made


async def _server(scene: Scene, rules: Rules) -> Server:
    kept = await scene.desk.run(add_server, scene.actor, make_server(name="Hall", rules=rules))
    assert isinstance(kept, ServerKept)
    return kept.server
