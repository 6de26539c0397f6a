"""What is to be done about a scheduled event: what it should say against what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.model.delivery import Deferred, Doubtful, Refused
from core.model.recipient import Contact, Recipient, RouteName, Told
from core.model.reservation import (
    CredentialMode,
    NotificationPolicy,
    Reservation,
    Status,
)
from core.model.slot import Slot
from core.policy.events import (
    CallOff,
    EventFace,
    EventStep,
    Keep,
    Make,
    Standing,
    is_provisional,
    is_wanted,
    marker_of,
    next_step,
    try_again_after,
)

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AHEAD = Slot.of(NOW + 3 * HOUR, 2 * HOUR)
RUNNING = Slot.of(NOW - HOUR, 2 * HOUR)
OVER = Slot.of(NOW - 3 * HOUR, 2 * HOUR)
MARKER = marker_of("K7Q-2MF")

CHANNEL = Recipient(1, 1, Contact(RouteName.DISCORD, "70/#80"), told=Told.CONFIRMED)
RESERVATION = Reservation(
    id=1,
    code="K7Q-2MF",
    workspace_id=1,
    holder_id=1,
    server_id=1,
    slot=AHEAD,
    title="Evening show",
    description="",
    viewers=0,
    status=Status.CONFIRMED,
    notification_policy=NotificationPolicy.ON_PERMIT,
    credential_mode=CredentialMode.NONE,
    reconfirm_by=None,
    reminders=(),
    revision=1,
    access_serial=0,
    reply_to="",
    made_at=NOW,
)


def face(slot: Slot = AHEAD, name: str = "Evening show") -> EventFace:
    return EventFace(name, f"Come all\n\n{MARKER}", "Studio", slot)


@pytest.mark.parametrize(
    ("wanted", "standing", "step"),
    [
        (None, Standing(), None),
        (face(), Standing(), Make(face())),
        (face(RUNNING), Standing(), None),  # Discord takes no start that is over
        (face(), Standing(in_doubt=True), Make(face())),
        (None, Standing(in_doubt=True), CallOff("", MARKER)),
        (face(), Standing("5", face()), None),
        (face(), Standing("5", face(), look=True), Keep("5", face())),
        (face(name="Late"), Standing("5", face()), Keep("5", face(name="Late"))),
        (None, Standing("5", face()), CallOff("5", MARKER)),
        (None, Standing("5", face(RUNNING)), CallOff("5", MARKER)),
        (None, Standing("5", face(OVER)), None),  # it has ended there by itself
        (face(RUNNING, "Late"), Standing("5", face(RUNNING)), Keep("5", face(RUNNING, "Late"))),
        (face(), Standing("5", face(RUNNING)), CallOff("5", MARKER)),
        (face(RUNNING), Standing("5", face()), CallOff("5", MARKER)),
        (
            face(Slot.of(AHEAD.starts_at + HOUR, HOUR)),
            Standing("5", face()),
            Keep("5", face(Slot.of(AHEAD.starts_at + HOUR, HOUR))),
        ),
    ],
)
def test_what_is_to_be_done(
    wanted: EventFace | None, standing: Standing, step: EventStep | None
) -> None:
    assert step == next_step(wanted, standing, MARKER, NOW)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"told": Told.PROVISIONAL}, True),
        ({"told": Told.NOTHING}, False),
        ({"told": Told.CANCELLED}, False),
        ({"removed": True}, False),
        ({"suppressed": "unsubscribed"}, False),
        ({"number": 0}, False),
    ],
)
def test_it_is_wanted_by_a_channel_that_expects_it(
    changes: dict[str, object], wanted: bool
) -> None:
    channel = replace(CHANNEL, **changes)  # type: ignore[arg-type]  # its own fields

    assert wanted is is_wanted(RESERVATION, [channel], NOW)


def test_one_channel_is_enough() -> None:
    assert is_wanted(RESERVATION, [replace(CHANNEL, told=Told.NOTHING), CHANNEL], NOW)
    assert not is_wanted(RESERVATION, [], NOW)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"status": Status.PERMITTED}, True),
        ({"status": Status.CANCELLED}, False),
        ({"status": Status.LAPSED}, False),
        ({"status": Status.OVER}, False),
        ({"slot": RUNNING}, True),
        ({"slot": OVER}, False),
    ],
)
def test_it_is_wanted_while_it_is_live(changes: dict[str, object], wanted: bool) -> None:
    reservation = replace(RESERVATION, **changes)  # type: ignore[arg-type]  # its own fields

    assert wanted is is_wanted(reservation, [CHANNEL], NOW)


@pytest.mark.parametrize(
    ("status", "policy", "provisional"),
    [
        (Status.PERMITTED, NotificationPolicy.BOTH, True),
        (Status.PERMITTED, NotificationPolicy.ON_RECONFIRM, True),
        (Status.PERMITTED, NotificationPolicy.ON_PERMIT, False),
        (Status.CONFIRMED, NotificationPolicy.BOTH, False),
    ],
)
def test_it_is_provisional_while_its_audience_is_told_so(
    status: Status, policy: NotificationPolicy, provisional: bool
) -> None:
    stands = replace(RESERVATION, status=status, notification_policy=policy)

    assert provisional is is_provisional(stands)


def test_its_marker_is_its_last_line() -> None:
    assert MARKER == face().marker


def test_what_somebody_must_mend_is_tried_rarely() -> None:
    waits = [try_again_after(Refused("no"), failures) for failures in (1, 2, 5, 6, 1000)]

    assert [HOUR, 2 * HOUR, 16 * HOUR, 24 * HOUR, 24 * HOUR] == waits


def test_the_rest_is_tried_soon() -> None:
    minute = timedelta(minutes=1)

    waits = [try_again_after(Doubtful("?"), failures) for failures in (1, 2, 6, 7, 1000)]

    assert [minute, 2 * minute, 32 * minute, HOUR, HOUR] == waits
    assert timedelta(seconds=90) == try_again_after(Deferred("slower", 90.0), 1)
    assert minute == try_again_after(Deferred("slower", 2.0), 1)
