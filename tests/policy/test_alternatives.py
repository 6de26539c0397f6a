"""Alternatives: the nearest slots that would be permitted, spread so that there is a choice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import perf_counter

import pytest

from core.model.server import Blackout, Period, Quota, Rules
from core.model.slot import Slot
from core.policy.reasons import Deny, InThePast, Taken
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
    busy,
    hours,
    reasons_of,
)

EVENING = a_slot("20:00", "21:00")


def offered(  # noqa: PLR0913 - a decision's facts, each by its name
    slot: Slot,
    rules: Rules | None = None,
    *,
    taken: Sequence[Taken] = (),
    blackouts: Sequence[Blackout] = (),
    held: Sequence[Slot] = (),
    now: datetime = NOW,
) -> list[Slot]:
    decision = ask(slot, rules, taken=taken, blackouts=blackouts, held=held, now=now)
    assert isinstance(decision, Deny)
    return list(decision.alternatives)


def test_offers_before_after_and_the_next_choice_apart() -> None:
    found = offered(EVENING, taken=[busy("20:00", "22:00")])

    assert [a_slot("19:00", "20:00"), a_slot("18:00", "19:00"), a_slot("22:00", "23:00")] == found


def test_offers_both_sides_even_where_one_is_far() -> None:
    found = offered(EVENING, taken=[busy("18:00", "2026-06-03 09:00")])

    expected = [
        a_slot("17:00", "18:00"),
        a_slot("16:00", "17:00"),
        a_slot("2026-06-03 09:00", "2026-06-03 10:00"),
    ]
    assert expected == found


def test_offers_the_earlier_of_two_equally_near_first() -> None:
    found = offered(EVENING, taken=[busy("20:00", "21:00")])

    assert [a_slot("19:00", "20:00"), a_slot("21:00", "22:00"), a_slot("18:00", "19:00")] == found


def test_a_short_slot_moves_by_its_own_length_and_a_long_one_by_an_hour() -> None:
    short = offered(a_slot("20:00", "20:20"), taken=[busy("20:00", "20:20")])
    long = offered(a_slot("20:00", "23:00"), taken=[busy("20:00", "23:00")])

    assert [at("19:40"), at("20:20"), at("19:20")] == [one.starts_at for one in short]
    assert [at("17:00"), at("23:00"), at("16:00")] == [one.starts_at for one in long]


def test_stands_on_five_minute_marks_where_a_gap_has_one() -> None:
    found = offered(EVENING, taken=[busy("19:58", "21:02")])

    assert [at("18:55"), at("21:05"), at("17:55")] == [one.starts_at for one in found]


def test_touches_the_edge_where_a_gap_has_no_mark() -> None:
    taken = [
        busy("2026-06-01 12:00", "2026-06-02 18:01"),  # then an hour and two minutes are free
        busy("19:03", "21:01"),
        busy("22:03", "2026-07-30 00:00"),
    ]

    found = offered(EVENING, taken=taken)

    assert [a_slot("21:01", "22:01"), a_slot("18:03", "19:03")] == found


def test_takes_a_mark_at_the_very_end_of_a_gap() -> None:
    taken = [
        busy("2026-06-01 12:00", "2026-06-02 18:00"),  # starts at 18:00 to 18:03 are free
        busy("19:03", "21:02"),
        busy("22:05", "2026-07-30 00:00"),  # and at 21:02 to 21:05
    ]

    found = offered(EVENING, taken=taken)

    assert [a_slot("21:05", "22:05"), a_slot("18:00", "19:00")] == found


def test_after_a_wish_in_the_past_offers_from_now_on() -> None:
    now = NOW + timedelta(minutes=3, seconds=7)
    slot = Slot.of(NOW - HOUR, HOUR)

    decision = ask(slot, now=now)

    assert (InThePast(),) == reasons_of(decision)
    assert isinstance(decision, Deny)
    expected = [NOW + 5 * MINUTE, NOW + 65 * MINUTE, NOW + 125 * MINUTE]
    assert expected == [one.starts_at for one in decision.alternatives]


def test_after_a_wish_long_past_still_offers_from_now_on() -> None:
    found = offered(Slot.of(NOW - 366 * DAY, HOUR))

    assert [NOW, NOW + HOUR, NOW + 2 * HOUR] == [one.starts_at for one in found]


def test_after_a_wish_beyond_the_horizon_offers_the_last_that_may_be_booked() -> None:
    found = offered(Slot.of(NOW + 366 * DAY, HOUR), Rules(horizon=30 * DAY))

    last = NOW + 30 * DAY
    assert [last, last - HOUR, last - 2 * HOUR] == [one.starts_at for one in found]


def test_searches_a_fortnight_either_way_and_no_farther() -> None:
    wall = Taken(Slot(NOW - DAY, EVENING.starts_at + 14 * DAY))
    longer = Taken(Slot(NOW - DAY, EVENING.starts_at + 14 * DAY + MINUTE))

    assert [EVENING.starts_at + 14 * DAY] == [
        one.starts_at for one in offered(EVENING, taken=[wall])
    ]
    assert [] == offered(EVENING, taken=[longer])


def test_a_denied_quota_offers_days_with_room() -> None:
    rules = Rules(quotas=(Quota(Period.DAY, reservations=1),))

    found = offered(a_slot("12:00", "13:00"), rules, held=[a_slot("08:00", "09:00")])

    expected = [at("2026-06-03 00:00"), at("2026-06-01 23:55"), at("2026-06-03 01:00")]
    assert expected == [one.starts_at for one in found]


def test_keeps_viewers_blackouts_and_buffers_in_mind() -> None:
    rules = Rules(max_streams=2, max_viewers=100, set_up=10 * MINUTE, tear_down=10 * MINUTE)
    decision = ask(
        EVENING,
        rules,
        viewers=60,
        taken=[busy("19:00", "22:00", 50)],
        blackouts=[Blackout(a_slot("16:00", "18:00")), Blackout(a_slot("22:30", "23:00"))],
    )

    assert isinstance(decision, Deny)
    starts = [one.starts_at for one in decision.alternatives]
    assert [at("23:00"), at("2026-06-03 00:00"), at("15:00")] == starts


def test_lies_in_opening_hours_of_the_day_the_clocks_change() -> None:
    """Berlin, 25 October 2026: 01:00 to 03:00 lasts three hours."""
    server = a_server(Rules(opening_hours=(hours(6, "01:00", "03:00"),)), BERLIN)
    slot = Slot.of(at("2026-10-25 12:00", BERLIN), 3 * HOUR)

    decision = ask(slot, server=server, now=slot.starts_at - 2 * DAY)

    assert isinstance(decision, Deny)
    assert (Slot.of(at("2026-10-25 01:00", BERLIN), 3 * HOUR),) == decision.alternatives


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(Rules(shortest=2 * HOUR), id="too short"),
        pytest.param(Rules(longest=30 * MINUTE), id="too long"),
        pytest.param(Rules(quotas=(Quota(Period.WEEK, total_length=MINUTE),)), id="beyond quota"),
        pytest.param(Rules(max_streams=0), id="no streams"),
    ],
)
def test_offers_nothing_where_no_time_would_help(rules: Rules) -> None:
    assert [] == offered(EVENING, rules)


def test_two_thousand_reservations_do_not_slow_the_answer() -> None:
    """It takes 4 ms: the bound lets a busy machine pass, and a search that is square in n not."""
    step = 20 * MINUTE
    first = EVENING.starts_at - 1000 * step
    taken = [Taken(Slot.of(first + n * step, step - MINUTE), 1) for n in range(2000)]
    rules = Rules(opening_hours=tuple(hours(day, "06:00", "02:00") for day in range(7)))
    server = a_server(rules, BERLIN)

    def seconds() -> float:
        began = perf_counter()
        decision = ask(EVENING, server=server, taken=taken, now=first)
        spent = perf_counter() - began
        assert isinstance(decision, Deny)
        return spent

    assert min(seconds() for _ in range(5)) < 0.1
