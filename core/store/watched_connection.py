"""Connections to PostgreSQL that are given up with whoever waited for their answer."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.waiting import Ready

from core.store.silence import Watch, watch_here

RV = TypeVar("RV")

_LOOK_EVERY = 0.1  # seconds


class SilentError(psycopg.OperationalError):
    """The database said nothing for so long that nobody waits any more."""


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that is ended once whoever waited for its answer has given up."""

    def wait(
        self,
        gen: Generator[Any, Any, RV],
        interval: float = _LOOK_EVERY,
        timeout: float | None = None,
    ) -> RV:
        """Wait for an answer, as psycopg does for each."""
        watch: Watch | None = watch_here()
        if watch is None:
            return super().wait(gen, interval, timeout)
        watch.asked()
        try:
            return super().wait(_looking(gen, watch), interval, timeout)
        except SilentError:
            self.pgconn.finish()
            raise
        finally:
            watch.answered()


def connect(*args: Any, **given: Any) -> WatchedConnection:  # noqa: ANN401 - what psycopg takes
    """Connect to PostgreSQL; not for a transaction that nobody waits for any more."""
    watch: Watch | None = watch_here()
    if watch is not None and watch.is_given_up:
        raise SilentError("nobody waits for it any more")
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
                raise SilentError("the database did not answer in time")
            state = gen.send(ready)
    except StopIteration as done:
        answer: RV = done.value
        return answer
