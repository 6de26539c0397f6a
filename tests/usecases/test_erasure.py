"""Erasure: some time after the slot no address is left, and who was unwilling stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from core.access.links import Claim, Purpose
from core.model.delivery import Refused
from core.model.recipient import Contact, RouteName
from core.store.store import Limits, Store
from core.usecases.tick import due_now
from core.usecases.unsubscribe import unsubscribe
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, Bench, dues_of

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("keep", [timedelta(days=30), timedelta(days=2)])
async def test_after_the_time_that_was_set_no_address_is_left(
    scene: Scene, keep: timedelta
) -> None:
    bench = Bench(scene)
    scene.desk.limits = Limits(keep_addresses=keep)
    addresses = ["ann@example.org", "ben@example.org", "cleo@example.org", "olga@example.org"]
    reservation = await bench.reserve(
        slot=bench.slot(HOUR), audience=(ANN, BEN, CLEO), reply_to="olga@example.org"
    )
    bench.post.answer(BEN.address, Refused("550 5.1.1 <BEN@example.org> unknown", bad_address=True))
    bench.post.answer(CLEO.address, Refused("554 cleo@example.org does not want it"))
    await bench.post.deliver()
    end = reservation.slot.ends_at

    await bench.awake_until(end + keep - MINUTE)
    before = [address for address in addresses if address in await _stored(scene)]
    await bench.awake_until(end + keep)
    after = [address for address in addresses if address in await _stored(scene)]

    assert addresses == before
    assert [] == after
    assert () == await scene.desk.read(due_now)
    assert {} == await dues_of(scene.desk, reservation.id)


async def test_one_that_was_cancelled_is_erased_as_well(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.cancel(reservation.code)

    await bench.awake_until(reservation.slot.ends_at + timedelta(days=30))

    assert ANN.address not in await _stored(scene)


async def test_erasing_one_reservation_leaves_the_others_theirs(scene: Scene) -> None:
    bench = Bench(scene)
    first = await bench.reserve(slot=bench.slot(HOUR))
    second = await bench.reserve(slot=bench.slot(timedelta(days=40)))

    await bench.awake_until(first.slot.ends_at + timedelta(days=30))

    (recipient,) = (await bench.show(second.code)).roll.told
    assert ANN == recipient.contact


async def test_a_suppressed_address_stays_suppressed_after_its_erasure(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(HOUR))
    claim = Claim(Purpose.UNSUBSCRIBE, reservation.id, 1)
    await scene.desk.run(unsubscribe, claim, from_everybody=True)
    await bench.awake_until(reservation.slot.ends_at + timedelta(days=30))
    shouted = Contact(RouteName.EMAIL, ANN.address.upper())

    await bench.reserve(audience=(shouted,))
    await bench.post.deliver()

    assert [] == bench.post.to(ANN.address.upper())
    assert not await scene.desk.run(unsubscribe, claim, from_everybody=True)


async def _stored(scene: Scene) -> str:
    return (await scene.desk.read(_all_text)).lower()


def _all_text(store: Store, _: object) -> str:
    tables = SQLModel.metadata.tables.values()
    return "\n".join(
        str(row) for table in tables for row in store.connection.execute(table.select())
    )
