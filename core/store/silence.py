"""A database that falls silent: connected, and no answer comes.

The system notices nothing: what was sent was received, by a machine that hangs or a proxy that
passes nothing on. So whoever waits for a transaction watches when the database was last heard, and
gives up; the transaction's thread finds that out at its next look, ends the connection, and is free
again. Whether it was on its way to commit by then decides what can be said.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import psycopg
from psycopg.waiting import Ready

RV = TypeVar("RV")

SILENT_FOR = 0.4  # seconds without a word, once patience is at its end
_LOOK_EVERY = 0.1  # seconds

_here = threading.local()


class GivenUpError(psycopg.OperationalError):
    """Nobody waits for this transaction any more."""


@dataclass(eq=False, slots=True)
class Watch:
    """One transaction, as whoever waits for it sees it from another thread."""

    _waits_since: float | None = None
    _was_heard: bool = False
    _committing: bool = False
    _given_up: bool = False
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
    """Have what this thread asks PostgreSQL watched."""
    _here.watch = watch
    try:
        yield
    finally:
        _here.watch = None


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that is ended once whoever waited for its answer has given up."""

    def wait(
        self,
        gen: Generator[Any, Any, RV],
        interval: float = _LOOK_EVERY,
        timeout: float | None = None,
    ) -> RV:
        """Wait for an answer, as psycopg does for each."""
        watch: Watch | None = getattr(_here, "watch", None)
        if watch is None:
            return super().wait(gen, interval, timeout)
        watch.asked()
        try:
            return super().wait(_looking(gen, watch), interval, timeout)
        except GivenUpError:
            self.pgconn.finish()
            raise
        finally:
            watch.answered()


def connect(*args: Any, **given: Any) -> WatchedConnection:  # noqa: ANN401 - what psycopg takes
    """Connect to PostgreSQL; not for a transaction that nobody waits for any more."""
    watch: Watch | None = getattr(_here, "watch", None)
    if watch is not None and watch.is_given_up:
        raise GivenUpError("nobody waits for it any more")
    return WatchedConnection.connect(*args, **given)


def _looking(gen: Generator[Any, Any, RV], watch: Watch) -> Generator[Any, Any, RV]:
    """Go through what psycopg waits for; it is resumed with a false value where nothing came."""
    try:
        state = next(gen)
        while True:
            ready = yield state
            if ready & Ready.R:
                watch.heard()
            elif watch.is_given_up:
                raise GivenUpError("the database did not answer in time")
            state = gen.send(ready)
    except StopIteration as done:
        answer: RV = done.value
        return answer
