"""After an outage: who lapses, who gets time, who is kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.model.slot import Slot
from core.policy.late import (
    Extend,
    Keep,
    Lapse,
    LetPass,
    decide_lapse,
    outage_between,
    reminder_is_worth,
)
from tests.policy.builders import DAY, HOUR, MINUTE, NOW, a_slot, at

SHOW = a_slot("2026-06-03 20:00", "2026-06-03 22:00")
DEADLINE = at("20:00")  # a day before


def decided(
    outage: tuple[str, str] | None,
    now: str,
    *,
    slot: Slot = SHOW,
    reconfirm_by: datetime = DEADLINE,
    asked_at: datetime = NOW,
) -> object:
    stretch = None if outage is None else a_slot(*outage)
    return decide_lapse(slot, reconfirm_by, asked_at=asked_at, outage=stretch, now=at(now))


@pytest.mark.parametrize(
    ("outage", "now", "expected"),
    [
        pytest.param(None, "20:00", Lapse(), id="no outage"),
        pytest.param(("10:00", "19:45"), "20:00", Lapse(), id="awake for the last quarter"),
        pytest.param(("19:50", "20:05"), "20:05", Lapse(), id="a quarter of an hour is no outage"),
        pytest.param(
            ("19:50", "20:06"), "20:06", Extend(at("20:21")), id="never less than a quarter"
        ),
        pytest.param(
            ("18:00", "23:00"), "23:00", Extend(at("2026-06-03 01:00")), id="two hours taken"
        ),
        pytest.param(
            ("18:00", "19:46"), "20:00", Extend(at("21:46")), id="woke too shortly before"
        ),
        pytest.param(
            ("18:00", "23:00"), "2026-06-03 00:55", Extend(at("2026-06-03 01:10")), id="late sweep"
        ),
        pytest.param(
            ("20:30", "21:30"), "21:30", Extend(at("21:45")), id="missed by an unwell desk before"
        ),
        pytest.param(
            ("2026-06-01 13:00", "2026-06-03 19:00"),
            "2026-06-03 19:00",
            Extend(at("2026-06-03 20:00")),
            id="never later than the start",
        ),
        pytest.param(
            ("18:00", "2026-06-03 19:44"),
            "2026-06-03 19:44",
            Extend(at("2026-06-03 20:00")),
            id="a quarter left before the start",
        ),
        pytest.param(
            ("18:00", "2026-06-03 19:45"), "2026-06-03 19:45", Keep(), id="about to start"
        ),
        pytest.param(("18:00", "2026-06-03 20:30"), "2026-06-03 20:30", Keep(), id="has begun"),
        pytest.param(("18:00", "2026-06-03 22:00"), "2026-06-03 22:00", LetPass(), id="is over"),
    ],
)
def test_gives_back_the_time_an_outage_took(
    outage: tuple[str, str] | None, now: str, expected: object
) -> None:
    assert expected == decided(outage, now)


def test_an_outage_before_the_holder_was_asked_took_nothing() -> None:
    soon = at("19:55")

    assert Lapse() == decided(("10:00", "19:50"), "20:00", asked_at=soon)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("20:05", Keep(), id="has begun"),
        pytest.param("20:06", Keep(), id="begins now"),
        pytest.param("20:07", Lapse(), id="has not begun"),
    ],
)
def test_keeps_a_slot_that_began_during_a_short_outage(start: str, expected: object) -> None:
    assert expected == decided(("19:55", "20:06"), "20:06", slot=a_slot(start, "21:00"))


def test_lapses_at_the_start_when_the_extended_deadline_passes_in_silence() -> None:
    extended = decided(("2026-06-01 13:00", "2026-06-03 19:00"), "2026-06-03 19:00")
    assert Extend(SHOW.starts_at) == extended

    again = decided(
        ("2026-06-01 13:00", "2026-06-03 19:00"), "2026-06-03 20:00", reconfirm_by=SHOW.starts_at
    )

    assert Lapse() == again


@pytest.mark.parametrize("minutes", range(0, 27 * 60, 20))
def test_extends_at_most_once_and_always_by_a_quarter_of_an_hour(minutes: int) -> None:
    outage = Slot(at("17:00"), at("20:00") + minutes * MINUTE)
    now = outage.ends_at

    first = decide_lapse(SHOW, DEADLINE, asked_at=NOW, outage=outage, now=now)

    if isinstance(first, Extend):
        assert now + 15 * MINUTE <= first.until <= SHOW.starts_at
        again = decide_lapse(SHOW, first.until, asked_at=NOW, outage=outage, now=first.until)
        assert Lapse() == again
    else:
        assert now >= SHOW.starts_at - 15 * MINUTE
        assert Lapse() != first


@pytest.mark.parametrize(
    ("swept", "expected"),
    [
        pytest.param(None, None, id="never swept before"),
        pytest.param(NOW - 15 * MINUTE, None, id="a pause"),
        pytest.param(NOW - 16 * MINUTE, Slot(NOW - 16 * MINUTE, NOW), id="an outage"),
        pytest.param(NOW + HOUR, None, id="the clock was set back"),
    ],
)
def test_calls_a_silence_of_more_than_a_quarter_an_outage(
    swept: datetime | None, expected: Slot | None
) -> None:
    assert expected == outage_between(swept, NOW)


@pytest.mark.parametrize(
    ("due_at", "now", "expected"),
    [
        pytest.param(NOW - HOUR, NOW - MINUTE, True, id="late but useful"),
        pytest.param(NOW - HOUR, NOW, False, id="the slot has begun"),
        pytest.param(NOW - DAY, NOW + DAY, False, id="long over"),
        pytest.param(NOW, NOW - HOUR, False, id="due at the start"),
    ],
)
def test_skips_a_reminder_once_the_slot_has_begun(
    due_at: datetime, now: datetime, *, expected: bool
) -> None:
    assert expected == reminder_is_worth(due_at, NOW, now)
