"""Instants: arithmetic that stops at the ends of the calendar, and wall time made into instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def shifted(instant: datetime, by: timedelta) -> datetime:
    """Move an instant, at most to the first or the last one there is: it never overflows.

    People type years like 9999; the rules must then say no instead of breaking.
    """
    try:
        return instant + by
    except OverflowError:
        return LAST if by > timedelta(0) else FIRST


def floored(instant: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """Move an instant back to where the zone's clock shows a whole multiple of `step` (<= 1 h)."""
    wall = _wall(instant, zone)
    past_hour = timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
    return shifted(instant, -(past_hour % step))


def ceiled(instant: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """Move an instant on to where the zone's clock shows a whole multiple of `step` (<= 1 h)."""
    floor = floored(instant, step, zone)
    return floor if floor == instant else shifted(floor, step)


def wall_date(instant: datetime, zone: ZoneInfo) -> date:
    """Give the date on the zone's calendar."""
    return _wall(instant, zone).date()


def midnight(ordinal: int, zone: ZoneInfo) -> datetime:
    """Give the instant at which the day with that number (`date.toordinal`) begins in the zone.

    The first day there is begins with the first instant, and the day after the last with the last.
    """
    if ordinal <= date.min.toordinal():
        return FIRST
    if ordinal > date.max.toordinal():
        return LAST
    return first_showing(date.fromordinal(ordinal), time.min, zone)


def first_showing(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Give the first instant at which the zone's clock shows that time.

    For a time that the clocks skip it is the end of the gap.
    """
    early, late = _readings(day, clock, zone)
    return _gap_end(late, early, zone) if late < early else early


def last_showing(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Give the last instant at which the zone's clock shows that time.

    For a time that the clocks skip it is the end of the gap.
    """
    early, late = _readings(day, clock, zone)
    return _gap_end(late, early, zone) if late < early else late


def _readings(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Read a wall time with either fold (PEP 495): in a gap, and only there, fold 1 is earlier."""
    wall = datetime.combine(day, clock, tzinfo=zone)
    return _utc(wall.replace(fold=0)), _utc(wall.replace(fold=1))


def _gap_end(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the instant in `(before, after]` at which the clocks are set forward."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta.resolution:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _utc(wall: datetime) -> datetime:
    try:
        return wall.astimezone(UTC)
    except OverflowError:
        return _nearest_end(wall)


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return _nearest_end(instant)


def _nearest_end(moment: datetime) -> datetime:
    """Tell which end of the calendar a moment lies at, whose shift between zones overflowed."""
    return FIRST if moment.year == FIRST.year else LAST
