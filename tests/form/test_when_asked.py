"""Times that are asked back because they mean several things, or refused because they mean none."""

from __future__ import annotations

import pytest

from bot.form.answers import AskBack, Mistake
from bot.form.when import When, parse_when
from tests.form.moments import BERLIN, NOW, local

ASKED = {
    "next friday 20:00": ["2026-11-27 20:00", "2026-12-04 20:00"],
    "next week fri 8": ["2026-12-04 08:00", "2026-12-04 20:00"],
    "12/4 7pm": ["2026-12-04 19:00", "2027-04-12 19:00"],
    "04-12-2027 7pm": ["2027-04-12 19:00", "2027-12-04 19:00"],
    "12/4 7": ["2026-12-04 07:00", "2026-12-04 19:00", "2027-04-12 07:00", "2027-04-12 19:00"],
    "fri 8": ["2026-11-27 08:00", "2026-11-27 20:00"],
    "8": ["2026-11-25 20:00", "2026-11-26 08:00"],
    "fri 8 o'clock": ["2026-11-27 08:00", "2026-11-27 20:00"],
    "fri 12": ["2026-11-27 00:00", "2026-11-27 12:00", "2026-11-28 00:00"],
    "fri midnight": ["2026-11-27 00:00", "2026-11-28 00:00"],
    "fri night 1am": ["2026-11-27 01:00", "2026-11-28 01:00"],
    "fri 8-10": ["2026-11-27 08:00", "2026-11-27 20:00"],
    "fri 8pm - sat 2": ["2026-11-27 20:00", "2026-11-27 20:00"],
    "4 jul 2027 8pm CET": ["2027-07-04 20:00", "2027-07-04 21:00"],
    "2026-12-04 20:00-02:00": ["2026-12-04 20:00", "2026-12-04 23:00"],
    "2027-03-28 02:30": ["2027-03-28 01:30", "2027-03-28 03:30"],
    "sun 28 mar 2:30": ["2027-03-28 01:30", "2027-03-28 03:30"],
}


@pytest.mark.parametrize(("text", "starts"), ASKED.items(), ids=ASKED)
def test_asks_back_what_has_several_meanings(text: str, starts: list[str]) -> None:
    answer = parse_when(text, zone=BERLIN, now=NOW)

    assert isinstance(answer, AskBack)
    assert [local(each) for each in starts] == [each.starts_at for each in answer.choices]
    assert answer.question.endswith("Which do you mean?")


def test_says_why_it_asks_and_how_to_write_each_meaning() -> None:
    answer = parse_when("fri 8-10", zone=BERLIN, now=NOW)

    assert isinstance(answer, AskBack)
    assert "\u201c8\u201d can be 08:00 or 20:00. Which do you mean?" == answer.question
    assert "Fri 27 Nov 2026, 08:00 to 10:00 (Europe/Berlin, UTC+01:00)" == answer.choices[0].label
    assert "2026-11-27T08:00+01:00 for 2 h" == answer.choices[0].text


def test_asks_which_place_an_abbreviation_means() -> None:
    answer = parse_when("fri 8pm IST", zone=BERLIN, now=NOW)

    assert isinstance(answer, AskBack)
    places = {"Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"}
    assert places <= {each.text.rsplit(" ", 1)[-1] for each in answer.choices}


def test_leaves_out_a_meaning_that_is_past_when_another_is_ahead() -> None:
    assert When(local("2026-11-25 20:00"), None, BERLIN) == parse_when(
        "today 8", zone=BERLIN, now=NOW
    )


@pytest.mark.parametrize("weekday", range(7))
def test_next_is_asked_back_unless_everybody_means_the_same_week(weekday: int) -> None:
    now = local(f"2026-11-{23 + weekday} 12:00")  # 23 November 2026 is a Monday

    answer = parse_when("next friday 20:00", zone=BERLIN, now=now)

    # On Sundays some say that the new week has begun.
    certain = {4, 5}
    assert (weekday in certain) == isinstance(answer, When)


MISTAKES = {
    "": "At what time?",
    "fri": "At what time?",
    "4.12.2026": "At what time?",
    "4 Dec 2030": "At what time?",
    "fri evening": "At what time?",
    "in 2 days": "At what time?",
    "fri 20h": "At what time?",
    "until 22:00": "When does it start?",
    "8pm until": "Until when?",
    "fri 8pm until sat": "Until what time?",
    "20:00 - sat 02:00": "On which day does it start?",
    "fri 8pm banana": "\u201cbanana\u201d is not understood",
    "fri 8pm please": "\u201cplease\u201d is not understood",
    "fri 8pm 2000": "\u201c2000\u201d is not understood",
    "firday 8pm": "Did you mean \u201cFriday\u201d?",
    "fri 8pm berln": "Did you mean \u201cBerlin\u201d?",
    "fri 8pm Europe/Atlantis": "\u201cEurope/Atlantis\u201d is not understood",
    "31 feb 20:00": "There is no 31 February",
    "30/30 20:00": "There is no month 30",
    "0.0. 20:00": "There is no month 0",
    "25:00": "There is no time 25:00",
    "20:60": "There is no time 20:60",
    "13pm": "is no time of day",
    "0am": "is no time of day",
    "thu 4 Dec 20:00": "would be Fri 4 Dec 2026, not a Thursday",
    "4.12": "can be a time or a date",
    "fri 4.12": "can be a time or a date",
    "fri 8pm 9pm": "are two times",
    "fri sat 8pm": "are two days",
    "fri 8pm UTC CET": "two time zones",
    "fri 8pm for 2h for 3h": "two lengths",
    "20:00-21:00-22:00": "two ends",
    "in 2 hours at 8pm": "not both",
    "next week 8pm": "Which day?",
    "morning 20:00": "not in the morning",
    "tonight 09:30": "not in the night",
    "20:00-20:00": "ends when it starts",
    "fri 8pm until tomorrow 2am": "ends before it starts",
    "fri 8pm for 3h until 22:00": "do not agree",
    "fri 8pm for 0 min": "no time at all",
    "fri 8pm for 8 days": "too long",
    "fri 8pm - mon 20:00 for 9 days": "too long",
    "2026-12-04 20:00 until 2026-12-14 20:00": "too long",
    "2020-01-01 20:00": "in the past",
    "2026-11-23 20:00": "in the past",
    "0001-01-01 00:00": "long past",
    "9999-12-31 20:00": "too far off",
    "in 999999 weeks 20:00": "too far off",
    "2026-12-04T20:00-22:00": "no offset",
    "fri 8pm +99:00": "not understood",
    "fri\x008pm": "control character (U+0000)",
    "fri \u202e8pm": "invisible character (U+202E)",
    "8" * 201: "too long",
}


@pytest.mark.parametrize(("text", "says"), MISTAKES.items(), ids=map(repr, MISTAKES))
def test_says_what_is_wrong(text: str, says: str) -> None:
    answer = parse_when(text, zone=BERLIN, now=NOW)

    assert isinstance(answer, Mistake), answer
    assert says in answer.message
