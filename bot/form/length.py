"""Lengths of time as people write them: "2h", "90 min", "1:30", "1 day 2 hours", "half an hour"."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from unicodedata import normalize

from bot.form.answers import Mistake, Unreadable
from bot.form.characters import quoted, tidy

LONGEST = timedelta(days=7)
LONGEST_REMINDER = timedelta(days=30)
MOST_REMINDERS = 5
LONGEST_TEXT = 200
EXAMPLES = "Write for example 2h, 90 min, 1:30 or 1 day"

_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}  # by a unit's first letter
_WORDS = {"a": Fraction(1), "an": Fraction(1), "half": Fraction(1, 2)} | {
    word: Fraction(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
_NUMBER = rf"(?:\d{{1,6}}(?:[.,]\d{{1,4}})?|half\san?|{'|'.join(_WORDS)})"
_UNIT = r"(?:w(?:ee)?ks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m)"
_APART = r"(?:(?<=\d)\s?|\s)"  # a word needs a blank before its unit: "and" is not "an d"
_PART = rf"{_NUMBER}{_APART}{_UNIT}(?![a-z])"
# Used by the grammar of times as well, hence a string: "2h30" at the end stands for minutes.
PATTERN = rf"(?:{_PART}(?:\s?(?:and\s)?{_PART})*|\d{{1,3}}h[0-5]\d)"

_FLAGS = re.IGNORECASE | re.ASCII
_EACH = re.compile(rf"(?P<number>{_NUMBER}){_APART}(?P<unit>{_UNIT})(?![a-z])", _FLAGS)
_PARTS = re.compile(PATTERN, _FLAGS)
_CLOCKWISE = re.compile(
    r"(\d{1,3}):([0-5]\d)(?:\s?h(?:ours?)?)?|(\d{1,3})\s?h\s?([0-5]\d)(?:\s?m(?:in)?)?", _FLAGS
)
_BETWEEN_REMINDERS = re.compile(r"\s*(?:;|\n|(?<!\d),|,(?!\d)|\band\b|&)\s*", _FLAGS)


def parse_length(text: str) -> timedelta | Mistake:
    """Read a length of time of up to seven days, in whole minutes."""
    try:
        return bounded(read_length(text), text)
    except Unreadable as unreadable:
        return unreadable.mistake


def parse_reminders(text: str) -> tuple[timedelta, ...] | Mistake:
    """Read when to remind before the start: "24h, 15 min", or "none"; longest first, each once."""
    words = normalize("NFKC", text[: LONGEST_TEXT + 1]).strip()
    if words.casefold() in {"none", "no", "off", "never"}:
        return ()
    pieces = [piece for piece in _BETWEEN_REMINDERS.split(words) if piece]
    if len(pieces) > MOST_REMINDERS or len(text) > LONGEST_TEXT:
        return Mistake(f"At most {MOST_REMINDERS} reminders. Write for example 24h, 15 min")
    if not pieces:
        return Mistake("When should people be reminded? Write for example 24h, 15 min, or none")
    try:
        found = {
            bounded(read_length(_without_before(piece)), piece, longest=LONGEST_REMINDER)
            for piece in pieces
        }
    except Unreadable as unreadable:
        return unreadable.mistake
    return tuple(sorted(found, reverse=True))


def _without_before(piece: str) -> str:
    """Cut the word that says the obvious: "15 min before"."""
    return re.sub(r"\s(?:before|ahead)$", "", piece, flags=_FLAGS)


def read_length(text: str) -> timedelta:
    """Read a length of time of any size; raises `Unreadable`."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"That is too long for a length of time. {EXAMPLES}.")
    words = tidy(normalize("NFKC", text))
    if not words:
        raise Unreadable(f"How long? {EXAMPLES}.")
    if re.match(r"[-\u2212\u2013]", words):
        raise Unreadable(f"A length of time cannot be negative: {quoted(text)}. {EXAMPLES}.")
    if re.fullmatch(r"\d{1,6}(?:[.,]\d+)?", words, _FLAGS):
        raise Unreadable(f"{quoted(text)} of what? Write {words} min or {words} h.")
    if clock := _CLOCKWISE.fullmatch(words):
        return timedelta(hours=int(clock[1] or clock[3]), minutes=int(clock[2] or clock[4]))
    if not _PARTS.fullmatch(words):
        raise Unreadable(f"{quoted(text)} is no length of time. {EXAMPLES}.")
    return _sum_of_parts(words)


def _sum_of_parts(words: str) -> timedelta:
    """Add up "1 day 2 hours 30 min", whose units must get smaller."""
    total, last = Fraction(0), 8 * _MINUTES["w"]
    for part in _EACH.finditer(words):
        unit = _MINUTES[part["unit"][0].lower()]
        if unit >= last:
            raise Unreadable(f"{quoted(words)} names a unit twice, or a smaller one first.")
        total, last = total + unit * _number(part["number"]), unit
    if total.denominator != 1:
        raise Unreadable(
            f"{quoted(words)} is no whole number of minutes. Write for example 80 min."
        )
    return timedelta(minutes=int(total))


def _number(word: str) -> Fraction:
    """Give the number that a word or figures stand for."""
    known = _WORDS.get(word.split(maxsplit=1)[0].lower())
    return Fraction(word.replace(",", ".")) if known is None else known


def bounded(length: timedelta, text: str, *, longest: timedelta = LONGEST) -> timedelta:
    """Give back a length that is more than nothing and not above the longest, or `Unreadable`."""
    if length <= timedelta(0):
        raise Unreadable(f"{quoted(text)} is no time at all. {EXAMPLES}.")
    if length > longest:
        raise Unreadable(f"{quoted(text)} is too long: at most {longest.days} days. {EXAMPLES}.")
    return length


def say_length(length: timedelta) -> str:
    """Write a length of whole minutes as `parse_length` reads it: "2 h 30 min"."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    said = [f"{hours} h"] if hours else []
    if minutes or not said:
        said.append(f"{minutes} min")
    return " ".join(said)
