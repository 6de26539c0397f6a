"""From a reservation's present state to delivery rows, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from core.model.due import Due, DueKind
from core.model.recipient import HOLDER, Recipient, RouteName
from core.model.reservation import Facts, Reservation
from core.notices.notice import AUDIENCE_KINDS, NoticeKind
from core.notices.plan import Standing, difference, reminder_is_due, worthless_at
from core.policy.schedule import ASKED_LEAD
from core.store.deliveries import NewDelivery
from core.store.store import Store

REPORT_AFTER = timedelta(seconds=20)

# at a console the answer to a command is the receipt; these reach its holder unasked
_UNASKED = frozenset(
    {
        NoticeKind.DEADLINE,
        NoticeKind.LAPSE,
        NoticeKind.STREAM_KEY,
        NoticeKind.REPORT,
        NoticeKind.NO_SHOW,
    }
)


@dataclass(frozen=True, slots=True)
class Audience:
    """A reservation's recipients with what they were told last."""

    standing: Standing
    recipients: tuple[Recipient, ...]
    told_facts: dict[int, Facts]

    def facts_told_to(self, recipient: Recipient) -> Facts | None:
        """Give the facts that a recipient was told last."""
        return self.told_facts.get(recipient.told_revision)


def audience_of(store: Store, reservation: Reservation) -> Audience:
    """Load a reservation's audience and what each of them was told."""
    recipients = store.recipients.of(reservation.id)
    return with_told_facts(
        store, reservation, tuple(one for one in recipients if one.number != HOLDER)
    )


def _held_audience(store: Store, reservation: Reservation) -> Iterator[Audience]:
    """Load a reservation's audience some at a time, so that a large one fits like a small one.

    Nobody else notes until the end of this transaction that they were told anything: whoever does
    so then sees what this one has made true.
    """
    for some in store.recipients.held(reservation.id):
        yield with_told_facts(
            store, reservation, tuple([one for one in some if one.number != HOLDER])
        )


def with_told_facts(
    store: Store, reservation: Reservation, recipients: tuple[Recipient, ...]
) -> Audience:
    """Put the facts beside some of a reservation's recipients."""
    numbers = {recipient.told_revision for recipient in recipients} | {reservation.revision}
    revisions = store.reservations.revisions(reservation.id, numbers)
    facts = {number: revision.facts for number, revision in revisions.items()}
    standing = Standing(
        reservation.status, reservation.notification_policy, facts[reservation.revision]
    )
    return Audience(standing, recipients, facts)


def tell_audience(store: Store, reservation: Reservation) -> int:
    """Queue what each recipient must now be told, in place of what they were still to be told.

    Gives how many will be written to.
    """
    if not reservation.is_new:
        store.deliveries.supersede(
            reservation.id, AUDIENCE_KINDS, "a newer state is to be told", store.now
        )
    return sum(tell_some(store, reservation, some) for some in _held_audience(store, reservation))


def tell_some(store: Store, reservation: Reservation, audience: Audience) -> int:
    """Queue what some recipients, with nothing queued for them, must now be told."""
    new = [
        NewDelivery(
            reservation_id=reservation.id,
            number=recipient.number,
            route=recipient.contact.route,
            kind=wanted.kind,
            revision=reservation.revision,
            expires_at=worthless_at(wanted.kind, audience.standing.facts, store.now),
        )
        for recipient in audience.recipients
        if (wanted := difference(audience.standing, recipient, audience.facts_told_to(recipient)))
    ]
    if new:
        store.dues.put(Due(store.now + REPORT_AFTER, reservation.id, DueKind.REPORT))
    return _queue(store, new)


def remind_audience(
    store: Store,
    reservation: Reservation,
    lead: timedelta,
    *,
    asked: bool = False,
    only: int | None = None,
) -> int:
    """Queue a reminder to everybody who expects the slot at the time it has.

    With `asked` to those who asked for one themselves: to all of them, or to `only` one.
    """
    return _queue(
        store,
        (
            NewDelivery(
                reservation_id=reservation.id,
                number=recipient.number,
                route=recipient.contact.route,
                kind=NoticeKind.REMINDER,
                revision=reservation.revision,
                expires_at=reservation.slot.starts_at,
                lead=lead,
            )
            for audience in _held_audience(store, reservation)
            for recipient in audience.recipients
            if _is_reminded(recipient, lead, asked=asked)
            and only in {None, recipient.number}
            and reminder_is_due(audience.standing, recipient, audience.facts_told_to(recipient))
        ),
    )


def _is_reminded(recipient: Recipient, lead: timedelta, *, asked: bool) -> bool:
    """Tell whom a reminder is for; who asked for one is not sent the same by the holder's wish."""
    if asked:
        return recipient.asked
    return not (recipient.asked and lead == ASKED_LEAD)


def tell_holder(  # noqa: PLR0913 - a notice to the holder has this many sides
    store: Store,
    reservation: Reservation,
    facts: Facts,
    kind: NoticeKind,
    *,
    done: str = "",
    unasked: bool = False,
) -> None:
    """Queue a notice to the holder.

    `unasked` where somebody else acted: then even a holder at a console, who reads the answers to
    their own commands as they give them, is sent it.
    """
    holder = store.recipients.many([(reservation.id, HOLDER)])[reservation.id, HOLDER]
    at_console = holder.contact.route is RouteName.CONSOLE
    if at_console and kind not in _UNASKED and not unasked:
        return
    _queue(
        store,
        [
            NewDelivery(
                reservation_id=reservation.id,
                number=HOLDER,
                route=holder.contact.route,
                kind=kind,
                revision=reservation.revision,
                expires_at=worthless_at(kind, facts, store.now),
                done=done,
            )
        ],
    )


def _queue(store: Store, new: Iterable[NewDelivery]) -> int:
    queued = store.deliveries.queue(new, store.now)
    store.has_work = store.has_work or queued > 0
    return queued
