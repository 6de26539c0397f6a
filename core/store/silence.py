"""A database that falls silent: connected, and no answer comes.

The system notices nothing: what was sent was received, by a machine that hangs or a proxy that
passes nothing on. So whoever waits for a transaction watches when the database was last heard, and
gives up; the transaction's thread finds that out at its next look, ends the connection, and is free
again. Whether it was on its way to commit by then decides what can be said.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

SILENT_FOR = 0.4  # seconds without a word, once patience is at its end

_here = threading.local()


class GivenUpError(Exception):
    """Nobody waits for this transaction any more."""


@dataclass(eq=False, slots=True)
class Watch:
    """One transaction, as whoever waits for it sees it from another thread."""

    _waits_since: float | None = None
    _was_heard: bool = False
    _committing: bool = False
    _given_up: bool = False
    _over: bool = False
    _lock: Lock = field(default_factory=Lock)

    @property
    def is_silent(self) -> bool:
        """Tell whether the database has owed an answer for long, or has said nothing at all."""
        since = self._waits_since
        if since is None:
            return False
        return not self._was_heard or time.monotonic() - since >= SILENT_FOR

    @property
    def is_given_up(self) -> bool:
        """Tell whether nobody waits any more."""
        return self._given_up

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is left to watch."""
        return self._over

    def end(self) -> None:
        """Note that the transaction has ended, whichever way."""
        self._over = True

    def give_up(self) -> bool:
        """Wait no more; False where it may be written all the same."""
        with self._lock:
            self._given_up = True
            return not self._committing

    def begin(self) -> None:
        """Begin, or begin once more: the first answer is owed from now on."""
        self._committing = self._was_heard = False
        self._waits_since = time.monotonic()

    def commit(self) -> None:
        """Go on to the commit; raises `GivenUpError` where nobody waits any more."""
        with self._lock:
            if self._given_up:
                raise GivenUpError("nobody waits for it any more")
            self._committing = True

    @property
    def is_committing(self) -> bool:
        """Tell whether it may be written by now."""
        return self._committing

    def asked(self) -> None:
        """Note that the database owes an answer."""
        self._waits_since = time.monotonic()

    def heard(self) -> None:
        """Note that the database said something: the next word is owed from now on."""
        self._was_heard = True
        self._waits_since = time.monotonic()

    def answered(self) -> None:
        """Note that it owes none."""
        self._waits_since = None


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Have what this thread asks PostgreSQL watched, until the transaction has ended."""
    _here.watch = watch
    try:
        yield
    finally:
        _here.watch = None
        watch.end()


def watch_here() -> Watch | None:
    """Give the watch on what this thread asks, if there is one."""
    return getattr(_here, "watch", None)
