"""Why a slot is denied: one value per reason, with the figures that explain it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.server import Blackout, OpeningHours, Quota
from core.model.slot import Slot


class RequestField(StrEnum):
    """The part of a request that a reason belongs beside."""

    SERVER = "server"
    STARTS_AT = "when"
    LENGTH = "length"
    VIEWERS = "viewers"


@dataclass(frozen=True, slots=True)
class InThePast:
    """The slot begins before now."""

    field = RequestField.STARTS_AT


@dataclass(frozen=True, slots=True)
class TooShort:
    """Shorter than the server's shortest slot."""

    shortest: timedelta
    field = RequestField.LENGTH


@dataclass(frozen=True, slots=True)
class TooLong:
    """Longer than the server's longest slot."""

    longest: timedelta
    field = RequestField.LENGTH


@dataclass(frozen=True, slots=True)
class TooLate:
    """Less notice than the server asks; `earliest` is the first start that gives enough."""

    notice: timedelta
    earliest: datetime
    field = RequestField.STARTS_AT


@dataclass(frozen=True, slots=True)
class TooEarly:
    """Beyond the server's horizon; `latest` is the last start that may be reserved now."""

    horizon: timedelta
    latest: datetime
    field = RequestField.STARTS_AT


@dataclass(frozen=True, slots=True)
class Closed:
    """Not wholly within the opening hours; `hours` are those of the days the slot touches."""

    hours: tuple[OpeningHours, ...]
    zone: str
    field = RequestField.STARTS_AT


@dataclass(frozen=True, slots=True)
class BlackedOut:
    """Overlaps a blackout."""

    blackout: Blackout
    field = RequestField.STARTS_AT


@dataclass(frozen=True, slots=True)
class Full:
    """All of the server's streams are taken at some moment; `taken` is the first such stretch."""

    max_streams: int
    taken: Slot
    field = RequestField.STARTS_AT


@dataclass(frozen=True, slots=True)
class TooManyViewers:
    """More watchers than the server has left at some moment."""

    max_viewers: int
    left: int
    field = RequestField.VIEWERS


@dataclass(frozen=True, slots=True)
class OverQuota:
    """The holder would have more than the server's quota allows."""

    quota: Quota
    field = RequestField.SERVER


@dataclass(frozen=True, slots=True)
class Retired:
    """The server takes no reservations any more."""

    field = RequestField.SERVER


Reason = (
    InThePast
    | TooShort
    | TooLong
    | TooLate
    | TooEarly
    | Closed
    | BlackedOut
    | Full
    | TooManyViewers
    | OverQuota
    | Retired
)


@dataclass(frozen=True, slots=True)
class Permit:
    """Yes: the slot can be had. `reconfirm_by` is None where nothing is to be reconfirmed."""

    slot: Slot
    reconfirm_by: datetime | None


@dataclass(frozen=True, slots=True)
class Deny:
    """No, with every reason that applies and up to three nearest slots that would be permitted."""

    slot: Slot
    reasons: tuple[Reason, ...]
    alternatives: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a live reservation takes of its server: the slot with its buffers, and viewers."""

    busy: Slot
    viewers: int = 0
