"""What has been said about a time so far, as its phrases come in; each thing may be said once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.form.answers import Unreadable
from bot.form.characters import quoted
from bot.form.clocks import Clock, Part
from bot.form.days import Calendar, NamedDay, Offset, Week, Weekday
from bot.form.zones import Place, say_offset

EXAMPLE = "Write for example fri 20:00 for 2h"


@dataclass(slots=True)
class Side:
    """The start of a span of time, or its end: a day and a time of day."""

    named: NamedDay = field(default_factory=NamedDay)
    clock: Clock | None = None

    def add_day(self, part: Offset | Calendar | Weekday | Week, words: str) -> None:
        """Take in what was said about the day."""
        known = self.named
        twice = {Weekday: known.weekday, Week: known.week}.get(type(part), known.day)
        if twice is not None:
            raise Unreadable(
                f"{quoted(known.words)} and {quoted(words)} are two days. {EXAMPLE}, "
                "or with an end: fri 20:00 until sat 02:00"
            )
        named = replace(known, words=f"{known.words} {words}".strip())
        match part:
            case Weekday():
                self.named = replace(named, weekday=part)
            case Week():
                self.named = replace(named, week=part)
            case _:
                self.named = replace(named, day=part)

    def add_clock(self, clock: Clock) -> None:
        """Take in a time of day; of two, one may turn out to be a date: "4.12 19:30"."""
        first = self.clock
        if first is None:
            self.clock = clock
            return
        open_pairs = [each for each in (first, clock) if each.dotted and self.named.day is None]
        if len(open_pairs) != 1:
            raise Unreadable(
                f"{quoted(first.words)} and {quoted(clock.words)} are two times. "
                "Write a start and an end as 20:00-22:00, and a date as 4 Dec"
            )
        as_date = open_pairs[0]
        if as_date.dotted:
            self.add_day(Calendar(((None, as_date.dotted[1], as_date.dotted[0]),)), as_date.words)
        self.clock = clock if as_date is first else first


@dataclass(slots=True)
class Sentence:
    """A time as it was put: start and end, length, part of the day, zone; or so long from now.

    `zone` is the person's own; `places` are what a zone named in the text may mean.
    """

    zone: ZoneInfo
    start: Side = field(default_factory=Side)
    end: Side = field(default_factory=Side)
    after: timedelta | None = None
    length: timedelta | None = None
    part: Part | None = None
    places: tuple[Place, ...] = ()
    at_end: bool = False
    dashed: bool = False

    def add_day(self, part: Offset | Calendar | Weekday | Week, words: str) -> None:
        """Take in a day; one that follows the whole span ("8-10pm fri") is the start's."""
        behind = self.at_end and self.end.clock is not None and not self.start.named
        side = self.end if self.at_end and not behind else self.start
        side.add_day(part, words)

    def add_clock(self, clock: Clock) -> None:
        """Take in a time of day."""
        (self.end if self.at_end else self.start).add_clock(clock)

    def add_part(self, part: Part) -> None:
        """Take in a part of the day."""
        if self.part:
            raise Unreadable(f"{self.part.value} and {part.value}: which of them? {EXAMPLE}")
        self.part = part

    def add_length(self, length: timedelta) -> None:
        """Take in how long it lasts."""
        if self.length is not None:
            raise Unreadable(f"There are two lengths of time. {EXAMPLE}")
        self.length = length

    def add_after(self, after: timedelta) -> None:
        """Take in how long from now it starts."""
        if self.after is not None or self.at_end:
            raise Unreadable(f"How long from now? Once is enough. {EXAMPLE}")
        self.after = after

    def add_places(self, places: tuple[Place, ...]) -> None:
        """Take in by which clocks the time is meant; an offset may be followed by its zone."""
        if not self.places:
            self.places = places
            return
        first, second = self.places[0], places[0]
        if first.offset is None or first.abbreviation or second.offset is not None:
            raise Unreadable(f"There are two time zones. {EXAMPLE} Europe/Berlin")
        self.places = (Place(second.zone, first.offset, say_offset(first.offset)),)

    def begin_end(self, sign: str) -> None:
        """Turn from the start to the end; a dash behind the day alone only separates it."""
        if self.at_end and not self._move_back():
            raise Unreadable("There are two ends. Write one, as in fri 20:00-22:00")
        self.at_end, self.dashed = True, sign == "-"

    def finish(self) -> None:
        """See that what was said hangs together; raises `Unreadable`."""
        if self.at_end and self.end.clock is None and not self.end.named:
            raise Unreadable("Until when? Write for example fri 20:00-22:00")
        if self.start.clock is None and self.after is None and self.end.clock:
            self._move_back()
        start = self.start
        if self.after is not None and (start.named or start.clock or self.part):
            raise Unreadable(f"It starts so long from now, or at a given time: not both. {EXAMPLE}")
        if start.clock and start.clock.dotted and not start.named.day and not self.end.clock:
            day, month = start.clock.dotted
            raise Unreadable(
                f"{quoted(start.clock.words)} can be a time or a date. "
                f"Write {day}:{month:02} for the time, or {day}.{month}. 20:00 for the date"
            )

    def _move_back(self) -> bool:
        """Make the end's time the start's: in "fri 4 Dec - 8pm" the dash is mere punctuation."""
        if not self.dashed or self.start.clock or self.end.named or not self.end.clock:
            return False
        self.start.clock, self.end.clock, self.at_end = self.end.clock, None, False
        return True
