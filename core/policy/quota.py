"""Quotas: the most that one holder may have on a server in a day, a week or a month."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.model.server import Period, Quota, Server
from core.model.slot import Slot
from core.policy.instants import LAST, midnight, wall_date


def exceeded_quotas(slot: Slot, server: Server, held: Sequence[Slot]) -> tuple[Quota, ...]:
    """Give the server's quotas that the holder would exceed with this slot beside those held."""
    return tuple(
        quota
        for quota in server.rules.quotas
        if not _has_room(quota, slot.length, _starting_in(_period_of(slot, quota, server), held))
    )


def spent_periods(
    length: timedelta, server: Server, held: Sequence[Slot]
) -> tuple[Slot, ...] | None:
    """Give the periods in which no further slot of that length may start.

    None where not even an empty period has room: then no start at all is left.
    """
    spent = []
    for quota in server.rules.quotas:
        if not _has_room(quota, length, ()):
            return None
        by_period: defaultdict[Slot, list[Slot]] = defaultdict(list)
        for slot in held:
            by_period[_period_of(slot, quota, server)].append(slot)
        spent += [period for period, own in by_period.items() if not _has_room(quota, length, own)]
    return tuple(spent)


def quota_window(window: Slot, server: Server) -> Slot:
    """Widen a window to the whole periods it touches: what the caller must load as `held`."""
    edges = (window.starts_at, window.ends_at)
    periods = [
        period_around(edge, quota.per, server.zone)
        for quota in server.rules.quotas
        for edge in edges
    ]
    return Slot(
        min([window.starts_at, *(period.starts_at for period in periods)]),
        max([window.ends_at, *(period.ends_at for period in periods)]),
    )


def period_around(instant: datetime, per: Period, zone: ZoneInfo) -> Slot:
    """Give the day, ISO week or calendar month of the zone that an instant lies in."""
    period = _period(wall_date(instant, zone), per, zone)
    if instant < period.ends_at or period.ends_at == LAST:
        return period
    # Clocks set back over midnight show the old date again: the new day has begun and goes on.
    return _period(wall_date(instant, zone) + timedelta(days=1), per, zone)


def _period_of(slot: Slot, quota: Quota, server: Server) -> Slot:
    return period_around(slot.starts_at, quota.per, server.zone)


def _period(day: date, per: Period, zone: ZoneInfo) -> Slot:
    first, days = _days_of(day, per)
    return Slot(midnight(first, zone), midnight(first + days, zone))


def _days_of(day: date, per: Period) -> tuple[int, int]:
    """Give the number of the period's first day and how many days it has."""
    match per:
        case Period.DAY:
            return day.toordinal(), 1
        case Period.WEEK:
            return day.toordinal() - day.weekday(), 7
        case Period.MONTH:
            return day.replace(day=1).toordinal(), monthrange(day.year, day.month)[1]


def _starting_in(period: Slot, held: Sequence[Slot]) -> list[Slot]:
    return [slot for slot in held if period.starts_at <= slot.starts_at < period.ends_at]


def _has_room(quota: Quota, length: timedelta, own: Sequence[Slot]) -> bool:
    """Tell whether one more slot of that length fits beside the holder's own of one period."""
    if quota.reservations is not None and len(own) + 1 > quota.reservations:
        return False
    total = sum((slot.length for slot in own), length)
    return quota.total_length is None or total <= quota.total_length
