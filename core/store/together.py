"""Writing together: what waits for SQLite's one writer shares a transaction, and so its commit.

A commit waits for the disk, whatever is in it. Twenty commands at once would wait for twenty of
them, one after the other; together they wait for one. Each runs within a savepoint of its own, so
that one which fails takes nothing else with it, and nobody is answered before the commit.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core.store.database import BusyError
from core.store.silence import Watch

MOST = 32  # in one transaction: the last one waits for all the others

OVERLOADED = "the desk has too much to do"
IN_VAIN = "what comes before it was not written"


@dataclass(eq=False, slots=True)
class Turn:
    """The place of some work in a row that is done in order: where one fails, so do those behind.

    Each is handed in once.
    """

    before: Turn | None = None
    failed: bool = False

    @property
    def is_in_vain(self) -> bool:
        """Tell whether what came before it failed."""
        return self.before is not None and self.before.failed

    def end(self) -> None:
        """Forget what came before: else the whole row would be kept."""
        self.before = None


@dataclass(eq=False, slots=True)
class Asked:
    """Some work that waits for its turn, until `give_up_at` on the monotonic clock."""

    work: Callable[[Any], Any]
    give_up_at: float
    turn: Turn | None = None
    begun: bool = False
    settled: bool = False
    answer: Any = None
    error: BaseException | None = None
    watch: Watch = field(default_factory=Watch)
    _first_to_decide: Lock = field(default_factory=Lock)  # who begins it, or the asker giving up

    @property
    def left(self) -> float:
        """Give the patience that is left, in seconds."""
        return self.give_up_at - time.monotonic()

    def decide(self) -> bool:
        """Decide what becomes of it, once: it is begun, or given up."""
        return self._first_to_decide.acquire(blocking=False)

    def begin(self) -> bool:
        """Begin it, unless it was settled or given up, or it is too late; or begin it once more."""
        if self.settled:
            return False
        if self.turn is not None and self.turn.is_in_vain:
            self.fail(BusyError(IN_VAIN))
            return False
        if self.begun or (self.left > 0 and self.decide()):
            self.begun = True
            return True
        self.fail(BusyError(OVERLOADED))
        return False

    def succeed(self, answer: Any) -> None:  # noqa: ANN401 - whatever the work gives
        """Settle it with its answer, or with what it raised."""
        if isinstance(answer, _Failed):
            self.fail(answer.error)
        else:
            self.settled, self.answer = True, answer

    def fail(self, error: BaseException) -> None:
        """Settle it with what went wrong."""
        self.settled, self.error = True, error
        self.stumble()

    def stumble(self) -> None:
        """Note that it fails, for what comes behind it in its row."""
        if self.turn is not None:
            self.turn.failed = True

    def result(self) -> Any:  # noqa: ANN401 - whatever the work gives
        """Give the answer, or raise what went wrong."""
        if self.error is not None:
            raise self.error
        return self.answer


@dataclass(frozen=True, slots=True)
class _Failed:
    """What a piece of work raised that did not hurt the transaction it was in."""

    error: Exception


class _BrokenError(Exception):
    """The database refused something: the transaction as a whole is in doubt."""


@dataclass(frozen=True, slots=True)
class Together:
    """The queue before the one writer.

    `open_transaction` opens one, given the patience in seconds. `run` does a piece of work on its
    connection and gives its answer, with whether the outbox has something new. `run_alone` does one
    in a transaction of its own. `on_work` is told of what is new in the outbox.
    """

    open_transaction: Callable[[float], AbstractContextManager[Connection]]
    run: Callable[[Connection, Callable[[Any], Any]], tuple[Any, bool]]
    run_alone: Callable[[Callable[[Any], Any], float], Any]
    on_work: Callable[[], None]
    _waiting: deque[Asked] = field(default_factory=deque)

    def ask(self, asked: Asked) -> None:
        """Put some work into the queue."""
        self._waiting.append(asked)

    def settle(self, asked: Asked) -> Any:  # noqa: ANN401 - whatever the work gives
        """Do some work, and what waits behind it, unless somebody before it has done it already.

        Called in the writer's thread, once for everything that was asked.
        """
        if not asked.settled:
            self._write([self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))])
        return asked.result()

    def _write(self, batch: list[Asked]) -> None:
        if len(batch) > 1:
            with suppress(_BrokenError):  # then nothing was committed: each of them for itself
                self._write_together(batch)
                return
        for one in batch:
            if one.begin():
                self._write_alone(one)

    def _write_together(self, batch: list[Asked]) -> None:
        done: list[tuple[Asked, Any]] = []
        has_work = False
        try:
            with self.open_transaction(max(0.001, *(one.left for one in batch))) as connection:
                # begun one by one: whoever gives up while another is at work is not served
                for one in batch:
                    if one.begin():
                        answer, new = self._within(connection, one)
                        done.append((one, answer))
                        has_work = has_work or new
        except _BrokenError:
            raise
        except Exception as error:  # noqa: BLE001 - nothing was committed, for nobody
            for one in batch:
                one.fail(error)
            return
        for one, answer in done:
            one.succeed(answer)
        if has_work:
            self.on_work()

    def _within(self, connection: Connection, one: Asked) -> tuple[Any, bool]:
        """Do one piece of work within a savepoint; what it raises is kept for whoever asked."""
        try:
            with connection.begin_nested():
                return self.run(connection, one.work)
        except DBAPIError as error:
            raise _BrokenError from error
        except Exception as error:  # noqa: BLE001 - the asker's to deal with
            one.stumble()
            return _Failed(error), False

    def _write_alone(self, one: Asked) -> None:
        try:
            one.succeed(self.run_alone(one.work, max(one.left, 0.001)))
        except Exception as error:  # noqa: BLE001 - likewise
            one.fail(error)
