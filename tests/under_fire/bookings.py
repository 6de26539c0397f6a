"""Bookings by number: who makes each in which chat, who is told of it, and how it can go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from tests.under_fire.ledger import Told

SLACK, DISCORD = "slack", "discord"
PEOPLE = 40  # in each chat, and as many channels: each takes about one message a second
# over which slots are spread: nothing falls due within hours, and no clock is changed by day
_FIRST_DAY, _DAYS, _FIRST_HOUR, _HOURS = 3, 170, 8, 15
_ALL_TOLD = "2 of 2 told."


@dataclass(frozen=True)
class Booking:
    """The booking with a number, as it is made by turns in one chat and the other."""

    number: int

    @property
    def chat(self) -> str:
        """Where it is made."""
        return SLACK if self.number % 2 else DISCORD

    @property
    def turn(self) -> int:
        """Which of its chat's people makes it, and in which channel it is announced."""
        return self.number // 2 % PEOPLE

    @property
    def title(self) -> str:
        """What is booked."""
        return f"Show-{self.chat[0].upper()}{self.number}"

    @property
    def start(self) -> str:
        """When it begins, as people write it."""
        day = _FIRST_DAY + self.number % _DAYS
        return f"in {day} days {_FIRST_HOUR + self.number // _DAYS % _HOURS:02}:00"

    @property
    def fan(self) -> str:
        """Who is told by mail."""
        return f"fan{self.number}@example.org"

    @property
    def tells(self) -> tuple[Told, ...]:
        """Who is told once it is permitted, each once; whoever made it also how that went."""
        holder = holder_of(self.chat, self.turn)
        told = [(who, self.title, "") for who in (self.fan, channel_of(self.turn), holder)]
        return (*told, (holder, self.title, _ALL_TOLD))


def channel_of(turn: int) -> str:
    """Name a channel of either chat."""
    return f"stage-{turn}"


def holder_of(chat: str, turn: int) -> str:
    """Name somebody, as their chat does: Slack by an id."""
    return f"U{turn:04}" if chat == SLACK else f"Dora{turn}"


def told_of(bookings: Iterable[Booking]) -> Counter[Told]:
    """Give who is to be told of these."""
    return Counter(told for booking in bookings for told in booking.tells)


class Outcome(Enum):
    """What a person made of the answer to their booking."""

    PERMITTED = "permitted"
    PUT_OFF = "put off"
    IN_DOUBT = "in doubt"
    UNANSWERED = "unanswered"
    REFUSED = "refused"


_SAID = {
    "Permitted": Outcome.PERMITTED,
    "nothing was written: try again in a moment": Outcome.PUT_OFF,
    "look whether it was done before you try again": Outcome.IN_DOUBT,
}


def outcome_of(words: str) -> Outcome:
    """Read an answer."""
    return next((outcome for said, outcome in _SAID.items() if said in words), Outcome.REFUSED)


@dataclass(frozen=True)
class Went:
    """How a booking went that was not simply permitted, from when to when."""

    booking: Booking
    outcome: Outcome
    begun: float
    ended: float
    words: str


@dataclass(frozen=True)
class Cut:
    """A time in which a chat was cut off from the desk."""

    chat: str
    begun: float
    ended: float

    def explains(self, went: Went) -> bool:
        """Tell whether that is why a booking was not answered: it was under way then, or begun."""
        return (
            went.outcome is Outcome.UNANSWERED
            and went.booking.chat == self.chat
            and went.begun <= self.ended
            and self.begun <= went.ended
        )
