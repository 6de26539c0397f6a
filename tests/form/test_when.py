"""Times as people write them: one meaning is understood, several are asked back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.form.answers import AskBack, Mistake
from bot.form.when import When, parse_when
from tests.form.moments import BERLIN, NEW_YORK, NOW, local

HOUR = timedelta(hours=1)

STARTS = {
    "tomorrow 20:00": "2026-11-26 20:00",
    "Tomorrow, 20:00": "2026-11-26 20:00",
    "tomorrow at 8 pm": "2026-11-26 20:00",
    "tmrw 8pm": "2026-11-26 20:00",
    "day after tomorrow 8pm": "2026-11-27 20:00",
    "yesterday 20:00": "2026-11-24 20:00",
    "fri 8pm": "2026-11-27 20:00",
    "on Friday at 20:00": "2026-11-27 20:00",
    "8pm on fri": "2026-11-27 20:00",
    "this fri 8pm": "2026-11-27 20:00",
    "Fri. 20.00": "2026-11-27 20:00",
    "wed 16:00": "2026-11-25 16:00",
    "wed 14:00": "2026-12-02 14:00",
    "wed 15:00": "2026-11-25 15:00",
    "this wed 14:00": "2026-11-25 14:00",
    "tue 8pm": "2026-12-01 20:00",
    "fri next week 8pm": "2026-12-04 20:00",
    "next wed 8pm": "2026-12-02 20:00",
    "today at noon": "2026-11-25 12:00",
    "tonight 9": "2026-11-25 21:00",
    "tonight 9:30": "2026-11-25 21:30",
    "tonight at midnight": "2026-11-26 00:00",
    "tonight 1am": "2026-11-26 01:00",
    "tomorrow morning 9": "2026-11-26 09:00",
    "8 in the evening tomorrow": "2026-11-26 20:00",
    "this evening 8": "2026-11-25 20:00",
    "in 2 hours": "2026-11-25 17:00",
    "in 90 min": "2026-11-25 16:30",
    "in an hour": "2026-11-25 16:00",
    "2 hours from now": "2026-11-25 17:00",
    "now": "2026-11-25 15:00",
    "in 2 days 20:00": "2026-11-27 20:00",
    "in a week 8pm": "2026-12-02 20:00",
    "2026-12-04 19:30": "2026-12-04 19:30",
    "2026-12-04 at 7:30pm": "2026-12-04 19:30",
    "2026/12/04 19:30": "2026-12-04 19:30",
    "2026-12-04T19:30": "2026-12-04 19:30",
    "4 Dec 19:30": "2026-12-04 19:30",
    "4. December 19:30": "2026-12-04 19:30",
    "Dec 4 7:30pm": "2026-12-04 19:30",
    "Dec 4th, 2026 at 7:30 p.m.": "2026-12-04 19:30",
    "the 4th of December 2026 19:30": "2026-12-04 19:30",
    "Fri 4 Dec 2026 19:30": "2026-12-04 19:30",
    "Fri 4 Dec - 19:30": "2026-12-04 19:30",
    "4.12. 19:30": "2026-12-04 19:30",
    "4.12 19:30": "2026-12-04 19:30",
    "4.12.26 19:30": "2026-12-04 19:30",
    "4.12.2026 19:30": "2026-12-04 19:30",
    "4.12. 20": "2026-12-04 20:00",
    "12/25 7pm": "2026-12-25 19:00",
    "25/12 7pm": "2026-12-25 19:00",
    "4/4 8pm": "2027-04-04 20:00",
    "fri 12/4 7pm": "2026-12-04 19:00",
    "24 Nov 19:30": "2027-11-24 19:30",
    "25 Nov 14:00": "2026-11-25 14:00",
    "29 feb 20:00": "2028-02-29 20:00",
    "8pm": "2026-11-25 20:00",
    "2pm": "2026-11-26 14:00",
    "@ 8pm": "2026-11-25 20:00",
    "12am": "2026-11-26 00:00",
    "fri 12pm": "2026-11-27 12:00",
    "midnight": "2026-11-26 00:00",
    "today 24:00": "2026-11-26 00:00",
    "fri 20": "2026-11-27 20:00",
    "fri 08:00": "2026-11-27 08:00",
    "fri 8:00": "2026-11-27 08:00",
    "\uff18pm": "2026-11-25 20:00",
    "fri\u00a08pm": "2026-11-27 20:00",
}

SPANS = {
    "fri 8pm for 2h": ("2026-11-27 20:00", 2 * HOUR),
    "fri 8pm 2h": ("2026-11-27 20:00", 2 * HOUR),
    "fri 8pm for 90 min": ("2026-11-27 20:00", 1.5 * HOUR),
    "fri 8pm for 1:30": ("2026-11-27 20:00", 1.5 * HOUR),
    "fri 8pm 1.5 hours": ("2026-11-27 20:00", 1.5 * HOUR),
    "for two hours on friday 8pm": ("2026-11-27 20:00", 2 * HOUR),
    "20:00-22:00": ("2026-11-25 20:00", 2 * HOUR),
    "20:00 \u2013 22:00": ("2026-11-25 20:00", 2 * HOUR),
    "fri 20.10-22.30": ("2026-11-27 20:10", timedelta(hours=2, minutes=20)),
    "2026-12-04 20:00-22:00": ("2026-12-04 20:00", 2 * HOUR),
    "8-10pm": ("2026-11-25 20:00", 2 * HOUR),
    "8-10pm fri": ("2026-11-27 20:00", 2 * HOUR),
    "Fri 4 Dec \u2013 8\u201310pm": ("2026-12-04 20:00", 2 * HOUR),
    "11-1pm": ("2026-11-26 11:00", 2 * HOUR),
    "10-2am": ("2026-11-25 22:00", 4 * HOUR),
    "8pm-10": ("2026-11-25 20:00", 2 * HOUR),
    "noon-2": ("2026-11-26 12:00", 2 * HOUR),
    "from 8pm to 10pm": ("2026-11-25 20:00", 2 * HOUR),
    "from 9 to 17 fri": ("2026-11-27 09:00", 8 * HOUR),
    "tonight 8-10": ("2026-11-25 20:00", 2 * HOUR),
    "fri 20:00 until 2:00": ("2026-11-27 20:00", 6 * HOUR),
    "fri 20:00 until sat 2am": ("2026-11-27 20:00", 6 * HOUR),
    "8pm until tomorrow 2am": ("2026-11-25 20:00", 6 * HOUR),
    "fri 8pm till midnight": ("2026-11-27 20:00", 4 * HOUR),
    "fri 00:00-24:00": ("2026-11-27 00:00", 24 * HOUR),
    "now until 22:00": ("2026-11-25 15:00", 7 * HOUR),
    "now until 10": ("2026-11-25 15:00", 7 * HOUR),
    "in 2 hours for 90 min": ("2026-11-25 17:00", 1.5 * HOUR),
    "fri 8pm for 2h until 22:00": ("2026-11-27 20:00", 2 * HOUR),
}


@pytest.mark.parametrize(("text", "start"), STARTS.items(), ids=STARTS)
def test_understands_a_start(text: str, start: str) -> None:
    assert When(local(start), None, BERLIN) == parse_when(text, zone=BERLIN, now=NOW)


@pytest.mark.parametrize(("text", "span"), SPANS.items(), ids=SPANS)
def test_understands_a_start_with_a_length(text: str, span: tuple[str, timedelta]) -> None:
    start, length = span

    assert When(local(start), length, BERLIN) == parse_when(text, zone=BERLIN, now=NOW)


@pytest.mark.parametrize(
    ("text", "start", "zone"),
    [
        ("fri 8pm Europe/London", "2026-11-27 20:00+00:00", "Europe/London"),
        ("fri 8pm new york", "2026-11-27 20:00-05:00", "America/New_York"),
        ("fri 8pm (New York time)", "2026-11-27 20:00-05:00", "America/New_York"),
        ("fri 8pm ET", "2026-11-27 20:00-05:00", "America/New_York"),
        ("fri 8pm UTC", "2026-11-27 20:00+00:00", "UTC"),
        ("fri 8pm local time", "2026-11-27 20:00+01:00", "Europe/Berlin"),
        ("fri 8pm CET", "2026-11-27 20:00+01:00", "Europe/Berlin"),
        ("fri 8pm EST", "2026-11-27 20:00-05:00", "America/New_York"),
        ("fri 8pm UTC+2", "2026-11-27 20:00+02:00", "Europe/Berlin"),
        ("fri 8pm UTC-3", "2026-11-27 20:00-03:00", "Europe/Berlin"),
        ("fri 8pm +05:30", "2026-11-27 20:00+05:30", "Europe/Berlin"),
        ("2026-12-04T19:30Z", "2026-12-04 19:30+00:00", "Europe/Berlin"),
        ("2026-12-04T19:30:00.000Z", "2026-12-04 19:30+00:00", "Europe/Berlin"),
        ("2026-12-04T19:30+09:00", "2026-12-04 19:30+09:00", "Europe/Berlin"),
        ("2026-12-04 19:30:00-05:00", "2026-12-04 19:30-05:00", "Europe/Berlin"),
        ("2026-12-04T19:30+09:00 Asia/Tokyo", "2026-12-04 19:30+09:00", "Asia/Tokyo"),
        ("2027-10-31 02:30 CEST", "2027-10-31 02:30+02:00", "Europe/Berlin"),
        ("2027-10-31 02:30 CET", "2027-10-31 02:30+01:00", "Europe/Berlin"),
        ("20:00Z", "2026-11-25 20:00+00:00", "Europe/Berlin"),
    ],
)
def test_reads_a_time_by_the_clocks_it_names(text: str, start: str, zone: str) -> None:
    expected = datetime.fromisoformat(start).astimezone(UTC)

    assert When(expected, None, ZoneInfo(zone)) == parse_when(text, zone=BERLIN, now=NOW)


def test_takes_today_from_the_zone_that_is_named() -> None:
    late = local("2026-11-25 23:30")

    found = parse_when("tomorrow 8pm Asia/Tokyo", zone=BERLIN, now=late)

    tokyo = ZoneInfo("Asia/Tokyo")
    assert When(local("2026-11-27 20:00", tokyo), None, tokyo) == found


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


def test_counts_the_coming_minute_as_now() -> None:
    now = NOW + timedelta(seconds=17, microseconds=5)

    assert When(NOW + timedelta(minutes=1), None, NEW_YORK) == parse_when(
        "now", zone=NEW_YORK, now=now
    )
