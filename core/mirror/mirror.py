"""The mirror: keeps reservations among the scheduled events of Discord's guilds.

It looks at what was committed every few seconds and when it is woken, does one thing after the
other, and writes down what it did. Any number of processes may run one: what one of them has begun
the others leave alone, and what it never wrote down is looked for in Discord before it is repeated.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from core.access.vault import SealBrokenError
from core.model.delivery import RouteDown
from core.policy.events import CallOff, EventFace, EventOutcome, Keep, Make
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.events import EventTask, begin_events, end_event, events_due
from core.waiting import paused

log = logging.getLogger(__name__)

_EVERY = 5.0  # seconds: a channel that was told a moment ago is seen by then
_PASSES = 20  # of a hundred reservations each, before it rests: one thing may lead to another
_DOWN = 60.0  # seconds that Discord is left alone when it cannot be reached at all


class GuildEvents(Protocol):
    """The scheduled events of Discord's guilds. None of these raises but on cancellation."""

    async def make(
        self, guild_id: str, face: EventFace, channels: tuple[str, ...], *, in_doubt: bool
    ) -> EventOutcome:
        """Make an event that says this, unless none of the channels is open to everybody there.

        `in_doubt`: it may be there already, and is then brought in line. Gives its number.
        """

    async def keep(self, guild_id: str, event_id: str, face: EventFace) -> EventOutcome:
        """See to it that an event says this; `Gone` where it is deleted or has ended."""

    async def call_off(self, guild_id: str, event_id: str, marker: str) -> EventOutcome:
        """Cancel an event, or end it if it has begun; `Gone` where that was done already.

        An `event_id` of "": the one that has the marker, if there is one.
        """

    async def close(self) -> None:
        """Close the connections; safe to call twice."""


class Mirror:
    """Carries out what is to be done about events."""

    def __init__(self, desk: Desk, events: GuildEvents) -> None:
        self._desk = desk
        self._events = events
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sealed: set[int] = set()  # reservations that cannot be read for want of their key

    def wake(self) -> None:
        """Look at what is to be done now; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Mirror until told to stop, whatever happens in between."""
        self._loop = asyncio.get_running_loop()
        while not stop.is_set():
            self._wake.clear()
            if await self._safe_round(stop) is None:
                await paused(stop, _DOWN)
            else:
                await self._idle(stop)

    async def close(self) -> None:
        """Close the connections to Discord."""
        await self._events.close()

    async def mirror_due(self) -> int:
        """Do all that is to be done now; gives how much that was."""
        return await self._round(asyncio.Event()) or 0

    async def _safe_round(self, stop: asyncio.Event) -> int | None:
        try:
            return await self._round(stop)
        except BusyError as error:
            log.warning("mirror.busy", extra={"reason": str(error)})
        except Exception:
            log.exception("mirror.failed")
        return 0

    async def _idle(self, stop: asyncio.Event) -> None:
        """Wait to be woken, to be told to stop, or a few seconds."""
        waiting = {asyncio.create_task(one.wait()) for one in (stop, self._wake)}
        try:
            await asyncio.wait(waiting, timeout=_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _round(self, stop: asyncio.Event) -> int | None:
        """Do what is to be done; None where Discord cannot be reached, and the rest has to wait."""
        done = 0
        for _ in range(_PASSES):
            before = done
            for reservation_id in await self._desk.read(events_due):
                if stop.is_set():
                    return done
                for task in await self._begun(reservation_id):
                    if not await self._carried_out(task):
                        return None
                    done += 1
            if done == before:
                break
        return done

    async def _begun(self, reservation_id: int) -> tuple[EventTask, ...]:
        if reservation_id in self._sealed:
            return ()
        try:
            return await self._desk.run_patiently(begin_events, reservation_id)
        except SealBrokenError as error:
            log.error("mirror.sealed", extra={"reason": str(error)})  # noqa: TRY400 - no trace needed
            self._sealed.add(reservation_id)
            return ()

    async def _carried_out(self, task: EventTask) -> bool:
        """Do one thing and write down how it went; False where Discord cannot be reached."""
        outcome: EventOutcome
        match task.step:
            case Make(face):
                outcome = await self._events.make(
                    task.guild_id, face, task.channels, in_doubt=task.in_doubt
                )
            case Keep(event_id, face):
                outcome = await self._events.keep(task.guild_id, event_id, face)
            case CallOff(event_id, marker):
                outcome = await self._events.call_off(task.guild_id, event_id, marker)
        await self._desk.run_patiently(end_event, task, outcome)
        return not isinstance(outcome, RouteDown)
