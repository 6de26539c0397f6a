"""Words on a command's line sorted out: which of them name a server, which are a length of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.form.answers import Mistake
from bot.form.day import parse_day
from bot.form.length import parse_length

_BEFORE_SERVER = frozenset({"on", "in", "at", "@"})
_LONGEST_SORTED = 400  # characters: what is longer is no time, and is refused by its parser
_MOST_LENGTH_WORDS = 6


def without_server(words: str, names: Iterable[str]) -> tuple[str, str]:
    """Split off a server's name from the end or the beginning of the words.

    Gives the rest and the name, or "" where none of the servers is named. The longest name wins.
    """
    if len(words) > _LONGEST_SORTED:
        return words, ""
    parts = words.split()
    folded = [part.casefold() for part in parts]
    for name in sorted(names, key=len, reverse=True):
        wanted = name.casefold().split()
        size = len(wanted)
        if size and folded[-size:] == wanted:
            rest = parts[:-size]
            if rest and rest[-1].casefold() in _BEFORE_SERVER:
                rest.pop()
            return " ".join(rest), name
    return leading_server(words, names)[::-1]


def leading_server(words: str, names: Iterable[str]) -> tuple[str, str]:
    """Split off a server's name from the beginning; gives the name, or "", and the rest."""
    parts = words[:_LONGEST_SORTED].split()
    folded = [part.casefold() for part in parts]
    for name in sorted(names, key=len, reverse=True):
        wanted = name.casefold().split()
        if wanted and folded[: len(wanted)] == wanted:
            return name, " ".join(words.split()[len(wanted) :])
    return "", words


def without_length(words: str, zone: ZoneInfo, now: datetime) -> tuple[str, timedelta | None]:
    """Split off a length of time from the end of words that name a day: `fri 2h`.

    Words that are a day as they stand ("next week") are left whole.
    """
    if not isinstance(parse_day(words, zone, now), Mistake):
        return words, None
    parts = words.split()
    for size in range(min(len(parts), _MOST_LENGTH_WORDS), 0, -1):
        length = parse_length(" ".join(parts[-size:]))
        if not isinstance(length, Mistake):
            rest = parts[:-size]
            if rest and rest[-1].casefold() == "for":
                rest.pop()
            return " ".join(rest), length
    return words, None
