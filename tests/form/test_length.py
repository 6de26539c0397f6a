"""Lengths of time and reminders as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.form.answers import Mistake
from bot.form.length import parse_length, parse_reminders, say_length

LENGTHS = {
    "2h": 120,
    "2 hours": 120,
    "2 hrs": 120,
    "90 min": 90,
    "90m": 90,
    "90 minutes": 90,
    "1:30": 90,
    "1:30h": 90,
    "01:30": 90,
    "1.5 hours": 90,
    "1,5 h": 90,
    "2h30": 150,
    "2h 30": 150,
    "2h30m": 150,
    "2 h 30 min": 150,
    "1 hour and 30 minutes": 90,
    "an hour": 60,
    "half an hour": 30,
    "half a day": 720,
    "two hours": 120,
    "1 day 2h": 1560,
    "1 day": 1440,
    "7 days": 10080,
    "1 week": 10080,
    " 2\u00a0H ": 120,
    "\uff12h": 120,
}


@pytest.mark.parametrize(("text", "minutes"), LENGTHS.items(), ids=LENGTHS)
def test_understands_a_length(text: str, minutes: int) -> None:
    assert timedelta(minutes=minutes) == parse_length(text)


NO_LENGTHS = {
    "": "How long?",
    "-2h": "negative",
    "\u22122h": "negative",
    "0h": "no time at all",
    "0:00": "no time at all",
    "8 days": "at most 7 days",
    "169 h": "at most 7 days",
    "999999 weeks": "at most 7 days",
    "90": "Write 90 min or 90 h",
    "1.333 h": "no whole number of minutes",
    "1:75": "no length of time",
    "2h 3h": "names a unit twice",
    "30 min 2h": "a smaller one first",
    "soon": "no length of time",
    "2h and": "no length of time",
    "and 2h": "no length of time",
    "1:30 min": "no length of time",
    "2h\x00": "no length of time",
    "2h" * 50_000: "too long",
    "9" * 150 + "h": "no length of time",
}


@pytest.mark.parametrize(
    ("text", "says"), NO_LENGTHS.items(), ids=[repr(each[:20]) for each in NO_LENGTHS]
)
def test_refuses_what_is_no_length(text: str, says: str) -> None:
    answer = parse_length(text)

    assert isinstance(answer, Mistake), answer
    assert says in answer.message


@given(st.text())
def test_answers_any_text(text: str) -> None:
    assert isinstance(parse_length(text), timedelta | Mistake)
    assert isinstance(parse_reminders(text), tuple | Mistake)


@given(st.integers(1, 7 * 24 * 60))
def test_reads_what_it_writes(minutes: int) -> None:
    length = timedelta(minutes=minutes)

    assert length == parse_length(say_length(length))


REMINDERS = {
    "24h, 15 min": (1440, 15),
    "15 min; 1 day": (1440, 15),
    "1 day and 1 hour before": (1440, 60),
    "24h,15min": (1440, 15),
    "1,5 h, 15 min": (90, 15),
    "24h\n15 min": (1440, 15),
    "1 day, 24h": (1440,),
    "30 days": (43200,),
    "none": (),
    "None": (),
}


@pytest.mark.parametrize(("text", "minutes"), REMINDERS.items(), ids=map(repr, REMINDERS))
def test_understands_reminders(text: str, minutes: tuple[int, ...]) -> None:
    assert tuple(timedelta(minutes=each) for each in minutes) == parse_reminders(text)


@pytest.mark.parametrize(
    ("text", "says"),
    {
        "": "or none",
        ",": "or none",
        "15": "15 min or 15 h",
        "1h, soon": "\u201csoon\u201d",
        "0 min": "no time at all",
        "31 days": "at most 30 days",
        "1h,2h,3h,4h,5h,6h": "At most 5",
        "1h," * 40_000: "At most 5",
    }.items(),
)
def test_refuses_reminders_that_cannot_be(text: str, says: str) -> None:
    answer = parse_reminders(text)

    assert isinstance(answer, Mistake), answer
    assert says in answer.message
