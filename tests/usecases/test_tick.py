"""What the clock does besides deadlines: reminders, the stream key, and the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.access.links import Claim, Purpose
from core.model.addresses import path_of
from core.model.delivery import Deferred, Refused
from core.model.due import DueKind
from core.model.reservation import Status
from core.model.server import ServerKind
from core.model.slot import Slot
from core.usecases.servers import ServerKept, add_server
from core.usecases.unsubscribe import unsubscribe
from tests.desks import Scene, make_server
from tests.life.bench import ANN, BEN, CLEO, DAN, Bench, dues_of, sweep

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def test_the_audience_is_reminded_a_day_and_a_quarter_of_an_hour_before(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.reconfirm(reservation.code)
    starts_at = reservation.slot.starts_at
    seen = {}

    for before in (24 * HOUR + MINUTE, 24 * HOUR, 16 * MINUTE, 15 * MINUTE, -HOUR):
        await bench.awake_until(starts_at - before)
        seen[before] = bench.post.gists(ANN.address).count("reminder confirmed")

    assert [0, 1, 1, 2, 2] == list(seen.values())


async def test_the_reminders_are_those_the_holder_chose(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(reminders=(2 * HOUR,))
    await bench.reconfirm(reservation.code)

    await bench.awake_until(reservation.slot.starts_at - 2 * HOUR)
    early = bench.post.gists(ANN.address)
    await bench.awake_until(reservation.slot.starts_at)

    assert "reminder confirmed" == early[-1]
    assert early == bench.post.gists(ANN.address)


async def test_only_those_who_expect_the_slot_are_reminded(scene: Scene) -> None:
    """Not the one who was removed, nor who unsubscribed, nor who could never be told."""
    bench = Bench(scene)
    reservation = await bench.reserve(
        slot=bench.slot(2 * HOUR), audience=(ANN, BEN, CLEO, DAN), reminders=(HOUR,)
    )
    bench.post.answer(DAN.address, Refused("no such mailbox", bad_address=True))
    await bench.post.deliver()
    await bench.change(reservation.code, remove=(BEN,))
    claim = Claim(Purpose.UNSUBSCRIBE, reservation.id, 3)
    await scene.desk.run(unsubscribe, claim, from_everybody=False)
    await bench.post.deliver()
    bench.post.take()

    await bench.awake_until(reservation.slot.starts_at)

    assert [(ANN.address, "reminder")] == [(one.address, one.kind) for one in bench.post.take()]


async def test_nobody_is_reminded_of_a_time_they_were_not_told(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(2 * HOUR), reminders=(HOUR,))
    await bench.post.deliver()
    bench.post.answer(ANN.address, Deferred("try later", retry_after=6000))
    later = Slot.of(reservation.slot.starts_at + MINUTE, HOUR)
    await bench.change(reservation.code, slot=later)

    await bench.awake_until(later.starts_at)
    await bench.post.deliver()

    assert ["announcement confirmed", "change confirmed"] == bench.post.gists(ANN.address)


async def test_a_moved_slot_is_reminded_of_at_its_new_time(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(2 * HOUR), reminders=(HOUR,))
    later = Slot.of(reservation.slot.starts_at + 5 * HOUR, HOUR)
    await bench.change(reservation.code, slot=later)

    await bench.awake_until(later.starts_at - HOUR - MINUTE)
    before = bench.post.gists(ANN.address)
    await bench.awake_until(later.starts_at - HOUR)

    assert ["announcement confirmed"] == before
    assert [*before, "reminder confirmed"] == bench.post.gists(ANN.address)


@pytest.mark.parametrize(
    ("wakes", "told"), [(20 * MINUTE, 1), (5 * MINUTE, 1), (-MINUTE, 0)], ids=str
)
async def test_late_reminders_are_sent_once_or_not_at_all(
    scene: Scene, wakes: timedelta, told: int
) -> None:
    """Two that came due while we slept are one piece of news, and after the start none."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.reconfirm(reservation.code)
    await bench.post.deliver()

    await bench.asleep_until(reservation.slot.starts_at - wakes)
    await bench.post.deliver()

    assert told == bench.post.gists(ANN.address).count("reminder confirmed")


async def test_the_holder_gets_the_stream_key_a_quarter_of_an_hour_before(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.reconfirm(reservation.code)

    await bench.awake_until(reservation.slot.starts_at - 16 * MINUTE)
    early = [one for one in bench.post.to_holder() if one.kind == "stream_key"]
    await bench.awake_until(reservation.slot.starts_at - 15 * MINUTE)

    (key,) = [one.stream_key for one in bench.post.to_holder() if one.kind == "stream_key"]
    assert [] == early
    path, _, secret = key.partition("?key=")
    assert (path_of(reservation.code), 32) == (path, len(secret))
    assert "" == "".join(one.stream_key for one in bench.post.to(ANN.address))


async def test_a_slot_reserved_late_brings_its_stream_key_at_once(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(slot=bench.slot(5 * MINUTE))

    await sweep(scene.desk)
    await bench.post.deliver()

    assert ["stream_key"] == [one.kind for one in bench.post.to_holder()]


async def test_a_slot_moved_to_soon_brings_its_stream_key_at_once(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()

    await bench.change(reservation.code, slot=bench.slot(5 * MINUTE))
    await sweep(scene.desk)
    await bench.post.deliver()

    assert "stream_key" in {one.kind for one in bench.post.to_holder()}


async def test_a_server_that_never_asks_has_no_stream_key(scene: Scene) -> None:
    bench = Bench(scene)
    link = make_server(name="Elsewhere", kind=ServerKind.LINK)
    kept = await scene.desk.run(add_server, scene.actor, link)
    assert isinstance(kept, ServerKept)

    reservation = await bench.reserve(server_id=kept.server.id)

    assert DueKind.STREAM_KEY not in {kind for kind, _ in await dues_of(scene.desk, reservation.id)}


async def test_when_its_slot_has_passed_it_is_over(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.reconfirm(reservation.code)
    await bench.post.deliver()
    said = len(bench.post.to(ANN.address))

    await bench.awake_until(reservation.slot.ends_at - MINUTE)
    running = (await bench.show(reservation.code)).reservation.status
    await bench.awake_until(reservation.slot.ends_at)

    over = (await bench.show(reservation.code)).reservation
    assert (Status.CONFIRMED, Status.OVER) == (running, over.status)
    assert 2 == over.revision  # nobody is told, so nothing was revised
    assert said + 2 == len(bench.post.to(ANN.address))  # the reminders
    assert [DueKind.ERASURE] == [kind for kind, _ in await dues_of(scene.desk, over.id)]
