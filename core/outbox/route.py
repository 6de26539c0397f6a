"""The port by which deliveries leave the desk: a message, the lane that carries it, its route."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

from core.model.delivery import Outcome
from core.model.recipient import RouteName

HandOver: TypeAlias = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Message:
    """What a route sends: already rendered, and the same bytes at every attempt.

    `recipient` is the address the next hop is given (for mail the envelope recipient, ASCII or
    UTF-8), `data` what travels (for mail an RFC 5322 message, for a chat its JSON).
    `needs_smtputf8`: the headers hold UTF-8 (RFC 6532), whatever the address says. `wire_ready`: it
    is known that every line ends in CRLF and none begins with a dot. `in_doubt`: an earlier attempt
    may have arrived; a route that can look for it does so before it sends again.
    """

    delivery_id: int
    recipient: str
    data: bytes
    needs_smtputf8: bool = False
    wire_ready: bool = field(default=False, compare=False)
    in_doubt: bool = field(default=False, compare=False)  # the message is the same


class RouteUnavailable(Exception):  # noqa: N818 - a state of the route, and no fault of the caller
    """The route cannot be reached now; `reason` is one line, fit to be shown and logged."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Lane(Protocol):
    """One connection to the next hop: one message at a time, never used by two tasks at once.

    A lane mends itself: a connection that was lost, or has served its time, is replaced at the
    next `send`. Only `close` ends it.
    """

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        """Send one message and say what became of it; no outcome is ever raised.

        `hand_over` is awaited at most once, right before the point of no return: what comes
        before it leaves nothing behind, what comes after it may have arrived. If it answers
        False, nothing is sent and the outcome is `Withdrawn`. What it raises is passed on, as is
        cancellation: the connection is then given up. Raises `RuntimeError` on a closed lane.
        """

    async def close(self) -> None:
        """Take leave of the next hop; safe to call twice, and never raises for what it meets."""


@runtime_checkable
class ForesightedLane(Lane, Protocol):
    """A lane that can begin with a message while it still carries the one before."""

    def expect(self, message: Message) -> None:
        """Be told, right before a `send`, what the `send` after that one will be given.

        If another comes all the same, what was begun is given up, and costs a connection.
        """


class Route(Protocol):
    """A way for notices to travel."""

    @property
    def name(self) -> RouteName:
        """The recipients it is for."""

    @property
    def lanes(self) -> int:
        """How many connections are right for it: as many messages may be in doubt after a crash."""

    async def open(self) -> Lane:
        """Connect; raises `RouteUnavailable` with the reason when the next hop cannot be had."""
