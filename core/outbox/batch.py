"""What a dispatcher is sending over one route: its jobs, filled up again while they are sent."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from core.model.delivery import Refused
from core.outbox.claim import Job
from core.outbox.outlet import Outlet
from core.outbox.route import Message
from core.store.database import BusyError

log = logging.getLogger(__name__)

CLAIMED_AT_ONCE = 100
_FEW = 50  # jobs left, at which more are claimed

Claim = Callable[[], Awaitable[Sequence[Job]]]


@dataclass(frozen=True, slots=True)
class Written:
    """A job with its message, or with what became of it for want of one."""

    job: Job
    message: Message | Refused


@dataclass(slots=True)
class Batch:
    """The jobs that are being sent over one route.

    `held` are those that nobody has noted a result of. `broken` says why the route broke down.
    """

    outlet: Outlet
    claim: Claim
    stop: asyncio.Event
    broken: str = ""
    held: set[int] = field(default_factory=set)
    begun: int = 0
    _jobs: deque[Job] = field(default_factory=deque)
    _dry: bool = False
    _claiming: asyncio.Task[None] | None = None

    async def fill(self) -> int:
        """Claim the first jobs; gives how many. Raises `BusyError`."""
        jobs = await self.claim()
        self._dry = len(jobs) < CLAIMED_AT_ONCE
        self._jobs += sorted(jobs, key=lambda job: self.outlet.is_suspect(job.delivery.id))
        self.held.update(job.delivery.id for job in jobs)
        self.begun += len(jobs)
        return len(jobs)

    async def next(self) -> Written | None:
        """Take the next job, and write its message; None where there is nothing more to send."""
        while True:
            self._fill_up()
            if self._jobs:
                return self._taken()
            if self._claiming is None:
                return None
            await asyncio.wait({self._claiming})

    def following(self) -> Written | None:
        """Take one more job, if each lane has one to come: none waits while another looks ahead."""
        return self._taken() if len(self._jobs) >= self.outlet.route.lanes else None

    async def end(self) -> None:
        """Let go of a claim that is under way: what it takes is free again after its lease."""
        if self._claiming is not None:
            self._claiming.cancel()
            await asyncio.wait({self._claiming})

    def _fill_up(self) -> None:
        ended = self._dry or self.broken or self.stop.is_set()
        if not ended and self._claiming is None and len(self._jobs) < _FEW:
            self._claiming = asyncio.create_task(self._claimed(), name="dispatcher.claim")

    async def _claimed(self) -> None:
        try:
            await self.fill()
        except BusyError as error:
            self._dry = True
            log.warning("dispatch.busy", extra={"reason": str(error)})
        except Exception:
            # whatever it was, the outbox still holds everything: the next round tries again
            self._dry = True
            log.exception("dispatch.failed")
        finally:
            self._claiming = None

    def _taken(self) -> Written:
        job = self._jobs.popleft()
        try:
            return Written(job, self._message(job))
        except ValueError as error:
            # it will never fit this route: better a failure with its reason than a jam
            return Written(job, Refused(f"it could not be written for this address: {error}"))
        except Exception:  # a fault of ours in one notice must not hold up all the others
            log.exception("delivery.not_rendered", extra={"delivery": job.delivery.id})
            return Written(
                job, Refused("the desk could not write this notice; its operator finds out why")
            )

    def _message(self, job: Job) -> Message:
        fill = self.outlet.fill_of(job.notice)
        message = fill(job.delivery.id, job.personal)
        return replace(message, in_doubt=True) if job.delivery.doubtful else message
