"""The clock: APScheduler wakes a sweep each second; what is due is a query, never a job.

The scheduler holds nothing of its own, so a restart, a second process or a jump of the wall clock
costs nothing. A watch beside it starts it anew should it ever fall silent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.model.due import Due
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.tick import MOST_AT_ONCE, beat, carry_out, due_now, has_outage, note_outage
from core.waiting import paused

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between sweeps
_BEAT_EVERY = timedelta(seconds=10)
_SILENT_AFTER = 30.0  # seconds: a sweep waits ten for the database, and goes round again
_LAST_SWEEP = 5.0  # seconds that a sweep under way is given when we stop


class Clock:
    """Carries out what falls due."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last_beat: datetime | None = None
        self.last_sweep = self._last_round = time.monotonic()
        self._idle = asyncio.Event()
        self._idle.set()

    async def sweep(self) -> int:
        """Do everything that is due now; gives how much that was.

        Each due thing is a transaction of its own: one that fails is logged, stays due, and does
        not hold up the others.
        """
        if await self._desk.read(has_outage):
            log.warning("clock.outage")
            await self._desk.run_patiently(note_outage)
        done = 0
        while True:
            dues = await self._desk.read(due_now)
            carried = [await self._carried_out(due) for due in dues]
            done += sum(carried)
            if len(dues) < MOST_AT_ONCE or not all(carried):
                break
        now = self._desk.now()
        if self._last_beat is None or abs(now - self._last_beat) >= _BEAT_EVERY:
            await self._desk.run_patiently(beat)
            self._last_beat = now
        self.last_sweep = time.monotonic()
        return done

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep every second until told to stop, whatever happens in between."""
        scheduler = self._scheduler()
        try:
            while not stop.is_set():
                slept_at = time.monotonic()
                await paused(stop, _SILENT_AFTER / 2)
                if time.monotonic() - slept_at > _SILENT_AFTER:
                    continue  # the whole process was suspended: the next sweep comes by itself
                if time.monotonic() - self._last_round > _SILENT_AFTER and not stop.is_set():
                    log.error("clock.silent")
                    scheduler.shutdown(wait=False)
                    scheduler = self._scheduler()
            scheduler.pause()  # what is under way is carried to its end: nothing else begins
            await asyncio.sleep(0)  # what was begun by now says so
            with suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), _LAST_SWEEP)
        finally:
            scheduler.shutdown(wait=False)

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        scheduler.add_job(self._safe_sweep, "interval", seconds=EVERY, id="sweep")
        scheduler.start()
        return scheduler

    async def _safe_sweep(self) -> None:
        self._idle.clear()
        try:
            await self.sweep()
        except BusyError as error:
            log.warning("clock.busy", extra={"reason": str(error)})
        except Exception:
            log.exception("clock.failed")
        finally:
            self._last_round = time.monotonic()  # whether it went well or not: it still goes round
            self._idle.set()

    async def _carried_out(self, due: Due) -> bool:
        try:
            return await self._desk.run_patiently(carry_out, due)
        except BusyError:
            raise
        except Exception:
            log.exception("due.failed", extra={"kind": due.kind.value})
            return False
        finally:
            self._last_round = time.monotonic()  # a round of many is long, and not silent
