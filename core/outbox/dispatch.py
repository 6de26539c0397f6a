"""The dispatcher: claims what is due, renders it, sends it, and has it recorded.

No transaction is open while anything is sent. Any number of dispatchers may run: a claim is a lease
that its dispatcher renews while it lives, and a mark before the point of no return tells after a
crash which few deliveries are in doubt; all others are known not to have been sent.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.model.delivery import (
    Accepted,
    Deferred,
    Doubtful,
    Outcome,
    Refused,
    RouteDown,
    Withdrawn,
)
from core.model.recipient import RouteName
from core.notices.notice import Notice, Personal
from core.outbox.claim import LEASE, Job, claim
from core.outbox.ledger import Ledger
from core.outbox.record import renew
from core.outbox.retry import pause_after
from core.outbox.route import ForesightedLane, Lane, Message, Route, RouteUnavailable
from core.store.database import BusyError
from core.store.desk import Desk
from core.store.store import Store

log = logging.getLogger(__name__)

DISPATCHER = "dispatcher"
_BATCH = 100
_BEAT_EVERY = timedelta(seconds=10)
_LAST_RESULTS = 6.0  # seconds that what is in flight is given when we stop
_BUSY_AGAIN = 5.0  # seconds
_REMEMBERED = 8  # notices whose messages are being written, for each route
_POLL = 1.0  # seconds between looks at the outbox when nobody wakes us

Fill = Callable[[int, Personal], Message]
Compose = Callable[[Notice], Fill]


@dataclass(slots=True)
class Outlet:
    """A route with the renderer of its messages.

    `compose` renders a notice once; what it gives fills in what differs for each recipient.
    """

    route: Route
    compose: Compose
    lanes: dict[int, Lane] = field(default_factory=dict)
    foresights: dict[int, Callable[[Message], None]] = field(default_factory=dict)
    breakdowns: int = 0
    paused_until: datetime | None = None
    reason: str = ""
    _fills: deque[tuple[Notice, Fill]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    async def opened(self, number: int) -> Lane:
        """Open a lane; raises `RouteUnavailable`."""
        lane = self.lanes[number] = await self.route.open()
        self.foresights[number] = lane.expect if isinstance(lane, ForesightedLane) else _unforeseen
        return lane

    def fill_of(self, notice: Notice) -> Fill:
        """Give what makes a notice's messages; those of late are kept, for more of the same."""
        for known, fill in self._fills:
            if known == notice:
                return fill
        fill = self.compose(notice)
        self._fills.appendleft((notice, fill))
        return fill


def _unforeseen(_: Message) -> None:
    """Take no notice of what comes next, as most lanes do."""


class Dispatcher:
    """Sends what the outbox holds for the routes of this process."""

    def __init__(self, desk: Desk, outlets: Mapping[RouteName, Outlet], mail_domain: str) -> None:
        self._desk = desk
        self._outlets = outlets
        self._mail_domain = mail_domain
        self._token = secrets.token_hex(8)
        self._ledger = Ledger(desk, self._token)
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._last_beat: datetime | None = None

    def wake(self) -> None:
        """Look at the outbox now; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; then what is in flight is finished and nothing new begun."""
        self._loop = asyncio.get_running_loop()
        stopping = asyncio.create_task(stop.wait(), name="dispatcher.stop")
        try:
            while not stop.is_set():
                self._wake.clear()
                await self._round_until(stop, stopping)
                await self._idle(stopping)
        finally:
            stopping.cancel()
            await self.close()

    async def deliver_due(self) -> int:
        """Send all that can be sent now, and what thereby becomes sendable; gives how many."""
        self._loop = asyncio.get_running_loop()
        sent = 0
        while batch := await self._deliver(asyncio.Event()):
            sent += batch
        return sent

    async def close(self) -> None:
        """Finish writing and close every connection."""
        await self._ledger.flush()
        for outlet in self._outlets.values():
            await asyncio.gather(*(lane.close() for lane in outlet.lanes.values()))
            outlet.lanes.clear()

    async def _round_until(self, stop: asyncio.Event, stopping: asyncio.Task[bool]) -> None:
        """Do a round; what has got stuck when it is time to stop is left as after a crash."""
        going = asyncio.create_task(self._round(stop), name="dispatcher.round")
        try:
            await asyncio.wait({going, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({going}, timeout=_LAST_RESULTS)
        finally:
            going.cancel()
            await asyncio.wait({going})

    async def _round(self, stop: asyncio.Event) -> None:
        try:
            await self._beat()
            while not stop.is_set() and await self._deliver(stop):
                await self._beat()
        except BusyError as error:
            log.warning("dispatch.busy", extra={"reason": str(error)})
        except Exception:
            # whatever it was, the outbox still holds everything: the next round tries again
            log.exception("dispatch.failed")

    async def _beat(self) -> None:
        now = self._desk.now()
        if self._last_beat is None or abs(now - self._last_beat) >= _BEAT_EVERY:
            await self._desk.run_patiently(beat)
            self._last_beat = now

    async def _idle(self, stopping: asyncio.Task[bool]) -> None:
        waking = asyncio.create_task(self._wake.wait(), name="dispatcher.wake")
        await asyncio.wait({waking, stopping}, timeout=_POLL, return_when=asyncio.FIRST_COMPLETED)
        waking.cancel()

    async def _deliver(self, stop: asyncio.Event) -> int:
        """Claim one batch for the routes that work, and send it over their lanes."""
        open_routes = [name for name, outlet in self._outlets.items() if not self._paused(outlet)]
        if not open_routes:
            return 0
        jobs = await self._desk.run_patiently(
            claim,
            routes=open_routes,
            token=self._token,
            limit=_BATCH,
            mail_domain=self._mail_domain,
        )
        if not jobs:
            return 0
        ids = [job.delivery.id for job in jobs]
        renewing = asyncio.create_task(self._renew(ids), name="dispatcher.renew")
        try:
            await asyncio.gather(
                *(
                    self._send_over(
                        outlet, [job for job in jobs if job.delivery.route is name], stop
                    )
                    for name, outlet in self._outlets.items()
                )
            )
            await self._ledger.flush()
        finally:
            renewing.cancel()
        return len(jobs)

    async def _send_over(self, outlet: Outlet, jobs: list[Job], stop: asyncio.Event) -> None:
        if not jobs:
            return
        batch = _Batch(outlet, deque(jobs), stop)
        wanted = min(outlet.route.lanes, len(jobs))
        await asyncio.gather(*(self._lane(batch, number) for number in range(wanted)))

    async def _lane(self, batch: _Batch, number: int) -> None:
        """Send jobs over one connection until the batch is empty or the route breaks down."""
        written = batch.next()
        while written is not None:
            job = written.job
            if batch.broken or batch.stop.is_set():
                outcome: Outcome = RouteDown(batch.broken) if batch.broken else Withdrawn()
                self._ledger.note(job, outcome)
                written = batch.next()
                continue
            following = batch.next() if batch.is_long else None
            outcome = await self._sent(batch.outlet, number, written, following)
            self._went(batch, outcome)
            self._ledger.note(job, outcome)
            log.info(
                "delivery.%s",
                type(outcome).__name__.lower(),
                extra={"delivery": job.delivery.id, "kind": job.claimed.kind.value},
            )
            written = following or batch.next()

    def _went(self, batch: _Batch, outcome: Outcome) -> None:
        """Take from an outcome what it says of the route."""
        if isinstance(outcome, RouteDown):
            batch.broken = outcome.reason
            self._pause(batch.outlet, outcome.reason)
        elif isinstance(outcome, Accepted | Refused | Deferred):
            batch.outlet.breakdowns = 0

    async def _sent(
        self, outlet: Outlet, number: int, written: _Written, following: _Written | None
    ) -> Outcome:
        message = written.message
        if not isinstance(message, Message):
            return message
        handed_over = False

        async def hand_over() -> bool:
            nonlocal handed_over
            handed_over = await self._ledger.mark(written.job)
            return handed_over

        try:
            lane = outlet.lanes.get(number) or await outlet.opened(number)
            if following is not None and isinstance(following.message, Message):
                outlet.foresights[number](following.message)
            return await lane.send(message, hand_over)
        except RouteUnavailable as error:
            return RouteDown(error.reason)
        except BusyError as error:
            # the route needed the database; unless it was handed over, nothing has left yet
            return Doubtful(str(error)) if handed_over else Deferred(str(error), _BUSY_AGAIN)
        except Exception:  # routes raise nothing else: a fault of ours again, and no reason to stop
            log.exception("delivery.not_sent", extra={"delivery": written.job.delivery.id})
            reason = "the desk could not send this notice; its operator finds out why"
            return Doubtful(reason) if handed_over else Deferred(reason)

    def _paused(self, outlet: Outlet) -> bool:
        if outlet.paused_until is None:
            return False
        left = outlet.paused_until - self._desk.now()
        # a wait longer than any pause: the clock was set back meanwhile
        return not (left.total_seconds() <= 0 or left > pause_after(outlet.breakdowns))

    def _pause(self, outlet: Outlet, reason: str) -> None:
        now = self._desk.now()
        if self._paused(outlet):
            return
        outlet.breakdowns += 1
        outlet.paused_until = now + pause_after(outlet.breakdowns)
        outlet.reason = reason
        log.warning(
            "route.paused",
            extra={
                "route": outlet.route.name.value,
                "reason": reason,
                "until": outlet.paused_until.isoformat(),
            },
        )

    async def _renew(self, ids: list[int]) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                await self._desk.run_patiently(renew, token=self._token, ids=ids)
                await self._beat()  # a mail server that is slow is no dispatcher that is down
            except BusyError as error:
                log.warning("lease.not_renewed", extra={"reason": str(error)})


def beat(store: Store, now: datetime) -> None:
    """Note that a dispatcher is at work: whoever asks may be another process."""
    store.records.beat(DISPATCHER, now)


@dataclass(frozen=True, slots=True)
class _Written:
    """A job with its message, or with what became of it for want of one."""

    job: Job
    message: Message | Refused


@dataclass(slots=True)
class _Batch:
    """What is being sent over one route, its notices rendered once each."""

    outlet: Outlet
    jobs: deque[Job]
    stop: asyncio.Event
    broken: str = ""
    _fills: dict[int, Fill] = field(default_factory=dict)

    @property
    def is_long(self) -> bool:
        """Tell whether each lane has one more to come: none waits while another looks ahead."""
        return len(self.jobs) >= self.outlet.route.lanes

    def next(self) -> _Written | None:
        """Take the next job, and write its message."""
        if not self.jobs:
            return None
        job = self.jobs.popleft()
        try:
            return _Written(job, self._message(job))
        except ValueError as error:
            # it will never fit this route: better a failure with its reason than a jam
            return _Written(job, Refused(f"it could not be written for this address: {error}"))
        except Exception:  # a fault of ours in one notice must not hold up all the others
            log.exception("delivery.not_rendered", extra={"delivery": job.delivery.id})
            return _Written(
                job, Refused("the desk could not write this notice; its operator finds out why")
            )

    def _message(self, job: Job) -> Message:
        fill = self._fills.get(id(job.notice))
        if fill is None:
            fill = self._fills[id(job.notice)] = self.outlet.fill_of(job.notice)
        message = fill(job.delivery.id, job.personal)
        return replace(message, in_doubt=True) if job.delivery.doubtful else message
