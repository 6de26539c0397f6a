"""Times of day as people write them, and the times that they may mean beside one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from itertools import product

from bot.form.answers import Unreadable
from bot.form.characters import quoted

HALF_DAY = timedelta(hours=12)
DAY = timedelta(hours=24)

# A start and perhaps an end, as time since the midnight that begins the day; 24 h and more lie
# on the next day.
Pair = tuple[timedelta, timedelta | None]


class Form(Enum):
    """How a time was written, which says what else it may mean."""

    TWELVE = auto()  # 8pm, noon: certain, and its neighbour may leave am or pm out
    TWENTY_FOUR = auto()  # 20:00, 08:00: certain
    COLON = auto()  # 8:00: as it stands, unless something says am or pm
    BARE = auto()  # 8: morning or evening
    MIDNIGHT = auto()  # of a day: its first or its last


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as typed; `dotted` holds (day, month) where it might be a date (4.12)."""

    words: str
    since_midnight: timedelta
    form: Form
    dotted: tuple[int, int] | None = None


class Part(Enum):
    """A part of the day that decides between am and pm."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


def _span(low: int, high: int) -> tuple[timedelta, timedelta]:
    """Make a span of hours of which the last minute is left out, so that 12:00 is no morning."""
    return timedelta(hours=low), timedelta(hours=high) - timedelta(minutes=1)


# The night goes on into the next day, and "friday night 1am" may also be the night before.
_HOURS = {
    Part.MORNING: [_span(0, 12)],
    Part.AFTERNOON: [_span(12, 19)],
    Part.EVENING: [_span(16, 25)],
    Part.NIGHT: [_span(0, 6), _span(17, 30)],
}


def pairs(start: Clock, end: Clock | None, part: Part | None, *, nearest: bool) -> list[Pair]:
    """List what a start and an end may mean; more than one has to be asked back.

    A range of which one side says am or pm is at most twelve hours long: 8-10pm, 11-1pm. `nearest`
    is false where the end has a day of its own, so that nothing can be said of the length.
    """
    starts = _starts(start, part, end.form if end else None)
    if end is None:
        return [(each, None) for each in starts]
    ends = _readings(end, Form.TWELVE if part else start.form)
    loose = len(starts) * len(ends) > 1 and Form.MIDNIGHT not in {start.form, end.form}
    both = list(product(starts, ends))
    if loose and nearest:
        both = [(first, last) for first, last in both if _length(first, last) <= HALF_DAY]
    return [*both]


def _length(first: timedelta, last: timedelta) -> timedelta:
    """Give how long it is from one time of day to the next occurrence of another."""
    return (last - first) % DAY or DAY


def _starts(clock: Clock, part: Part | None, end: Form | None) -> list[timedelta]:
    """List what a start may mean, given a part of the day and the form of the end."""
    if part:
        return _in_part(clock, part)
    if clock.form is Form.BARE and end is None and clock.since_midnight == HALF_DAY:
        return [timedelta(0), HALF_DAY, DAY]  # "fri 12": noon, or either midnight
    return _readings(clock, end)


def _readings(clock: Clock, beside: Form | None) -> list[timedelta]:
    """List what a time of day may mean beside another."""
    morning = clock.since_midnight % HALF_DAY
    match clock.form:
        case Form.MIDNIGHT:
            return [timedelta(0), DAY]
        case Form.TWELVE | Form.TWENTY_FOUR:
            return [clock.since_midnight]
        case Form.COLON if beside is not Form.TWELVE:
            return [clock.since_midnight]
        case Form.BARE if beside in {Form.TWENTY_FOUR, Form.COLON}:
            return [clock.since_midnight]
    return [morning, morning + HALF_DAY]


def _in_part(clock: Clock, part: Part) -> list[timedelta]:
    """List what a start may mean in a part of the day."""
    time = clock.since_midnight
    loose = clock.form in {Form.BARE, Form.COLON, Form.MIDNIGHT}
    step = DAY if clock.form is Form.MIDNIGHT else HALF_DAY
    readings = [time % step + each * step for each in range(3)] if loose else [time, time + DAY]
    found = [each for each in readings if any(low <= each <= high for low, high in _HOURS[part])]
    if not found:
        raise Unreadable(
            f"{quoted(clock.words)} is not in the {part.value}. Write for example tonight 21:00"
        )
    return found


def say_clock(since_midnight: timedelta) -> str:
    """Write a time of day: `20:00`; `24:00` is the midnight that ends the day."""
    hours, minutes = divmod(since_midnight // timedelta(minutes=1), 60)
    if since_midnight > DAY:
        return f"{hours - 24:02}:{minutes:02} the next day"
    return f"{hours:02}:{minutes:02}"
