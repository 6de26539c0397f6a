"""A secret that cannot be opened holds up its own deliveries, and no others."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, update

from core.model.delivery import DeliveryState
from core.store.store import Store
from core.store.tables import ReservationRow
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench


def _spoil(store: Store, _: datetime, reservation_id: int, sealed: str) -> str:
    row = col(ReservationRow.id) == reservation_id
    kept = store.connection.execute(
        update(ReservationRow)
        .where(row)
        .values(passcode_sealed=sealed)
        .returning(col(ReservationRow.passcode_sealed))
    )
    return str(kept.scalar_one())


async def test_a_sealed_secret_holds_up_its_own_deliveries_alone(scene: Scene) -> None:
    bench = Bench(scene)
    spoilt = await bench.reserve(audience=(ANN,))
    await bench.reserve(audience=(BEN,), slot=bench.slot(timedelta(days=5)))
    await scene.desk.run(_spoil, spoilt.id, "00000000.nonsense")

    await bench.post.deliver()

    (waiting,) = await scene.desk.read(lambda store, _: store.deliveries.of(spoilt.id))
    assert bench.post.gists(ANN.address) == []
    assert bench.post.gists(BEN.address) == ["announcement confirmed"]
    assert waiting.state is DeliveryState.QUEUED
    assert "key that is not set" in waiting.reason
