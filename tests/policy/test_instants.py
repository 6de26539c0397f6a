"""Instants: the marks of a clock, the ends of the calendar, times shown twice or never."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.policy.instants import (
    FIRST,
    LAST,
    ceiled,
    first_showing,
    floored,
    last_showing,
    midnight,
    shifted,
)
from tests.policy.builders import BERLIN, LORD_HOWE, MINUTE, NOW, at

MONROVIA = ZoneInfo("Africa/Monrovia")  # 44 minutes and 30 seconds behind UTC until 1972


@pytest.mark.parametrize(
    ("instant", "zone", "floor", "ceiling"),
    [
        pytest.param("20:00", BERLIN, "20:00", "20:00", id="on a mark"),
        pytest.param("20:00:00.000001", BERLIN, "20:00", "20:05", id="just after one"),
        pytest.param("20:04:59", LORD_HOWE, "20:00", "20:05", id="just before one"),
        pytest.param(
            "1970-01-01 12:00",
            MONROVIA,
            "1970-01-01 11:59:30",
            "1970-01-01 12:04:30",
            id="the zone's own marks",
        ),
    ],
)
def test_finds_the_marks_of_the_zones_clock(
    instant: str, zone: ZoneInfo, floor: str, ceiling: str
) -> None:
    assert at(floor) == floored(at(instant), 5 * MINUTE, zone)
    assert at(ceiling) == ceiled(at(instant), 5 * MINUTE, zone)


def test_stops_at_the_ends_of_the_calendar() -> None:
    assert shifted(NOW, timedelta.max) == LAST
    assert shifted(NOW, timedelta.min) == FIRST
    assert midnight(0, BERLIN) == FIRST
    assert midnight(date.max.toordinal() + 1, LORD_HOWE) == LAST


def test_finds_the_end_of_a_gap_to_the_microsecond() -> None:
    day, odd = date(2026, 3, 29), time(2, 17, 3, 5)

    assert at("2026-03-29 01:00") == first_showing(day, odd, BERLIN)
    assert at("2026-03-29 01:00") == last_showing(day, odd, BERLIN)
