"""What is free: the stretches, their ends, and what bars them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from core.model.server import Blackout, Period, Quota, Rules, Server
from core.model.slot import Slot
from core.policy.free import Bar, Starts, free_slots, without
from core.policy.reasons import Taken
from tests.policy.builders import (
    BERLIN,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_server,
    a_slot,
    at,
    busy,
    hours,
)

TUESDAY = a_slot("00:00", "2026-06-03 00:00")


def free(  # noqa: PLR0913 - a decision's facts, each by its name
    rules: Rules | None = None,
    *,
    length: timedelta = HOUR,
    window: Slot = TUESDAY,
    server: Server | None = None,
    viewers: int = 0,
    blackouts: Sequence[Blackout] = (),
    taken: Sequence[Taken] = (),
    held: Sequence[Slot] = (),
    now: datetime = NOW,
) -> list[Slot]:
    return list(
        free_slots(
            window,
            length,
            viewers=viewers,
            server=server or a_server(rules),
            blackouts=blackouts,
            taken=taken,
            held=held,
            now=now,
        )
    )


def test_all_of_an_empty_day_is_free() -> None:
    assert [TUESDAY] == free()


def test_time_between_reservations_is_free_if_the_length_fits() -> None:
    taken = [busy("08:00", "10:00"), busy("10:59", "12:00"), busy("13:00", "20:00")]

    expected = [
        a_slot("00:00", "08:00"),
        a_slot("12:00", "13:00"),
        a_slot("20:00", "2026-06-03 00:00"),
    ]
    assert expected == free(taken=taken)


def test_buffers_keep_their_distance_from_others_but_not_from_the_edge_of_the_day() -> None:
    rules = Rules(set_up=10 * MINUTE, tear_down=5 * MINUTE)

    found = free(rules, taken=[busy("08:00", "10:00")])

    assert [a_slot("00:00", "07:55"), a_slot("10:10", "2026-06-03 00:00")] == found


def test_another_stream_leaves_time_free_where_not_all_are_taken() -> None:
    taken = [busy("08:00", "12:00"), busy("10:00", "14:00"), busy("14:00", "16:00")]

    found = free(Rules(max_streams=2), taken=taken)

    assert [a_slot("00:00", "10:00"), a_slot("12:00", "2026-06-03 00:00")] == found


@pytest.mark.parametrize(
    ("viewers", "expected"),
    [
        pytest.param(40, [TUESDAY], id="fits beside them"),
        pytest.param(
            41, [a_slot("00:00", "10:00"), a_slot("11:00", "2026-06-03 00:00")], id="one too many"
        ),
        pytest.param(101, [], id="more than there are"),
        pytest.param(0, [TUESDAY], id="none"),
    ],
)
def test_viewers_bar_time_like_streams(viewers: int, expected: list[Slot]) -> None:
    rules = Rules(max_streams=9, max_viewers=100)

    assert expected == free(rules, taken=[busy("10:00", "11:00", 60)], viewers=viewers)


def test_only_opening_hours_are_free_and_blackouts_are_not() -> None:
    rules = Rules(opening_hours=(hours(1, "08:00", "20:00"),), set_up=HOUR, tear_down=HOUR)

    found = free(rules, blackouts=[Blackout(a_slot("10:00", "12:00"))])

    assert [a_slot("08:00", "10:00"), a_slot("12:00", "20:00")] == found


def test_notice_and_horizon_bound_the_starts_at_whole_minutes() -> None:
    now = at("10:00") + timedelta(seconds=20)
    rules = Rules(notice=HOUR, horizon=3 * HOUR)

    assert [a_slot("11:01", "14:00")] == free(rules, now=now)


def test_a_spent_day_bars_its_starts_and_not_the_hours_around_it() -> None:
    rules = Rules(quotas=(Quota(Period.DAY, reservations=1),))
    window = a_slot("2026-06-02 12:00", "2026-06-04 12:00")

    found = free(
        rules, window=window, length=2 * HOUR, held=[a_slot("2026-06-03 10:00", "2026-06-03 11:00")]
    )

    expected = [
        a_slot("2026-06-02 12:00", "2026-06-03 01:59"),
        a_slot("2026-06-04 00:00", "2026-06-04 12:00"),
    ]
    assert expected == found


@pytest.mark.parametrize(
    ("rules", "length"),
    [
        pytest.param(Rules(shortest=2 * HOUR), HOUR, id="too short"),
        pytest.param(Rules(longest=HOUR), 2 * HOUR, id="too long"),
        pytest.param(Rules(quotas=(Quota(Period.DAY, reservations=0),)), HOUR, id="no quota"),
        pytest.param(Rules(max_streams=0), HOUR, id="no streams"),
        pytest.param(Rules(notice=400 * DAY), HOUR, id="notice beyond the horizon"),
        pytest.param(Rules(longest=3 * DAY), 25 * HOUR, id="longer than the window"),
    ],
)
def test_nothing_is_free_where_no_start_is_allowed(rules: Rules, length: timedelta) -> None:
    assert [] == free(rules, length=length)


def test_the_shortest_and_the_longest_length_are_allowed() -> None:
    assert [TUESDAY] == free(Rules(shortest=HOUR, longest=HOUR))


def test_nothing_is_free_on_a_retired_server() -> None:
    assert [] == free(server=a_server(retired=True))


def test_nothing_is_free_in_the_past() -> None:
    assert [] == free(window=Slot(NOW - DAY, NOW))


def test_an_hour_shown_twice_is_free_twice() -> None:
    server = a_server(Rules(opening_hours=(hours(6, "02:00", "03:00"),)), BERLIN)
    window = a_slot("2026-10-25 00:00", "2026-10-26 00:00", BERLIN)

    found = free(server=server, window=window, now=window.starts_at)

    assert [a_slot("2026-10-25 00:00", "2026-10-25 02:00")] == found


def _minute(number: int) -> datetime:
    return NOW + number * MINUTE


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        pytest.param([], [(0, 10), (20, 30)], id="none"),
        pytest.param([(3, 5)], [(0, 3), (5, 10), (20, 30)], id="a hole"),
        pytest.param([(3, 5), (5, 7)], [(0, 3), (5, 5), (7, 10), (20, 30)], id="touch: one start"),
        pytest.param([(4, 7), (3, 5)], [(0, 3), (7, 10), (20, 30)], id="overlap"),
        pytest.param([(3, 9), (4, 5)], [(0, 3), (9, 10), (20, 30)], id="one in another"),
        pytest.param([(5, 25)], [(0, 5), (25, 30)], id="over two ranges"),
        pytest.param([(-5, 0)], [(0, 10), (20, 30)], id="ends at the first"),
        pytest.param([(10, 20)], [(0, 10), (20, 30)], id="between the ranges"),
        pytest.param([(-5, 10)], [(10, 10), (20, 30)], id="leaves the last"),
        pytest.param([(0, 40)], [(0, 0)], id="leaves the first"),
        pytest.param([(-1, 40)], [], id="leaves nothing"),
        pytest.param([(30, 40), (-9, -1)], [(0, 10), (20, 30)], id="outside"),
    ],
)
def test_bars_leave_their_own_ends(
    bars: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    ranges = [Starts(_minute(0), _minute(10)), Starts(_minute(20), _minute(30))]

    left = without(ranges, [Bar(_minute(a), _minute(b)) for a, b in bars])

    assert [Starts(_minute(a), _minute(b)) for a, b in expected] == list(left)
