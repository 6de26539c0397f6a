"""Group commit: what several lanes have to write down at about the same time shares one commit.

While one transaction is on its way to the disk, whatever else comes up gathers for the next. So a
lane waits for its own mark to be on disk before it passes the point of no return, and yet the disk
is not asked once for every message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from core.model.delivery import Outcome
from core.outbox.claim import Job
from core.outbox.record import Result, give_up, record
from core.store.database import BusyError
from core.store.desk import Desk

log = logging.getLogger(__name__)

_AGAIN_AFTER = 0.5  # seconds, while the database is away


@dataclass(slots=True)
class _Page:
    """What is written together, and who waits for its mark."""

    marks: dict[int, asyncio.Future[bool]] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)


class Ledger:
    """Writes down hand-overs and results for all lanes of one dispatcher."""

    def __init__(self, desk: Desk, token: str) -> None:
        self._desk = desk
        self._token = token
        self.unwritten: set[int] = set()  # deliveries with a result that is not on disk yet
        self._page = _Page()
        self._writer: asyncio.Task[None] | None = None

    async def mark(self, job: Job) -> bool:
        """Write down that a job passes the point of no return; False if it is no longer ours.

        Also False when the database cannot be reached: then it must not be sent either.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._page.marks[job.delivery.id] = future
        self._start()
        return await future

    def note(self, job: Job, outcome: Outcome) -> None:
        """Have it written down what became of a job: at the latest with its lane's next mark.

        So whoever finds a mark without a result after a crash finds at most one for each lane.
        """
        self._page.results.append(Result(job, outcome))
        self.unwritten.add(job.delivery.id)
        self._start()

    async def flush(self) -> None:
        """Wait until everything noted so far is on disk, however long that takes."""
        while self._writer is not None:
            await asyncio.wait({self._writer})

    def _start(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="ledger")

    async def _write(self) -> None:
        try:
            while self._page.marks or self._page.results:
                page, self._page = self._page, _Page()
                await self._write_page(page)
        finally:
            self._writer = None

    async def _write_page(self, page: _Page) -> None:
        ours = await self._recorded(page)
        self.unwritten.difference_update(one.job.delivery.id for one in page.results)
        for delivery_id, mark in page.marks.items():
            if not mark.done():
                mark.set_result(delivery_id in ours)

    async def _recorded(self, page: _Page) -> Collection[int]:
        """Write a page; without results it may be given up, with results it is tried for ever."""
        while True:
            try:
                return await self._desk.run_patiently(
                    record,
                    token=self._token,
                    handed_over=list(page.marks),
                    results=page.results,
                )
            except BusyError as error:
                log.warning("ledger.busy", extra={"reason": str(error)})
                if not page.results:
                    return ()
            except Exception:
                log.exception("ledger.failed")
                return await self._recorded_one_by_one(page)
            await asyncio.sleep(_AGAIN_AFTER)

    async def _recorded_one_by_one(self, page: _Page) -> Collection[int]:
        """Write a page that cannot be written as a whole, so that one fault costs one delivery."""
        if not page.results:
            return ()
        if len(page.results) == 1:
            delivery_id = page.results[0].job.delivery.id
            with suppress(Exception):  # then its lease runs out, and it is in doubt
                await self._desk.run_patiently(give_up, token=self._token, delivery_id=delivery_id)
        else:
            for result in page.results:
                await self._recorded(_Page(results=[result]))
        return await self._recorded(_Page(page.marks)) if page.marks else ()
