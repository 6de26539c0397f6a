"""The dispatcher: claims what is due, renders it, sends it, and has it recorded.

No transaction is open while anything is sent. Any number of dispatchers may run: a claim is a lease
that its dispatcher renews while it lives, and a mark before the point of no return tells after a
crash which few deliveries are in doubt; all others are known not to have been sent. Each route goes
its own pace: one that is slow, or down, holds up no other.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

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
from core.outbox.batch import CLAIMED_AT_ONCE, Batch, Written
from core.outbox.claim import LEASE, Job, claim
from core.outbox.ledger import Ledger
from core.outbox.outlet import Compose, Fill, Outlet
from core.outbox.record import renew
from core.outbox.route import Message, RouteUnavailable
from core.store.database import BusyError
from core.store.desk import Desk
from core.store.store import Store

__all__ = ["Compose", "Dispatcher", "Fill", "Outlet"]

log = logging.getLogger(__name__)

DISPATCHER = "dispatcher"
_BEAT_EVERY = timedelta(seconds=10)
_LAST_RESULTS = 6.0  # seconds that what is in flight is given when we stop
_BUSY_AGAIN = 5.0  # seconds
_POLL = 1.0  # seconds between looks at the outbox when nobody wakes us


class Dispatcher:
    """Sends what the outbox holds for the routes of this process."""

    def __init__(self, desk: Desk, outlets: Mapping[RouteName, Outlet], mail_domain: str) -> None:
        self._desk = desk
        self._outlets = outlets
        self._mail_domain = mail_domain
        self._token = secrets.token_hex(8)
        self._ledger = Ledger(desk, self._token)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._last_beat: datetime | None = None

    def wake(self) -> None:
        """Look at the outbox now; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake_all)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; then what is in flight is finished and nothing new begun."""
        self._loop = asyncio.get_running_loop()
        stopping = asyncio.create_task(stop.wait(), name="dispatcher.stop")
        try:
            await asyncio.gather(
                *(self._serve(outlet, stop, stopping) for outlet in self._outlets.values())
            )
        finally:
            stopping.cancel()
            await self.close()

    async def deliver_due(self) -> int:
        """Send all that can be sent now, and what thereby becomes sendable; gives how many."""
        self._loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        sent = in_vain = 0
        while in_vain < 2:  # noqa: PLR2004 - what one route passes on to another is found then
            batch = sum([await self._deliver(one, stop) for one in self._outlets.values()])
            in_vain = 0 if batch else in_vain + 1
            sent += batch
        return sent

    async def close(self) -> None:
        """Finish writing and close every connection."""
        await self._ledger.flush()
        for outlet in self._outlets.values():
            await outlet.close()

    def _wake_all(self) -> None:
        for outlet in self._outlets.values():
            outlet.wake.set()

    async def _serve(
        self, outlet: Outlet, stop: asyncio.Event, stopping: asyncio.Task[bool]
    ) -> None:
        """Send over one route, whatever happens to the others."""
        while not stop.is_set():
            outlet.wake.clear()
            await self._round_until(outlet, stop, stopping)
            waking = asyncio.create_task(outlet.wake.wait(), name="dispatcher.wake")
            await asyncio.wait(
                {waking, stopping}, timeout=_POLL, return_when=asyncio.FIRST_COMPLETED
            )
            waking.cancel()

    async def _round_until(
        self, outlet: Outlet, stop: asyncio.Event, stopping: asyncio.Task[bool]
    ) -> None:
        """Do a round; what has got stuck when it is time to stop is left as after a crash."""
        going = asyncio.create_task(self._round(outlet, stop), name="dispatcher.round")
        try:
            await asyncio.wait({going, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({going}, timeout=_LAST_RESULTS)
        finally:
            going.cancel()
            await asyncio.wait({going})

    async def _round(self, outlet: Outlet, stop: asyncio.Event) -> None:
        try:
            await self._beat()
            while not stop.is_set() and await self._deliver(outlet, stop):
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

    async def _deliver(self, outlet: Outlet, stop: asyncio.Event) -> int:
        """Send what can be sent over a route that works; gives how many were begun with."""
        if outlet.is_paused(self._desk.now()):
            return 0
        batch = Batch(outlet, partial(self._claim, outlet), stop)
        if not await batch.fill():
            return 0
        renewing = asyncio.create_task(self._renew(batch.held), name="dispatcher.renew")
        wanted = min(outlet.route.lanes, batch.begun)
        try:
            await asyncio.gather(*(self._lane(batch, number) for number in range(wanted)))
            await self._ledger.flush()
        finally:
            renewing.cancel()
            await batch.end()
        return batch.begun

    async def _claim(self, outlet: Outlet) -> Sequence[Job]:
        return await self._desk.run_patiently(
            claim,
            route=outlet.route.name,
            token=self._token,
            limit=CLAIMED_AT_ONCE,
            mail_domain=self._mail_domain,
        )

    async def _lane(self, batch: Batch, number: int) -> None:
        """Send jobs over one connection until the batch is empty or the route breaks down."""
        written = await batch.next()
        while written is not None:
            job = written.job
            following = None
            if batch.broken or batch.stop.is_set():
                outcome: Outcome = RouteDown(batch.broken) if batch.broken else Withdrawn()
            else:
                following = batch.following()
                outcome = await self._sent(batch.outlet, number, written, following)
                outcome = self._went(batch, job.delivery.id, outcome)
            batch.held.discard(job.delivery.id)
            self._ledger.note(job, outcome)
            written = following or await batch.next()

    def _went(self, batch: Batch, delivery_id: int, outcome: Outcome) -> Outcome:
        """Take from an outcome what it says of the route; gives what is left of it."""
        outlet = batch.outlet
        if isinstance(outcome, RouteDown):
            if outcome.of_message and outlet.is_to_blame(delivery_id):
                return Deferred(outcome.reason)
            if outcome.of_message:
                outlet.suspect(delivery_id)
            batch.broken = outcome.reason
            outlet.pause(outcome.reason, self._desk.now())
        elif isinstance(outcome, Accepted | Refused | Deferred):
            outlet.works(delivery_id)
        return outcome

    async def _sent(
        self, outlet: Outlet, number: int, written: Written, following: Written | None
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
            lane = await outlet.lane(number)
            if following is not None and isinstance(following.message, Message):
                outlet.expect(number, following.message)
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

    async def _renew(self, held: set[int]) -> None:
        """Keep what is in hand, as long as it is."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                ids = sorted(held | self._ledger.unwritten)
                await self._desk.run_patiently(renew, token=self._token, ids=ids)
                await self._beat()  # a mail server that is slow is no dispatcher that is down
            except BusyError as error:
                log.warning("lease.not_renewed", extra={"reason": str(error)})


def beat(store: Store, now: datetime) -> None:
    """Note that a dispatcher is at work: whoever asks may be another process."""
    store.records.beat(DISPATCHER, now)
