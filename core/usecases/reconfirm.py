"""Reconfirm: the holder's second yes, which makes a permitted slot certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.model.people import Actor
from core.model.reservation import Reservation, Status
from core.notices.notice import NoticeKind
from core.outbox.enqueue import tell_audience, tell_holder
from core.store.store import Store
from core.usecases.answers import Ended, ReconfirmAnswer, Reconfirmed
from core.usecases.authority import managed
from core.usecases.locking import locked
from core.usecases.revising import revise


def reconfirm(store: Store, now: datetime, actor: Actor, code: str) -> ReconfirmAnswer:
    """Confirm a permitted reservation and tell whom its notification policy says.

    Until the deadline has been acted upon the holder is in time: what counts is whether the slot is
    still theirs, not a race with the clock.
    """
    found = managed(store, actor, code)
    if not isinstance(found, Reservation):
        return found
    reservation, servers = locked(store, found.id)
    server = servers.get(reservation.server_id)
    if server is None or not reservation.status.live or reservation.slot.ends_at <= now:
        return Ended(reservation)
    if reservation.status is Status.CONFIRMED:
        return Reconfirmed(reservation, telling=0, already=True)
    confirmed = replace(reservation, status=Status.CONFIRMED, revision=reservation.revision + 1)
    facts = revise(store, confirmed, server, actor)
    tell_holder(
        store,
        confirmed,
        facts,
        NoticeKind.RECEIPT,
        done="reconfirmed",
        unasked=actor.person_id != confirmed.holder_id,
    )
    telling = tell_audience(store, confirmed)
    store.records.audit("reconfirm", actor, confirmed.id, telling=telling)
    return Reconfirmed(confirmed, telling)
