"""Claiming: how a dispatcher takes what it will send next, with all that rendering needs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.access.vault import SealBrokenError
from core.model.recipient import HOLDER, Recipient, RouteName
from core.model.reservation import CredentialMode, Reservation
from core.model.slot import Slot
from core.notices.notice import (
    AUDIENCE_KINDS,
    POSTED_KINDS,
    TOLD_KINDS,
    Notice,
    NoticeKind,
    Personal,
)
from core.notices.to_audience import REMOVED
from core.outbox.enqueue import Audience, tell_some, with_told_facts
from core.outbox.settle import AssumeTold, settle
from core.outbox.tally import tally
from core.outbox.ways_in import WITH_ACCESS, WaysIn
from core.store.deliveries import Delivery
from core.store.reservations import Revision
from core.store.sending import Again, Claimed, Ended
from core.store.store import Store

log = logging.getLogger(__name__)

_KEY_MISSING = timedelta(minutes=10)
LEASE = timedelta(seconds=15)  # renewed while the dispatcher lives


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery with all that is needed to render and send it."""

    delivery: Delivery
    claimed: Claimed
    notice: Notice
    personal: Personal


def claim(  # noqa: PLR0913 - what is claimed, by whom, for how many, under which name
    store: Store,
    now: datetime,
    *,
    route: RouteName,
    token: str,
    limit: int,
    mail_domain: str,
) -> tuple[Job, ...]:
    """Take up to `limit` deliveries whose turn it is; what need not be sent is ended here.

    `token` names the dispatcher. Jobs of one notice share one `Notice` value.
    """
    jobs: list[Job] = []
    # each pass ends, or puts off, whatever it does not claim: it comes to an end
    while not jobs and (heads := store.sending.heads(route, now, limit)):
        jobs = _settled(store, heads, now, mail_domain)
    store.sending.lease([job.claimed for job in jobs], token, now + LEASE)
    return tuple(jobs)


def _settled(store: Store, heads: Sequence[Delivery], now: datetime, mail_domain: str) -> list[Job]:
    """Settle the deliveries whose turn it is; gives those to be sent."""
    found = store.recipients.with_threads([head.to for head in heads])
    recipients = {key: recipient for key, (recipient, _) in found.items()}
    threads = {key: thread for key, (_, thread) in found.items()}
    routes = {head.id: recipients[head.to].contact.route for head in heads}
    # a holder is told elsewhere since it was queued: it is for that route to take
    strays = {head.id: routes[head.id] for head in heads if _strays(head, routes)}
    store.sending.reroute(strays)
    store.has_work = store.has_work or bool(strays)
    by_reservation: dict[int, list[Delivery]] = {}
    for head in heads:
        if not _strays(head, routes):
            by_reservation.setdefault(head.reservation_id, []).append(head)
    reservations = store.reservations.many(by_reservation)
    jobs: list[Job] = []
    for reservation_id, deliveries in by_reservation.items():
        party = _Party(store, reservations[reservation_id], deliveries, recipients, threads)
        jobs += party.jobs(now, mail_domain)
    return jobs


def _strays(head: Delivery, routes: dict[int, RouteName]) -> bool:
    return head.route is not routes[head.id]


class _Party:
    """The deliveries of one reservation within a claim."""

    def __init__(
        self,
        store: Store,
        reservation: Reservation,
        deliveries: Sequence[Delivery],
        recipients: dict[tuple[int, int], Recipient],
        threads: dict[tuple[int, int], int | None],
    ) -> None:
        self._store = store
        self._reservation = reservation
        self._deliveries = deliveries
        self._recipients = {one.number: recipients[one.to] for one in deliveries}
        self._threads = threads
        self._uid = store.reservations.uid(reservation.id)
        self._notices: dict[tuple[object, ...], Notice] = {}

    def jobs(self, now: datetime, mail_domain: str) -> list[Job]:
        """Settle each delivery; write down those that end or wait; give those to be sent."""
        mine = tuple(self._recipients[one.number] for one in self._deliveries)
        audience = self._with_said_facts(with_told_facts(self._store, self._reservation, mine))
        sent: list[tuple[Delivery, Claimed]] = []
        ended: list[Ended] = []
        again: list[Again] = []
        for one in self._deliveries:
            match settle(one, self._recipients[one.number], self._reservation, audience, now):
                case Claimed() as claimed:
                    sent.append((one, claimed))
                case Ended() as end:
                    ended.append(end)
                case Again() as later:
                    again.append(later)
                case AssumeTold() as assumed:
                    ended.append(assumed.ended)
                    self._assume_told(one, assumed)
        self._store.sending.end(ended, now)
        self._store.sending.put_back(again)
        return self._with_words(sent, audience, mail_domain)

    def _with_said_facts(self, audience: Audience) -> Audience:
        """Add the facts that notices in doubt, or to the holder, were composed from."""
        said_by = {
            number for one in self._deliveries for number in (one.revision, one.revision - 1)
        }
        missing = said_by - audience.told_facts.keys()
        said = self._store.reservations.revisions(self._reservation.id, missing)
        known = audience.told_facts | {number: one.facts for number, one in said.items()}
        return replace(audience, told_facts=known)

    def _assume_told(self, delivery: Delivery, assumed: AssumeTold) -> None:
        if delivery.number == HOLDER:
            return
        told = (*delivery.to, assumed.level, assumed.revision, delivery.id)
        self._store.recipients.note_told([told])
        recipient = replace(
            self._recipients[delivery.number], told=assumed.level, told_revision=assumed.revision
        )
        # read anew: who changed it meanwhile waits for this recipient, or was waited for
        reservation = self._store.reservations.get(self._reservation.id)
        tell_some(self._store, reservation, with_told_facts(self._store, reservation, (recipient,)))

    def _with_words(
        self, sent: list[tuple[Delivery, Claimed]], audience: Audience, mail_domain: str
    ) -> list[Job]:
        if not sent:
            return []
        try:
            ways_in = WaysIn(
                self._store, self._reservation, self._uid, [one.number for one, _ in sent]
            )
        except SealBrokenError as error:
            # the operator can put the key back: until then these wait, and no others
            self._put_off([one for one, _ in sent], str(error))
            return []
        posted = self._posted([one for one, _ in sent])
        revisions = self._store.reservations.revisions(
            self._reservation.id, {claimed.revision for _, claimed in sent}
        )
        jobs = []
        for one, claimed in sent:
            notice = self._notice(one, claimed, audience, revisions[claimed.revision])
            thread = self._threads[one.to]
            personal = Personal(
                contact=self._recipients[one.number].contact,
                message_id=_message_id(one.id, mail_domain),
                composed_at=claimed.composed_at,
                first_message_id=_message_id(thread, mail_domain) if thread else "",
                posted=posted.get(one.number, ""),
                asked=self._recipients[one.number].asked,
                **ways_in.of(one.number, notice),
            )
            jobs.append(Job(one, claimed, notice, personal))
        return jobs

    def _posted(self, deliveries: Sequence[Delivery]) -> dict[int, str]:
        """Give the posts that chats show to those about to be told, by recipient."""
        found: dict[int, str] = {}
        for route in {one.route for one in deliveries if one.route.edits}:
            numbers = [one.number for one in deliveries if one.route is route]
            found |= self._store.deliveries.posts(
                self._reservation.id, numbers, POSTED_KINDS, route
            )
        return found

    def _put_off(self, deliveries: Sequence[Delivery], reason: str) -> None:
        log.error("delivery.sealed", extra={"reservation": self._reservation.id, "reason": reason})
        not_before = self._store.now + _KEY_MISSING
        self._store.sending.put_back(
            [Again(one.id, not_before, one.attempts, one.doubtful, reason) for one in deliveries]
        )

    def _notice(
        self, delivery: Delivery, claimed: Claimed, audience: Audience, revision: Revision
    ) -> Notice:
        key = (
            claimed.kind,
            claimed.revision,
            claimed.level,
            claimed.from_revision,
            claimed.from_level,
            delivery.done,
        )
        if key not in self._notices:
            self._notices[key] = self._made(delivery, claimed, audience, revision)
        return self._notices[key]

    def _made(
        self, delivery: Delivery, claimed: Claimed, audience: Audience, revision: Revision
    ) -> Notice:
        facts = revision.facts
        before = audience.told_facts.get(claimed.from_revision) if claimed.from_revision else None
        if claimed.kind is NoticeKind.CANCELLATION and before is not None:
            # they know it as they were told it last: that is what is off, and what to remove
            facts = replace(before, reason=facts.reason)
        notice = Notice(
            kind=claimed.kind,
            code=self._reservation.code,
            uid=self._uid,
            revision=claimed.revision,
            made_at=revision.made_at,
            level=claimed.level,
            facts=facts,
            before=before,
            before_level=claimed.from_level,
            has_credentials=self._reservation.credential_mode is not CredentialMode.NONE
            and claimed.kind in WITH_ACCESS,
            done=_done(delivery, claimed, revision),
            publishing=self._publishing(claimed.kind, facts.slot),
        )
        if claimed.kind not in AUDIENCE_KINDS:
            notice = self._with_counts(notice, delivery)
        return notice

    def _publishing(self, kind: NoticeKind, said: Slot) -> Slot | None:
        """Give when the server takes the holder's stream, about the slot that the notice says."""
        if kind is not NoticeKind.STREAM_KEY:
            return None
        slot, busy = self._reservation.slot, self._store.reservations.busy(self._reservation.id)
        early, late = slot.starts_at - busy.starts_at, busy.ends_at - slot.ends_at
        return Slot(said.starts_at - early, said.ends_at + late)

    def _with_counts(self, notice: Notice, delivery: Delivery) -> Notice:
        """Count for the holder who is being told now, or in a report who has been told."""
        if notice.kind is not NoticeKind.REPORT:
            telling = self._store.deliveries.queued_at(
                self._reservation.id, delivery.made_at, TOLD_KINDS
            )
            return replace(notice, waiting=telling)
        roll = tally(self._store, self._reservation)
        return replace(
            notice,
            told=len(roll.told),
            waiting=len(roll.waiting),
            failed=roll.failures[:20],
            failed_count=len(roll.failed),
        )


def _done(delivery: Delivery, claimed: Claimed, revision: Revision) -> str:
    """Say what was done; a reservation that stands is cancelled for one taken off its list."""
    taken_off = claimed.kind is NoticeKind.CANCELLATION and revision.status.live
    return REMOVED if taken_off else delivery.done


def _message_id(delivery_id: int, mail_domain: str) -> str:
    return f"callboard-{delivery_id}@{mail_domain}"
