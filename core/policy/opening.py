"""Opening hours as instants: when a server is open within a window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.model.server import OpeningHours, Rules
from core.model.slot import Slot
from core.policy.instants import LAST, first_showing, last_showing, shifted, wall_date

_PROOF = timedelta(days=16)


def open_stretches(window: Slot, rules: Rules, zone: ZoneInfo) -> tuple[Slot, ...]:
    """Give the stretches of the window in which the server is open, in order and apart.

    Hours are wall time of each day: where clocks change, a server opens when its clock first shows
    the opening time and closes when it last shows the closing time, so that an hour shown twice is
    open twice; an opening or closing time that is skipped is the end of the gap. Hours that touch
    are one stretch: a slot may run over midnight if both days are open.
    """
    if not rules.opening_hours:
        return (window,)
    found = [
        (max(opens_at, window.starts_at), min(closes_at, window.ends_at))
        for opens_at, closes_at in _openings(window, rules, zone)
    ]
    return tuple(_merged(found))


def is_open_throughout(slot: Slot, rules: Rules, zone: ZoneInfo) -> bool:
    """Tell whether the whole slot lies in opening hours."""
    # Hours repeat weekly, so whoever is open for sixteen days on end never closes: a date that the
    # zone skips hides one week's closing, not two. A slot to the year 9999 costs no more to judge.
    proof_end = min(slot.ends_at, shifted(slot.starts_at, _PROOF))
    proof = Slot(slot.starts_at, proof_end)
    return open_stretches(proof, rules, zone) == (proof,)


def hours_of_days(slot: Slot, rules: Rules, zone: ZoneInfo) -> tuple[OpeningHours, ...]:
    """Give the hours that bear on the days a slot touches, for the sentence that refuses it.

    The evening before counts where its hours run into the slot's first day.
    """
    first = wall_date(slot.starts_at, zone)
    last = wall_date(slot.ends_at - timedelta.resolution, zone)
    days = range(first.toordinal(), min(last.toordinal(), first.toordinal() + 6) + 1)
    touched = {_weekday(ordinal) for ordinal in days}
    eve = _weekday(first.toordinal() - 1)
    return tuple(
        hours
        for hours in rules.opening_hours
        if hours.weekday in touched
        or (hours.weekday == eve and _overnight(hours) and hours.closes > time.min)
    )


def _openings(window: Slot, rules: Rules, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Give every opening and closing of the days that can reach into the window."""
    # Yesterday's hours may end today; a day more where clocks are set back over midnight.
    first = wall_date(window.starts_at, zone).toordinal() - 2
    last = wall_date(window.ends_at, zone).toordinal()
    for ordinal in range(max(first, date.min.toordinal()), last + 1):
        day = date.fromordinal(ordinal)
        for hours in rules.opening_hours:
            if hours.weekday == day.weekday():
                yield first_showing(day, hours.opens, zone), _closing(day, hours, zone)


def _closing(day: date, hours: OpeningHours, zone: ZoneInfo) -> datetime:
    if not _overnight(hours):
        return last_showing(day, hours.closes, zone)
    if day == date.max:
        return LAST
    return last_showing(day + timedelta(days=1), hours.closes, zone)


def _overnight(hours: OpeningHours) -> bool:
    return hours.closes <= hours.opens


def _weekday(ordinal: int) -> int:
    """Give the weekday, Monday = 0, of the day with that number: day 1 was a Monday."""
    return (ordinal - 1) % 7


def _merged(stretches: list[tuple[datetime, datetime]]) -> Iterator[Slot]:
    """Join what overlaps or touches; drop what a gap or the window's ends left nothing of."""
    current: tuple[datetime, datetime] | None = None
    for starts_at, ends_at in sorted(stretches):
        if starts_at >= ends_at:
            continue
        if current and starts_at <= current[1]:
            current = (current[0], max(current[1], ends_at))
            continue
        if current:
            yield Slot(*current)
        current = (starts_at, ends_at)
    if current:
        yield Slot(*current)
