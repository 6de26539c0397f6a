"""What becomes of a delivery whose turn has come: sent, put off, ended, or taken for told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.model.delivery import DeliveryState
from core.model.recipient import Contact, Recipient, RouteName, Told
from core.model.reservation import (
    CredentialMode,
    Facts,
    NotificationPolicy,
    Reservation,
    Status,
)
from core.model.slot import Slot
from core.notices.notice import NoticeKind
from core.notices.plan import Standing
from core.outbox.enqueue import Audience
from core.outbox.retry import DOUBT
from core.outbox.settle import PERHAPS, AssumeTold, settle
from core.store.deliveries import Delivery
from core.store.sending import Again, Claimed, Ended

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
START = datetime(2026, 12, 4, 20, 0, tzinfo=UTC)
MADE = NOW - timedelta(hours=1)
TITLES = {1: "Evening show", 2: "Late show", 3: "Late show"}

RESERVATION = Reservation(
    id=7,
    code="K7Q-2MF",
    workspace_id=1,
    holder_id=1,
    server_id=1,
    slot=Slot.of(START, timedelta(hours=2)),
    title=TITLES[3],
    description="",
    viewers=0,
    status=Status.CONFIRMED,
    notification_policy=NotificationPolicy.ON_PERMIT,
    credential_mode=CredentialMode.SHARED,
    reconfirm_by=None,
    reminders=(),
    revision=3,
    access_serial=0,
    reply_to="",
    made_at=MADE,
)


def facts(revision: int) -> Facts:
    return Facts(
        title=TITLES[revision],
        description="",
        server_name="Studio",
        slot=RESERVATION.slot,
        zone="Europe/Berlin",
        watch_url="",
        holder_name="Olga",
        reply_to="",
        access_serial=0,
    )


def a_recipient(told: Told = Told.NOTHING, revision: int = 0, **given: object) -> Recipient:
    recipient = Recipient(7, 1, Contact(RouteName.EMAIL, "ann@example.org"), told, revision)
    return replace(recipient, **given)  # type: ignore[arg-type]


def a_delivery(kind: NoticeKind = NoticeKind.ANNOUNCEMENT, **given: object) -> Delivery:
    delivery = Delivery(
        id=5,
        reservation_id=7,
        number=1,
        route=RouteName.EMAIL,
        kind=kind,
        done="",
        lead=timedelta(0),
        state=DeliveryState.QUEUED,
        revision=3,
        level="",
        from_revision=0,
        from_level="",
        made_at=MADE,
        not_before=MADE,
        expires_at=RESERVATION.slot.ends_at,
        attempts=0,
        composed_at=None,
        handed_over_at=None,
        doubtful=False,
        reason="",
    )
    return replace(delivery, **given)  # type: ignore[arg-type]


def in_doubt(kind: NoticeKind, level: Told, revision: int, **given: object) -> Delivery:
    """Make a delivery that may have arrived, and that has waited since."""
    composed = {"level": level.value, "revision": revision, "composed_at": MADE}
    composed |= {"from_level": Told.NOTHING.value}
    return a_delivery(kind, doubtful=True, reason=PERHAPS, **(composed | given))


def settled(
    delivery: Delivery,
    recipient: Recipient | None = None,
    **changed: Any,  # noqa: ANN401 - a reservation's fields
) -> object:
    reservation = replace(RESERVATION, **changed)
    standing = Standing(
        reservation.status, reservation.notification_policy, facts(reservation.revision)
    )
    told = {number: facts(number) for number in TITLES}
    recipient = recipient or a_recipient()
    return settle(delivery, recipient, reservation, Audience(standing, (recipient,), told), NOW)


def sent(kind: NoticeKind, level: Told, revision: int = 3, *was: object) -> Claimed:
    from_revision, from_level = was or (0, Told.NOTHING)
    return Claimed(5, kind, revision, level, from_revision, from_level, NOW)  # type: ignore[arg-type]


ANNOUNCEMENT, CONFIRMATION = NoticeKind.ANNOUNCEMENT, NoticeKind.CONFIRMATION
CHANGE, CANCELLATION, REMINDER = NoticeKind.CHANGE, NoticeKind.CANCELLATION, NoticeKind.REMINDER
NOTHING_LEFT = Ended(5, DeliveryState.SUPERSEDED, "there was nothing left to tell")


@pytest.mark.parametrize("queued_as", [ANNOUNCEMENT, CONFIRMATION, CHANGE, CANCELLATION])
@pytest.mark.parametrize(
    ("recipient", "status", "becomes"),
    [
        (a_recipient(), Status.CONFIRMED, sent(ANNOUNCEMENT, Told.CONFIRMED)),
        (
            a_recipient(Told.CONFIRMED, 1),
            Status.CONFIRMED,
            sent(CHANGE, Told.CONFIRMED, 3, 1, Told.CONFIRMED),
        ),
        (
            a_recipient(Told.PROVISIONAL, 2),
            Status.CONFIRMED,
            sent(CONFIRMATION, Told.CONFIRMED, 3, 2, Told.PROVISIONAL),
        ),
        (
            a_recipient(Told.CONFIRMED, 2),
            Status.CANCELLED,
            sent(CANCELLATION, Told.CANCELLED, 3, 2, Told.CONFIRMED),
        ),
        (a_recipient(Told.CONFIRMED, 2), Status.CONFIRMED, NOTHING_LEFT),
        (a_recipient(), Status.CANCELLED, NOTHING_LEFT),
        (a_recipient(Told.CONFIRMED, 1), Status.OVER, NOTHING_LEFT),
        (
            a_recipient(suppressed="unsubscribed"),
            Status.CONFIRMED,
            Ended(5, DeliveryState.SUPPRESSED, "unsubscribed"),
        ),
    ],
)
def test_says_what_is_true_by_now_whatever_it_was_queued_as(
    queued_as: NoticeKind, recipient: Recipient, status: Status, becomes: object
) -> None:
    assert becomes == settled(a_delivery(queued_as), recipient, status=status)


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1)])
def test_what_is_worth_nothing_any_more_is_not_sent(kind: NoticeKind, late: timedelta) -> None:
    delivery = a_delivery(kind, expires_at=NOW - late)

    assert Ended(5, DeliveryState.FAILED, "it came to be too late") == settled(delivery)


def test_what_failed_until_it_was_too_late_keeps_the_servers_words() -> None:
    delivery = a_delivery(expires_at=NOW, attempts=3, reason="451 greylisted")

    assert Ended(5, DeliveryState.FAILED, "451 greylisted") == settled(delivery)


@pytest.mark.parametrize("kind", set(NoticeKind) - {REMINDER})
@pytest.mark.parametrize("doubtful_before", [False, True])
def test_what_was_handed_over_by_one_who_died_waits_as_in_doubt(
    kind: NoticeKind, doubtful_before: bool
) -> None:
    at = NOW - timedelta(seconds=20)
    delivery = a_delivery(kind, handed_over_at=at, attempts=2, doubtful=doubtful_before)

    assert Again(5, at + DOUBT, 2, doubtful=True, reason=PERHAPS) == settled(delivery)


def test_a_reminder_in_doubt_is_not_repeated() -> None:
    delivery = a_delivery(REMINDER, handed_over_at=NOW - timedelta(seconds=20))

    ended = settled(delivery, a_recipient(Told.CONFIRMED, 3))

    assert Ended(5, DeliveryState.FAILED, f"{PERHAPS}; reminders are not repeated") == ended


@pytest.mark.parametrize("revision", [2, 3])
def test_what_is_in_doubt_and_still_true_is_said_again_word_for_word(revision: int) -> None:
    delivery = in_doubt(ANNOUNCEMENT, Told.CONFIRMED, revision)

    assert Claimed(
        5, ANNOUNCEMENT, revision, Told.CONFIRMED, 0, Told.NOTHING, composed_at=MADE
    ) == settled(delivery)


@pytest.mark.parametrize(
    ("delivery", "recipient", "changed"),
    [
        pytest.param(
            in_doubt(ANNOUNCEMENT, Told.CONFIRMED, 1), a_recipient(), {}, id="other facts by now"
        ),
        pytest.param(
            in_doubt(ANNOUNCEMENT, Told.PROVISIONAL, 2), a_recipient(), {}, id="certain by now"
        ),
        pytest.param(
            in_doubt(ANNOUNCEMENT, Told.CONFIRMED, 3),
            a_recipient(),
            {"status": Status.CANCELLED},
            id="cancelled by now",
        ),
        pytest.param(
            in_doubt(CHANGE, Told.CONFIRMED, 1),
            a_recipient(Told.CONFIRMED, 2),
            {},
            id="changed back by now",
        ),
        pytest.param(
            in_doubt(ANNOUNCEMENT, Told.CONFIRMED, 3),
            a_recipient(suppressed="unsubscribed"),
            {},
            id="unsubscribed by now",
        ),
        pytest.param(
            in_doubt(ANNOUNCEMENT, Told.CONFIRMED, 3),
            a_recipient(removed=True),
            {},
            id="removed by now",
        ),
        pytest.param(
            in_doubt(ANNOUNCEMENT, Told.CONFIRMED, 1, expires_at=NOW),
            a_recipient(),
            {},
            id="too late, and moved by now",
        ),
    ],
)
def test_what_is_in_doubt_and_overtaken_is_taken_for_told(
    delivery: Delivery, recipient: Recipient, changed: dict[str, Any]
) -> None:
    ended = Ended(5, DeliveryState.SUPERSEDED, PERHAPS)

    assert AssumeTold(ended, Told(delivery.level), delivery.revision) == settled(
        delivery, recipient, **changed
    )


def test_a_cancellation_in_doubt_is_repeated_whatever_changed_for_the_others() -> None:
    """Who was removed must hear that it is off: a later title is no news to them."""
    delivery = in_doubt(
        CANCELLATION, Told.CANCELLED, 1, from_revision=1, from_level=Told.CONFIRMED.value
    )

    again = settled(delivery, a_recipient(Told.CONFIRMED, 1, removed=True))

    assert Claimed(5, CANCELLATION, 1, Told.CANCELLED, 1, Told.CONFIRMED, MADE) == again


def test_what_is_in_doubt_until_it_is_too_late_has_failed() -> None:
    delivery = in_doubt(ANNOUNCEMENT, Told.CONFIRMED, 3, expires_at=NOW)

    assert Ended(5, DeliveryState.FAILED, PERHAPS) == settled(delivery)


@pytest.mark.parametrize(
    ("recipient", "becomes"),
    [
        (
            a_recipient(Told.CONFIRMED, 1),
            sent(REMINDER, Told.CONFIRMED, 1, 1, Told.CONFIRMED),
        ),
        (a_recipient(), NOTHING_LEFT),
        (a_recipient(Told.CONFIRMED, 1, removed=True), NOTHING_LEFT),
        (
            a_recipient(Told.CONFIRMED, 1, suppressed="bounced: 550"),
            Ended(5, DeliveryState.SUPPRESSED, "bounced: 550"),
        ),
    ],
)
def test_a_reminder_reminds_of_what_they_were_told(recipient: Recipient, becomes: object) -> None:
    assert becomes == settled(a_delivery(REMINDER), recipient)


SUPERSEDED = Ended(5, DeliveryState.SUPERSEDED, "a newer state was told instead")


@pytest.mark.parametrize(
    ("kind", "changed", "goes"),
    [
        (NoticeKind.PERMISSION, {"revision": 3}, True),
        (NoticeKind.PERMISSION, {"revision": 2}, False),
        (NoticeKind.RECEIPT, {"revision": 3}, True),
        (NoticeKind.RECEIPT, {"revision": 2}, False),
        (
            NoticeKind.DEADLINE,
            {"status": Status.PERMITTED, "reconfirm_by": NOW + timedelta(1)},
            True,
        ),
        (NoticeKind.DEADLINE, {"status": Status.PERMITTED, "reconfirm_by": NOW}, False),
        (
            NoticeKind.DEADLINE,
            {"status": Status.CONFIRMED, "reconfirm_by": NOW + timedelta(1)},
            False,
        ),
        (NoticeKind.STREAM_KEY, {"status": Status.CONFIRMED}, True),
        (NoticeKind.STREAM_KEY, {"status": Status.CANCELLED}, False),
        (NoticeKind.NO_SHOW, {"status": Status.CONFIRMED}, True),
        (NoticeKind.NO_SHOW, {"status": Status.CONFIRMED, "revision": 2}, True),
        (NoticeKind.NO_SHOW, {"slot": Slot.of(START, timedelta(hours=3))}, False),
        (NoticeKind.NO_SHOW, {"status": Status.CANCELLED}, False),
        (NoticeKind.NO_SHOW, {"status": Status.LAPSED}, False),
        (NoticeKind.LAPSE, {"status": Status.LAPSED, "revision": 2}, True),
        (NoticeKind.REPORT, {"status": Status.OVER, "revision": 2}, True),
    ],
)
def test_the_holder_is_sent_what_still_holds(
    kind: NoticeKind, changed: dict[str, Any], goes: bool
) -> None:
    answer = settled(a_delivery(kind, number=0, revision=3), **changed)

    assert goes == isinstance(answer, Claimed)
    assert goes or answer == SUPERSEDED


def test_a_copy_to_the_holder_is_word_for_word_the_same() -> None:
    delivery = in_doubt(NoticeKind.STREAM_KEY, Told.PROVISIONAL, 2, number=0)

    assert Claimed(5, NoticeKind.STREAM_KEY, 2, Told.PROVISIONAL, 0, Told.NOTHING, MADE) == settled(
        delivery, status=Status.CONFIRMED
    )
