"""The rules once more, minute by minute: slow, without a sweep, written from the words alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from core.model.server import OpeningHours, Period, Quota
from core.model.slot import Slot
from core.policy.situation import Situation
from tests.policy.builders import DAY, MINUTE


def model_permits(slot: Slot, situation: Situation) -> bool:
    """Tell whether the slot may be had; every instant in it is a whole minute."""
    rules = situation.server.rules
    now = situation.now
    return (
        not situation.server.retired
        and max(now, now + rules.notice) <= slot.starts_at <= now + rules.horizon
        and rules.shortest <= slot.length <= rules.longest
        and all(model_is_open(minute, situation) for minute in minutes(slot))
        and not any(
            out.slot.starts_at <= minute < out.slot.ends_at
            for out in situation.blackouts
            for minute in minutes(slot)
        )
        and all(
            _fits_at(minute, situation)
            for minute in minutes(slot.padded(rules.set_up, rules.tear_down))
        )
        and all(_within_quota(slot, quota, situation) for quota in rules.quotas)
    )


def minutes(slot: Slot) -> Iterator[datetime]:
    """Give every minute of a slot, the last one left out."""
    minute = slot.starts_at
    while minute < slot.ends_at:
        yield minute
        minute += MINUTE


def model_is_open(minute: datetime, situation: Situation) -> bool:
    """Tell whether some day's hours have begun and not yet ended."""
    zone = situation.server.zone
    given = situation.server.rules.opening_hours
    today = minute.astimezone(zone).date()
    days = [today - DAY, today, today + DAY]
    return not given or any(
        _opening(day, hours, zone) <= minute < _closing(day, hours, zone)
        for day in days
        for hours in given
        if hours.weekday == day.weekday()
    )


def _opening(day: date, hours: OpeningHours, zone: ZoneInfo) -> datetime:
    return _showing(day, hours.opens, zone)[0]


def _closing(day: date, hours: OpeningHours, zone: ZoneInfo) -> datetime:
    closes_on = day if hours.closes > hours.opens else day + DAY
    return _showing(closes_on, hours.closes, zone)[1]


@cache
def _showing(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Look at the clock every minute for when it first shows a time, or a later one, and last."""
    wanted = datetime.combine(day, clock)
    noon = datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)
    looks = [noon + n * MINUTE for n in range(-14 * 60, 14 * 60)]
    first = next(one for one in looks if one.astimezone(zone).replace(tzinfo=None) >= wanted)
    exact = [one for one in looks if one.astimezone(zone).replace(tzinfo=None) == wanted]
    return first, max(exact, default=first)


def _fits_at(minute: datetime, situation: Situation) -> bool:
    rules = situation.server.rules
    there = [one for one in situation.taken if one.busy.starts_at <= minute < one.busy.ends_at]
    viewers = sum(one.viewers for one in there)
    return len(there) < rules.max_streams and (
        rules.max_viewers is None
        or situation.viewers == 0
        or viewers + situation.viewers <= rules.max_viewers
    )


def _within_quota(slot: Slot, quota: Quota, situation: Situation) -> bool:
    def period(instant: datetime) -> tuple[int, ...]:
        day = instant.astimezone(situation.server.zone).date()
        match quota.per:
            case Period.DAY:
                return (day.toordinal(),)
            case Period.WEEK:
                return day.isocalendar()[:2]
            case Period.MONTH:
                return day.year, day.month

    own = [one for one in situation.held if period(one.starts_at) == period(slot.starts_at)]
    own.append(slot)
    total = sum((one.length for one in own), timedelta(0))
    return (quota.reservations is None or len(own) <= quota.reservations) and (
        quota.total_length is None or total <= quota.total_length
    )
