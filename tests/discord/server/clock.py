"""The time as this Discord sees it, which a test may move forward, and the ids made from it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000  # the first second of 2015, from which Discord's ids count


class Clock:
    """Seconds since 1970, plus what was skipped; gives ids ("snowflakes") that rise with time.

    `calendar`, in seconds since 1970, is by what scheduled events begin and end: a house whose
    desk lives on another day sets it. The ids stay with the real time, by which discord.py tells
    how old an interaction is.
    """

    def __init__(self) -> None:
        self.calendar: Callable[[], float] | None = None
        self._skipped = 0.0
        self._numbers = itertools.count()
        self._last_ms = 0

    def now(self) -> float:
        """Tell the time, in seconds since 1970."""
        return time.time() + self._skipped

    def today(self) -> float:
        """Tell the time by which scheduled events begin and end, in seconds since 1970."""
        return self.calendar() if self.calendar else self.now()

    def advance(self, seconds: float) -> None:
        """Let that many seconds pass at once: interactions' tokens and nonces age by them."""
        self._skipped += seconds

    def snowflake(self) -> int:
        """Give an id that was not given before, greater than all before."""
        self._last_ms = max(self._last_ms, int(self.now() * 1000) - EPOCH_MS)
        number = next(self._numbers)
        if number and number % 4096 == 0:
            self._last_ms += 1  # 4096 ids fit into a millisecond
        return self._last_ms << 22 | number % 4096

    def iso(self) -> str:
        """Tell the time as Discord writes it."""
        return iso(self.now())


def iso(seconds: float) -> str:
    """Write a time, given in seconds since 1970, as Discord does."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def made_at(snowflake: int) -> float:
    """Tell when an id was given, in seconds since 1970."""
    return ((snowflake >> 22) + EPOCH_MS) / 1000
