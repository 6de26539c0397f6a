"""Level, not edge: what is superseded before it was sent costs nothing, and order is kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.access.links import Claim, Purpose
from core.model.delivery import Accepted, Deferred, DeliveryState, Outcome, Refused
from core.model.recipient import Contact, RouteName
from core.model.reservation import NotificationPolicy
from core.outbox.enqueue import remind_audience
from core.outbox.route import HandOver, Lane, Message
from core.store.deliveries import Delivery
from core.store.store import Store
from core.usecases.resend import send_again
from core.usecases.unsubscribe import unsubscribe
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench
from tests.outbox.post import read

MINUTE = timedelta(minutes=1)
ANNOUNCED = "announcement confirmed"


def deliveries(store: Store, _: object, reservation_id: int) -> tuple[Delivery, ...]:
    return store.deliveries.of(reservation_id)


class HeldUpRoute:
    """A route that takes a message and does not answer before it is told to."""

    name = RouteName.EMAIL
    lanes = 1

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.taken = asyncio.Event()
        self.answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    async def open(self) -> Lane:
        return self

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        assert await hand_over()
        self.sent.append(message)
        self.taken.set()
        return await self.answer

    async def close(self) -> None:
        """Nothing is open."""


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
