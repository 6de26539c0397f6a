"""What to do with a delivery whose turn has come: pure decisions on its row and what is true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.model.delivery import DeliveryState
from core.model.recipient import Recipient, Told
from core.model.reservation import Reservation, Status
from core.notices.notice import AUDIENCE_KINDS, TOLD_KINDS, NoticeKind
from core.notices.plan import Difference, difference, level_of, reminder_is_due, says_the_same
from core.outbox.enqueue import Audience
from core.outbox.retry import DOUBT
from core.store.deliveries import Delivery
from core.store.sending import Again, Claimed, Ended

PERHAPS = "the connection broke while it was being sent: it may have arrived"


@dataclass(frozen=True, slots=True)
class AssumeTold:
    """A delivery that may have arrived, and that a newer state has overtaken.

    Its recipient is taken to know what it said, so that what follows fits either way.
    """

    ended: Ended
    level: Told
    revision: int


Settled = Claimed | Ended | Again | AssumeTold


def settle(
    delivery: Delivery,
    recipient: Recipient,
    reservation: Reservation,
    audience: Audience,
    now: datetime,
) -> Settled:
    """Decide whether a delivery is sent now, later or no more, and what it is to say."""
    if delivery.handed_over_at is not None:
        return _in_doubt(delivery, now)
    wanted = difference(audience.standing, recipient, audience.facts_told_to(recipient))
    overtaken = _overtaken(delivery, wanted, audience)
    if overtaken:
        return overtaken
    if now >= delivery.expires_at:
        return Ended(delivery.id, DeliveryState.FAILED, delivery.reason or "it came to be too late")
    if delivery.kind is NoticeKind.REMINDER:
        return _reminder(delivery, recipient, audience, now)
    if delivery.kind not in AUDIENCE_KINDS:
        return _to_holder(delivery, reservation, audience, now)
    if delivery.doubtful and delivery.composed_at is not None:
        return _word_for_word(delivery, delivery.composed_at)
    if wanted is None:
        return _not_needed(delivery, recipient)
    return _claimed(delivery, wanted, reservation.revision, recipient, now)


def _in_doubt(delivery: Delivery, now: datetime) -> Settled:
    """Whoever sent it died in between, as the expired lease shows."""
    if delivery.kind is NoticeKind.REMINDER and not delivery.route.edits:
        # a chat is asked whether it has it; of a mail nobody can tell
        return Ended(delivery.id, DeliveryState.FAILED, f"{PERHAPS}; reminders are not repeated")
    handed_over_at = delivery.handed_over_at or now
    return Again(
        delivery.id, handed_over_at + DOUBT, delivery.attempts, doubtful=True, reason=PERHAPS
    )


def _overtaken(
    delivery: Delivery, wanted: Difference | None, audience: Audience
) -> AssumeTold | None:
    """Take for told what may have arrived and is not what must be said by now."""
    if not delivery.doubtful or delivery.kind not in TOLD_KINDS or delivery.route.edits:
        return None  # a chat can be asked: what stands there is found, and then edited
    level = Told(delivery.level)
    # that it is off stays true for whom it is off, whatever changes for the others
    said = audience.told_facts[delivery.revision]
    news = level is not Told.CANCELLED and not says_the_same(said, audience.standing.facts, level)
    if wanted == Difference(delivery.kind, level) and not news:
        return None
    ended = Ended(delivery.id, DeliveryState.SUPERSEDED, PERHAPS)
    return AssumeTold(ended, level, delivery.revision)


def _word_for_word(delivery: Delivery, composed_at: datetime) -> Claimed:
    """Say again what may have arrived: byte for byte the same."""
    return Claimed(
        id=delivery.id,
        kind=delivery.kind,
        revision=delivery.revision,
        level=Told(delivery.level),
        from_revision=delivery.from_revision,
        from_level=Told(delivery.from_level),
        composed_at=composed_at,
    )


def _reminder(
    delivery: Delivery, recipient: Recipient, audience: Audience, now: datetime
) -> Settled:
    if not reminder_is_due(audience.standing, recipient, audience.facts_told_to(recipient)):
        return _not_needed(delivery, recipient)
    if delivery.doubtful and delivery.composed_at is not None:
        return _word_for_word(delivery, delivery.composed_at)
    level = Difference(NoticeKind.REMINDER, recipient.told)
    return _claimed(delivery, level, recipient.told_revision, recipient, now)


def _to_holder(
    delivery: Delivery, reservation: Reservation, audience: Audience, now: datetime
) -> Settled:
    """Send the holder what is still so: nothing newer may have happened to what it is about."""
    if delivery.doubtful and delivery.composed_at is not None and delivery.route.edits:
        return _word_for_word(delivery, delivery.composed_at)  # found, and edited by what follows
    match delivery.kind:
        case NoticeKind.PERMISSION | NoticeKind.RECEIPT:
            holds = delivery.revision == reservation.revision
        case NoticeKind.DEADLINE:
            deadline = reservation.reconfirm_by
            holds = reservation.status is Status.PERMITTED and deadline is not None
            holds = holds and now < (deadline or now)
        case NoticeKind.STREAM_KEY:
            holds = reservation.status.live
        case NoticeKind.NO_SHOW:
            asked_of = audience.told_facts[delivery.revision].slot
            holds = reservation.status.live and asked_of == reservation.slot
        case _:
            holds = True
    if not holds:
        return Ended(delivery.id, DeliveryState.SUPERSEDED, "a newer state was told instead")
    if delivery.doubtful and delivery.composed_at is not None:
        return _word_for_word(delivery, delivery.composed_at)
    level = level_of(reservation.status)
    return Claimed(
        id=delivery.id,
        kind=delivery.kind,
        revision=delivery.revision,
        level=level,
        from_revision=delivery.revision - 1 if delivery.done == "changed" else 0,
        from_level=level if delivery.done == "changed" else Told.NOTHING,
        composed_at=now,
    )


def _not_needed(delivery: Delivery, recipient: Recipient) -> Ended:
    if recipient.suppressed:
        return Ended(delivery.id, DeliveryState.SUPPRESSED, recipient.suppressed)
    return Ended(delivery.id, DeliveryState.SUPERSEDED, "there was nothing left to tell")


def _claimed(
    delivery: Delivery, wanted: Difference, revision: int, recipient: Recipient, now: datetime
) -> Claimed:
    return Claimed(
        id=delivery.id,
        kind=wanted.kind,
        revision=revision,
        level=wanted.level,
        from_revision=recipient.told_revision,
        from_level=recipient.told,
        composed_at=now,
    )
