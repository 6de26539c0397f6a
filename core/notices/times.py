"""Times as people read them: days and clocks in a zone, slots across midnight and clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from core.model.slot import Slot

# our own names: strftime would follow the machine's locale
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TO = "\N{EN DASH}"
_HOUR = 3600
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SlotWords:
    """A slot in words: `span` is the day and the clock, `zone` says whose clock it is."""

    span: str
    zone: str

    def __str__(self) -> str:
        """Join the two into one line."""
        return f"{self.span} {self.zone}".rstrip()


def day_words(instant: datetime, zone: tzinfo) -> str:
    """Say the day, as `Fri 4 Dec 2026`."""
    local = instant.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"


def clock_words(instant: datetime, zone: tzinfo) -> str:
    """Say the time of day, as `20:00`; with seconds only where there are any."""
    return instant.astimezone(zone).strftime("%H:%M:%S").removesuffix(":00")


def instant_words(instant: datetime, zone: tzinfo) -> str:
    """Say an instant, as `Thu 3 Dec 2026, 20:00 CET`."""
    return (
        f"{day_words(instant, zone)}, {clock_words(instant, zone)} {_abbreviation(instant, zone)}"
    )


def length_words(length: timedelta) -> str:
    """Say a length of time, as `2 h 30 min`."""
    days, rest = divmod(length, _DAY)
    minutes, seconds = divmod(int(rest.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    named = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{figure} {unit}" for figure, unit in named if figure) or "0 min"


def slot_words(slot: Slot, zone: tzinfo, *, offset: bool = False) -> SlotWords:
    """Say a slot, as `Fri 4 Dec 2026, 20:00-22:00` (with an en dash) and `CET (Europe/Berlin)`.

    Where the clock changes within it, each end carries its own abbreviation. `offset` adds the
    distance from UTC, for readers who may live elsewhere.
    """
    first, last = (_abbreviation(instant, zone) for instant in (slot.starts_at, slot.ends_at))
    changes = first != last
    starts = clock_words(slot.starts_at, zone) + (f" {first}" if changes else "")
    ends = _end_words(slot, zone) + (f" {last}" if changes else "")
    wide = changes or "," in ends
    span = f"{day_words(slot.starts_at, zone)}, {starts}{f' {_TO} ' if wide else _TO}{ends}"
    return SlotWords(span, _zone_words(slot, zone, offset=offset))


def _end_words(slot: Slot, zone: tzinfo) -> str:
    """Say the end: the clock alone on the day it starts (midnight as 24:00), else with its day."""
    starts, ends = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    clock = clock_words(ends, zone)
    if ends.date() == starts.date():
        return clock
    if clock == "00:00" and ends.date() - starts.date() == _DAY:
        return "24:00"
    return f"{day_words(ends, zone)}, {clock}"


def _zone_words(slot: Slot, zone: tzinfo, *, offset: bool) -> str:
    first, last = (_abbreviation(instant, zone) for instant in (slot.starts_at, slot.ends_at))
    offsets = [_offset(slot.starts_at, zone)]
    if first != last:
        offsets.append(_offset(slot.ends_at, zone))
    name = str(zone)
    named = [] if _is_utc(zone) else [name]
    if offset and named and first not in offsets:
        named.append(" then ".join(offsets))
    brackets = f"({', '.join(named)})" if named else ""
    return brackets if first != last else f"{first} {brackets}".rstrip()


def _abbreviation(instant: datetime, zone: tzinfo) -> str:
    """Say whose clock it is, as `CET`; zones without letters of their own give `UTC-3`."""
    name = instant.astimezone(zone).tzname() or ""
    return name if name[:1].isalpha() and not _is_utc(zone) else _offset(instant, zone)


def _is_utc(zone: tzinfo) -> bool:
    return zone is UTC or str(zone) in {"UTC", "Etc/UTC"}


def _offset(instant: datetime, zone: tzinfo) -> str:
    """Say the distance from UTC, as `UTC+1`, `UTC+5:30` or `UTC`."""
    distance = instant.astimezone(zone).utcoffset() or timedelta()
    if not distance:
        return "UTC"
    hours, rest = divmod(abs(int(distance.total_seconds())), _HOUR)
    minutes = f":{rest // 60:02d}" if rest else ""
    return f"UTC{'+' if distance > timedelta() else '-'}{hours}{minutes}"
