"""Level, not edge: what is superseded before it was sent costs nothing, and order is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.access.links import Claim, Purpose
from core.model.delivery import Deferred, DeliveryState, Refused
from core.model.recipient import Contact, RouteName
from core.model.reservation import NotificationPolicy
from core.store.store import Store
from core.usecases.resend import send_again
from core.usecases.unsubscribe import unsubscribe
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench
from tests.outbox.post import deliveries

MINUTE = timedelta(minutes=1)
ANNOUNCED = "announcement confirmed"


async def test_queued_and_moved_costs_one_announcement_with_the_new_time(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    first, second = bench.slot(timedelta(days=4)), bench.slot(timedelta(days=5))

    await bench.change(reservation.code, slot=first, title="Late show")
    await bench.change(reservation.code, slot=second)
    await bench.post.deliver()

    (only,) = bench.post.to(ANN.address)
    assert (ANNOUNCED, "Late show", second.starts_at, 3) == (
        only.gist,
        only.title,
        only.starts_at,
        only.revision,
    )
    states = [one.state for one in await scene.desk.read(deliveries, reservation.id)]
    assert [DeliveryState.SUPERSEDED] * 2 + [DeliveryState.SENT] == states


@pytest.mark.parametrize("policy", NotificationPolicy)
async def test_queued_and_cancelled_tells_nobody_anything(
    scene: Scene, policy: NotificationPolicy
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(notification_policy=policy, audience=(ANN, BEN))

    await bench.cancel(reservation.code, "ill")

    assert 0 == await bench.post.deliver()
    assert [] == bench.post.take()


async def test_sent_and_cancelled_costs_one_cancellation(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()

    await bench.change(reservation.code, title="Late show")
    await bench.cancel(reservation.code)
    await bench.post.deliver()

    assert [ANNOUNCED, "cancellation cancelled"] == bench.post.gists(ANN.address)


async def test_changed_and_changed_back_says_nothing(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()

    await bench.change(reservation.code, title="Late show")
    await bench.change(reservation.code, title="Evening show")
    await bench.post.deliver()

    assert [ANNOUNCED] == bench.post.gists(ANN.address)


async def test_reconfirmed_before_the_provisional_one_went_out_is_told_once(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(notification_policy=NotificationPolicy.BOTH)

    await bench.reconfirm(reservation.code)
    await bench.post.deliver()

    assert [ANNOUNCED] == bench.post.gists(ANN.address)


async def test_put_off_and_changed_is_one_announcement_of_the_new_state(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, Deferred("451 greylisted"))
    await bench.post.deliver()

    await bench.change(reservation.code, title="Late show")
    await bench.post.deliver()
    scene.clock.move(timedelta(hours=1))
    await bench.post.deliver()

    (only,) = bench.post.to(ANN.address)
    assert (ANNOUNCED, "Late show") == (only.gist, only.title)


async def test_one_who_is_put_off_holds_nobody_else_up(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(audience=(ANN, BEN))
    bench.post.answer(ANN.address, Deferred("451 later"))

    await bench.post.deliver()

    assert [[], [ANNOUNCED]] == [bench.post.gists(one.address) for one in (ANN, BEN)]


async def test_a_refusal_is_shown_and_sent_again_to_the_refused_alone(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    bench.post.answer(ANN.address, Refused("550 5.7.1 not from you"))
    await bench.post.deliver()
    roll = (await bench.show(reservation.code)).roll
    before = [(one.recipient.contact, one.reason) for one in roll.failed]

    again = await scene.desk.run(send_again, scene.actor, reservation.code)
    await bench.post.deliver()

    assert [(ANN, "550 5.7.1 not from you")] == before
    assert 1 == again.telling  # type: ignore[union-attr]
    assert [[ANNOUNCED]] * 2 == [bench.post.gists(one.address) for one in (ANN, BEN)]
    assert () == (await bench.show(reservation.code)).roll.failed


async def test_unsubscribed_before_it_was_sent_is_not_sent(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    claim = Claim(Purpose.UNSUBSCRIBE, reservation.id, 1)

    await scene.desk.run(unsubscribe, claim, from_everybody=False)
    await bench.post.deliver()

    assert [[], [ANNOUNCED]] == [bench.post.gists(one.address) for one in (ANN, BEN)]
    first = (await scene.desk.read(deliveries, reservation.id))[0]
    assert (DeliveryState.SUPPRESSED, "unsubscribed") == (first.state, first.reason)


async def test_many_that_need_not_be_sent_do_not_hide_the_one_that_must(scene: Scene) -> None:
    """A whole claim's worth ends unsent; what stands behind it goes out in the same round."""
    bench = Bench(scene)
    crowd = tuple(Contact(RouteName.EMAIL, f"fan{n}@example.org") for n in range(130))
    reservation = await bench.reserve(audience=(*crowd, ANN))

    def suppress(store: Store, _: object) -> None:
        store.recipients.set_suppressed(reservation.id, range(1, 131), "unsubscribed")

    await scene.desk.run(suppress)

    assert 1 == await bench.post.deliver()
    assert [ANNOUNCED] == bench.post.gists(ANN.address)


async def test_a_thread_hangs_on_the_first_notice(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()
    await bench.change(reservation.code, title="Late show")
    await bench.post.deliver()
    await bench.cancel(reservation.code)
    await bench.post.deliver()

    first, *later = bench.post.to(ANN.address)
    assert "" == first.thread
    assert [first.message_id] * 2 == [one.thread for one in later]
    assert 3 == len({one.message_id for one in (first, *later)})
