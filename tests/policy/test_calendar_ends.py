"""The ends of the calendar: what people type there is denied with a reason, and nothing breaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.server import Blackout, Period, Quota, Rules
from core.model.slot import Slot
from core.policy.free import free_slots
from core.policy.instants import FIRST, LAST, ceiled, floored, shifted
from core.policy.permit import search_window
from core.policy.quota import period_around, quota_window
from core.policy.reasons import Deny, InThePast, Taken, TooEarly
from tests.policy.builders import (
    BERLIN,
    DAY,
    HOUR,
    LORD_HOWE,
    MINUTE,
    NEW_YORK,
    NOW,
    NOWHERE,
    a_server,
    ask,
    hours,
    reasons_of,
)

ZONES = [
    BERLIN,
    NEW_YORK,
    LORD_HOWE,
    NOWHERE,
    ZoneInfo("Pacific/Kiritimati"),
    ZoneInfo("Etc/GMT+12"),
]
EVERYTHING = Rules(
    opening_hours=tuple(hours(day, "10:00", "02:00") for day in range(7)),
    set_up=HOUR,
    tear_down=HOUR,
    notice=HOUR,
    max_viewers=10,
    quotas=tuple(Quota(per, reservations=1) for per in Period),
)
FAR = [
    Slot(LAST - HOUR, LAST),
    Slot(LAST - timedelta.resolution, LAST),
    Slot(LAST - 20 * DAY, LAST - 19 * DAY),
    Slot(NOW, LAST),
    Slot(FIRST, FIRST + HOUR),
    Slot(FIRST, FIRST + timedelta.resolution),
    Slot(FIRST + DAY, NOW + DAY),
    Slot(FIRST, LAST),
]


def test_says_of_the_year_9999_that_it_is_too_early_to_ask() -> None:
    slot = Slot(datetime(9999, 12, 31, 22, tzinfo=UTC), LAST)

    decision = ask(slot, Rules(tear_down=3 * HOUR))

    assert (TooEarly(180 * DAY, NOW + 180 * DAY),) == reasons_of(decision)
    assert isinstance(decision, Deny)
    assert 3 == len(decision.alternatives)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("slot", FAR, ids=lambda slot: f"{slot.starts_at:%Y}-{slot.ends_at:%Y}")
def test_every_rule_is_judged_without_an_overflow(slot: Slot, zone: ZoneInfo) -> None:
    server = a_server(EVERYTHING, zone)

    decision = ask(
        slot,
        server=server,
        viewers=9,
        blackouts=[Blackout(slot)],
        taken=[Taken(slot, 9)],
        held=[slot],
    )

    assert isinstance(decision, Deny)
    kinds = {type(reason).__name__ for reason in decision.reasons}
    assert {"BlackedOut", "Full", "TooManyViewers", "OverQuota"} <= kinds
    assert (slot.starts_at < NOW) == (InThePast() in decision.reasons)
    assert search_window(slot, EVERYTHING, NOW).covers(slot)
    assert quota_window(slot, server).covers(slot)


@pytest.mark.parametrize("now", [FIRST, LAST, LAST - DAY], ids=str)
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_now_may_lie_there_too(now: datetime, zone: ZoneInfo) -> None:
    boundless = Rules(horizon=timedelta(days=9_999_999), opening_hours=EVERYTHING.opening_hours[:1])

    found = free_slots(
        Slot(LAST - 3 * DAY, LAST),
        HOUR,
        viewers=0,
        server=a_server(boundless, zone),
        blackouts=(),
        taken=(),
        held=(),
        now=LAST - 2 * DAY if now == FIRST else now,
    )

    assert all(stretch.length >= HOUR for stretch in found)
    assert isinstance(
        ask(Slot(FIRST, FIRST + HOUR), server=a_server(EVERYTHING, zone), now=now), Deny
    )


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("per", Period)
@pytest.mark.parametrize("instant", [FIRST, FIRST + DAY, LAST - DAY, LAST], ids=str)
def test_every_instant_lies_in_a_period(instant: datetime, per: Period, zone: ZoneInfo) -> None:
    period = period_around(instant, per, zone)

    assert period.starts_at <= instant <= period.ends_at


INSTANTS = st.datetimes(timezones=st.just(UTC))


@settings(max_examples=300, deadline=None)
@given(
    start=INSTANTS | st.sampled_from([FIRST, LAST - HOUR]),
    end=INSTANTS | st.just(LAST),
    now=INSTANTS,
    zone=st.sampled_from(ZONES),
    by=st.timedeltas(timedelta(0), -timedelta.min),  # beyond, it has no opposite
)
def test_no_instants_break_the_decision(
    start: datetime, end: datetime, now: datetime, zone: ZoneInfo, by: timedelta
) -> None:
    if start >= end:
        return
    slot = Slot(start, end)
    server = a_server(EVERYTHING, zone)

    decision = ask(slot, server=server, taken=[Taken(slot)], held=[slot], now=now)

    assert isinstance(decision, Deny)
    assert FIRST <= shifted(start, -by) <= start <= shifted(start, by) <= LAST
    assert floored(start, 5 * MINUTE, zone) <= start <= ceiled(start, 5 * MINUTE, zone)
