"""Who acts behind a holder's link: whoever holds the reservation now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.access.links import Claim
from core.model.people import Actor
from core.store.store import Store


@dataclass(frozen=True, slots=True)
class Holding:
    """The holder of a reservation, as an actor, and its code."""

    actor: Actor
    code: str


def holding(store: Store, now: datetime, claim: Claim) -> Holding | None:
    """Find the holder that a link was made for, as a mere member; None for no such reservation.

    Their zone is their own, or else their workspace's.
    """
    reservation = store.reservations.many([claim.reservation_id]).get(claim.reservation_id)
    if reservation is None:
        return None
    workspace_id, holder_id = reservation.workspace_id, reservation.holder_id
    account = store.people.account(workspace_id, holder_id)
    zone = account.zone if account else store.people.workspace(workspace_id).zone
    name = store.people.name_in(workspace_id, holder_id)
    return Holding(Actor(workspace_id, holder_id, name, ZoneInfo(zone)), reservation.code)
