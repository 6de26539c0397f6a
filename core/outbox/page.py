"""A page of the ledger: hand-overs and results that are written down in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from core.model.delivery import Outcome
from core.outbox.claim import Job
from core.store.together import Turn


@dataclass(frozen=True, slots=True)
class Result:
    """A job and what became of it."""

    job: Job
    outcome: Outcome


@dataclass(eq=False, slots=True)
class Page:
    """What is written together: deliveries that are handed over, and results.

    It is entered on until whoever writes it closes it, which is in another thread.
    """

    turn: Turn
    handed_over: list[int] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    _closed: bool = False
    _lock: Lock = field(default_factory=Lock)

    def enter(self, entry: int | Result) -> bool:
        """Enter a delivery that is handed over, or a result; False where it is closed."""
        with self._lock:
            if self._closed:
                return False
            if isinstance(entry, Result):
                self.results.append(entry)
            else:
                self.handed_over.append(entry)
        return True

    def close(self) -> None:
        """Take no more entries."""
        with self._lock:
            self._closed = True
