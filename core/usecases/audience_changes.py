"""What a change does to a reservation's audience: who comes on it, who comes back, who goes."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.credentials import new_passcode
from core.model.people import Actor
from core.model.recipient import HOLDER, Contact, Recipient
from core.model.request import ChangeRequest
from core.model.reservation import CredentialMode, Reservation
from core.store.reservations import Secrets
from core.store.store import Store
from core.usecases.answers import (
    NobodyListed,
    NoSuchList,
    Skipped,
    TooManyNewAddresses,
    TooManyRecipients,
)
from core.usecases.listing import listed_contacts, over_bounds
from core.usecases.reserve import new_recipients, whose


@dataclass(frozen=True, slots=True)
class AudienceChanges:
    """Who comes on the reservation, who comes back, and who goes."""

    new: tuple[Contact, ...]
    back: tuple[Recipient, ...]
    gone: tuple[Recipient, ...]

    @property
    def any(self) -> bool:
        """Tell whether the audience is another than before."""
        return bool(self.new or self.back or self.gone)


def audience_changes(
    store: Store, actor: Actor, before: Reservation, request: ChangeRequest
) -> AudienceChanges | NoSuchList | TooManyRecipients | TooManyNewAddresses | NobodyListed:
    """Work out what a request changes about the audience, within the operator's bounds."""
    added = listed_contacts(store, actor, request.add, request.audience_lists)
    if isinstance(added, NoSuchList):
        return added
    known = {one.contact.key: one for one in store.recipients.of(before.id) if one.number != HOLDER}
    unwanted = {contact.key for contact in request.remove}
    wanted = {contact.key for contact in added}
    gone = tuple(one for key, one in known.items() if key in unwanted - wanted and not one.removed)
    back = tuple(one for key, one in known.items() if key in wanted and one.removed)
    new = tuple(contact for contact in added if contact.key not in known)
    present = sum(1 for one in known.values() if not one.removed)
    total = present - len(gone) + len(back) + len(new)
    if gone and total == 0:
        return NobodyListed()
    over = over_bounds(store, actor, new, total) if new or back else None
    return over or AudienceChanges(new, back, gone)


def set_audience(
    store: Store, wanted: Reservation, changes: AudienceChanges, secrets: Secrets | None
) -> tuple[Skipped, ...]:
    """Carry out what changes about the audience and its credentials; gives who is not written to.

    `secrets` of None: the credentials stay as they are.
    """
    uid = store.reservations.uid(wanted.id)
    store.recipients.set_removed(wanted.id, [one.number for one in changes.gone], removed=True)
    back = _welcomed_back(store, wanted, changes.back)
    if secrets is not None:
        store.reservations.set_secrets(wanted.id, uid, secrets)
        each = wanted.credential_mode is CredentialMode.EACH
        numbers = [one.number for one in store.recipients.of(wanted.id) if one.number != HOLDER]
        store.recipients.set_passcodes(
            wanted.id, uid, {number: new_passcode() if each else "" for number in numbers}
        )
    first = store.recipients.next_number(wanted.id)
    new, skipped = new_recipients(store, wanted, changes.new, first)
    store.recipients.add(wanted.id, uid, new, store.now)
    return back + skipped


def _welcomed_back(
    store: Store, wanted: Reservation, back: tuple[Recipient, ...]
) -> tuple[Skipped, ...]:
    """Put recipients on the reservation again; what they asked for meanwhile holds for them."""
    reasons = store.suppressions.reasons([one.contact for one in back], *whose(wanted))
    store.recipients.set_removed(wanted.id, [one.number for one in back], removed=False)
    for one in back:
        reason = reasons.get(one.contact.key, "")
        if reason != one.suppressed:
            store.recipients.set_suppressed(wanted.id, [one.number], reason)
    return tuple(
        Skipped(one.contact, reasons[one.contact.key]) for one in back if one.contact.key in reasons
    )
