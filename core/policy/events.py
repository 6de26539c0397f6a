"""A reservation among a guild's scheduled events: what stands there against what should.

A mirror, and a level, as notices are: nothing is decided from what happened. What the event should
say now is held against what it was last made to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.delivery import Accepted, Deferred, Doubtful, Refused, RouteDown
from core.model.recipient import HOLDER, Recipient
from core.model.reservation import NotificationPolicy, Reservation, Status
from core.model.slot import Slot

LOOK_EVERY = timedelta(hours=1)  # at an event that stands, whether it still says what it should

_SOON = timedelta(minutes=1)
_RARELY = timedelta(hours=1)
_AT_MOST = timedelta(hours=24)
_DOUBLED = 16  # times, so that no number gets too large


def marker_of(code: str) -> str:
    """Give the line by which a reservation's event is found that was made and not written down."""
    return f"Reserved with Callboard: {code}"


@dataclass(frozen=True, slots=True)
class EventFace:
    """What an event says to everybody in the guild; its description's last line is its marker.

    `name` and `location` have 100 characters at most, `description` 1000; none holds a credential.
    """

    name: str
    description: str
    location: str
    slot: Slot

    @property
    def marker(self) -> str:
        """Its `marker_of` the reservation's code."""
        return self.description.rpartition("\n")[2]


@dataclass(frozen=True, slots=True)
class Make:
    """Make an event that says this."""

    face: EventFace


@dataclass(frozen=True, slots=True)
class Keep:
    """See to it that the event says this, whatever it says there."""

    event_id: str
    face: EventFace


@dataclass(frozen=True, slots=True)
class CallOff:
    """Cancel the event; without its number, the one with that marker, if it was ever made."""

    event_id: str
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """The event is not there any more, or has ended: by itself, or because somebody ended it."""


EventStep = Make | Keep | CallOff
EventOutcome = Accepted | Refused | Deferred | RouteDown | Doubtful | Gone


def is_wanted(reservation: Reservation, channels: Iterable[Recipient], now: datetime) -> bool:
    """Tell whether a reservation should be among the events of the guild of these channels.

    It should while it is live and one of them expects it: not before anybody was told.
    """
    return (
        reservation.status.live
        and now < reservation.slot.ends_at
        and any(
            one.number != HOLDER and one.told.expects and not (one.removed or one.suppressed)
            for one in channels
        )
    )


def is_provisional(reservation: Reservation) -> bool:
    """Tell whether those who know of it are told that it is still to be confirmed."""
    permitted = reservation.status is Status.PERMITTED
    return permitted and reservation.notification_policy is not NotificationPolicy.ON_PERMIT


@dataclass(frozen=True, slots=True)
class Standing:
    """An event as far as it is written down: its number, or "", and what it was last made to say.

    `in_doubt`: something was begun and nobody wrote down how it ended, so that one may be there
    without a number. `look`: it is time to see whether it still says what it did.
    """

    event_id: str = ""
    shown: EventFace | None = None
    in_doubt: bool = False
    look: bool = False


def next_step(
    wanted: EventFace | None, standing: Standing, marker: str, now: datetime
) -> EventStep | None:
    """Say what is to be done about an event; None for nothing.

    Discord takes no start that is over, nor another one for an event that has begun: then it is
    called off, and made anew if it lies ahead. One that is over has ended there by itself.
    """
    event_id, shown = standing.event_id, standing.shown
    if not event_id and not standing.in_doubt:
        return Make(wanted) if wanted is not None and now < wanted.slot.starts_at else None
    if wanted is None:
        over = shown is not None and shown.slot.ends_at <= now
        return None if over else CallOff(event_id, marker)
    if not event_id:
        return Make(wanted)
    if shown is not None and shown.slot.starts_at != wanted.slot.starts_at:
        begun = min(shown.slot.starts_at, wanted.slot.starts_at) <= now
        return CallOff(event_id, marker) if begun else Keep(event_id, wanted)
    return Keep(event_id, wanted) if standing.look or shown != wanted else None


def try_again_after(outcome: EventOutcome, failures: int) -> timedelta:
    """Say how long to leave alone what failed; `failures` in a row, this one among them.

    What somebody has to mend first is tried rarely: after an hour, twice as long each time, and
    once a day at last. The rest is tried soon, and later and later up to an hour.
    """
    first, most = (_RARELY, _AT_MOST) if isinstance(outcome, Refused) else (_SOON, _RARELY)
    doubled: int = 2 ** min(failures - 1, _DOUBLED)
    wait = min(first * doubled, most)
    if isinstance(outcome, Deferred) and outcome.retry_after is not None:
        return max(wait, timedelta(seconds=outcome.retry_after))
    return wait
