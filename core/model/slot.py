"""A slot: a half-open interval of time on a server, a value without an owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """The half-open interval `[starts_at, ends_at)`.

    Instants are kept in UTC, whatever zone they come in: elsewhere a length would be wall time, and
    wrong over a clock change. Raises `ValueError` for instants without a zone and an end that is
    not after the start: a front end checks both before it makes a slot, so people never see these.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        """Refuse what no later code could put right; keep the rest in UTC."""
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            msg = "a slot needs instants with a zone"
            raise ValueError(msg)
        if self.starts_at.tzinfo is not UTC or self.ends_at.tzinfo is not UTC:
            object.__setattr__(self, "starts_at", self.starts_at.astimezone(UTC))
            object.__setattr__(self, "ends_at", self.ends_at.astimezone(UTC))
        if self.ends_at <= self.starts_at:
            msg = "a slot must end after it starts"
            raise ValueError(msg)

    @classmethod
    def of(cls, starts_at: datetime, length: timedelta) -> Slot:
        """Make the slot that starts then and lasts so long."""
        return cls(starts_at, starts_at.astimezone(UTC) + length)

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.ends_at - self.starts_at

    def overlaps(self, other: Slot) -> bool:
        """Tell whether the two share an instant; slots that only touch do not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def covers(self, other: Slot) -> bool:
        """Tell whether the other lies wholly within this one."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def padded(self, before: timedelta, after: timedelta) -> Slot:
        """Make the slot widened by a server's set-up and tear-down."""
        return Slot(self.starts_at - before, self.ends_at + after)
