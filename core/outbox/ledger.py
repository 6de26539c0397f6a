"""Group commit: what several lanes have to write down at about the same time shares one commit.

While one page is on its way to the disk, whatever else comes up is entered on the next, which
already waits for its turn. So a lane waits for its own mark to be on disk before it passes the
point of no return, and yet the disk is not asked once for every message, and never stands still.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress

from core.model.delivery import Outcome
from core.outbox.claim import Job
from core.outbox.page import Page, Result
from core.outbox.record import give_up, record
from core.outbox.tidings import Tidings
from core.store.database import BusyError
from core.store.desk import Desk
from core.store.together import Turn

log = logging.getLogger(__name__)

_AGAIN_AFTER = 0.5  # seconds, while the database is away


class Ledger:
    """Writes down hand-overs and results for all lanes of one dispatcher."""

    def __init__(self, desk: Desk, token: str) -> None:
        self._desk = desk
        self._token = token
        self.unwritten: set[int] = set()  # deliveries with a result that is not on disk yet
        self._marks: dict[int, asyncio.Future[bool]] = {}
        self._page: Page | None = None
        self._tidings = Tidings()
        self._writing: asyncio.Task[None] | None = None  # the last page

    async def mark(self, job: Job) -> bool:
        """Write down that a job passes the point of no return; False if it is no longer ours.

        Also False when the database cannot be reached: then it must not be sent either.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._marks[job.delivery.id] = future
        self._enter(job.delivery.id)
        return await future

    def note(self, job: Job, outcome: Outcome) -> None:
        """Have it written down what became of a job: at the latest with its lane's next mark.

        So whoever finds a mark without a result after a crash finds at most one for each lane.
        """
        self.unwritten.add(job.delivery.id)
        self._enter(Result(job, outcome))

    async def flush(self) -> None:
        """Wait until everything noted so far is on disk, however long that takes."""
        while self._writing is not None and not self._writing.done():
            await asyncio.wait({self._writing})

    def _enter(self, entry: int | Result) -> None:
        """Enter something on the page that is open; where none is, one is opened and asked for."""
        if self._page is not None and self._page.enter(entry):
            return
        behind = self._page if self._writing is not None and not self._writing.done() else None
        self._page = Page(Turn(behind.turn if behind else None))
        self._page.enter(entry)
        self._writing = asyncio.create_task(self._write(self._page, self._writing), name="ledger")

    async def _write(self, page: Page, before: asyncio.Task[None] | None) -> None:
        ours = await self._recorded(page, before)
        self._tidings.add(page.results)
        self.unwritten.difference_update([one.job.delivery.id for one in page.results])
        for delivery_id in page.handed_over:
            mark = self._marks.pop(delivery_id)
            if not mark.done():
                mark.set_result(delivery_id in ours)
        await _over(before)
        if page is self._page:  # nobody waits for the next one: there is time
            self._tidings.tell()

    async def _recorded(self, page: Page, before: asyncio.Task[None] | None) -> Collection[int]:
        """Write a page; without results it may be given up, with results it is tried for ever."""
        while True:
            try:
                return await self._desk.run_in_turn(page.turn, record, token=self._token, page=page)
            except BusyError as error:
                log.warning("ledger.busy", extra={"reason": str(error)})
                if not page.results:
                    page.close()
                    return ()
            except Exception:
                log.exception("ledger.failed")
                page.close()
                return await self._recorded_one_by_one(page)
            await _over(before)  # whatever it was, what was entered earlier is written earlier
            await asyncio.sleep(_AGAIN_AFTER)
            page.turn = Turn()

    async def _recorded_one_by_one(self, page: Page) -> Collection[int]:
        """Write a page that cannot be written as a whole, so that one fault costs one delivery."""
        if not page.results:
            return ()
        if len(page.results) == 1:
            delivery_id = page.results[0].job.delivery.id
            with suppress(Exception):  # then its lease runs out, and it is in doubt
                await self._desk.run_patiently(give_up, token=self._token, delivery_id=delivery_id)
        else:
            for result in page.results:
                await self._recorded(Page(Turn(), results=[result]), None)
        if not page.handed_over:
            return ()
        return await self._recorded(Page(Turn(), handed_over=page.handed_over), None)


async def _over(task: asyncio.Task[None] | None) -> None:
    """Wait until a page is written."""
    if task is not None and not task.done():
        await asyncio.wait({task})
