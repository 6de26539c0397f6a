"""Remind me: somebody who reads a channel's post asks to be told themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.access.credentials import read_code
from core.model.people import Actor
from core.model.recipient import HOLDER, Contact, Recipient
from core.model.reservation import Reservation
from core.outbox.enqueue import remind_audience
from core.policy.schedule import ASKED_LEAD
from core.store.codec import remembered
from core.store.store import Store
from core.usecases.answers import Ended, NotFound, TooManyRecipients
from core.usecases.locking import locked
from core.usecases.reserve import new_recipients


@dataclass(frozen=True, slots=True)
class WillRemind:
    """They will be reminded at that moment, and told if anything changes; `already` before."""

    reservation: Reservation
    at: datetime
    already: bool = False


remembered(WillRemind)

RemindAnswer = WillRemind | Ended | NotFound | TooManyRecipients


def remind_me(  # noqa: PLR0913 - who asks, of what, and where they saw it
    store: Store, now: datetime, actor: Actor, code: str, *, contact: Contact, seen_in: Contact
) -> RemindAnswer:
    """Put whoever asks on a reservation's list, as knowing what the post they saw says.

    `seen_in` is the channel with the post: only who can read it may ask, and a code of another
    workspace is as good as none. They are reminded shortly before the start, and told of changes.
    """
    found = store.reservations.by_code(read_code(code))
    if found is None or found.workspace_id != actor.workspace_id:
        return NotFound(code)
    reservation, _ = locked(store, found.id)
    known = {one.contact.key: one for one in store.recipients.of(found.id) if one.number != HOLDER}
    post = known.get(seen_in.key)
    if post is None or post.removed:
        return NotFound(code)
    if not reservation.status.live or reservation.slot.starts_at <= now:
        return Ended(reservation)
    at = max(now, reservation.slot.starts_at - ASKED_LEAD)
    mine = known.get(contact.key)
    if mine is not None and mine.asked and not mine.removed and not mine.suppressed:
        return WillRemind(reservation, at, already=True)
    if mine is None and len(known) >= store.limits.recipients:
        return TooManyRecipients(len(known) + 1, store.limits.recipients)
    number = _listed(store, reservation, contact, mine)
    if mine is None or not mine.told.expects:
        store.recipients.note_told([(found.id, number, post.told, post.told_revision, None)])
    if at <= now:
        remind_audience(store, reservation, ASKED_LEAD, asked=True, only=number)
    store.records.audit("remind_me", actor, found.id)
    return WillRemind(reservation, at)


def _listed(
    store: Store, reservation: Reservation, contact: Contact, mine: Recipient | None
) -> int:
    """Put a contact on the list, or back on it: asking for it outweighs an earlier stop."""
    if mine is not None:
        store.recipients.set_removed(reservation.id, [mine.number], removed=False)
        store.recipients.set_suppressed(reservation.id, [mine.number], "")
        store.recipients.set_asked(reservation.id, mine.number)
        return mine.number
    number = store.recipients.next_number(reservation.id)
    (made,), _ = new_recipients(store, reservation, [contact], number)
    uid = store.reservations.uid(reservation.id)
    store.recipients.add(reservation.id, uid, [made.as_asked()], store.now)
    return number
