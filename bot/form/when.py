"""Times as people write them, in their own zone; what has several meanings is asked back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.form.answers import AskBack, Choice, Mistake, Unreadable
from bot.form.characters import quoted
from bot.form.day import parse_day
from bot.form.grammar import plain
from bot.form.instants import say_span
from bot.form.length import LONGEST, parse_length, parse_reminders, say_length
from bot.form.readings import Reading, readings
from bot.form.sentence import EXAMPLE
from bot.form.zones import parse_zone

# Whoever reads times reads the others as well: one place to import them from.
__all__ = ["When", "parse_day", "parse_length", "parse_reminders", "parse_when", "parse_zone"]

MOST_CHOICES = 8

# "2026-12-04 20:00-02:00" may end at two or be two hours behind UTC; with "T" it is the latter.
_END_OR_OFFSET = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)(-(?:0\d|1[0-2]):(?:00|30))(?= |$)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class When:
    """A start (UTC), how long it lasts if that was said, and the zone it was said in."""

    starts_at: datetime
    length: timedelta | None
    zone: ZoneInfo


def parse_when(text: str, *, zone: ZoneInfo, now: datetime) -> When | AskBack | Mistake:
    """Read when something starts, and perhaps how long it lasts.

    `zone` is the person's own, used unless the text names another. Nothing is guessed: a date or
    an hour with two meanings, and a local time that a clock change skips or repeats, come back as
    `AskBack`; a word that fits nowhere as `Mistake`. Times back to yesterday are read, for the
    desk to refuse them with its reason. Never raises, whatever the text.
    """
    try:
        words = plain(text)
        spellings = _spellings(words)
        found = [each for spelling in spellings for each in readings(spelling, zone, now)]
        kept = _sensible(found, now)
    except Unreadable as unreadable:
        return unreadable.mistake
    if len(kept) == 1:
        return When(kept[0].starts_at, kept[0].length, kept[0].zone)
    doubts = dict.fromkeys(each for reading in kept for each in reading.doubts)
    if len(spellings) > 1:
        doubts = {f"{quoted(words)} can have an end or an offset from UTC.": None} | doubts
    choices = tuple(_choice(reading, zone) for reading in kept[:MOST_CHOICES])
    return AskBack(" ".join([*doubts, "Which do you mean?"]), choices)


def _spellings(words: str) -> list[str]:
    """List the ways to spell out a text whose dash may begin an end or an offset from UTC."""
    found = _END_OR_OFFSET.search(words)
    if not found or found[3][1:] > found[2]:
        return [words]
    before, after = words[: found.start()], words[found.end() :]
    as_end = f"{found[1]} {found[2]} {found[3]}"
    as_offset = f"{found[1]}T{found[2]}{found[3]}"
    return [f"{before}{each}{after}" for each in (as_end, as_offset)]


def _sensible(found: list[Reading], now: datetime) -> list[Reading]:
    """Keep what can be meant, in order: nothing long past, and nothing past if some is ahead."""
    distinct = {(each.starts_at, each.length): each for each in reversed(found)}
    kept = sorted(distinct.values(), key=lambda each: (each.starts_at, each.length or timedelta(0)))
    kept = [each for each in kept if _since_yesterday(each, now)]
    if not kept:
        raise Unreadable(f"That is in the past. {EXAMPLE}")
    kept = [each for each in kept if each.starts_at >= now] or kept
    short = [each for each in kept if each.length is None or each.length <= LONGEST]
    if not short:
        raise Unreadable(f"That is too long: at most {LONGEST.days} days. {EXAMPLE}")
    return short


def _since_yesterday(reading: Reading, now: datetime) -> bool:
    """Tell whether a reading lies no further back than yesterday, where it was said."""
    yesterday = now.astimezone(reading.zone).date() - timedelta(days=1)
    return reading.starts_at.astimezone(reading.zone).date() >= yesterday


def _choice(reading: Reading, own: ZoneInfo) -> Choice:
    """Make the choice of one reading; its text has no second meaning."""
    local = reading.starts_at.astimezone(reading.zone)
    text = local.isoformat(timespec="minutes")
    if reading.zone.key != own.key:
        text += f" {reading.zone.key}"
    if reading.length is not None:
        text += f" for {say_length(reading.length)}"
    return Choice(
        say_span(reading.starts_at, reading.length, reading.zone), text, reading.starts_at
    )
