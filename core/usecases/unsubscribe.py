"""Unsubscribe: a recipient wants to hear no more, of one holder or of anybody."""

from __future__ import annotations

from datetime import datetime

from core.access.links import Claim
from core.model.people import Actor
from core.model.recipient import Contact
from core.store.recipients import ANY_HOLDER
from core.store.store import Store
from core.usecases.answers import NotAllowed

UNSUBSCRIBED = "unsubscribed"


def unsubscribe(store: Store, now: datetime, claim: Claim, *, from_everybody: bool) -> bool:
    """Stop writing to the recipient that a link was made for; False if there is none any more.

    They are not invited again. If they hold an announcement they are still told when it is called
    off, once: to let them come to nothing would be worse than a last message.
    """
    recipient = store.recipients.many([(claim.reservation_id, claim.number)]).get(
        (claim.reservation_id, claim.number)
    )
    if recipient is None or not recipient.contact.address:
        return False
    holder_id = store.reservations.get(claim.reservation_id).holder_id
    store.recipients.suppress(
        recipient.contact, ANY_HOLDER if from_everybody else holder_id, UNSUBSCRIBED, now
    )
    for reservation_id, number in store.recipients.same_address(
        recipient.contact, None if from_everybody else holder_id
    ):
        store.recipients.set_suppressed(reservation_id, [number], UNSUBSCRIBED)
    store.records.audit("unsubscribe", None, claim.reservation_id, everybody=from_everybody)
    return True


def stop_writing_to(
    store: Store, now: datetime, actor: Actor, contact: Contact
) -> int | NotAllowed:
    """Enter, as an admin, the wish of somebody who asked by other means to hear no more.

    Gives on how many reservations the address is.
    """
    if not actor.is_admin:
        return NotAllowed()
    store.recipients.suppress(contact, ANY_HOLDER, UNSUBSCRIBED, now)
    places = store.recipients.same_address(contact, None)
    for reservation_id, number in places:
        store.recipients.set_suppressed(reservation_id, [number], UNSUBSCRIBED)
    store.records.audit("stop", actor)
    return len(places)
