"""Times read as people write them, in any zone and across its clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.model.slot import Slot
from core.notices.times import (
    clock_words,
    day_words,
    instant_words,
    length_words,
    slot_words,
)

_BERLIN = ZoneInfo("Europe/Berlin")
_EVENING = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)


def _slot(starts_at: datetime, hours: float) -> Slot:
    return Slot.of(starts_at, timedelta(hours=hours))


def test_says_a_day_a_clock_and_an_instant() -> None:
    assert "Fri 4 Dec 2026" == day_words(_EVENING, _BERLIN)
    assert "20:00" == clock_words(_EVENING, _BERLIN)
    assert "20:00:30" == clock_words(_EVENING + timedelta(seconds=30), _BERLIN)
    assert "Fri 4 Dec 2026, 20:00 CET" == instant_words(_EVENING, _BERLIN)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "Fri 4 Dec 2026, 20:00–22:00 CET (Europe/Berlin)"),
        ("UTC", "Fri 4 Dec 2026, 19:00–21:00 UTC"),
        ("America/Sao_Paulo", "Fri 4 Dec 2026, 16:00–18:00 UTC-3 (America/Sao_Paulo)"),
        ("Asia/Kathmandu", "Sat 5 Dec 2026, 00:45–02:45 UTC+5:45 (Asia/Kathmandu)"),
    ],
)
def test_says_a_slot_in_the_reader_s_zone(zone: str, words: str) -> None:
    assert words == str(slot_words(_slot(_EVENING, 2), ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "CET (Europe/Berlin, UTC+1)"),
        ("Asia/Kathmandu", "UTC+5:45 (Asia/Kathmandu)"),
        ("Europe/London", "GMT (Europe/London, UTC)"),
        ("UTC", "UTC"),
    ],
)
def test_names_the_distance_from_utc_on_demand(zone: str, words: str) -> None:
    assert words == slot_words(_slot(_EVENING, 2), ZoneInfo(zone), offset=True).zone


@pytest.mark.parametrize(
    ("hours", "span"),
    [
        (4, "Fri 4 Dec 2026, 20:00–24:00"),
        (5, "Fri 4 Dec 2026, 20:00 – Sat 5 Dec 2026, 01:00"),
        (28, "Fri 4 Dec 2026, 20:00 – Sun 6 Dec 2026, 00:00"),
    ],
)
def test_says_a_slot_across_midnight(hours: int, span: str) -> None:
    assert span == slot_words(_slot(_EVENING, hours), _BERLIN).span


@pytest.mark.parametrize(
    ("starts_at", "span", "zone"),
    [
        (
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            "Sun 25 Oct 2026, 02:30 CEST – 02:30 CET",
            "(Europe/Berlin, UTC+2 then UTC+1)",
        ),
        (
            datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
            "Sun 29 Mar 2026, 01:30 CET – 03:30 CEST",
            "(Europe/Berlin, UTC+1 then UTC+2)",
        ),
    ],
)
def test_says_both_abbreviations_across_a_clock_change(
    starts_at: datetime, span: str, zone: str
) -> None:
    words = slot_words(_slot(starts_at, 1), _BERLIN, offset=True)

    assert (span, zone) == (words.span, words.zone)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=45), "45 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=30), "2 h 30 min"),
        (timedelta(days=1, hours=2), "1 d 2 h"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(0), "0 min"),
    ],
)
def test_says_a_length(length: timedelta, words: str) -> None:
    assert words == length_words(length)
