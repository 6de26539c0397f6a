"""The decision: every reason, alone and together."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.model.server import Blackout, OpeningHours, Period, Quota, Rules
from core.model.slot import Slot
from core.policy.permit import SEARCH_SPAN, reconfirm_deadline, search_window
from core.policy.quota import quota_window
from core.policy.reasons import (
    BlackedOut,
    Closed,
    Deny,
    Full,
    InThePast,
    OverQuota,
    Permit,
    Retired,
    Taken,
    TooEarly,
    TooLate,
    TooLong,
    TooManyViewers,
    TooShort,
)
from tests.policy.builders import (
    BERLIN,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_server,
    a_slot,
    ask,
    at,
    hours,
    reasons_of,
)

EVENING = a_slot("20:00", "21:00")
TUESDAY = hours(1, "18:00", "23:00")
WORKS = Blackout(a_slot("20:30", "20:45"), "works")


def test_permits_a_free_slot_with_its_deadline() -> None:
    decision = ask(EVENING, Rules(reconfirm_lead=timedelta(hours=3)))

    assert Permit(EVENING, at("17:00")) == decision


@pytest.mark.parametrize(
    ("rules", "slot", "expected"),
    [
        pytest.param(Rules(), Slot.of(NOW, HOUR), (), id="starts now"),
        pytest.param(Rules(), Slot.of(NOW - MINUTE, HOUR), (InThePast(),), id="started"),
        pytest.param(
            Rules(notice=2 * HOUR),
            Slot.of(NOW - MINUTE, HOUR),
            (InThePast(), TooLate(2 * HOUR, NOW + 2 * HOUR)),
            id="started, and needs notice",
        ),
        pytest.param(Rules(notice=2 * HOUR), Slot.of(NOW + 2 * HOUR, HOUR), (), id="just notice"),
        pytest.param(
            Rules(notice=2 * HOUR),
            Slot.of(NOW + 2 * HOUR - MINUTE, HOUR),
            (TooLate(2 * HOUR, NOW + 2 * HOUR),),
            id="a minute late",
        ),
        pytest.param(Rules(horizon=DAY), Slot.of(NOW + DAY, HOUR), (), id="at the horizon"),
        pytest.param(
            Rules(horizon=DAY),
            Slot.of(NOW + DAY + MINUTE, HOUR),
            (TooEarly(DAY, NOW + DAY),),
            id="beyond the horizon",
        ),
        pytest.param(Rules(shortest=HOUR), EVENING, (), id="just long enough"),
        pytest.param(
            Rules(shortest=HOUR + MINUTE), EVENING, (TooShort(HOUR + MINUTE),), id="too short"
        ),
        pytest.param(Rules(longest=HOUR), EVENING, (), id="just short enough"),
        pytest.param(
            Rules(longest=HOUR - MINUTE), EVENING, (TooLong(HOUR - MINUTE),), id="too long"
        ),
    ],
)
def test_judges_start_and_length(rules: Rules, slot: Slot, expected: tuple[object, ...]) -> None:
    assert expected == reasons_of(ask(slot, rules))


def test_names_starts_that_can_be_typed() -> None:
    now = NOW + timedelta(seconds=17)
    rules = Rules(notice=HOUR, horizon=DAY)

    late = ask(Slot.of(NOW + HOUR, HOUR), rules, now=now)
    early = ask(Slot.of(NOW + 2 * DAY, HOUR), rules, now=now)

    assert (TooLate(HOUR, NOW + HOUR + MINUTE),) == reasons_of(late)
    assert (TooEarly(DAY, NOW + DAY),) == reasons_of(early)


@pytest.mark.parametrize(
    ("start", "end", "named"),
    [
        pytest.param("18:00", "23:00", None, id="all of the hours"),
        pytest.param("17:59", "19:00", (TUESDAY,), id="begins too early"),
        pytest.param("22:30", "23:01", (TUESDAY,), id="ends too late"),
        pytest.param("2026-06-03 20:00", "2026-06-03 21:00", (), id="nothing on Wednesday"),
    ],
)
def test_refuses_a_slot_outside_opening_hours(
    start: str, end: str, named: tuple[OpeningHours, ...] | None
) -> None:
    decision = ask(a_slot(start, end), Rules(opening_hours=(TUESDAY,)))

    expected = () if named is None else (Closed(named, "UTC"),)
    assert expected == reasons_of(decision)


def test_names_last_nights_hours_when_they_run_into_the_day() -> None:
    night = hours(0, "22:00", "02:00")

    decision = ask(a_slot("01:00", "03:00"), Rules(opening_hours=(TUESDAY, night)))

    assert (Closed((TUESDAY, night), "UTC"),) == reasons_of(decision)


def test_lets_a_slot_run_over_midnight_when_both_days_are_open() -> None:
    rules = Rules(opening_hours=(hours(1, "00:00", "00:00"), hours(2, "00:00", "00:00")))

    decision = ask(a_slot("22:00", "2026-06-03 02:00"), rules)

    assert reasons_of(decision) == ()


def test_lets_set_up_and_tear_down_lie_outside_opening_hours_and_in_blackouts() -> None:
    rules = Rules(opening_hours=(TUESDAY,), set_up=HOUR, tear_down=HOUR)
    around = (Blackout(a_slot("17:00", "18:00")), Blackout(a_slot("23:00", "23:30")))

    decision = ask(a_slot("18:00", "23:00"), rules, blackouts=around)

    assert reasons_of(decision) == ()


def test_names_every_blackout_in_the_way_in_order() -> None:
    early = Blackout(a_slot("19:00", "20:01"), "repairs")
    touching = Blackout(a_slot("21:00", "22:00"), "later")

    decision = ask(EVENING, blackouts=(WORKS, touching, early))

    assert (BlackedOut(early), BlackedOut(WORKS)) == reasons_of(decision)


def test_gives_every_reason_at_once() -> None:
    quota = Quota(Period.DAY, reservations=1)
    rules = Rules(
        max_viewers=10, opening_hours=(TUESDAY,), shortest=2 * HOUR, notice=3 * DAY, quotas=(quota,)
    )
    slot = a_slot("22:30", "23:30")
    out = Blackout(slot, "works")

    decision = ask(
        slot,
        rules,
        viewers=9,
        blackouts=[out],
        taken=[Taken(slot, 5)],
        held=[a_slot("09:00", "10:00")],
    )

    expected = (
        TooShort(2 * HOUR),
        TooLate(3 * DAY, NOW + 3 * DAY),
        Closed((TUESDAY,), "UTC"),
        BlackedOut(out),
        Full(1, slot),
        TooManyViewers(10, 5),
        OverQuota(quota),
    )
    assert Deny(slot, expected) == decision


def test_says_of_a_retired_server_nothing_else() -> None:
    slot = Slot.of(NOW - DAY, MINUTE)

    decision = ask(slot, server=a_server(retired=True), taken=[Taken(slot)])

    assert Deny(slot, (Retired(),)) == decision


def test_refuses_to_count_with_less_than_no_viewers() -> None:
    with pytest.raises(ValueError, match="fewer than no viewers"):
        ask(EVENING, viewers=-1)


@pytest.mark.parametrize(
    ("lead", "now", "expected"),
    [
        pytest.param(HOUR, at("18:00"), at("19:00"), id="ahead"),
        pytest.param(HOUR, at("19:00"), None, id="just now"),
        pytest.param(HOUR, at("19:30"), None, id="passed"),
        pytest.param(timedelta(0), at("18:00"), None, id="switched off"),
        pytest.param(timedelta(days=800_000), NOW, None, id="longer than time"),
    ],
)
def test_sets_a_deadline_only_where_it_lies_ahead(
    lead: timedelta, now: datetime, expected: datetime | None
) -> None:
    assert expected == reconfirm_deadline(Rules(reconfirm_lead=lead), EVENING, now)


@pytest.mark.parametrize(
    ("slot", "centre"),
    [
        pytest.param(EVENING, EVENING.starts_at, id="a start that may be booked"),
        pytest.param(Slot.of(NOW - 90 * DAY, HOUR), NOW + HOUR, id="past"),
        pytest.param(Slot.of(NOW + 90 * DAY, HOUR), NOW + 30 * DAY, id="beyond the horizon"),
    ],
)
def test_search_window_covers_the_slot_and_the_search_with_buffers(
    slot: Slot, centre: datetime
) -> None:
    rules = Rules(notice=HOUR, horizon=30 * DAY, set_up=5 * MINUTE, tear_down=10 * MINUTE)

    window = search_window(slot, rules, NOW)

    expected = Slot(
        min(slot.starts_at, centre - SEARCH_SPAN) - 5 * MINUTE,
        max(slot.ends_at, centre + SEARCH_SPAN + HOUR) + 10 * MINUTE,
    )
    assert expected == window


def test_quota_window_reaches_over_whole_periods() -> None:
    quotas = (Quota(Period.DAY), Quota(Period.MONTH), Quota(Period.WEEK))
    server = a_server(Rules(quotas=quotas), BERLIN)
    window = a_slot("2026-06-10 12:00", "2026-06-30 12:00", BERLIN)

    expected = a_slot("2026-06-01 00:00", "2026-07-06 00:00", BERLIN)
    assert expected == quota_window(window, server)
    assert window == quota_window(window, a_server())
