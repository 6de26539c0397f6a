"""What the desk must have answered in a race, worked out by counting every quarter of an hour.

The desk decides under a server's lock, and whatever it decides is noted under it: so what was noted
is in the order of the decisions, and one who only counts can say of each what it had to be.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

Answer: TypeAlias = tuple[str, ...]

FULL, TOO_MANY = "Full", "TooManyViewers"


class Span(NamedTuple):
    """The quarters of an hour `[since, until)`, counted from when the race is about."""

    since: int
    until: int

    def widened(self, by: int) -> Span:
        """Make room for set-up and tear-down."""
        return Span(self.since - by, self.until + by)


@dataclass(frozen=True, slots=True)
class Told:
    """A command, as somebody gave it, and what they were answered; None: as it was.

    `label` is its own; `code` is the reservation's, which a denied booking has not. `free` is what
    was offered instead. `asked` is how often it was asked until the desk had the time.
    """

    label: str
    act: str
    code: str
    server: int | None
    span: Span | None
    viewers: int | None
    answer: Answer
    free: tuple[Span, ...]
    asked: int

    def line(self) -> str:
        """Write it down."""
        values = (getattr(self, name) for name in self.__slots__)
        return json.dumps([*values], separators=(",", ":"))


def read_told(line: str) -> Told:
    """Read what was written down."""
    label, act, code, server, span, viewers, answer, free, asked = json.loads(line)
    spans = tuple(Span(*one) for one in free)
    wanted = None if span is None else Span(*span)
    return Told(label, act, code, server, wanted, viewers, tuple(answer), spans, asked)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server carries at once, and the quarters of an hour before and after each slot."""

    streams: int
    viewers: int
    buffer: int = 0


@dataclass(frozen=True, slots=True)
class Booked:
    """A reservation as the model has it."""

    server: int
    span: Span
    viewers: int


@dataclass(slots=True)
class Model:
    """Servers by their numbers, and all reservations there ever were."""

    limits: dict[int, Limits]
    live: dict[str, Booked] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    _streams: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    _viewers: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def answer(self, told: Told) -> Answer:
        """Give what must be answered to a command that comes next, and carry it out."""
        match told.act:
            case "reserve":
                return self._reserved(told)
            case "change":
                return self._changed(told)
            case "cancel":
                return self._cancelled(told.code)
        raise AssertionError(told)

    def offers_are_real(self, told: Told) -> bool:
        """Tell whether what was offered instead fits, had it been asked for in its place."""
        before = self.live.get(told.code)
        if before:
            self._count(before, -1)
        wanted = _wanted(told, before)
        length = wanted.span.until - wanted.span.since
        fit = [
            one.until - one.since == length and not self._against(replace(wanted, span=one))
            for one in told.free
        ]
        if before:
            self._count(before, 1)
        return all(fit)

    def most(self, server: int) -> tuple[int, int]:
        """Give the most streams and viewers that a server has at any instant."""
        here = [at for number, at in self._streams if number == server]
        return (
            max((self._streams[server, at] for at in here), default=0),
            max((self._viewers[server, at] for at in here), default=0),
        )

    def _reserved(self, told: Told) -> Answer:
        wanted = _wanted(told, None)
        if reasons := self._against(wanted):
            return ("Denied", *reasons)
        self._keep(told.code, wanted)
        return ("Permitted",)

    def _changed(self, told: Told) -> Answer:
        if told.code in self.cancelled:
            return ("Ended",)
        before = self.live[told.code]
        wanted = _wanted(told, before)
        if wanted == before:
            return ("Unchanged",)
        self._count(before, -1)
        reasons = self._against(wanted)
        self._keep(told.code, before if reasons else wanted)
        return ("Denied", *reasons) if reasons else ("Changed",)

    def _cancelled(self, code: str) -> Answer:
        if code in self.cancelled:
            return ("Cancelled", "already")
        self._count(self.live.pop(code), -1)
        self.cancelled.add(code)
        return ("Cancelled",)

    def _against(self, wanted: Booked) -> Answer:
        """Give the reasons against a slot, by looking at each quarter of an hour of it."""
        limits = self.limits[wanted.server]
        quarters = [(wanted.server, at) for at in range(*wanted.span.widened(limits.buffer))]
        full = any(self._streams[one] >= limits.streams for one in quarters)
        over = wanted.viewers > 0 and any(
            self._viewers[one] + wanted.viewers > limits.viewers for one in quarters
        )
        return (*((FULL,) if full else ()), *((TOO_MANY,) if over else ()))

    def _keep(self, code: str, booked: Booked) -> None:
        assert code not in self.cancelled
        self.live[code] = booked
        self._count(booked, 1)

    def _count(self, booked: Booked, by: int) -> None:
        for at in range(*booked.span.widened(self.limits[booked.server].buffer)):
            self._streams[booked.server, at] += by
            self._viewers[booked.server, at] += by * booked.viewers


def _wanted(told: Told, before: Booked | None) -> Booked:
    """Put what is asked in place of what was."""
    server = told.server if told.server is not None or before is None else before.server
    span = told.span if told.span is not None or before is None else before.span
    viewers = told.viewers if told.viewers is not None or before is None else before.viewers
    assert server is not None
    assert span is not None
    assert viewers is not None
    return Booked(server, span, viewers)
