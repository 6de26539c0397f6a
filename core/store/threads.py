"""Threads that do one thing after the other, for a loop that waits.

An executor of the standard library does as much, and more: its futures and their locks cost more
than what SQLite is asked.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Threads:
    """Some threads with one queue before them; started at once, ended by `close`."""

    def __init__(self, number: int, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{one}", daemon=True)
            for one in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def do(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Have some work done; the future is this loop's.

        Cancelling the future, or settling it otherwise, stops nothing: nobody is told then. Raises
        `RuntimeError` once they are closed.
        """
        if self._closed:
            raise RuntimeError("the desk is closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            try:
                settle = partial(_answered, answer, work())
            except BaseException as error:  # noqa: BLE001 - for whoever asked
                settle = partial(failed, answer, error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle)

        self._jobs.put(job)
        return answer

    def close(self) -> None:
        """Finish what was asked for, and end the threads."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def failed(answer: asyncio.Future[Any], error: BaseException) -> None:
    """Settle a future with what went wrong, unless it is settled."""
    if not answer.done():
        answer.set_exception(error)


def _answered(answer: asyncio.Future[T], result: T) -> None:
    if not answer.done():
        answer.set_result(result)
