"""Cancel: a person gives the slot back, and all who were told of it hear so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.model.people import Actor
from core.model.reservation import Reservation, Status
from core.notices.notice import NoticeKind
from core.outbox.enqueue import tell_audience, tell_holder
from core.store.store import Store
from core.usecases.answers import CancelAnswer, Cancelled, Ended
from core.usecases.authority import managed
from core.usecases.locking import locked
from core.usecases.revising import revise


def cancel(store: Store, now: datetime, actor: Actor, code: str, reason: str = "") -> CancelAnswer:
    """End a reservation before its time and free its slot; the reason is passed on, if given."""
    found = managed(store, actor, code)
    if not isinstance(found, Reservation):
        return found
    reservation, servers = locked(store, found.id)
    server = servers.get(reservation.server_id)
    if reservation.status is Status.CANCELLED:
        return Cancelled(reservation, telling=0, already=True)
    if server is None or not reservation.status.live or reservation.slot.ends_at <= now:
        return Ended(reservation)
    cancelled = replace(reservation, status=Status.CANCELLED, revision=reservation.revision + 1)
    facts = revise(store, cancelled, server, actor, reason=reason)
    tell_holder(
        store,
        cancelled,
        facts,
        NoticeKind.RECEIPT,
        done="cancelled",
        unasked=actor.person_id != cancelled.holder_id,
    )
    telling = tell_audience(store, cancelled)
    store.records.audit("cancel", actor, cancelled.id, telling=telling)
    return Cancelled(cancelled, telling)
