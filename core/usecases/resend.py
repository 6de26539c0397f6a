"""Send again, to those alone who could not be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.model.people import Actor
from core.model.recipient import BOUNCED, Recipient
from core.model.reservation import Reservation
from core.outbox.enqueue import tell_some, with_told_facts
from core.outbox.tally import tally
from core.store.store import Store
from core.store.suppressions import ANY_HOLDER
from core.usecases.answers import Ended, NotAllowed, NotFound, SentAgain
from core.usecases.authority import managed
from core.usecases.locking import locked
from core.usecases.reserve import whose


def send_again(
    store: Store, now: datetime, actor: Actor, code: str
) -> SentAgain | Ended | NotFound | NotAllowed:
    """Queue the present state once more for every recipient whose delivery failed.

    Whoever asks for it says that a bounced address exists after all: that suppression is lifted. An
    unsubscribed one stays as it is.
    """
    found = managed(store, actor, code)
    if not isinstance(found, Reservation):
        return found
    reservation, _ = locked(store, found.id)
    if reservation.slot.ends_at <= now:
        return Ended(reservation)
    failed = tuple(
        _without_bounce(store, reservation, missed.recipient)
        for missed in tally(store, reservation).failed
    )
    telling = 0
    if failed:
        telling = tell_some(store, reservation, with_told_facts(store, reservation, failed))
    store.records.audit("send_again", actor, reservation.id, telling=telling)
    return SentAgain(reservation, telling)


def _without_bounce(store: Store, reservation: Reservation, recipient: Recipient) -> Recipient:
    """Take it that an address exists; what its owner asked for meanwhile is not ours to lift."""
    if not recipient.bounced:
        return recipient
    contact = recipient.contact
    reason = store.suppressions.reasons([contact], ANY_HOLDER).get(contact.key, "")
    if reason.startswith(BOUNCED):
        store.suppressions.lift(contact, ANY_HOLDER)
    left = store.suppressions.reasons([contact], *whose(reservation)).get(contact.key, "")
    store.recipients.set_suppressed(reservation.id, [recipient.number], left)
    return replace(recipient, suppressed=left)
