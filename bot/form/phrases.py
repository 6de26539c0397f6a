"""The phrases that times are made of: each a pattern, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from bot.form.answers import Unreadable
from bot.form.characters import quoted
from bot.form.clocks import Clock, Form, Part
from bot.form.days import Calendar, Offset, Week, Weekday
from bot.form.instants import MONTHS, WEEKDAYS
from bot.form.length import PATTERN as LENGTH
from bot.form.length import bounded, read_length
from bot.form.sentence import EXAMPLE, Sentence
from bot.form.zones import find_places

_NOON = 12
_LAST_HOUR = 24
_CENTURY = 2000
_MONTHS = [name[:3].lower() for name in MONTHS]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAYS = [name[:3].lower() for name in WEEKDAYS]
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\.?"
)
_RELATIVE_DAYS = {"day after tomorrow": 2, "tomorrow": 1, "tmrw": 1, "tmr": 1, "today": 0}


def iso_instant(sentence: Sentence, found: re.Match[str]) -> None:
    """2026-12-04T19:30Z, 2026-12-04T19:30+01:00 (RFC 3339, without the seconds)."""
    iso_date(sentence, found)
    clock(sentence, found)
    if offset := found["offset"]:
        places = find_places(offset.strip(), sentence.zone)
        if not places:
            raise Unreadable(f"{quoted(offset)} is no offset from UTC. {EXAMPLE}")
        sentence.add_places(places)


def iso_date(sentence: Sentence, found: re.Match[str]) -> None:
    """2026-12-04, 4.12.2026, 4.12.: the order of the figures is certain."""
    date = (_year(found), int(found["month"]), int(found["day"]))
    sentence.add_day(Calendar((date,)), found[0])


def slash_date(sentence: Sentence, found: re.Match[str]) -> None:
    """12/4, 04-12-2026: the fourth of December here, the twelfth of April there."""
    first, second, year = int(found["first"]), int(found["second"]), _year(found)
    options = {(year, first, second), (year, second, first)}
    sentence.add_day(Calendar(tuple(sorted(options, key=str))), found[0])


def spelt_date(sentence: Sentence, found: re.Match[str]) -> None:
    """4 Dec, 4th of December 2026, Dec 4."""
    month = _MONTHS.index(found["month"][:3].lower()) + 1
    sentence.add_day(Calendar(((_year(found), month, int(found["day"])),)), found[0])


def relative_day(sentence: Sentence, found: re.Match[str]) -> None:
    """Today, tomorrow, yesterday, the day after tomorrow."""
    word = found["word"].lower()
    sentence.add_day(Offset(_RELATIVE_DAYS.get(word, -1)), found[0])


def weekday(sentence: Sentence, found: re.Match[str]) -> None:
    """Fri, this Friday, next Friday."""
    which = (found["which"] or "").lower()
    number = _WEEKDAYS.index(found["weekday"][:3].lower())
    sentence.add_day(Weekday(number, "" if which == "coming" else which), found[0])


def week(sentence: Sentence, found: re.Match[str]) -> None:
    """Next week, this week, the weekend."""
    ahead = 1 if (found["which"] or "").lower() == "next" else 0
    sentence.add_day(Week(ahead, weekend=found["what"].lower() == "weekend"), found[0])


def tonight(sentence: Sentence, found: re.Match[str]) -> None:
    """Tonight."""
    sentence.add_day(Offset(0), found[0])
    sentence.add_part(Part.NIGHT)


def part_of_day(sentence: Sentence, found: re.Match[str]) -> None:
    """Morning, in the afternoon, this evening, at night."""
    if found["this"]:
        sentence.add_day(Offset(0), found[0])
    sentence.add_part(Part(found["part"].lower()))


def from_now(sentence: Sentence, found: re.Match[str]) -> None:
    """In 2 hours; "in 2 days" and "in a week" name the day alone."""
    length = read_length(found["length"])
    if re.search(r"\b(?:hours?|hrs?|minutes?|mins?)|(?<![a-z])[hm]\b", found["length"].lower()):
        sentence.add_after(length)
    else:
        sentence.add_day(Offset(length // timedelta(days=1)), found[0])


def right_now(sentence: Sentence, _: re.Match[str]) -> None:
    """Now."""
    sentence.add_after(timedelta(0))


def lasting(sentence: Sentence, found: re.Match[str]) -> None:
    """For 2h, 90 min."""
    sentence.add_length(bounded(read_length(found["length"]), found["length"]))


def end_sign(sentence: Sentence, found: re.Match[str]) -> None:
    """To, until, or a dash: what follows is the end."""
    sentence.begin_end(found[0])


def noon_or_midnight(sentence: Sentence, found: re.Match[str]) -> None:
    """Noon, midnight."""
    word = found["word"].lower()
    form = Form.MIDNIGHT if word == "midnight" else Form.TWELVE
    at = timedelta(hours=0 if form is Form.MIDNIGHT else _NOON)
    sentence.add_clock(Clock(found[0], at, form))


def twelve_hour_clock(sentence: Sentence, found: re.Match[str]) -> None:
    """8pm, 7:30 a.m.; 12am begins the day and 12pm is noon."""
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if not 1 <= hour <= _NOON or minute > 59:  # noqa: PLR2004 - minutes of an hour
        raise Unreadable(f"{quoted(found[0])} is no time of day. Write 8pm or 20:00")
    hour = hour % _NOON + (_NOON if found["half"].lower() == "p" else 0)
    sentence.add_clock(Clock(found[0], timedelta(hours=hour, minutes=minute), Form.TWELVE))


def clock(sentence: Sentence, found: re.Match[str]) -> None:
    """20:00, 8:00, 20.00, and a bare 8 or 20."""
    groups = found.groupdict()
    hour, minute = int(found["hour"]), int(groups.get("minute") or 0)
    words = found["hour"] if groups.get("minute") is None else f"{hour}:{found['minute']}"
    if hour > _LAST_HOUR or minute > 59 or (hour == _LAST_HOUR and minute):  # noqa: PLR2004
        raise Unreadable(f"There is no time {words}. Write for example 20:00 or 8pm")
    certain = not 1 <= hour <= _NOON or found["hour"].startswith("0")
    loose = Form.BARE if groups.get("minute") is None else Form.COLON
    form = Form.TWENTY_FOUR if certain else loose
    at = timedelta(hours=hour, minutes=minute)
    sentence.add_clock(Clock(found[0], at, form, _as_date(found)))


def _as_date(found: re.Match[str]) -> tuple[int, int] | None:
    """Give the day and month that "4.12" might be."""
    if "dot" not in found.groupdict():
        return None
    day, month = int(found["hour"]), int(found["minute"])
    return (day, month) if 1 <= day <= 31 and 1 <= month <= len(_MONTHS) else None  # noqa: PLR2004


def _year(found: re.Match[str]) -> int | None:
    """Give the year if there is one; two figures are of this century."""
    figures = found["year"]
    if not figures:
        return None
    return int(figures) + (_CENTURY if len(figures) == len("26") else 0)


Saying = Callable[[Sentence, "re.Match[str]"], None]
_GLUE = r"(?:(?:at|on|from|starting|beginning)\s|@\s?)*"
_END = r"(?=[\s,+-]|$)"
_END_OF_CLOCK = r"(?=[\s,+z-]|$)"  # 19:30Z
_ORDINAL = r"(?:the\s)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_SPELT_YEAR = r"(?:,?[\s-]?(?P<year>\d{4}))?"


def _phrase(
    pattern: str, saying: Saying, *, before: str = "", end: str = _END
) -> tuple[re.Pattern[str], Saying]:
    """Make a row of the table."""
    return re.compile(f"{before}(?:{pattern}){end}", re.IGNORECASE | re.ASCII), saying


# In order: the first that fits is taken, so the longer stand before the shorter.
PHRASES: tuple[tuple[re.Pattern[str], Saying], ...] = (
    _phrase(rf"in\s(?P<length>{LENGTH})", from_now),
    _phrase(rf"(?P<length>{LENGTH})\sfrom\snow", from_now),
    _phrase(rf"(?:for\s)?(?P<length>{LENGTH})", lasting),
    _phrase(r"for\s(?P<length>\d{1,3}:[0-5]\d(?:\s?h(?:ours?)?)?)", lasting),
    _phrase(
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
        r"(?:t|\s(?=\d\d:\d\d:\d\d(?:\.\d+)?[+-]))(?P<hour>\d\d):?(?P<minute>\d\d)"
        r"(?::?00(?:[.,]0{1,6})?)?(?P<offset>z|\s?[+-]\d\d(?::?\d\d)?)?",
        iso_instant,
        before=_GLUE,
    ),
    _phrase(r"(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)", iso_date, before=_GLUE),
    _phrase(
        r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.(?P<year>\s?\d{4}|\d\d)?", iso_date, before=_GLUE
    ),
    _phrase(r"(?P<day>\d\d?)\.(?P<month>\d)(?P<year>)", iso_date, before=_GLUE),
    _phrase(
        r"(?P<first>\d\d?)/(?P<second>\d\d?)(?:/(?P<year>\d{4}|\d\d))?", slash_date, before=_GLUE
    ),
    _phrase(r"(?P<first>\d\d?)-(?P<second>\d\d?)-(?P<year>\d{4})", slash_date, before=_GLUE),
    _phrase(rf"{_ORDINAL}(?:\sof)?[\s-]*{_MONTH}{_SPELT_YEAR}", spelt_date, before=_GLUE),
    _phrase(rf"{_MONTH}\s*{_ORDINAL}{_SPELT_YEAR}", spelt_date, before=_GLUE),
    _phrase(
        r"(?:the\s)?(?P<word>day\safter\stomorrow|today|tomorrow|tmrw|tmr|yesterday)",
        relative_day,
        before=_GLUE,
    ),
    _phrase(rf"(?:the\s)?(?:(?P<which>next|this|coming)\s)?{_WEEKDAY}", weekday, before=_GLUE),
    _phrase(
        r"(?:the\s)?(?:(?P<which>next|this)\s)?(?P<what>weekend|(?<=next\s)week|(?<=this\s)week)",
        week,
        before=_GLUE,
    ),
    _phrase(r"tonight", tonight, before=_GLUE),
    _phrase(
        r"(?:(?:in|at)\s)?(?:the\s)?(?P<this>this\s)?(?P<part>morning|afternoon|evening|night)",
        part_of_day,
    ),
    _phrase(r"(?:right\s)?now", right_now, before=_GLUE),
    _phrase(
        r"(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d)(?::00)?)?\s?(?P<half>[ap])\.?\s?m\.?",
        twelve_hour_clock,
        before=_GLUE,
    ),
    _phrase(r"(?:12\s)?(?P<word>noon|midday|midnight)", noon_or_midnight, before=_GLUE),
    _phrase(
        r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::00)?(?:\s?h)?",
        clock,
        before=_GLUE,
        end=_END_OF_CLOCK,
    ),
    _phrase(
        r"(?P<hour>\d\d?)(?P<dot>\.)(?P<minute>\d\d)(?:\s?h)?",
        clock,
        before=_GLUE,
        end=_END_OF_CLOCK,
    ),
    _phrase(r"(?P<hour>\d\d?)(?:\s?o'?clock)?", clock, before=_GLUE),
    _phrase(r"(?:to|until|till|til|through)(?=\s|$)|-", end_sign, end=""),
)
