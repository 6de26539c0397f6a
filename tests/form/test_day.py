"""Days to look for free slots on."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.form.answers import AskBack, Mistake
from bot.form.day import parse_day
from core.model.slot import Slot
from tests.form.moments import BERLIN, NOW, local

WINDOWS = {
    "": ("2026-11-25", "2026-12-02"),
    "today": ("2026-11-25", "2026-11-26"),
    "tomorrow": ("2026-11-26", "2026-11-27"),
    "fri": ("2026-11-27", "2026-11-28"),
    "wed": ("2026-11-25", "2026-11-26"),
    "2026-12-04": ("2026-12-04", "2026-12-05"),
    "4 Dec": ("2026-12-04", "2026-12-05"),
    "4.12": ("2026-12-04", "2026-12-05"),
    "4.12 - 8.12": ("2026-12-04", "2026-12-09"),
    "4.12.": ("2026-12-04", "2026-12-05"),
    "in 3 days": ("2026-11-28", "2026-11-29"),
    "this week": ("2026-11-25", "2026-11-30"),
    "next week": ("2026-11-30", "2026-12-07"),
    "the weekend": ("2026-11-28", "2026-11-30"),
    "fri next week": ("2026-12-04", "2026-12-05"),
    "4 Dec - 8 Dec": ("2026-12-04", "2026-12-09"),
    "fri to mon": ("2026-11-27", "2026-12-01"),
}


@pytest.mark.parametrize(("text", "days"), WINDOWS.items(), ids=map(repr, WINDOWS))
def test_gives_whole_days_from_midnight_to_midnight(text: str, days: tuple[str, str]) -> None:
    first, behind = days

    assert Slot(local(first), local(behind)) == parse_day(text, BERLIN, NOW)


def test_a_day_on_which_clocks_go_back_is_longer() -> None:
    answer = parse_day("2026-10-25", BERLIN, local("2026-10-01"))

    assert isinstance(answer, Slot)
    assert 25 * 3600 == answer.length.total_seconds()


def test_a_day_without_midnight_starts_when_it_starts() -> None:
    beirut = ZoneInfo("Asia/Beirut")  # its clocks go from 00:00 to 01:00

    answer = parse_day("2026-03-29", beirut, local("2026-03-01"))

    assert isinstance(answer, Slot)
    assert "01:00" == f"{answer.starts_at.astimezone(beirut):%H:%M}"
    assert 23 * 3600 == answer.length.total_seconds()


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("next friday", ["2026-11-27", "2026-12-04"]),
        ("12/4", ["2026-12-04", "2027-04-12"]),
        ("next weekend", ["2026-11-28 - 2026-11-29", "2026-12-05 - 2026-12-06"]),
    ],
)
def test_asks_back_which_day_is_meant(text: str, texts: list[str]) -> None:
    answer = parse_day(text, BERLIN, NOW)

    assert isinstance(answer, AskBack)
    assert texts == [each.text for each in answer.choices]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fri 8pm", "Only the day"),
        ("in 2 hours", "Only the day"),
        ("fri for 2h", "Only the day"),
        ("someday", "\u201csomeday\u201d is not understood"),
        ("yesterday", "in the past"),
        ("8 Dec 2026 - 4 Dec 2026", "before the first"),
        ("1 Dec - 31 Jan", "At most 31 days"),
        ("31 feb", "There is no 31 February"),
        ("\x00", "control character"),
        ("x" * 100_000, "too long"),
    ],
)
def test_says_what_is_wrong(text: str, says: str) -> None:
    answer = parse_day(text, BERLIN, NOW)

    assert isinstance(answer, Mistake), answer
    assert says in answer.message
