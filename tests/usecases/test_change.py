"""Change: the new slot is taken or the old one stays, and those who know of it hear what is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.due import DueKind
from core.model.request import ChangeRequest
from core.model.reservation import NotificationPolicy, Status
from core.model.server import Rules
from core.model.slot import Slot
from core.policy.reasons import Full, InThePast
from core.usecases.answers import (
    Denied,
    Permitted,
    Unchanged,
)
from core.usecases.change import change
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, change_server
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench, dues_of

HOUR = timedelta(hours=1)
ON_PERMIT, ON_RECONFIRM, BOTH = NotificationPolicy


async def test_a_change_that_changes_nothing_says_so_and_tells_nobody(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(description="With guests.", viewers=3)
    await bench.post.deliver()
    bench.post.take()
    same = ChangeRequest(
        reservation.code,
        server_id=reservation.server_id,
        slot=reservation.slot,
        title=reservation.title,
        description=reservation.description,
        viewers=reservation.viewers,
        add=(ANN,),
        remove=(BEN,),
        notification_policy=reservation.notification_policy,
        reminders=reservation.reminders,
        reply_to=reservation.reply_to,
    )

    answer = await scene.desk.run(change, scene.actor, same)
    await bench.post.deliver()

    assert Unchanged(reservation) == answer
    assert [] == bench.post.take()
    assert reservation == (await bench.show(reservation.code)).reservation


async def test_a_new_time_is_told_with_the_old(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()
    moved = Slot.of(reservation.slot.starts_at + HOUR, 3 * HOUR)

    answer = await bench.change(reservation.code, slot=moved, title="Late show")
    await bench.post.deliver()

    assert (moved, 2, 1) == (
        answer.reservation.slot,
        answer.reservation.revision,
        answer.telling,
    )
    last = bench.post.to(ANN.address)[-1]
    assert ("change", "Late show", "Evening show", moved.starts_at) == (
        last.kind,
        last.title,
        last.title_before,
        last.starts_at,
    )


async def test_a_time_that_cannot_be_had_leaves_the_old_slot_as_it_was(scene: Scene) -> None:
    bench = Bench(scene)
    other = await bench.reserve(slot=bench.slot(timedelta(days=4)))
    reservation = await bench.reserve()
    await bench.post.deliver()
    bench.post.take()

    answer = await scene.desk.run(
        change, scene.actor, ChangeRequest(reservation.code, slot=other.slot, title="Never")
    )
    await bench.post.deliver()

    assert isinstance(answer, Denied)
    assert [Full] == [type(reason) for reason in answer.denial.reasons]
    assert reservation == (await bench.show(reservation.code)).reservation
    assert [] == bench.post.take()
    old = await scene.desk.run(reserve, scene.actor, scene.request())
    assert isinstance(old, Denied)  # nobody else can have the old one meanwhile


async def test_a_slot_may_move_within_itself(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    later = Slot.of(reservation.slot.starts_at + HOUR, reservation.slot.length)

    answer = await bench.change(reservation.code, slot=later)

    assert later == answer.reservation.slot


async def test_the_old_slot_is_free_once_the_new_one_is_taken(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.change(reservation.code, slot=bench.slot(timedelta(days=5)))

    answer = await scene.desk.run(reserve, scene.actor, scene.request())

    assert isinstance(answer, Permitted)


async def test_a_confirmed_reservation_that_moves_must_be_reconfirmed_again(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(notification_policy=ON_RECONFIRM)
    await bench.reconfirm(reservation.code)
    await bench.post.deliver()
    moved = bench.slot(timedelta(days=6))

    answer = await bench.change(reservation.code, slot=moved)
    await bench.post.deliver()

    assert Status.PERMITTED == answer.reservation.status
    assert moved.starts_at - 24 * HOUR == answer.reservation.reconfirm_by
    dues = await dues_of(scene.desk, reservation.id)
    assert moved.starts_at - 24 * HOUR == dues[DueKind.DEADLINE, timedelta(0)]
    # who knew of it already is not left with the old time, nor with a false certainty
    assert ["announcement confirmed", "change provisional"] == bench.post.gists(ANN.address)


async def test_a_new_time_whose_deadline_has_passed_is_certain_at_once(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(notification_policy=BOTH)
    await bench.post.deliver()

    answer = await bench.change(reservation.code, slot=bench.slot(5 * HOUR))
    await bench.post.deliver()

    assert (Status.CONFIRMED, None) == (
        answer.reservation.status,
        answer.reservation.reconfirm_by,
    )
    assert ["announcement provisional", "change confirmed"] == bench.post.gists(ANN.address)


async def test_another_length_keeps_what_was_reconfirmed(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.reconfirm(reservation.code)

    longer = Slot.of(reservation.slot.starts_at, 4 * HOUR)
    answer = await bench.change(reservation.code, slot=longer)

    assert Status.CONFIRMED == answer.reservation.status


@pytest.mark.parametrize("notice", [timedelta(0), timedelta(hours=6)])
async def test_a_running_slot_can_be_made_longer_and_shorter(
    scene: Scene, notice: timedelta
) -> None:
    bench = Bench(scene)
    await _set_rules(scene, notice=notice)
    reservation = await bench.reserve(slot=bench.slot(7 * HOUR))
    await bench.awake_until(reservation.slot.starts_at + HOUR)

    for length in (4 * HOUR, 90 * timedelta(minutes=1)):
        slot = Slot.of(reservation.slot.starts_at, length)
        answer = await bench.change(reservation.code, slot=slot)
        assert slot == answer.reservation.slot
        due_at = (await dues_of(scene.desk, reservation.id))[DueKind.OVER, timedelta(0)]
        assert slot.ends_at == due_at


async def test_a_start_that_stays_was_in_time_however_often_it_was_moved_before(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    await _set_rules(scene, horizon=timedelta(days=10))
    reservation = await bench.reserve(slot=bench.slot(timedelta(days=9)), title="Gala")
    await bench.awake_for(timedelta(days=7))
    far = bench.slot(timedelta(days=9))  # day 16: beyond the horizon of the day it was made
    await bench.change(reservation.code, slot=far)

    answer = await bench.change(reservation.code, slot=Slot.of(far.starts_at, 3 * HOUR))

    assert 3 * HOUR == answer.reservation.slot.length


async def test_a_running_slot_cannot_be_moved_into_the_past(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(HOUR))
    await bench.awake_until(reservation.slot.starts_at + HOUR)
    earlier = Slot(scene.clock.now - timedelta(minutes=30), reservation.slot.ends_at)

    answer = await scene.desk.run(
        change, scene.actor, ChangeRequest(reservation.code, slot=earlier)
    )

    assert isinstance(answer, Denied)
    assert [InThePast] == [type(reason) for reason in answer.denial.reasons]


async def _set_rules(scene: Scene, **rules: object) -> None:
    changed = replace(scene.server, rules=Rules(**rules))  # type: ignore[arg-type]
    assert isinstance(await scene.desk.run(change_server, scene.actor, changed), ServerKept)
