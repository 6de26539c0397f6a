"""Recording: the use cases that write down hand-overs and what became of deliveries."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from core.model.delivery import (
    Accepted,
    Deferred,
    DeliveryState,
    Doubtful,
    Refused,
    RouteDown,
    Withdrawn,
)
from core.model.recipient import BOUNCED, HOLDER, Contact, RouteName
from core.notices.notice import TOLD_KINDS, NoticeKind
from core.outbox.claim import LEASE, Job
from core.outbox.enqueue import tell_some, with_told_facts
from core.outbox.page import Page, Result
from core.outbox.retry import DOUBT, retry_at
from core.outbox.settle import PERHAPS
from core.store.deliveries import Delivery
from core.store.sending import Again, Ended
from core.store.store import Store
from core.store.suppressions import ANY_HOLDER

_ADDRESS = re.compile(r"[^\s<>,;:]+@[^\s<>,;:]+")


def record(store: Store, now: datetime, *, token: str, page: Page) -> Collection[int]:
    """Write down hand-overs and results together; gives which hand-overs are still this token's.

    Nothing is entered on the page from here on. A result of a delivery that somebody else has taken
    over meanwhile is not written.
    """
    page.close()
    ours = store.sending.mark_handed_over(page.handed_over, token, now)
    told = _write_accepted(store, now, token, page.results)
    others = [one for one in page.results if not isinstance(one.outcome, Accepted)]
    if others:
        leased = store.sending.still_leased([one.job.delivery.id for one in others], token)
        told += _write(store, now, [one for one in others if one.job.delivery.id in leased])
    if told:
        _note_told(store, told)
    return ours


def renew(store: Store, now: datetime, *, token: str, ids: Sequence[int]) -> None:
    """Keep what a dispatcher is still about to send for another lease."""
    store.sending.renew(ids, token, now + LEASE)


def give_up(store: Store, now: datetime, *, token: str, delivery_id: int) -> None:
    """End a delivery whose result cannot be written down: better once unnoted than sent for ever.

    That is a fault of ours; its operator finds it in the log.
    """
    if store.sending.still_leased([delivery_id], token):
        reason = "the desk could not write down what became of it; its operator finds out why"
        store.sending.end([Ended(delivery_id, DeliveryState.FAILED, reason)], now)


def _write_accepted(
    store: Store, now: datetime, token: str, results: Sequence[Result]
) -> list[Job]:
    """Write down what was sent, as most things are; gives what was told thereby."""
    accepted = {
        result.job.delivery.id: result.outcome.external_id
        for result in results
        if isinstance(result.outcome, Accepted)
    }
    ours = store.sending.accept(accepted, token, now)
    return [result.job for result in results if result.job.delivery.id in ours]


def _write(store: Store, now: datetime, results: Sequence[Result]) -> list[Job]:
    """Write down what came of all else; gives what may have been told thereby."""
    ended: list[Ended] = []
    again: list[Again] = []
    told: list[Job] = []
    for result in results:
        match _consequence(result, now):
            case Ended() as end if end.state.missed and _moved_to_mail(store, result.job):
                # a chat would not have it: the holder gave an address for that
                again.append(Again(end.id, now, 0, doubtful=False, reason=end.reason))
            case Ended() as end:
                ended.append(end)
                if result.job.delivery.doubtful:
                    told.append(result.job)
                if end.state is DeliveryState.BOUNCED:
                    _bounce(store, result.job, end.reason, now)
            case Again() as later:
                again.append(later)
    store.sending.end(ended, now)
    store.sending.put_back(again)
    return told


def _consequence(result: Result, now: datetime) -> Ended | Again:
    """Say what an outcome means for a delivery."""
    delivery, outcome = result.job.delivery, result.outcome
    match outcome:
        case Accepted():
            raise AssertionError("what was accepted is written down by itself")
        case Refused(reason, bad_address):
            state = DeliveryState.BOUNCED if bad_address else DeliveryState.FAILED
            return Ended(delivery.id, state, reason)
        case Deferred(reason, retry_after):
            attempts = delivery.attempts + 1
            at = retry_at(attempts, delivery.id, now, retry_after)
            if at >= delivery.expires_at:
                return Ended(delivery.id, DeliveryState.FAILED, f"given up: {reason}")
            return Again(delivery.id, at, attempts, delivery.doubtful, reason)
        case Doubtful(reason):
            if delivery.kind is NoticeKind.REMINDER and not delivery.route.edits:
                words = f"{PERHAPS}; reminders are not repeated"
                return Ended(delivery.id, DeliveryState.FAILED, words)
            return Again(delivery.id, now + DOUBT, delivery.attempts, doubtful=True, reason=reason)
        case RouteDown(reason):
            return _as_it_was(delivery, reason)
        case Withdrawn():
            return _as_it_was(delivery, delivery.reason)


def _as_it_was(delivery: Delivery, reason: str) -> Again:
    """Put back what was not tried, in its old place: a queue that had to wait drains in order."""
    return Again(delivery.id, delivery.not_before, delivery.attempts, delivery.doubtful, reason)


def _moved_to_mail(store: Store, job: Job) -> bool:
    """Tell a holder by mail what their chat refused to pass on, if they gave an address."""
    delivery = job.delivery
    if delivery.number != HOLDER or delivery.route is RouteName.EMAIL:
        return False
    holder_id = store.reservations.get(delivery.reservation_id).holder_id
    holder = store.people.person(holder_id)
    if not holder.email:
        return False
    contact = Contact(RouteName.EMAIL, holder.email, holder.name)
    store.recipients.set_contact(delivery.reservation_id, HOLDER, contact)
    return True


def _bounce(store: Store, job: Job, reason: str, now: datetime) -> None:
    """No mailbox, no channel: nobody writes there again until somebody says it exists.

    Whoever had asked not to be written to has asked for more than that: their wish stands.
    """
    if job.delivery.number == HOLDER:
        return
    contact = job.personal.contact
    # the words may hold the address it forwards to: no business of whoever else lists it
    words = f"{BOUNCED}: {_ADDRESS.sub('(address)', reason)}"
    if not store.suppressions.reasons([contact], ANY_HOLDER):
        store.suppressions.add(contact, ANY_HOLDER, words, now)
    (recipient,) = store.recipients.many([job.delivery.to]).values()
    if not recipient.suppressed:
        store.recipients.set_suppressed(recipient.reservation_id, [recipient.number], words)


def _note_told(store: Store, jobs: Sequence[Job]) -> None:
    """Raise what recipients know, and queue what has become true since it was said."""
    news = sorted(
        (job for job in jobs if job.claimed.kind in TOLD_KINDS), key=lambda job: job.delivery.to
    )
    # first what they know, then what is true: whoever changes it looks in the other order, and
    # one of the two waits for the other at the recipient's row
    store.recipients.note_told(
        (*job.delivery.to, job.claimed.level, job.claimed.revision, job.delivery.id) for job in news
    )
    newest = store.reservations.revision_numbers({job.delivery.reservation_id for job in news})
    behind: dict[int, list[tuple[int, int]]] = {}
    for job in news:
        if newest[job.delivery.reservation_id] != job.claimed.revision:
            behind.setdefault(job.delivery.reservation_id, []).append(job.delivery.to)
    reservations = store.reservations.many(behind) if behind else {}
    for reservation_id, keys in behind.items():
        deliveries = store.deliveries.of(reservation_id)
        waiting = {one.number for one in deliveries if one.state.open and one.kind in TOLD_KINDS}
        recipients = tuple(
            recipient
            for recipient in store.recipients.many(keys).values()
            if recipient.number not in waiting
        )
        reservation = reservations[reservation_id]
        tell_some(store, reservation, with_told_facts(store, reservation, recipients))
