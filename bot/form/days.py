"""Days as people name them, and the dates that a name may mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.form.answers import Unreadable, either
from bot.form.characters import quoted
from bot.form.instants import MONTHS, WEEKDAYS, say_date

FIRST_YEAR = 1970
LAST_YEAR = 9998  # beyond it an instant cannot be moved to another zone
_SATURDAY = 5
_LEAP_GAP = 8  # years at most between one 29 February and the next

# Dates of which the first that is still ahead is meant.
InTurn = tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Offset:
    """So many days from today."""

    days: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """A date as (year or None, month, day); several where the order of the figures is open."""

    options: tuple[tuple[int | None, int, int], ...]


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, Monday = 0; `which` is "", "this" or "next"."""

    number: int
    which: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """A week so many weeks ahead, from Monday (ISO 8601), or its Saturday and Sunday alone."""

    ahead: int
    weekend: bool = False


@dataclass(frozen=True, slots=True)
class NamedDay:
    """Everything said about a day; `words` as typed."""

    words: str = ""
    day: Offset | Calendar | None = None
    weekday: Weekday | None = None
    week: Week | None = None

    def __bool__(self) -> bool:
        """Tell whether a day was named at all."""
        return bool(self.day or self.weekday or self.week)


def alternatives(named: NamedDay, today: date) -> tuple[InTurn, ...]:
    """List the dates that a named day may mean; more than one alternative has to be asked back.

    Without any day: today or, once the time has passed, tomorrow. Raises `Unreadable` for a date
    that does not exist, lies beyond the last year or falls on another weekday than was said.
    """
    if named.day:
        return _on_weekday(named, _by_date(named.day, today))
    if named.weekday and named.week:
        return ((_monday(today, named.week) + timedelta(days=named.weekday.number),),)
    if named.weekday:
        return _by_weekday(named.weekday, today)
    if named.week:
        raise Unreadable(f"Which day? {quoted(named.words)} has seven. Write for example fri 20:00")
    return ((today, _later(today, 1)),)


def window(named: NamedDay, today: date) -> tuple[tuple[date, date], ...]:
    """List the first and last dates that a named day or week may mean, to look for free slots."""
    if named.week and not named.weekday and not named.day:
        weeks = [named.week]
        if named.week.weekend and named.week.ahead and today.weekday() < _SATURDAY:
            weeks.insert(0, Week(0, weekend=True))  # "next weekend": the coming one, for some
        return tuple(_week(each, today) for each in weeks)
    return tuple((dates[0], dates[0]) for dates in alternatives(named, today))


def _week(week: Week, today: date) -> tuple[date, date]:
    """Give a week's, or a weekend's, first and last date from today on."""
    monday = _monday(today, week)
    first = monday + timedelta(days=_SATURDAY if week.weekend else 0)
    return max(first, today), monday + timedelta(days=6)


def _by_date(day: Offset | Calendar, today: date) -> list[date]:
    """List the dates that figures may mean; those that do not exist are no readings."""
    if isinstance(day, Offset):
        return [_later(today, day.days)]
    dates = [found for option in day.options if (found := _find_date(option, today))]
    if not dates:
        _, month, number = day.options[0]
        name = f"{number} {MONTHS[month - 1]}" if 1 <= month <= len(MONTHS) else f"month {month}"
        raise Unreadable(f"There is no {name}. Write for example 4 Dec 20:00")
    return sorted(set(dates))


def _find_date(option: tuple[int | None, int, int], today: date) -> date | None:
    """Give the date, or the next such date where no year was said; None if there is none."""
    year, month, number = option
    if year is not None and year > LAST_YEAR:
        raise Unreadable(f"The year {year} is too far off. Write for example 2026-12-04 20:00")
    if year is not None and year < FIRST_YEAR:
        raise Unreadable(f"The year {year} is long past. Write for example 2026-12-04 20:00")
    years = [year] if year is not None else range(today.year, today.year + _LEAP_GAP + 1)
    for each in years:
        try:
            found = date(each, month, number)
        except ValueError:
            continue
        if year is not None or found >= today:
            return found
    return None


def _on_weekday(named: NamedDay, dates: list[date]) -> tuple[InTurn, ...]:
    """Keep the dates that fall on the weekday that was said beside them."""
    if named.week:
        raise Unreadable(
            f"{quoted(named.words)} names both a date and a week. Write the date alone."
        )
    if named.weekday is None:
        return tuple((each,) for each in dates)
    kept = tuple((each,) for each in dates if each.weekday() == named.weekday.number)
    if not kept:
        found = either(say_date(each) for each in dates)
        wrong = WEEKDAYS[named.weekday.number]
        raise Unreadable(
            f"{quoted(named.words)} would be {found}, not a {wrong}. Write the date alone"
        )
    return kept


def _by_weekday(weekday: Weekday, today: date) -> tuple[InTurn, ...]:
    """List the dates that a day of the week may mean, seen from today."""
    ahead = (weekday.number - today.weekday()) % 7
    coming = _later(today, ahead or 7)
    if weekday.which == "next":
        # Some count weeks from Monday, some from Sunday, and some mean the coming one.
        by_monday = today + timedelta(days=7 - today.weekday() + weekday.number)
        since_sunday = (today.weekday() + 1) % 7
        by_sunday = today + timedelta(days=7 - since_sunday + (weekday.number + 1) % 7)
        return tuple((each,) for each in sorted({coming, by_monday, by_sunday}))
    if ahead == 0:
        return ((today,),) if weekday.which == "this" else ((today, coming),)
    return ((coming,),)


def _monday(today: date, week: Week) -> date:
    """Give the Monday of a week."""
    return today + timedelta(days=7 * week.ahead - today.weekday())


def _later(today: date, days: int) -> date:
    """Add days, as far as the calendar goes."""
    try:
        found = today + timedelta(days=days)
    except OverflowError:
        found = date.max
    if found.year > LAST_YEAR:
        raise Unreadable("That is too far off. Write for example 2026-12-04 20:00")
    return found
