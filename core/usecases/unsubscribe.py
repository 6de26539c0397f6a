"""Unsubscribe: a recipient wants to hear no more, of one holder or of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.access.credentials import read_code
from core.access.links import Claim
from core.model.people import Actor, Role
from core.model.recipient import HOLDER, Contact, Recipient
from core.model.reservation import Reservation
from core.store.codec import remembered
from core.store.store import Store
from core.store.suppressions import ANY_HOLDER, anybody_in
from core.usecases.answers import NotAllowed, NotFound

UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing more of this holder's is written to them."""

    reservation: Reservation
    holder_name: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Who would hear no more, and of whom; `stopped` where that is so already."""

    contact: Contact
    holder_name: str
    stopped: bool


remembered(Stopped)


def subscribed(store: Store, now: datetime, claim: Claim) -> Subscribed | None:
    """Say what a link to unsubscribe is about; None if there is no such recipient any more."""
    key = (claim.reservation_id, claim.number)
    recipient = store.recipients.many([key]).get(key)
    if recipient is None or not recipient.contact.address:
        return None
    reservation = store.reservations.get(claim.reservation_id)
    holder = store.people.name_in(reservation.workspace_id, reservation.holder_id)
    return Subscribed(recipient.contact, holder, recipient.suppressed == UNSUBSCRIBED)


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
    _stop(store, recipient, now, from_everybody=from_everybody)
    return True


def stop_telling_me(
    store: Store, now: datetime, actor: Actor, code: str, *, contact: Contact
) -> Stopped | NotFound:
    """Stop writing to whoever pressed the button in a chat, for this holder, as a link would."""
    reservation = store.reservations.by_code(read_code(code))
    if reservation is None or reservation.workspace_id != actor.workspace_id:
        return NotFound(code)
    for recipient in store.recipients.of(reservation.id):
        if recipient.number != HOLDER and recipient.contact.key == contact.key:
            _stop(store, recipient, now, from_everybody=False)
            return Stopped(
                reservation, store.people.name_in(reservation.workspace_id, reservation.holder_id)
            )
    return NotFound(code)


def _stop(store: Store, recipient: Recipient, now: datetime, *, from_everybody: bool) -> None:
    """Write down that a recipient wants to hear no more, on every reservation they are on."""
    reservation_id = recipient.reservation_id
    holder_id = store.reservations.get(reservation_id).holder_id
    store.suppressions.add(
        recipient.contact, ANY_HOLDER if from_everybody else holder_id, UNSUBSCRIBED, now
    )
    for listed_on, number in store.addresses.same_address(
        recipient.contact, None if from_everybody else holder_id
    ):
        store.recipients.set_suppressed(listed_on, [number], UNSUBSCRIBED)
    store.records.audit("unsubscribe", None, reservation_id, everybody=from_everybody)


def stop_writing_to(
    store: Store, now: datetime, actor: Actor, contact: Contact
) -> int | NotAllowed:
    """Enter, as an admin, the wish of somebody who asked by other means to hear no more.

    An admin does so for their own workspace, an operator for all. Gives on how many reservations
    there the address is.
    """
    if not actor.is_admin:
        return NotAllowed()
    workspace_id = None if actor.role is Role.OPERATOR else actor.workspace_id
    scope = ANY_HOLDER if workspace_id is None else anybody_in(workspace_id)
    store.suppressions.add(contact, scope, UNSUBSCRIBED, now)
    places = store.addresses.same_address(contact, workspace_id=workspace_id)
    for reservation_id, number in places:
        store.recipients.set_suppressed(reservation_id, [number], UNSUBSCRIBED)
    store.records.audit("stop", actor)
    return len(places)
