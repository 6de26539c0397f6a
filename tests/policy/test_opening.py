"""Opening hours as instants, above all on the days when clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.server import OpeningHours, Rules
from core.model.slot import Slot
from core.policy.instants import LAST
from core.policy.opening import hours_of_days, is_open_throughout, open_stretches
from core.policy.situation import Situation
from tests.policy.builders import (
    BERLIN,
    DAY,
    HOUR,
    LORD_HOWE,
    NEW_YORK,
    NOWHERE,
    a_server,
    a_slot,
    at,
    hours,
)
from tests.policy.model import minutes, model_is_open
from tests.policy.worlds import PLACES

APIA = ZoneInfo("Pacific/Apia")
ALL_WEEK = tuple(hours(day, "00:00", "00:00") for day in range(7))
SUNDAY = 6


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        # Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
        pytest.param(BERLIN, "2026-03-29", "02:30-04:00", "29T01:00/29T02:00", id="opens in gap"),
        pytest.param(BERLIN, "2026-03-29", "01:30-02:30", "29T00:30/29T01:00", id="closes in gap"),
        pytest.param(BERLIN, "2026-03-29", "02:00-03:00", None, id="the gap itself"),
        pytest.param(BERLIN, "2026-03-29", "00:00-12:00", "28T23:00/29T10:00", id="over the gap"),
        # Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
        pytest.param(BERLIN, "2026-10-25", "02:30-04:00", "25T00:30/25T03:00", id="opens in fold"),
        pytest.param(BERLIN, "2026-10-25", "01:00-02:30", "24T23:00/25T01:30", id="closes in fold"),
        pytest.param(BERLIN, "2026-10-25", "02:00-03:00", "25T00:00/25T02:00", id="hour twice"),
        pytest.param(BERLIN, "2026-10-25", "02:30-02:45", "25T00:30/25T01:45", id="within fold"),
        pytest.param(BERLIN, "2026-10-25", "01:00-02:00", "24T23:00/25T01:00", id="closes twice"),
        # New York, 8 March 2026: 02:00 becomes 03:00 at 07:00 UTC; 1 November back at 06:00 UTC.
        pytest.param(NEW_YORK, "2026-03-08", "02:15-02:45", None, id="New York, in the gap"),
        pytest.param(NEW_YORK, "2026-11-01", "01:30-02:00", "01T05:30/01T07:00", id="New York"),
        # Lord Howe, 4 October 2026: 02:00 becomes 02:30 at 15:30 UTC the day before.
        pytest.param(LORD_HOWE, "2026-10-04", "02:10-03:00", "03T15:30/03T16:00", id="Lord Howe"),
        # Lord Howe, 5 April 2026: 02:00 becomes 01:30 at 15:00 UTC the day before.
        pytest.param(LORD_HOWE, "2026-04-05", "01:45-02:00", "04T14:45/04T15:30", id="half twice"),
    ],
)
def test_opens_first_and_closes_last_where_clocks_change(
    zone: ZoneInfo, day: str, clock: str, expected: str | None
) -> None:
    noon = at(f"{day} 12:00", zone)
    rules = Rules(opening_hours=(hours(SUNDAY, *clock.split("-")),))

    found = open_stretches(Slot(noon - DAY, noon + DAY), rules, zone)

    ends = [f"{day[:8]}{end}" for end in expected.split("/")] if expected else []
    assert ((a_slot(ends[0], ends[1]),) if ends else ()) == found


def test_a_night_ends_when_its_closing_time_is_shown_for_the_last_time() -> None:
    rules = Rules(opening_hours=(hours(5, "22:00", "02:30"),))
    sunday = at("2026-10-25 12:00", BERLIN)

    found = open_stretches(Slot(sunday - DAY, sunday), rules, BERLIN)

    assert (a_slot("2026-10-24 20:00", "2026-10-25 01:30"),) == found


def test_the_last_night_of_the_calendar_ends_with_it() -> None:
    """31 December 9999 is a Friday."""
    rules = Rules(opening_hours=(hours(4, "22:00", "02:00"),))

    found = open_stretches(Slot(LAST - 3 * HOUR, LAST), rules, NOWHERE)

    assert (Slot(at("9999-12-31 22:00"), LAST),) == found


def test_closes_at_the_end_of_a_date_that_the_zone_skips() -> None:
    """Samoa had no 30 December 2011: who is shut on Fridays alone was open for twelve days."""
    rules = Rules(opening_hours=tuple(one for one in ALL_WEEK if one.weekday != 4))
    window = a_slot("2011-12-20 00:00", "2012-01-10 00:00")

    found = open_stretches(window, rules, APIA)

    thursday, next_friday = at("2011-12-24 00:00", APIA), at("2012-01-06 00:00", APIA)
    assert Slot(thursday, next_friday) in found
    assert is_open_throughout(Slot(thursday, next_friday), rules, APIA)
    assert not is_open_throughout(Slot(thursday, next_friday + 4 * DAY), rules, APIA)


def test_joins_hours_that_touch_or_overlap() -> None:
    given_hours = (
        hours(1, "18:00", "00:00"),
        hours(2, "00:00", "02:00"),
        hours(2, "01:00", "03:00"),
    )

    found = open_stretches(
        a_slot("2026-06-02 00:00", "2026-06-04 00:00"), Rules(opening_hours=given_hours), NOWHERE
    )

    assert (a_slot("2026-06-02 18:00", "2026-06-03 03:00"),) == found


def test_cuts_hours_at_the_window_and_leaves_out_those_beyond() -> None:
    rules = Rules(opening_hours=(hours(0, "22:00", "02:00"), hours(1, "20:00", "04:00")))

    found = open_stretches(a_slot("00:30", "21:00"), rules, NOWHERE)

    assert (a_slot("00:30", "02:00"), a_slot("20:00", "21:00")) == found


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE, APIA, ZoneInfo("America/Havana")])
def test_a_week_of_whole_days_never_closes(zone: ZoneInfo) -> None:
    """Not even where the clocks change at midnight, as they do in Havana."""
    year = a_slot("2026-01-01 00:00", "2027-01-01 00:00")

    assert (year,) == open_stretches(year, Rules(opening_hours=ALL_WEEK), zone)


@pytest.mark.parametrize(
    ("given_hours", "expected"),
    [pytest.param(ALL_WEEK, True, id="always"), pytest.param(ALL_WEEK[:6], False, id="not Sunday")],
)
def test_judges_a_slot_of_eight_thousand_years_at_once(
    given_hours: tuple[OpeningHours, ...], *, expected: bool
) -> None:
    endless = Slot(at("2026-06-01 00:00"), at("9999-12-31 00:00"))

    assert expected == is_open_throughout(endless, Rules(opening_hours=given_hours), BERLIN)


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        pytest.param(a_slot("10:00", "11:00"), (1,), id="one day"),
        pytest.param(a_slot("23:00", "2026-06-03 00:00"), (1,), id="ends at midnight"),
        pytest.param(a_slot("23:00", "2026-06-03 00:01"), (1, 2), id="runs over midnight"),
        pytest.param(a_slot("23:00", "2026-07-03 00:01"), tuple(range(7)), id="a month"),
    ],
)
def test_names_the_hours_of_the_days_a_slot_touches(slot: Slot, expected: tuple[int, ...]) -> None:
    """A whole day ends at midnight and does not run into the next."""
    named = hours_of_days(slot, Rules(opening_hours=ALL_WEEK), NOWHERE)

    assert expected == tuple(one.weekday for one in named)


def test_names_the_days_of_the_servers_zone() -> None:
    """23:00 UTC on Tuesday is Wednesday in Berlin."""
    named = hours_of_days(a_slot("23:00", "23:30"), Rules(opening_hours=ALL_WEEK), BERLIN)

    assert (ALL_WEEK[2],) == named


CLOCKS = st.builds(
    lambda quarter, odd: f"{quarter // 4:02}:{quarter % 4 * 15 + odd:02}",
    st.integers(0, 20),
    st.sampled_from([0, 0, 0, 7]),
)


@settings(max_examples=60, deadline=None)
@given(
    place=st.sampled_from(PLACES),
    given_hours=st.lists(
        st.builds(hours, st.integers(0, 6), CLOCKS, CLOCKS), min_size=1, max_size=6
    ),
)
def test_is_open_in_every_minute_of_its_stretches_and_no_other(
    place: tuple[ZoneInfo, datetime], given_hours: list[OpeningHours]
) -> None:
    zone, middle = place
    rules = Rules(opening_hours=tuple(given_hours))
    situation = Situation(a_server(rules, zone), 0, (), (), (), middle)
    window = Slot(middle - 14 * HOUR, middle + 34 * HOUR)

    found = open_stretches(window, rules, zone)

    expected = {minute for minute in minutes(window) if model_is_open(minute, situation)}
    assert expected == {minute for stretch in found for minute in minutes(stretch)}
    assert all(a.ends_at < b.starts_at for a in found for b in found if a < b)
