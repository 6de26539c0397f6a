"""Erasure: some time after the slot no address is left, and who was unwilling stays so."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from sqlmodel import SQLModel, select

from core.access.links import Claim, Purpose
from core.model.delivery import Refused
from core.model.gate import Access
from core.model.recipient import Contact, RouteName
from core.model.reservation import Reservation
from core.store.connections import Admitted
from core.store.store import Limits, Store
from core.store.tables import ConnectionRow
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


async def test_who_watched_is_forgotten_and_how_many_is_not(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(HOUR))
    other = await bench.reserve(slot=bench.slot(timedelta(days=40)))
    watchers = {f"digest-of-watcher-{number:02}" for number in range(12)}
    for one in (reservation, other):
        await scene.desk.run(_connect, one, {"digest-of-holder"}, Access.PUBLISH)
        await scene.desk.run(_connect, one, watchers, Access.WATCH)
    await bench.awake_until(reservation.slot.ends_at + timedelta(days=1))
    before = (await bench.show(reservation.code)).aired
    await bench.awake_until(reservation.slot.ends_at + timedelta(days=30))

    kept = await scene.desk.read(_digests)
    assert set() == kept[reservation.id] & {"digest-of-holder", *watchers}
    assert {"digest-of-holder", *watchers} == kept[other.id]
    assert before == (await bench.show(reservation.code)).aired
    assert before is not None
    assert 12 == before.watchers


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


def _connect(
    store: Store, now: datetime, reservation: Reservation, digests: set[str], access: Access
) -> None:
    """Write down connections from several addresses."""
    store.connections.sight(
        [
            Admitted(
                server_id=reservation.server_id,
                reservation_id=reservation.id,
                access=access,
                client=f"{access}-{digest}",
                number=None,
                access_serial=0,
                address_digest=digest,
                at=now,
            )
            for digest in digests
        ]
    )


def _digests(store: Store, _: object) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for row in store.connection.execute(
        select(ConnectionRow.reservation_id, ConnectionRow.address_digest)
    ):
        found[row.reservation_id].add(row.address_digest)
    return found


async def _stored(scene: Scene) -> str:
    return (await scene.desk.read(_all_text)).lower()


def _all_text(store: Store, _: object) -> str:
    tables = SQLModel.metadata.tables.values()
    return "\n".join(
        str(row) for table in tables for row in store.connection.execute(table.select())
    )
