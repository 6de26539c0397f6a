"""The report: how many of how many were told, who not, and why."""

from __future__ import annotations

from datetime import timedelta

from core.model.delivery import Deferred, Refused
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, Bench

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def test_the_report_says_how_many_of_how_many_and_who_not_and_why(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(slot=bench.slot(HOUR), audience=(ANN, BEN, CLEO))
    bench.post.answer(BEN.address, Refused("550 mailbox full"))
    await bench.post.deliver()

    await bench.awake_for(21 * timedelta(seconds=1))

    (report,) = bench.post.to_holder()
    assert ("report", 2, 0, ((BEN.address, "550 mailbox full"),)) == (
        report.kind,
        report.told,
        report.waiting,
        report.failed,
    )


async def test_the_report_waits_for_stragglers_but_not_for_ever(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(audience=(ANN, BEN))
    bench.post.answer(BEN.address, *[Deferred("451 greylisted", retry_after=1100)])
    await bench.post.deliver()

    await bench.awake_for(14 * MINUTE)
    early = bench.post.to_holder()
    await bench.awake_for(3 * MINUTE)
    first = bench.post.to_holder()
    await bench.awake_for(4 * MINUTE)
    await bench.post.deliver()
    await bench.awake_for(30 * MINUTE)

    assert [] == early
    assert [(1, 1)] == [(one.told, one.waiting) for one in first]
    assert [(1, 1), (2, 0)] == [(one.told, one.waiting) for one in bench.post.to_holder()]


async def test_the_report_counts_the_suppressed_neither_as_told_nor_as_failed(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    now = scene.clock.now
    await scene.desk.run(lambda s, _: s.suppressions.add(BEN, 0, "unsubscribed", now))
    await bench.reserve(slot=bench.slot(HOUR), audience=(ANN, BEN))
    await bench.post.deliver()

    await bench.awake_for(MINUTE)

    (report,) = bench.post.to_holder()
    assert (1, 0, ()) == (report.told, report.waiting, report.failed)
