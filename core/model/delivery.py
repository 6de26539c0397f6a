"""A delivery: one notice to one recipient, one outbox row; and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery is; *sent* means accepted by the next hop, not read."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    SUPERSEDED = "superseded"
    SUPPRESSED = "suppressed"

    @property
    def open(self) -> bool:
        """Tell whether it has not ended."""
        return self in {DeliveryState.QUEUED, DeliveryState.SENDING}

    @property
    def missed(self) -> bool:
        """Tell whether it ended without having been sent, though it should have been."""
        return self in {DeliveryState.FAILED, DeliveryState.BOUNCED}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The next hop took the message; `external_id` is what it calls it, if it says."""

    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """This recipient will not take it: permanent. `bad_address`: no such mailbox or channel."""

    reason: str
    bad_address: bool = False


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now, for this recipient; an attempt is spent. `retry_after`: seconds, if the hop says."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class RouteDown:
    """The route itself is broken (no connection, login refused): pauses it, spends no attempt.

    `of_message`: the next hop was asked for this message, so that it may have meant that alone.
    """

    reason: str
    of_message: bool = False


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The link broke after the message was handed over: it may or may not have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The hand-over was denied at the last moment: nothing was sent, and no attempt is spent."""


Outcome = Accepted | Refused | Deferred | RouteDown | Doubtful | Withdrawn
