"""Opening hours and quotas, as people write them: "Mon-Fri 09:00-22:00, Sat 10-14"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time

from bot.form.answers import Mistake, Unreadable
from bot.form.characters import quoted, tidy
from bot.form.instants import WEEKDAYS
from bot.form.length import read_length
from core.model.server import OpeningHours, Period, Quota

LONGEST_TEXT = 500
HOURS_EXAMPLE = "Write for example Mon-Fri 09:00-22:00, Sat 10:00-14:00, or always"
QUOTA_EXAMPLE = "Write for example 3 per week, 10h per month, or none"

_DAY = "|".join(f"{day[:3]}(?:{day[3:]})?|{day[:2]}" for day in WEEKDAYS)
_SOME_DAYS = {"daily": range(7), "every day": range(7), "weekdays": range(5), "weekend": (5, 6)}
_PART = re.compile(
    rf"(?P<days>daily|every day|weekdays|weekend"
    rf"|(?:{_DAY})(?:\s*-\s*(?:{_DAY})|(?:\s*[,&]\s*(?:{_DAY}))*))"
    r"\s+(?P<from>\d{1,2}(?:[:.]\d\d)?)\s*-\s*(?P<to>\d{1,2}(?:[:.]\d\d)?)",
    re.IGNORECASE | re.ASCII,
)
_QUOTA = re.compile(r"(?P<most>.+?)\s*(?:per|a|each|/)\s*(?P<per>day|week|month)", re.IGNORECASE)


def parse_hours(text: str) -> tuple[OpeningHours, ...] | Mistake:
    """Read opening hours; `always` (or nothing) is around the clock.

    A closing time that is not after the opening time belongs to the next day; 24:00 is midnight.
    """
    words = _plain(text)
    if words.casefold() in {"", "always", "none", "24/7"}:
        return ()
    if len(text) > LONGEST_TEXT:
        return Mistake(f"That is too long for opening hours. {HOURS_EXAMPLE}")
    found: list[OpeningHours] = []
    position = 0
    while part := _PART.match(words, position):
        opens, closes = _clock(part["from"]), _clock(part["to"])
        if opens is None or closes is None:
            return Mistake(f"{quoted(part[0])}: there is no such time. {HOURS_EXAMPLE}")
        found += (OpeningHours(day, opens, closes) for day in _days(part["days"]))
        between = re.compile(r"\s*(?:[,;]|and\b|&|$)\s*|\s+").match(words, part.end())
        position = between.end() if between else part.end()
    if position < len(words) or not found:
        return Mistake(f"{quoted(words[position:])} is not understood here. {HOURS_EXAMPLE}")
    return tuple(sorted(set(found), key=lambda hours: (hours.weekday, hours.opens)))


def say_hours(hours: tuple[OpeningHours, ...]) -> str:
    """Write opening hours as `parse_hours` reads them, days alike taken together."""
    if not hours:
        return "always"
    by_time: dict[tuple[time, time], list[int]] = {}
    for one in hours:
        by_time.setdefault((one.opens, one.closes), []).append(one.weekday)
    return ", ".join(
        f"{_say_days(days)} {opens:%H:%M}-{_say_closing(closes)}"
        for (opens, closes), days in by_time.items()
    )


def parse_quotas(text: str) -> tuple[Quota, ...] | Mistake:
    """Read quotas: a number of reservations, or a length of time, per day, week or month."""
    words = _plain(text)
    if words.casefold() in {"", "none", "no", "off"}:
        return ()
    if len(text) > LONGEST_TEXT:
        return Mistake(f"That is too long for a quota. {QUOTA_EXAMPLE}")
    by_period: dict[Period, Quota] = {}
    for part in re.split(r"\s*(?:[,;]|\band\b)\s*", words):
        found = _QUOTA.fullmatch(part)
        quota = _quota(found["most"], Period(found["per"].lower())) if found else None
        if quota is None:
            return Mistake(f"{quoted(part)} is no quota. {QUOTA_EXAMPLE}")
        before = by_period.get(quota.per, Quota(quota.per))
        by_period[quota.per] = Quota(
            quota.per,
            before.reservations if quota.reservations is None else quota.reservations,
            quota.total_length or before.total_length,
        )
    return tuple(by_period.values())


def _quota(most: str, per: Period) -> Quota | None:
    number = re.sub(r"\s*(?:reservations?|slots?|x|times)$", "", most, flags=re.IGNORECASE)
    if number.isascii() and number.isdigit() and len(number) <= len("1000"):
        return Quota(per, reservations=int(number)) if int(number) else None
    try:
        length = read_length(most)
    except Unreadable:
        return None
    return Quota(per, total_length=length) if length else None


def _plain(text: str) -> str:
    return tidy(re.sub("[\u2010-\u2015\u2212]", "-", text[: LONGEST_TEXT + 1].replace("\n", " ")))


def _clock(text: str) -> time | None:
    hour, _, minute = text.replace(".", ":").partition(":")
    if (int(hour), int(minute or 0)) == (24, 0):
        return time(0)
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None


def _days(words: str) -> Iterator[int]:
    folded = words.casefold()
    if folded in _SOME_DAYS:
        yield from _SOME_DAYS[folded]
        return
    first, *last = re.split(r"\s*-\s*", folded)
    if last:
        start, end = _weekday(first), _weekday(last[0])
        yield from ((start + step) % 7 for step in range((end - start) % 7 + 1))
        return
    yield from (_weekday(day) for day in re.split(r"\s*[,&]\s*", folded))


def _weekday(word: str) -> int:
    return next(number for number, day in enumerate(WEEKDAYS) if day.casefold().startswith(word))


def _say_days(days: list[int]) -> str:
    """Write days, runs of three or more as `Mon-Wed`."""
    names = [day[:3] for day in WEEKDAYS]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):  # noqa: PLR2004 - a run
        return f"{names[days[0]]}-{names[days[-1]]}"
    return ", ".join(names[day] for day in days)


def _say_closing(closes: time) -> str:
    return "24:00" if closes == time(0) else f"{closes:%H:%M}"
