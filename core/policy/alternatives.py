"""Alternatives to a denied slot: the nearest ones that would be permitted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.model.server import Rules
from core.model.slot import Slot
from core.policy.free import Bar, Starts, starts_within, without
from core.policy.instants import ceiled, floored, shifted
from core.policy.load import busy_interval
from core.policy.situation import Situation

SEARCH_SPAN = timedelta(days=14)
_MOST = 3
_GRID = timedelta(minutes=5)
_APART = timedelta(hours=1)


def search_window(slot: Slot, rules: Rules, now: datetime) -> Slot:
    """Tell what the caller of `decide` must load: live reservations busy in this window.

    It covers the slot itself and every alternative with their set-up and tear-down. Alternatives
    are looked for `SEARCH_SPAN` before and after the start; after a wish in the past or beyond the
    horizon, around the nearest start that may be booked at all.
    """
    sought = _sought(slot, shifted(now, rules.notice), shifted(now, rules.horizon))
    hull = Slot(min(slot.starts_at, sought.starts_at), max(slot.ends_at, sought.ends_at))
    return busy_interval(hull, rules)


def nearest_alternatives(slot: Slot, situation: Situation) -> tuple[Slot, ...]:
    """Give up to three slots of the same length that would be permitted, the nearest first.

    They are the nearest before the wish, the nearest after it, and the next nearest that are a
    slot's length, or an hour if that is less, away from those. Starts stand on five-minute marks
    of the server's clock, unless a gap holds none: then the slot touches the gap's edge.
    """
    sought = _sought(slot, situation.soonest, situation.latest)
    ranges = starts_within(sought, slot.length, situation)
    wanted, zone = slot.starts_at, situation.server.zone
    chosen = _neighbours(wanted, ranges, zone)
    apart = min(slot.length, _APART)
    while len(chosen) < _MOST:
        rest = without(ranges, [Bar(shifted(at, -apart), shifted(at, apart)) for at in chosen])
        candidates = _neighbours(wanted, rest, zone)
        if not candidates:
            break
        chosen.append(min(candidates, key=lambda at: _nearness(at, wanted)))
    chosen.sort(key=lambda at: _nearness(at, wanted))
    return tuple(Slot.of(at, slot.length) for at in chosen)


def _sought(slot: Slot, soonest: datetime, latest: datetime) -> Slot:
    """Give the window in which alternatives must lie."""
    centre = min(max(slot.starts_at, soonest), latest)
    return Slot(shifted(centre, -SEARCH_SPAN), shifted(shifted(centre, SEARCH_SPAN), slot.length))


def _neighbours(wanted: datetime, ranges: Sequence[Starts], zone: ZoneInfo) -> list[datetime]:
    """Give the nearest start before the wanted one and the nearest after it, where there are such.

    The wanted start itself is in no range: it was denied.
    """
    found = []
    before = [starts for starts in ranges if starts.last < wanted]
    after = [starts for starts in ranges if starts.first > wanted]
    if before:
        on_grid = floored(before[-1].last, _GRID, zone)
        found.append(on_grid if on_grid >= before[-1].first else before[-1].last)
    if after:
        on_grid = ceiled(after[0].first, _GRID, zone)
        found.append(on_grid if on_grid <= after[0].last else after[0].first)
    return found


def _nearness(at: datetime, wanted: datetime) -> tuple[timedelta, datetime]:
    return abs(at - wanted), at
