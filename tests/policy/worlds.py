"""Strategies: servers, rules and what is taken, crowded around a few days with clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from core.model.server import Blackout, OpeningHours, Period, Quota, Rules
from core.model.slot import Slot
from core.policy.reasons import Taken
from core.policy.situation import Situation
from tests.policy.builders import BERLIN, LORD_HOWE, MINUTE, NEW_YORK, NOWHERE, a_server

# The day in the middle of each world: where there are two, the clocks change in its small hours.
PLACES: list[tuple[ZoneInfo, datetime]] = [
    (NOWHERE, datetime(2026, 6, 3, tzinfo=UTC)),
    (BERLIN, datetime(2026, 3, 29, tzinfo=UTC)),
    (BERLIN, datetime(2026, 10, 25, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 3, 8, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 11, 1, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 4, 4, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 10, 3, tzinfo=UTC)),
]

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


def _minutes(least: int, most: int) -> st.SearchStrategy[timedelta]:
    """Give lengths mostly in coarse steps, so that edges meet; sometimes odd, so that they miss."""

    def stepped(step: int) -> st.SearchStrategy[timedelta]:
        whole = st.integers(-(-least // step), most // step)
        return whole.map(lambda number: number * step * MINUTE)

    return st.one_of([stepped(step) for step in (30, 15, 5, 1)])


def lengths() -> st.SearchStrategy[timedelta]:
    """Give lengths of a slot."""
    return _minutes(1, 240)


def instants(middle: datetime) -> st.SearchStrategy[datetime]:
    """Give instants within a day and a half of the middle."""
    return _minutes(-36 * 60, 36 * 60).map(lambda by: middle + by)


def slots(middle: datetime) -> st.SearchStrategy[Slot]:
    """Give slots around the middle."""
    return st.builds(Slot.of, instants(middle), lengths())


def _clocks() -> st.SearchStrategy[time]:
    return _minutes(0, 24 * 60 - 1).map(lambda by: (NOON + by).time())


def _opening_hours() -> st.SearchStrategy[tuple[OpeningHours, ...]]:
    one = st.builds(OpeningHours, st.integers(0, 6), _clocks(), _clocks())
    week = st.builds(
        lambda opens, closes: tuple(OpeningHours(day, opens, closes) for day in range(7)),
        _clocks(),
        _clocks(),
    )
    return st.just(()) | week | st.lists(one, min_size=1, max_size=8).map(tuple)


def _quotas() -> st.SearchStrategy[tuple[Quota, ...]]:
    quota = st.builds(
        Quota,
        st.sampled_from(Period),
        st.none() | st.integers(0, 3),
        st.none() | _minutes(60, 600),
    )
    return st.lists(quota, max_size=2).map(tuple)


BOUNDS: dict[str, st.SearchStrategy[Any]] = {
    "opening_hours": _opening_hours(),
    "shortest": _minutes(10, 60),
    "longest": _minutes(60, 200),
    "notice": _minutes(0, 600),
    "horizon": _minutes(600, 4000),
    "quotas": _quotas(),
}


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    """Give rules of which at most two bind tightly, so that each decides alone now and then."""
    bound = draw(st.lists(st.sampled_from(sorted(BOUNDS)), max_size=2, unique=True))
    plain = Rules(
        max_streams=draw(st.integers(1, 3)),
        max_viewers=draw(st.none() | st.integers(0, 40)),
        shortest=MINUTE,
        set_up=draw(_minutes(0, 45)),
        tear_down=draw(_minutes(0, 45)),
    )
    return replace(plain, **{name: draw(BOUNDS[name]) for name in bound})


@st.composite
def situations(draw: st.DrawFn) -> tuple[Situation, datetime]:
    """Give a situation and the day in its middle, crowded more often than not."""
    zone, middle = draw(st.sampled_from(PLACES))
    around = slots(middle)
    crowd = draw(st.sampled_from([4, 8, 16]))
    situation = Situation(
        server=a_server(draw(rules()), zone),
        viewers=draw(st.integers(0, 30)),
        blackouts=draw(st.lists(st.builds(Blackout, around), max_size=2)),
        taken=draw(
            st.lists(
                st.builds(Taken, around, st.integers(0, 20)), min_size=crowd // 2, max_size=crowd
            )
        ),
        held=draw(st.lists(around, max_size=4)),
        now=middle - draw(st.sampled_from([timedelta(days=2), timedelta(hours=-3, seconds=17)])),
    )
    return situation, middle
