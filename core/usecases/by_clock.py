"""What the clock does to a reservation: a new revision that nobody commanded, told to everybody."""

from __future__ import annotations

from dataclasses import replace

from core.model.reservation import Facts, Reservation
from core.notices.notice import NoticeKind
from core.outbox.enqueue import tell_audience, tell_holder
from core.store.store import Store
from core.usecases.revising import revise


def revise_by_clock(
    store: Store, changed: Reservation, kind: NoticeKind, *, done: str = "", reason: str = ""
) -> None:
    """Keep a reservation that the clock changed as its next revision, and tell all of it.

    Raises `LookupError` where its server is not kept.
    """
    revised = replace(changed, revision=changed.revision + 1)
    server = store.servers.lock(revised.server_id)
    if server is None:
        raise LookupError(f"reservation {revised.code} is on a server that is not kept")
    facts = revise(store, revised, server, None, reason=reason)
    tell_holder(store, revised, facts, kind, done=done, unasked=True)
    tell_audience(store, revised)


def present_facts(store: Store, reservation: Reservation) -> Facts:
    """Give what a reservation's present revision says."""
    revision = store.reservations.revisions(reservation.id, [reservation.revision])
    return revision[reservation.revision].facts
