"""In doubt: the same bytes again after five minutes, or what is newer; a reminder never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.delivery import Deferred, DeliveryState, Doubtful, Refused, RouteDown
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy
from core.notices.notice import NoticeKind
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench
from tests.outbox.post import deliveries

MINUTE = timedelta(minutes=1)
BROKE = Doubtful("the connection broke")
ANNOUNCED = "announcement confirmed"


@pytest.mark.parametrize("mode", CredentialMode)
async def test_is_sent_again_after_five_minutes_byte_for_byte(
    scene: Scene, mode: CredentialMode
) -> None:
    bench = Bench(scene)
    await bench.reserve(credentials=CredentialWish(mode))
    bench.post.answer(ANN.address, BROKE, arrives=True)
    await bench.post.deliver()

    scene.clock.move(5 * MINUTE - timedelta(seconds=1))
    early = await bench.post.deliver()
    scene.clock.move(timedelta(seconds=1))
    await bench.post.deliver()

    first, second = bench.post.mail.sent
    assert 0 == early
    assert first == second
    assert [ANNOUNCED] * 2 == bench.post.gists(ANN.address)


async def test_every_later_copy_is_the_same_whatever_happens_in_between(scene: Scene) -> None:
    """Doubted twice, put off, the route down: the bytes are those of the first attempt."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(
        ANN.address, BROKE, Deferred("451"), BROKE, RouteDown("no route"), arrives=True
    )
    for _ in range(5):
        await bench.post.deliver()
        scene.clock.move(6 * MINUTE)
    await bench.post.deliver()

    assert {bench.post.mail.sent[0]} == set(bench.post.mail.sent)
    (only,) = await scene.desk.read(deliveries, reservation.id)
    assert DeliveryState.SENT == only.state


async def test_what_is_no_news_to_the_audience_overtakes_nothing(scene: Scene) -> None:
    """A revision that says the same to them leaves what is in doubt to be repeated."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, BROKE, arrives=True)
    await bench.post.deliver()

    await bench.reconfirm(reservation.code)
    await bench.change(reservation.code, reminders=())
    scene.clock.move(5 * MINUTE)
    await bench.post.deliver()

    first, second = bench.post.mail.sent
    assert first == second


async def test_is_superseded_by_what_is_newer(scene: Scene) -> None:
    """The change notice holds all that the announcement held, should that never have arrived."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, BROKE, arrives=True)
    await bench.post.deliver()

    await bench.change(reservation.code, title="Late show")
    scene.clock.move(5 * MINUTE)
    await bench.post.deliver()

    assert [ANNOUNCED, "change confirmed"] == bench.post.gists(ANN.address)
    assert ("Late show", "Evening show") == (
        bench.post.to(ANN.address)[-1].title,
        bench.post.to(ANN.address)[-1].title_before,
    )
    states = [one.state for one in await scene.desk.read(deliveries, reservation.id)]
    assert DeliveryState.SUPERSEDED == states[0]
    assert 1 == states.count(DeliveryState.SENT)


async def test_and_cancelled_is_called_off_once(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, BROKE, arrives=True)
    await bench.post.deliver()

    await bench.cancel(reservation.code)
    scene.clock.move(5 * MINUTE)
    await bench.post.deliver()

    assert [ANNOUNCED, "cancellation cancelled"] == bench.post.gists(ANN.address)


async def test_a_change_in_doubt_that_was_changed_back_is_put_right(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()
    bench.post.answer(ANN.address, BROKE, arrives=True)
    await bench.change(reservation.code, title="Late show")
    await bench.post.deliver()

    await bench.change(reservation.code, title="Evening show")
    scene.clock.move(5 * MINUTE)
    await bench.post.deliver()

    titles = [one.title for one in bench.post.to(ANN.address)]
    assert ["Evening show", "Late show", "Evening show"] == titles


async def test_a_cancellation_is_repeated_whatever_changed_since(scene: Scene) -> None:
    """Even where the whole reservation was cancelled after this one was taken off it."""
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    await bench.post.deliver()
    bench.post.take()
    bench.post.answer(ANN.address, BROKE, arrives=True)
    await bench.change(reservation.code, remove=(ANN,))
    await bench.post.deliver()

    await bench.change(reservation.code, title="Late show")
    await bench.cancel(reservation.code, "ill")
    scene.clock.move(5 * MINUTE)
    await bench.post.deliver()

    copies = [message for message in bench.post.mail.sent if message.recipient == ANN.address]
    assert 2 == len(copies)
    assert copies[0] == copies[1]


async def test_a_reminder_is_not_repeated(scene: Scene) -> None:
    bench = Bench(scene)
    hour = timedelta(hours=1)
    reservation = await bench.reserve(slot=bench.slot(2 * hour), reminders=(hour,))
    await bench.post.deliver()
    bench.post.answer(ANN.address, BROKE, arrives=True)

    await bench.awake_until(reservation.slot.starts_at)

    assert [ANNOUNCED, "reminder confirmed"] == bench.post.gists(ANN.address)
    (reminder,) = [
        one
        for one in await scene.desk.read(deliveries, reservation.id)
        if one.kind is NoticeKind.REMINDER
    ]
    assert DeliveryState.FAILED == reminder.state
    assert "not repeated" in reminder.reason


async def test_refused_at_the_second_attempt_may_still_have_arrived_at_the_first(
    scene: Scene,
) -> None:
    """So a cancellation is owed: better one too many than a slot that comes to nothing."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, BROKE, arrives=True)
    await bench.post.deliver()
    bench.post.answer(ANN.address, Refused("554 no"))
    bench.post.answer(ANN.address, arrives=False)
    scene.clock.move(5 * MINUTE)
    await bench.post.deliver()

    await bench.cancel(reservation.code)
    await bench.post.deliver()

    assert [ANNOUNCED, "cancellation cancelled"] == bench.post.gists(ANN.address)


async def test_a_provisional_one_confirmed_meanwhile_is_followed_by_its_confirmation(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(notification_policy=NotificationPolicy.BOTH)
    bench.post.answer(ANN.address, BROKE, arrives=True)
    await bench.post.deliver()

    await bench.reconfirm(reservation.code)
    scene.clock.move(5 * MINUTE)
    await bench.post.deliver()

    assert ["announcement provisional", "confirmation confirmed"] == bench.post.gists(ANN.address)
