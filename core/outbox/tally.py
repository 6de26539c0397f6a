"""Who was told and who was not: the roll call behind the holder's report and `/slot show`."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.recipient import Recipient
from core.model.reservation import Reservation, Status
from core.notices.notice import TOLD_KINDS, Failure
from core.notices.plan import difference
from core.outbox.enqueue import Audience, audience_of
from core.store.deliveries import Delivery
from core.store.store import Store


@dataclass(frozen=True, slots=True)
class Missed:
    """A recipient that could not be told what is now true, and why."""

    recipient: Recipient
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """A reservation's recipients by how they stand.

    `told` know what is true; `waiting` are in the queue; `failed` could not be told; `suppressed`
    are not written to; `later` are told once the reservation is reconfirmed.
    """

    told: tuple[Recipient, ...]
    waiting: tuple[Missed, ...]
    failed: tuple[Missed, ...]
    suppressed: tuple[Missed, ...]
    later: tuple[Recipient, ...]

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The failures as a report tells them."""
        return tuple(Failure(one.recipient.contact, one.reason) for one in self.failed)


def tally(store: Store, reservation: Reservation) -> Tally:
    """Call the roll of a reservation's recipients; removed ones that know it are left out."""
    deliveries = [one for one in store.deliveries.of(reservation.id) if one.kind in TOLD_KINDS]
    # one that has not ended counts before any that was queued behind it and superseded since
    deliveries.sort(key=lambda one: (one.state.open, one.id))
    last = {delivery.number: delivery for delivery in deliveries}
    return call_roll(audience_of(store, reservation), last)


def call_roll(audience: Audience, last: dict[int, Delivery]) -> Tally:
    """Sort recipients by what they must still be told and what became of their last delivery."""
    told: list[Recipient] = []
    waiting: list[Missed] = []
    failed: list[Missed] = []
    suppressed: list[Missed] = []
    later: list[Recipient] = []
    for recipient in audience.recipients:
        delivery = last.get(recipient.number)
        if delivery is not None and delivery.state.open:
            waiting.append(Missed(recipient, delivery.reason))
        elif _is_owed(audience, recipient, delivery):
            reason = delivery.reason if delivery and delivery.state.missed else ""
            failed.append(Missed(recipient, reason or "it was not sent"))
        elif recipient.suppressed and not recipient.removed:
            missed = failed if recipient.bounced else suppressed
            missed.append(Missed(recipient, recipient.suppressed))
        elif recipient.told.expects or (recipient.told_revision and not recipient.removed):
            told.append(recipient)
        elif not recipient.removed:
            later.append(recipient)
    return Tally(tuple(told), tuple(waiting), tuple(failed), tuple(suppressed), tuple(later))


def _is_owed(audience: Audience, recipient: Recipient, last: Delivery | None) -> bool:
    """Tell whether a recipient should have been told something, and was not."""
    if audience.standing.status is Status.OVER:
        # there is nothing left to tell anybody; but whoever was not told in time was not told
        return last is not None and last.state.missed and not recipient.suppressed
    return difference(audience.standing, recipient, audience.facts_told_to(recipient)) is not None
