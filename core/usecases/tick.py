"""What the clock asks of the desk: one due thing, one transaction, safe to ask twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.model.due import Due, DueKind
from core.model.reservation import Reservation, Status
from core.model.slot import Slot
from core.notices.notice import KEPT, TOLD_KINDS, NoticeKind
from core.outbox.enqueue import remind_audience, tell_holder
from core.policy.instants import shifted
from core.policy.late import (
    LAST_CHANCE,
    Extend,
    Keep,
    Lapse,
    LetPass,
    decide_lapse,
    outage_between,
    reminder_is_worth,
)
from core.store.store import Store
from core.usecases.by_clock import present_facts, revise_by_clock
from core.usecases.drafts import forget_drafts
from core.usecases.locking import locked
from core.usecases.no_show import look_for_publisher

SWEEP = "sweep"
MOST_AT_ONCE = 100

_REPORT_AGAIN = timedelta(minutes=1)  # doubled each time, up to an hour
_REPORT_AT_LEAST = timedelta(hours=1)  # is looked whether the deliveries have ended
_REPORT_MOST = 16
_REPORT_ANYWAY = 4  # looks, a quarter of an hour, until the holder hears who is still waiting


def due_now(store: Store, now: datetime) -> Sequence[Due]:
    """List what is to be carried out now, the longest overdue first."""
    return store.dues.up_to(now, MOST_AT_ONCE)


def beat(store: Store, now: datetime) -> None:
    """Note that a sweep was completed, and drop answers and drafts nobody will ask for again."""
    store.records.beat(SWEEP, now)
    store.records.forget_answers()
    forget_drafts(store, now)


def carry_out(store: Store, now: datetime, due: Due) -> bool:
    """Do what is due, if it is still to be done; False where somebody else was faster.

    Raises `LookupError` where the reservation is on a server that is not kept.
    """
    reservation, servers = locked(store, due.reservation_id)
    if not store.dues.take(due):
        return False
    match due.kind:
        case DueKind.DEADLINE_REMINDER:
            _ask_holder(store, reservation)
        case DueKind.DEADLINE:
            _meet_deadline(store, reservation, now)
        case DueKind.REMINDER | DueKind.ASKED_REMINDER:
            _remind(store, reservation, due, now)
        case DueKind.STREAM_KEY:
            _send_key(store, reservation)
        case DueKind.REPORT:
            _report(store, reservation, due, now)
        case DueKind.NO_SHOW | DueKind.RELEASE:
            look_for_publisher(store, reservation, servers[reservation.server_id], due, now)
        case DueKind.OVER:
            _finish(store, reservation, due, now)
        case DueKind.ERASURE:
            _erase(store, reservation)
    return True


def has_outage(store: Store, now: datetime) -> bool:
    """Tell whether no sweep was completed for so long that holders may have lost by it."""
    return outage_between(store.records.last_beat(SWEEP), now) is not None


def note_outage(store: Store, now: datetime) -> bool:
    """Give holders back what an outage of ours took from them, before any deadline is acted upon.

    Called when the sweep begins. Where none was completed for long, the deadlines that passed
    meanwhile are looked at in this one transaction: a restart in the middle forgets nothing.
    Tells whether there was an outage.
    """
    outage = outage_between(store.records.last_beat(SWEEP), now)
    if outage is None:
        return False
    missed = store.dues.deadlines_between(outage.starts_at, now + LAST_CHANCE)
    reservations = store.reservations.many(due.reservation_id for due in missed)
    for server_id in sorted({one.server_id for one in reservations.values()}):
        store.servers.lock(server_id)  # all of them first, and in order: never wait in a ring
    for due in sorted(missed, key=lambda due: due.reservation_id):
        reservation, _ = locked(store, due.reservation_id)
        if store.dues.take(due):
            _meet_deadline(store, reservation, now, outage)
    store.records.beat(SWEEP, now)
    store.records.audit("outage", None, began_at=outage.starts_at, deadlines=len(missed))
    return True


def _remind(store: Store, reservation: Reservation, due: Due, now: datetime) -> None:
    """Remind the audience; or those who asked for it themselves, whatever the holder chose."""
    if due.kind is DueKind.REMINDER:
        if _should_remind(reservation, due, now):
            remind_audience(store, reservation, due.lead)
    elif reservation.status.live and now < reservation.slot.starts_at:
        remind_audience(store, reservation, due.lead, asked=True)


def _should_remind(reservation: Reservation, due: Due, now: datetime) -> bool:
    """Tell whether a reminder still helps: not once it began, nor where a later one is due too."""
    starts_at = reservation.slot.starts_at
    overtaken = any(
        later < due.lead and shifted(starts_at, -later) <= now for later in reservation.reminders
    )
    worth = reminder_is_worth(due.due_at, starts_at, now)
    return reservation.status.live and worth and not overtaken


def _ask_holder(store: Store, reservation: Reservation) -> None:
    if reservation.status is Status.PERMITTED:
        tell_holder(store, reservation, present_facts(store, reservation), NoticeKind.DEADLINE)


def _send_key(store: Store, reservation: Reservation) -> None:
    if reservation.status.live:
        tell_holder(store, reservation, present_facts(store, reservation), NoticeKind.STREAM_KEY)


def _meet_deadline(
    store: Store, reservation: Reservation, now: datetime, outage: Slot | None = None
) -> None:
    """Let a permitted reservation lapse; or not, where the outage was ours."""
    if reservation.status is not Status.PERMITTED or reservation.reconfirm_by is None:
        return
    match decide_lapse(
        reservation.slot,
        reservation.reconfirm_by,
        asked_at=reservation.made_at,
        outage=outage,
        now=now,
    ):
        case Lapse() if now < reservation.reconfirm_by:
            # asked while we were down: the moment comes yet, and by then there is no outage
            store.dues.put(Due(reservation.reconfirm_by, reservation.id, DueKind.DEADLINE))
        case Lapse():
            lapsed = replace(reservation, status=Status.LAPSED)
            revise_by_clock(store, lapsed, NoticeKind.LAPSE)
            store.records.audit("lapsed", None, reservation.id)
        case Extend(until):
            extended = replace(reservation, reconfirm_by=until)
            revise_by_clock(store, extended, NoticeKind.DEADLINE)
        case Keep():
            kept = replace(reservation, status=Status.CONFIRMED)
            revise_by_clock(store, kept, NoticeKind.RECEIPT, done=KEPT)
        case LetPass():
            pass


def _report(store: Store, reservation: Reservation, due: Due, now: datetime) -> None:
    """Tell the holder who was told, once the deliveries have ended or it has taken long."""
    waiting = store.deliveries.open_to(reservation.id, TOLD_KINDS)
    if waiting:
        wait = min(_REPORT_AGAIN * 2**due.tries, _REPORT_AT_LEAST)
        store.dues.put(replace(due, due_at=now + wait, tries=min(due.tries + 1, _REPORT_MOST)))
    if not waiting or due.tries == _REPORT_ANYWAY:
        tell_holder(store, reservation, present_facts(store, reservation), NoticeKind.REPORT)


def _finish(store: Store, reservation: Reservation, due: Due, now: datetime) -> None:
    """Close a reservation whose slot and tear-down have passed."""
    until = store.reservations.busy(reservation.id).ends_at
    if now < until:  # the rules gave another tear-down when it was booked, or an older release did
        store.dues.put(replace(due, due_at=until))
    elif reservation.status.live:
        store.reservations.change(replace(reservation, status=Status.OVER))
        store.connections.end_all(reservation.id, until)  # some servers never say that one has gone
        store.records.audit("over", None, reservation.id)


def _erase(store: Store, reservation: Reservation) -> None:
    """Forget every address of a reservation, wherever it was written down."""
    store.recipients.erase(reservation.id)
    store.deliveries.erase(reservation.id)
    store.reservations.erase(reservation.id)
    store.connections.erase(reservation.id)
    store.records.audit("erase", None, reservation.id)
