"""What is free: where a slot of some length may start, found in one sweep over the boundaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from core.model.server import Blackout, Server
from core.model.slot import Slot
from core.policy.instants import MINUTE, ceiled, floored, shifted
from core.policy.load import Load, loads, stretches_where
from core.policy.opening import open_stretches
from core.policy.quota import spent_periods
from core.policy.reasons import Taken
from core.policy.situation import Situation


class Starts(NamedTuple):
    """A range of starts, both ends in it: a slot may start at any instant of the range."""

    first: datetime
    last: datetime


class Bar(NamedTuple):
    """A range of starts that are barred, both ends *not* in it: a slot may touch what is taken."""

    after: datetime
    before: datetime


def free_starts(  # noqa: PLR0913 - a decision's facts, each by its name
    window: Slot,
    length: timedelta,
    *,
    viewers: int,
    server: Server,
    blackouts: Sequence[Blackout],
    taken: Sequence[Taken],
    held: Sequence[Slot],
    now: datetime,
) -> tuple[Starts, ...]:
    """Give every start for which a slot of that length lies in the window and would be permitted.

    The ranges are as wide as can be, apart and in order. `taken` and `held` must cover the window:
    see `busy_interval` and `quota_window`. As people book by the minute, what only the clock bounds
    (notice, horizon, the end of a spent quota) is bounded at a whole minute.
    """
    return starts_within(window, length, Situation(server, viewers, blackouts, taken, held, now))


def free_slots(  # noqa: PLR0913 - a decision's facts, each by its name
    window: Slot,
    length: timedelta,
    *,
    viewers: int,
    server: Server,
    blackouts: Sequence[Blackout],
    taken: Sequence[Taken],
    held: Sequence[Slot],
    now: datetime,
) -> tuple[Slot, ...]:
    """Give the stretches of the window within which a slot of that length may be put anywhere.

    Each is at least that long, and as long as can be. Two may overlap where starts are barred but
    time is not: before and after a day whose quota is spent. See `free_starts` for what to load.
    """
    situation = Situation(server, viewers, blackouts, taken, held, now)
    return tuple(
        Slot(starts.first, starts.last + length)
        for starts in starts_within(window, length, situation)
    )


def starts_within(window: Slot, length: timedelta, situation: Situation) -> tuple[Starts, ...]:
    """Give `free_starts` for a situation."""
    rules = situation.server.rules
    spent = spent_periods(length, situation.server, situation.held)
    if (
        situation.server.retired
        or not rules.shortest <= length <= rules.longest
        or spent is None
        or not _fits(situation, streams=0, viewers=0)
    ):
        return ()
    bars = [
        *_bars_of_taken(length, situation),
        *_bars_of_blackouts(length, situation),
        # A period's end is barred as well: the next one begins there. Its last minute goes with it.
        *(Bar(shifted(period.starts_at, -MINUTE), period.ends_at) for period in spent),
    ]
    return without(_open_starts(window, length, situation), bars)


def without(ranges: Iterable[Starts], bars: Iterable[Bar]) -> tuple[Starts, ...]:
    """Take barred starts out of ranges that are in order; the ends of a bar stay in."""
    holes = tuple(_joined(bars))
    left: list[Starts] = []
    passed = 0
    for first, last in ranges:
        while passed < len(holes) and holes[passed].before <= first:
            passed += 1
        start, index = first, passed
        while index < len(holes) and holes[index].after < last:
            if start <= holes[index].after:
                left.append(Starts(start, holes[index].after))
            start, index = holes[index].before, index + 1
        if start <= last:
            left.append(Starts(start, last))
    return tuple(left)


def _open_starts(window: Slot, length: timedelta, situation: Situation) -> Iterator[Starts]:
    """Give the starts that opening hours, notice and horizon allow."""
    server = situation.server
    soonest = ceiled(situation.soonest, MINUTE, server.zone)
    latest = floored(situation.latest, MINUTE, server.zone)
    starts_at = max(window.starts_at, soonest)
    ends_at = min(window.ends_at, shifted(latest, length))
    if starts_at >= ends_at:
        return
    for stretch in open_stretches(Slot(starts_at, ends_at), server.rules, server.zone):
        last = shifted(stretch.ends_at, -length)
        if stretch.starts_at <= last:
            yield Starts(stretch.starts_at, last)


def _bars_of_taken(length: timedelta, situation: Situation) -> Iterator[Bar]:
    """Bar the starts whose busy interval would meet an instant at which nothing more fits."""
    rules = situation.server.rules

    def full(load: Load) -> bool:
        return not _fits(situation, streams=load.streams, viewers=load.viewers)

    for since, until in stretches_where(loads(situation.taken), full):
        yield Bar(shifted(shifted(since, -rules.tear_down), -length), shifted(until, rules.set_up))


def _bars_of_blackouts(length: timedelta, situation: Situation) -> Iterator[Bar]:
    """Bar the starts whose slot would overlap a blackout; set-up and tear-down may."""
    for blackout in situation.blackouts:
        yield Bar(shifted(blackout.slot.starts_at, -length), blackout.slot.ends_at)


def _fits(situation: Situation, *, streams: int, viewers: int) -> bool:
    """Tell whether the wish fits beside so many streams and viewers; no viewers always fit."""
    rules = situation.server.rules
    return streams < rules.max_streams and (
        rules.max_viewers is None
        or not situation.viewers
        or viewers + situation.viewers <= rules.max_viewers
    )


def _joined(bars: Iterable[Bar]) -> Iterator[Bar]:
    """Join bars that overlap; those that only touch leave the instant between them free."""
    current: Bar | None = None
    for bar in sorted(bars):
        if current and bar.after < current.before:
            current = Bar(current.after, max(current.before, bar.before))
            continue
        if current:
            yield current
        current = bar
    if current:
        yield current
