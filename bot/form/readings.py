"""Everything that a text about a time may mean, with the reasons why it means several things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.form.answers import Unreadable, either
from bot.form.characters import quoted
from bot.form.clocks import DAY, Clock, Form, Pair, pairs, say_clock
from bot.form.days import InTurn, Offset, alternatives
from bot.form.grammar import scan
from bot.form.instants import doubt, instants, say_date, whole_minute
from bot.form.sentence import EXAMPLE, Sentence
from bot.form.zones import Place

Doubts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a text may mean; `doubts` say why it may not be the only one."""

    starts_at: datetime
    length: timedelta | None
    zone: ZoneInfo
    doubts: Doubts


def readings(words: str, zone: ZoneInfo, now: datetime) -> list[Reading]:
    """List what a text may mean, by place, day, hour and instant; raises `Unreadable`."""
    sentence = scan(words, zone)
    if sentence.start.clock is None and sentence.after is None:
        raise Unreadable(_missing_time(sentence))
    if sentence.end.named and sentence.end.clock is None:
        day = sentence.end.named.words
        raise Unreadable(f"Until what time? Write for example until {day} 22:00")
    places = sentence.places or (Place(zone),)
    why = _why_places(places)
    found = [each for place in places for each in _in_force(sentence, place, now, why)]
    if not found:
        raise Unreadable("The end and the length do not agree. Write one of them")
    return found


def _in_force(sentence: Sentence, place: Place, now: datetime, why: Doubts) -> list[Reading]:
    """List the meanings at a place; where an abbreviation is not in force, its clocks' as well."""
    found = list(_at(sentence, place, now, why))
    said = [each.starts_at for each in found]
    if sentence.end.clock:  # whereas a length is the same by any clock
        said += [each.starts_at + each.length for each in found if each.length]
    offsets = {instant.astimezone(place.zone).utcoffset() for instant in said}
    if not place.abbreviation or offsets <= {place.offset}:
        return found
    why = (*why, f"Clocks in {place.zone.key} do not show {place.abbreviation} at that time.")
    return [
        each for meaning in (place, Place(place.zone)) for each in _at(sentence, meaning, now, why)
    ]


def _at(sentence: Sentence, place: Place, now: datetime, why: Doubts) -> Iterator[Reading]:
    """List the meanings by the clocks of one place."""
    for starts_at, end, doubts in _starts(sentence, place, now):
        for length, more in _lengths(sentence, starts_at, end, place, now):
            yield Reading(starts_at, length, place.zone, (*why, *doubts, *more))


def _missing_time(sentence: Sentence) -> str:
    """Say that the time of day is missing, in view of what is there."""
    if sentence.end.clock:
        return f"When does it start? Write for example 18:00-{sentence.end.clock.words}"
    if sentence.start.named:
        return f"At what time? Write for example {sentence.start.named.words} 20:00"
    return f"At what time? {EXAMPLE}"


def _starts(
    sentence: Sentence, place: Place, now: datetime
) -> Iterator[tuple[datetime, timedelta | None, Doubts]]:
    """List the instants at which it may start, each with its end as a time of day."""
    start = sentence.start.clock
    if start is None:
        starts_at = whole_minute(now + (sentence.after or timedelta(0)))
        start = _as_clock(place.local(starts_at), sentence.end.clock)
        for _, last in _pairs(start, sentence):
            yield starts_at, last, ()
        return
    dates = alternatives(sentence.start.named, place.local(now).date())
    both = _pairs(start, sentence)
    why = (*_why_dates(sentence, dates), *_why_clocks(start, sentence.end.clock, both))
    for in_turn in dates:
        for first, last in both:
            wall = _first_ahead(in_turn, first, place, now)
            change = doubt(wall, place)
            for starts_at in instants(wall, place):
                yield starts_at, last, ((*why, change) if change else why)


def _lengths(
    sentence: Sentence, starts_at: datetime, end: timedelta | None, place: Place, now: datetime
) -> Iterator[tuple[timedelta | None, Doubts]]:
    """List how long it may last from a start: as said, or until its end."""
    if end is None:
        yield sentence.length, ()
        return
    local = place.local(starts_at)
    for in_turn in _end_dates(sentence, local, place.local(now).date()):
        wall = next((each for each in _walls(in_turn, end) if each > local), None)
        if wall is None:
            raise Unreadable("It ends before it starts. Write for example fri 20:00-22:00")
        if wall - local > DAY and sentence.start.clock and not sentence.start.named:
            raise Unreadable("On which day does it start? Write for example fri 20:00 - sat 02:00")
        change = doubt(wall, place)
        for ends_at in instants(wall, place):
            length = ends_at - starts_at
            if length > timedelta(0) and sentence.length in {None, length}:
                yield length, ((change,) if change else ())


def _end_dates(sentence: Sentence, start: datetime, today: date) -> tuple[InTurn, ...]:
    """List the days on which it may end: the one named, else the start's or the one after.

    "Tomorrow" is seen from today, "saturday" and "5 Dec" from the start.
    """
    named, clock = sentence.end.named, sentence.end.clock
    if named:
        return alternatives(named, today if isinstance(named.day, Offset) else start.date())
    if clock and clock.form is not Form.MIDNIGHT and clock.since_midnight == _time(start):
        raise Unreadable(f"It ends when it starts. {EXAMPLE}")
    return ((start.date(), start.date() + timedelta(days=1)),)


def _first_ahead(in_turn: InTurn, clock: timedelta, place: Place, now: datetime) -> datetime:
    """Give the first time, by the wall clock, that is still ahead; else the last."""
    walls = _walls(in_turn, clock)
    return next((each for each in walls if instants(each, place)[-1] >= now), walls[-1])


def _walls(in_turn: InTurn, clock: timedelta) -> list[datetime]:
    """Put a time of day onto dates; 24:00 is the next day's midnight."""
    return [datetime.combine(each, time()) + clock for each in in_turn]


def _as_clock(local: datetime, end: Clock | None) -> Clock:
    """Take the present, or a time so long from now, for a start that was written out.

    A bare "until 10" then means the next ten o'clock, whereas "10:00" stands as it is.
    """
    form = Form.TWELVE if end and end.form is Form.BARE else Form.TWENTY_FOUR
    return Clock(f"{local:%H:%M}", _time(local), form)


def _time(local: datetime) -> timedelta:
    """Give the time since midnight on the wall clock."""
    return timedelta(hours=local.hour, minutes=local.minute)


def _pairs(start: Clock, sentence: Sentence) -> list[Pair]:
    """List what the times of day may mean beside one another."""
    part = sentence.part if sentence.start.clock else None
    return pairs(start, sentence.end.clock, part, nearest=not sentence.end.named)


def _why_places(places: tuple[Place, ...]) -> Doubts:
    """Say that an abbreviation stands for the time of several places."""
    if len(places) == 1:
        return ()
    names = either(place.zone.key for place in places)
    return (f"{places[0].abbreviation} can be the time of {names}.",)


def _why_dates(sentence: Sentence, dates: tuple[InTurn, ...]) -> Doubts:
    """Say that a day may be several dates."""
    if len(dates) == 1:
        return ()
    names = either(say_date(in_turn[0]) for in_turn in dates)
    return (f"{quoted(sentence.start.named.words)} can be {names}.",)


def _why_clocks(start: Clock, end: Clock | None, both: list[Pair]) -> Doubts:
    """Say that a time of day may be before or after noon, or either midnight."""
    firsts = sorted({first for first, _ in both})
    lasts = sorted({last for _, last in both if last is not None})
    if len(firsts) > 1:
        return (f"{quoted(start.words)} can be {either(map(say_clock, firsts))}.",)
    if end and len(lasts) > 1:
        return (f"{quoted(end.words)} can be {either(map(say_clock, lasts))}.",)
    return ()
