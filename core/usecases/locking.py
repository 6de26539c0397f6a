"""Locking: a reservation is read under its server's lock, as every decision about it is made."""

from __future__ import annotations

from core.model.reservation import Reservation
from core.model.server import Server
from core.store.store import Store


def locked(
    store: Store, reservation_id: int, also: int | None = None
) -> tuple[Reservation, dict[int, Server]]:
    """Lock a reservation's server, and one it may move to; give them with the reservation.

    The servers are locked in the order of their numbers, so that two changes never wait in a ring.
    Whoever waited finds the reservation as it is by then: moved elsewhere, perhaps, so that it is
    that server which must be locked.
    """
    while True:
        stands_on = store.reservations.get(reservation_id).server_id
        wanted = sorted({stands_on} if also is None else {stands_on, also})
        found = {number: store.servers.lock(number) for number in wanted}
        reservation = store.reservations.get(reservation_id)
        if reservation.server_id in found:
            return reservation, {number: one for number, one in found.items() if one is not None}
