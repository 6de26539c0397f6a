"""From a wall clock's time to the instants it may mean, and back to words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.form.zones import Place, say_offset

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def instants(wall: datetime, place: Place) -> tuple[datetime, ...]:
    """List, in order, the instants (UTC) that a time without zone may mean at a place.

    One, or two where clocks change: a time that comes twice, or one that does not exist and may
    stand for as long before the change or after it (PEP 495 calls the two sides `fold`).
    """
    if place.offset is not None:
        return ((wall - place.offset).replace(tzinfo=UTC),)
    both = {wall.replace(tzinfo=place.zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(both))


def doubt(wall: datetime, place: Place) -> str:
    """Say why `instants` gives several: a sentence, or "" where it gives one."""
    if len(instants(wall, place)) == 1:
        return ""
    time, day = f"{wall:%H:%M}", say_date(wall)
    if exists(wall, place.zone):
        return f"{time} comes twice on {day} in {place.zone.key}: the clocks go back."
    return f"{time} does not exist on {day} in {place.zone.key}: the clocks go forward."


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a zone's clocks ever show this time."""
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def whole_minute(instant: datetime) -> datetime:
    """Round an instant up to the minute: "now" must not lie in the past."""
    below = instant.replace(second=0, microsecond=0)
    return below if below == instant else below + timedelta(minutes=1)


def say_date(day: date) -> str:
    """Write a date: `Fri 4 Dec 2026`; the same in every locale."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def say_span(starts_at: datetime, length: timedelta | None, zone: ZoneInfo) -> str:
    """Write when something starts and ends, in a zone, with its name and hours from UTC there."""
    local = starts_at.astimezone(zone)
    span = f"{say_date(local)}, {local:%H:%M}"
    if length is not None:
        end = (starts_at + length).astimezone(zone)
        span += " to " if end.date() == local.date() else f" to {say_date(end)}, "
        span += f"{end:%H:%M}"
        if end.utcoffset() != local.utcoffset():
            span += f" {say_offset(end.utcoffset() or timedelta(0))}"
    return f"{span} ({zone.key}, {say_offset(local.utcoffset() or timedelta(0))})"
