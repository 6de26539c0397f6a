"""Reconfirm and cancel: once each, and told to those who are to hear of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.model.due import DueKind
from core.model.request import ChangeRequest
from core.model.reservation import NotificationPolicy, Status
from core.usecases.answers import Cancelled, Ended, NotFound, Permitted, Reconfirmed
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reconfirm import reconfirm
from core.usecases.reserve import reserve
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench, dues_of, sweep

ON_PERMIT, ON_RECONFIRM, BOTH = NotificationPolicy


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (ON_PERMIT, ["announcement confirmed"]),
        (ON_RECONFIRM, ["announcement confirmed"]),
        (BOTH, ["announcement provisional", "confirmation confirmed"]),
    ],
)
async def test_the_audience_hears_of_it_as_the_policy_says(
    scene: Scene, policy: NotificationPolicy, told: list[str]
) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(notification_policy=policy)).code
    await bench.post.deliver()

    reservation = await bench.reconfirm(code)
    await bench.post.deliver()

    assert Status.CONFIRMED == reservation.status
    assert told == bench.post.gists(ANN.address)


async def test_a_second_time_changes_nothing_and_says_so(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(notification_policy=BOTH)).code
    first = await bench.reconfirm(code)
    await bench.post.deliver()
    bench.post.take()

    again = await scene.desk.run(reconfirm, scene.actor, code)
    await bench.post.deliver()

    assert Reconfirmed(first, telling=0, already=True) == again
    assert [] == bench.post.take()


async def test_takes_the_deadline_away(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()

    await bench.reconfirm(reservation.code)

    kinds = {kind for kind, _ in await dues_of(scene.desk, reservation.id)}
    assert DueKind.DEADLINE not in kinds
    assert DueKind.DEADLINE_REMINDER not in kinds
    assert {DueKind.OVER, DueKind.ERASURE, DueKind.REMINDER, DueKind.STREAM_KEY} < kinds


async def test_is_in_time_until_the_deadline_was_acted_upon(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    assert reservation.reconfirm_by is not None
    scene.clock.now = reservation.reconfirm_by + timedelta(milliseconds=300)

    assert Status.CONFIRMED == (await bench.reconfirm(reservation.code)).status

    await sweep(scene.desk)
    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status


@pytest.mark.parametrize("command", [reconfirm, cancel])
async def test_is_too_late_after_it_lapsed(
    scene: Scene,
    command: Any,  # noqa: ANN401 - either of the two
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    assert reservation.reconfirm_by is not None
    await bench.awake_until(reservation.reconfirm_by)

    answer = await scene.desk.run(command, scene.actor, reservation.code)

    assert isinstance(answer, Ended)
    assert Status.LAPSED == answer.reservation.status


async def test_every_command_is_too_late_once_the_slot_is_over(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(timedelta(hours=1)))
    scene.clock.now = reservation.slot.ends_at  # and no sweep has noticed yet
    code, desk, actor = reservation.code, scene.desk, scene.actor

    assert isinstance(await desk.run(cancel, actor, code), Ended)
    assert isinstance(await desk.run(change, actor, ChangeRequest(code, title="Late")), Ended)
    await sweep(desk)
    assert isinstance(await desk.run(reconfirm, actor, code), Ended)
    assert Status.OVER == (await bench.show(code)).reservation.status


async def test_cancelling_frees_the_slot_and_passes_the_reason_on(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    await bench.post.deliver()

    answer = await scene.desk.run(cancel, scene.actor, reservation.code.lower(), "ill")
    await bench.post.deliver()
    again = await scene.desk.run(reserve, scene.actor, scene.request())

    assert isinstance(answer, Cancelled)
    assert (Status.CANCELLED, 2) == (answer.reservation.status, answer.telling)
    last = bench.post.to(ANN.address)[-1]
    assert ("cancellation", "ill", 2) == (last.kind, last.reason, last.revision)
    assert isinstance(again, Permitted)


async def test_cancelling_twice_tells_once(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve()).code
    await bench.post.deliver()
    await bench.cancel(code, "ill")

    again = await scene.desk.run(cancel, scene.actor, code, "really")
    await bench.post.deliver()

    assert isinstance(again, Cancelled)
    assert (0, True) == (again.telling, again.already)
    assert ["announcement confirmed", "cancellation cancelled"] == bench.post.gists(ANN.address)


async def test_cancelling_what_nobody_was_told_of_tells_nobody(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(notification_policy=ON_RECONFIRM)).code
    await bench.post.deliver()

    answer = await scene.desk.run(cancel, scene.actor, code)
    await bench.post.deliver()

    assert isinstance(answer, Cancelled)
    assert 0 == answer.telling
    assert [] == bench.post.to(ANN.address)


async def test_cancelling_leaves_nothing_due_but_the_erasure(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.cancel(reservation.code)
    await bench.awake_for(timedelta(minutes=1))

    dues = await dues_of(scene.desk, reservation.id)

    assert [DueKind.ERASURE] == [kind for kind, _ in dues]


async def test_a_code_that_names_nothing_finds_nothing(scene: Scene) -> None:
    for code in ("", "ZZZ-ZZZ", "'; DROP TABLE", "K7Q-2MF-9", "\uff3a" * 6):
        assert NotFound(code) == await scene.desk.run(reconfirm, scene.actor, code)
        assert NotFound(code) == await scene.desk.run(cancel, scene.actor, code)
