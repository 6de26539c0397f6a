"""What must be true once all is delivered, by a model of its own: readers and what they believe."""

from __future__ import annotations

from collections import defaultdict

from core.model.recipient import Recipient, Told
from core.model.reservation import NotificationPolicy, Reservation, Status
from tests.life.mailboxes import Mailboxes
from tests.life.snapshot import NOT_TOLD, Snapshot
from tests.outbox.post import Read, read

ENDED = {Told.NOTHING, Told.CANCELLED}


def check_all_delivered(seen: Snapshot, mailboxes: Mailboxes) -> None:
    """Hold what arrived against what is true."""
    assert [] == [one for rows in seen.deliveries.values() for one in rows if one.state.open]
    arrived = _by_reader(seen, mailboxes)
    uncertain = _uncertain(seen, mailboxes)
    for reservation, audience, recipient in seen.recipients():
        key = (reservation.id, recipient.number)
        reads = arrived[key]
        _check_order(reads)
        missed = seen.missed(recipient)
        if key not in uncertain:
            _check_never_ends_what_never_began(reads)
        if key not in uncertain and not missed:
            _check_last_word(recipient, reads)
        if not missed:
            _check_level(reservation, recipient)
            facts = audience.facts_told_to(recipient)
            if recipient.told.expects and _is_written_to(reservation, recipient):
                assert facts is not None
                assert (reservation.title, reservation.slot) == (facts.title, facts.slot)
    _check_copies(mailboxes)


def check_unsubscribed(reads: list[Read], doubts: int) -> None:
    """Hold what arrived for somebody after they unsubscribed to the one thing they are owed."""
    assert {one.kind for one in reads} <= {"cancellation"}
    assert len({one.message_id for one in reads}) <= 1
    assert len(reads) <= 1 + doubts


def _by_reader(seen: Snapshot, mailboxes: Mailboxes) -> dict[tuple[int, int], list[Read]]:
    to = {one.id: one.to for rows in seen.deliveries.values() for one in rows}
    arrived: dict[tuple[int, int], list[Read]] = defaultdict(list)
    for message in mailboxes.sent:
        arrived[to[message.delivery_id]].append(read(message))
    return arrived


def _uncertain(seen: Snapshot, mailboxes: Mailboxes) -> set[tuple[int, int]]:
    """Name the readers of whom nobody can know what they know.

    What was in doubt and never arrived may have been taken for told; what arrived and then was
    refused, or came to be too late, may be said once more when it is sent again.
    """
    arrived = {message.delivery_id for message in mailboxes.sent}
    return {
        one.to
        for rows in seen.deliveries.values()
        for one in rows
        if mailboxes.doubts[one.id] > 0 and (one.id not in arrived or one.state in NOT_TOLD)
    }


def _check_order(reads: list[Read]) -> None:
    revisions = [one.revision for one in reads]
    assert sorted(revisions) == revisions


def _check_never_ends_what_never_began(reads: list[Read]) -> None:
    expects = False
    for one in {one.delivery_id: one for one in reads}.values():  # each once, copies or not
        match one.kind:
            case "announcement":
                assert not expects
                expects = True
            case "cancellation":
                assert expects
                expects = False
            case _:
                assert expects, one


def _check_last_word(recipient: Recipient, reads: list[Read]) -> None:
    news = [one for one in reads if one.kind != "reminder"]
    assert recipient.told.value == (news[-1].level if news else "nothing")
    assert recipient.told_revision == (news[-1].revision if news else 0)


def _check_level(reservation: Reservation, recipient: Recipient) -> None:
    told = recipient.told
    match reservation.status:
        case Status.OVER:
            return
        case Status.CANCELLED | Status.LAPSED:
            assert told in ENDED
        case _ if recipient.removed:
            assert told in ENDED
        case _ if recipient.suppressed:
            return
        case Status.CONFIRMED:
            assert told is Told.CONFIRMED
        case Status.PERMITTED:
            assert told in _PERMITTED[reservation.notification_policy]


_PERMITTED = {
    NotificationPolicy.ON_PERMIT: {Told.CONFIRMED},
    NotificationPolicy.BOTH: {Told.PROVISIONAL},
    NotificationPolicy.ON_RECONFIRM: {Told.NOTHING, Told.PROVISIONAL, Told.CANCELLED},
}


def _is_written_to(reservation: Reservation, recipient: Recipient) -> bool:
    return reservation.status.live and not recipient.removed and not recipient.suppressed


def _check_copies(mailboxes: Mailboxes) -> None:
    """See that copies are of what was in doubt, as often as it was, and the same to the byte."""
    sent = mailboxes.sent
    for delivery_id in {message.delivery_id for message in sent}:
        copies = [message for message in sent if message.delivery_id == delivery_id]
        assert 1 == len(set(copies))
        assert len(copies) <= 1 + mailboxes.doubts[delivery_id]
