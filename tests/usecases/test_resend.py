"""Send again: to those alone who could not be told, and what is true by now."""

from __future__ import annotations

from datetime import timedelta

from core.model.delivery import Deferred, Doubtful, Refused
from core.usecases.answers import Ended, Permitted, SentAgain
from core.usecases.resend import send_again
from core.usecases.reserve import reserve
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, Bench

NO_MAILBOX = Refused("550 5.1.1 no such mailbox", bad_address=True)
ANNOUNCED = "announcement confirmed"


async def again(scene: Scene, code: str) -> int:
    answer = await scene.desk.run(send_again, scene.actor, code)
    assert isinstance(answer, SentAgain)
    return answer.telling


async def test_only_the_failed_are_sent_to(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN, CLEO))
    bench.post.answer(BEN.address, Refused("552 full"))
    bench.post.answer(CLEO.address, Deferred("451 later"))
    await bench.post.deliver()

    assert 1 == await again(scene, reservation.code)

    await bench.post.deliver()
    assert [1, 1, 0] == [len(bench.post.to(one.address)) for one in (ANN, BEN, CLEO)]


async def test_a_bounce_is_lifted_by_who_says_that_the_address_exists(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, NO_MAILBOX)
    await bench.post.deliver()
    (failed,) = (await bench.show(reservation.code)).roll.failed
    other = await scene.desk.run(
        reserve, scene.actor, scene.request(slot=bench.slot(timedelta(days=5)))
    )

    assert 1 == await again(scene, reservation.code)
    await bench.post.deliver()
    later = await scene.desk.run(
        reserve, scene.actor, scene.request(slot=bench.slot(timedelta(days=7)))
    )

    assert "bounced: 550 5.1.1 no such mailbox" == failed.reason
    assert isinstance(other, Permitted)
    assert isinstance(later, Permitted)
    assert [1, 0] == [len(other.skipped), len(later.skipped)]
    assert [ANNOUNCED] == bench.post.gists(ANN.address)
    assert () == (await bench.show(reservation.code)).roll.failed


async def test_what_bounces_again_is_suppressed_again(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, NO_MAILBOX, NO_MAILBOX)
    await bench.post.deliver()

    await again(scene, reservation.code)
    await bench.post.deliver()
    await bench.change(reservation.code, title="Late show")
    await bench.post.deliver()

    assert [] == bench.post.to(ANN.address)


async def test_says_what_is_true_by_now(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, NO_MAILBOX)
    await bench.post.deliver()
    await bench.change(reservation.code, title="Late show")

    await again(scene, reservation.code)
    await bench.post.deliver()

    (only,) = bench.post.to(ANN.address)
    assert (ANNOUNCED, "Late show") == (only.gist, only.title)


async def test_a_cancellation_that_failed_is_sent_again_too(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()
    bench.post.answer(ANN.address, Refused("554 no"))
    await bench.cancel(reservation.code, "ill")
    await bench.post.deliver()

    assert 1 == await again(scene, reservation.code)
    await bench.post.deliver()

    assert [ANNOUNCED, "cancellation cancelled"] == bench.post.gists(ANN.address)


async def test_a_failed_announcement_of_what_was_cancelled_since_is_nobodys_news(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, NO_MAILBOX)
    await bench.post.deliver()
    await bench.cancel(reservation.code)

    assert 0 == await again(scene, reservation.code)
    assert 0 == await bench.post.deliver()


async def test_nobody_failed_nobody_is_sent_to(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    bench.post.answer(BEN.address, Doubtful("broke"))
    await bench.post.deliver()

    assert 0 == await again(scene, reservation.code)


async def test_asked_twice_it_is_sent_once(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    bench.post.answer(ANN.address, Refused("554 no"))
    await bench.post.deliver()

    assert [1, 0] == [await again(scene, reservation.code) for _ in range(2)]
    await bench.post.deliver()

    assert [ANNOUNCED] == bench.post.gists(ANN.address)


async def test_it_is_too_late_when_the_slot_is_over(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    scene.clock.now = reservation.slot.ends_at

    answer = await scene.desk.run(send_again, scene.actor, reservation.code)

    assert isinstance(answer, Ended)


async def test_the_report_follows_what_was_sent_again(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(timedelta(hours=1)))
    bench.post.answer(ANN.address, Refused("554 no"))
    await bench.post.deliver()
    await bench.awake_for(timedelta(minutes=1))

    await again(scene, reservation.code)
    await bench.post.deliver()
    await bench.awake_for(timedelta(minutes=1))

    reports = [one for one in bench.post.to_holder() if one.kind == "report"]
    assert [(0, 1), (1, 0)] == [(one.told, len(one.failed)) for one in reports]
