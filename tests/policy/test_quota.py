"""Quotas: counted by the start, in the server's zone, per day, ISO week and month."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.model.server import Period, Quota, Rules
from core.model.slot import Slot
from core.policy.quota import period_around, spent_periods
from core.policy.reasons import OverQuota
from tests.policy.builders import (
    BERLIN,
    HOUR,
    LORD_HOWE,
    MINUTE,
    NEW_YORK,
    a_server,
    a_slot,
    ask,
    at,
    reasons_of,
)

HELD = a_slot("10:00", "12:00")


@pytest.mark.parametrize(
    ("quota", "slot", "allowed"),
    [
        pytest.param(Quota(Period.DAY, reservations=2), a_slot("14:00", "15:00"), True, id="room"),
        pytest.param(Quota(Period.DAY, reservations=1), a_slot("14:00", "15:00"), False, id="none"),
        pytest.param(
            Quota(Period.DAY, reservations=1),
            a_slot("2026-06-03 00:00", "2026-06-03 01:00"),
            True,
            id="the next day",
        ),
        pytest.param(
            Quota(Period.DAY, reservations=1),
            a_slot("23:59", "2026-06-03 03:00"),
            False,
            id="the start counts, not the end",
        ),
        pytest.param(
            Quota(Period.DAY, total_length=3 * HOUR), a_slot("14:00", "15:00"), True, id="in sum"
        ),
        pytest.param(
            Quota(Period.DAY, total_length=3 * HOUR - MINUTE),
            a_slot("14:00", "15:00"),
            False,
            id="a minute over in sum",
        ),
        pytest.param(
            Quota(Period.WEEK, reservations=1),
            a_slot("2026-06-07 23:00", "2026-06-07 23:30"),
            False,
            id="Sunday ends the week",
        ),
        pytest.param(
            Quota(Period.WEEK, reservations=1),
            a_slot("2026-06-08 00:00", "2026-06-08 00:30"),
            True,
            id="Monday begins the week",
        ),
        pytest.param(
            Quota(Period.MONTH, reservations=1),
            a_slot("2026-06-30 23:00", "2026-06-30 23:30"),
            False,
            id="the last of the month",
        ),
        pytest.param(
            Quota(Period.MONTH, reservations=1),
            a_slot("2026-07-01 00:00", "2026-07-01 00:30"),
            True,
            id="the first of the next",
        ),
        pytest.param(Quota(Period.DAY), a_slot("14:00", "15:00"), True, id="bounds nothing"),
        pytest.param(
            Quota(Period.DAY, reservations=0),
            a_slot("2026-06-09 14:00", "2026-06-09 15:00"),
            False,
            id="nobody may",
        ),
    ],
)
def test_counts_what_starts_in_the_same_period(quota: Quota, slot: Slot, *, allowed: bool) -> None:
    decision = ask(slot, Rules(quotas=(quota,)), held=[HELD])

    assert (() if allowed else (OverQuota(quota),)) == reasons_of(decision)


def test_counts_days_of_the_servers_zone() -> None:
    """22:30 UTC on Tuesday is Wednesday in Berlin."""
    quota = Quota(Period.DAY, reservations=1)
    server = a_server(Rules(quotas=(quota,)), BERLIN)

    tuesday = ask(a_slot("21:30", "22:00"), server=server, held=[HELD])
    wednesday = ask(a_slot("22:30", "23:00"), server=server, held=[HELD])

    assert (OverQuota(quota),) == reasons_of(tuesday)
    assert () == reasons_of(wednesday)


def test_names_every_quota_that_is_exceeded() -> None:
    day, week = Quota(Period.DAY, reservations=1), Quota(Period.WEEK, total_length=HOUR)
    roomy = Quota(Period.MONTH, reservations=9)

    decision = ask(a_slot("14:00", "15:00"), Rules(quotas=(day, roomy, week)), held=[HELD])

    assert (OverQuota(day), OverQuota(week)) == reasons_of(decision)


@pytest.mark.parametrize(
    ("zone", "per", "start", "end", "length"),
    [
        pytest.param(BERLIN, Period.DAY, "2026-03-29", "2026-03-30", 23 * HOUR, id="a short day"),
        pytest.param(BERLIN, Period.DAY, "2026-10-25", "2026-10-26", 25 * HOUR, id="a long day"),
        pytest.param(
            LORD_HOWE, Period.DAY, "2026-04-05", "2026-04-06", 24.5 * HOUR, id="half an hour longer"
        ),
        pytest.param(
            NEW_YORK, Period.WEEK, "2026-03-02", "2026-03-09", 167 * HOUR, id="a short week"
        ),
        pytest.param(BERLIN, Period.MONTH, "2026-12-01", "2027-01-01", 744 * HOUR, id="December"),
        pytest.param(
            BERLIN,
            Period.MONTH,
            "2028-02-01",
            "2028-03-01",
            696 * HOUR,
            id="a leap year's February",
        ),
    ],
)
def test_a_period_runs_from_midnight_to_midnight(
    zone: ZoneInfo, per: Period, start: str, end: str, length: timedelta
) -> None:
    expected = a_slot(f"{start} 00:00", f"{end} 00:00", zone)

    assert expected == period_around(expected.starts_at, per, zone)
    assert expected == period_around(expected.starts_at + length / 2, per, zone)
    assert expected == period_around(expected.ends_at - MINUTE, per, zone)
    assert length == expected.length


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        # Clocks went from 00:01 on the 7th back to 23:01 on the 6th: the 7th had begun and went on.
        pytest.param(
            "America/St_Johns", "2010-11-07 02:29", "2010-11-07 02:30", id="midnight twice"
        ),
        # 00:00 became 01:00: the day began at one.
        pytest.param("America/Havana", "2026-03-08 04:59", "2026-03-08 05:00", id="no midnight"),
    ],
)
def test_a_day_begins_once_even_where_clocks_change_at_midnight(
    zone: str, before: str, after: str
) -> None:
    place = ZoneInfo(zone)
    old, new = (period_around(at(one), Period.DAY, place) for one in (before, after))

    assert at(after) == old.ends_at == new.starts_at
    days = [period_around(at(after) + n * 7 * MINUTE, Period.DAY, place) for n in range(20)]
    assert [new] * 20 == days


def test_tells_when_not_even_an_empty_period_has_room() -> None:
    server = a_server(Rules(quotas=(Quota(Period.DAY, total_length=HOUR),)))

    assert spent_periods(HOUR + MINUTE, server, ()) is None
    assert () == spent_periods(HOUR, server, ())
    assert (a_slot("00:00", "2026-06-03 00:00"),) == spent_periods(HOUR, server, [HELD])
