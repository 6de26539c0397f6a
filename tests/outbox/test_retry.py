"""When to try again: growing waits, spread out, and never before the next hop wants it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.outbox.retry import pause_after, retry_at

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 120), (7, 240), (8, 240), (100, 240)],
)
@pytest.mark.parametrize("delivery_id", [1, 2, 3, 2**40])
def test_waits_grow_to_four_hours_a_tenth_either_way(
    attempts: int, minutes: int, delivery_id: int
) -> None:
    wait = retry_at(attempts, delivery_id, NOW) - NOW

    assert 0.9 * minutes * MINUTE <= wait <= 1.1 * minutes * MINUTE


def test_a_crowd_does_not_come_back_at_once() -> None:
    waits = sorted(retry_at(1, number, NOW) - NOW for number in range(1, 201))

    assert waits[-1] - waits[0] > timedelta(seconds=11)
    assert len(set(waits)) > 150


@given(st.integers(1, 50), st.integers(1, 2**60), st.floats(1, 86_400))
def test_where_the_next_hop_says_when_it_is_no_sooner_and_not_much_later(
    attempts: int, delivery_id: int, retry_after: float
) -> None:
    wait = retry_at(attempts, delivery_id, NOW, retry_after) - NOW

    wish = timedelta(seconds=retry_after)
    assert wish <= wait <= 1.1 * wish + timedelta.resolution


@pytest.mark.parametrize(("wish", "waits"), [(0.0, 1), (-5.0, 1), (1e300, 86_400)])
def test_no_next_hop_has_us_knock_without_a_pause_or_never_again(wish: float, waits: int) -> None:
    wait = retry_at(1, 1, NOW, wish) - NOW

    assert waits <= wait.total_seconds() <= 1.1 * waits


@pytest.mark.parametrize(("breakdowns", "minutes"), [(1, 1), (2, 2), (3, 5), (4, 10), (9, 10)])
def test_a_broken_route_is_left_alone_for_longer_and_longer(breakdowns: int, minutes: int) -> None:
    assert minutes * MINUTE == pause_after(breakdowns)
