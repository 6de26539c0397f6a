"""Days to look for free slots on: "today", "fri", "4 Dec", "next week", "4 Dec - 8 Dec"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.form.answers import AskBack, Choice, Mistake, Unreadable, either
from bot.form.characters import quoted
from bot.form.days import window
from bot.form.grammar import plain, scan
from bot.form.instants import say_date
from bot.form.sentence import Sentence
from core.model.slot import Slot

DAYS_UNLESS_SAID = 7
MOST_DAYS = 31
# Where no time of day is wanted, "4.12" can only be the date that "4.12." is.
_OPEN_DATE = re.compile(r"(?<![\d.])(\d{1,2}\.\d{1,2})(?![\d.])", re.ASCII)
EXAMPLE = "Write for example fri, 2026-12-04 or next week"


def parse_day(text: str, zone: ZoneInfo, now: datetime) -> Slot | AskBack | Mistake:
    """Read a day or several: from the first one's midnight to the last one's, in a zone, as UTC.

    Nothing at all stands for today and the six days after it. Never raises, whatever the text.
    """
    today = now.astimezone(zone).date()
    if not text.strip():
        return _slot(today, today + timedelta(days=DAYS_UNLESS_SAID - 1), zone)
    try:
        sentence = scan(_OPEN_DATE.sub(r"\1.", plain(text)), zone)
        spans = _spans(sentence, today)
    except Unreadable as unreadable:
        return unreadable.mistake
    if len(spans) == 1:
        return _slot(*spans[0], zone)
    names = either(say_date(first) for first, _ in spans)
    choices = tuple(_choice(first, last, zone) for first, last in spans)
    return AskBack(f"{quoted(text)} can be {names}. Which do you mean?", choices)


def _spans(sentence: Sentence, today: date) -> list[tuple[date, date]]:
    """List the first and last days that may be meant."""
    times = (sentence.start.clock, sentence.end.clock, sentence.part, sentence.length)
    if any(times) or sentence.after is not None or sentence.places:
        raise Unreadable(f"Only the day, without a time. {EXAMPLE}")
    if not sentence.start.named:
        raise Unreadable(f"Which day? {EXAMPLE}")
    spans = list(window(sentence.start.named, today))
    if sentence.end.named:
        spans = [
            (first, last)
            for first, _ in spans
            for _, last in window(sentence.end.named, first)
            if last >= first
        ]
    if not spans:
        raise Unreadable(f"The last day comes before the first. {EXAMPLE}")
    ahead = [(first, last) for first, last in spans if last >= today]
    if not ahead:
        raise Unreadable(f"That is in the past. {EXAMPLE}")
    if all(last - first >= timedelta(days=MOST_DAYS) for first, last in ahead):
        raise Unreadable(f"At most {MOST_DAYS} days at once. {EXAMPLE}")
    return ahead


def _slot(first: date, last: date, zone: ZoneInfo) -> Slot:
    """Make the window of whole days; where clocks skip midnight, the day starts after the gap."""
    return Slot(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the instant at which a day begins in a zone."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _choice(first: date, last: date, zone: ZoneInfo) -> Choice:
    """Make the choice of some days."""
    text, label = first.isoformat(), say_date(first)
    if last != first:
        text, label = f"{text} - {last.isoformat()}", f"{label} to {say_date(last)}"
    return Choice(label, text, _midnight(first, zone))
