"""The usher: shows out whoever may no longer be there, a look at each server's own list at a time.

Who must go is worked out anew from the store at each look, so that nothing is lost with a restart.
New connections are refused by then: the gate goes by the same store. A server that cannot be asked,
or a database that does not answer, ends nobody's connection.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.gate.control import Control, ControlError
from core.model.gate import Access, ControlAddress, Running
from core.model.server import Server, ServerKind
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.gate import gate_controls
from core.usecases.ushering import SETTLING, Ending, judge, note_running
from core.waiting import paused

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between looks
_WRITTEN_EVERY = 5  # looks after which it is written down who is still there
_TAKE_OVER_WITHIN = 4.0  # seconds: the streaming server waits for an answer meanwhile

# ends the old publisher by itself, and answers no request to do so while it waits for our answer
_REPLACES = frozenset({ServerKind.MEDIAMTX})

MakeControl = Callable[[ServerKind, ControlAddress], Control]


@dataclass(slots=True)
class _Watched:
    """A server with its control interface, and how the looks at it went."""

    server: Server
    address: ControlAddress
    control: Control
    looks: int = 0
    failing: bool = False
    listed_since: dict[tuple[Access, str], float] = field(default_factory=dict)

    def settled(self, running: Sequence[Running], now: float) -> set[tuple[Access, str]]:
        """Note what is listed; gives what has been for long."""
        since = self.listed_since
        keys = {(one.access, one.client) for one in running}
        self.listed_since = {key: since.get(key, now) for key in keys}
        long = SETTLING.total_seconds()
        return {key for key, at in self.listed_since.items() if now - at > long}


@dataclass
class Usher:
    """Ends connections by the servers' own control interfaces."""

    desk: Desk
    make_control: MakeControl
    monotonic: Callable[[], float] = time.monotonic
    _watched: dict[int, _Watched] = field(default_factory=dict)
    _sealed: set[int] = field(default_factory=set)

    async def run(self, stop: asyncio.Event) -> None:
        """Look at every server each second until told to stop; one that is slow delays no other."""
        tasks: dict[int, asyncio.Task[None]] = {}
        try:
            while not stop.is_set():
                await self._safely_read_servers()
                tasks = {number: task for number, task in tasks.items() if not task.done()}
                for number, watched in self._watched.items():
                    if number not in tasks:
                        tasks[number] = asyncio.create_task(self._safely_look(watched))
                await paused(stop, EVERY)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def look_at_all(self) -> int:
        """Look at every server once; gives how many connections were ended.

        Raises `ControlError` and `BusyError`.
        """
        await self._read_servers()
        return sum([await self._look(one) for one in self._watched.values()])

    async def take_over(self, server: Server, stream: str, clients: tuple[str, ...]) -> None:
        """End the connections of publishers whose place is taken; where that fails it is logged."""
        if server.kind in _REPLACES:
            return
        try:
            async with asyncio.timeout(_TAKE_OVER_WITHIN):
                await self._read_servers()  # another process may have been told of another
                watched = self._watched.get(server.id)
                if watched is None:
                    return
                for one in await watched.control.running():
                    publishes = (one.access, one.stream) == (Access.PUBLISH, stream)
                    if publishes and one.client in clients:
                        await watched.control.kick(one)
        except (ControlError, BusyError, TimeoutError) as error:
            log.warning("usher.failed", extra={"server": server.id, "reason": str(error)})

    async def close(self) -> None:
        """Let go of every control interface."""
        for watched in self._watched.values():
            await watched.control.close()
        self._watched = {}

    async def _look(self, watched: _Watched) -> int:
        server = watched.server
        running = await watched.control.running()
        settled = watched.settled(running, self.monotonic())
        judged = await self.desk.read(judge, server, running, settled)
        failures = [await self._kick(watched, ending) for ending in judged.endings]
        watched.looks += 1
        if judged.gone or judged.found or (judged.seen and watched.looks % _WRITTEN_EVERY == 0):
            await self.desk.run_patiently(note_running, judged)
        if failed := [one for one in failures if one is not None]:
            raise failed[0]
        return len(judged.endings)

    async def _kick(self, watched: _Watched, ending: Ending) -> ControlError | None:
        """End one connection; one that cannot be ended does not save the others."""
        try:
            await watched.control.kick(ending.running)
        except ControlError as error:
            return error
        facts = {"server": watched.server.id, "access": ending.running.access.value}
        log.info("gate.kicked", extra=facts | {"reason": ending.reason.value})
        return None

    async def _safely_look(self, watched: _Watched) -> None:
        try:
            await self._look(watched)
        except ControlError as error:
            if not watched.failing:  # once, and not each second
                facts = {"server": watched.server.id, "reason": str(error)}
                log.warning("usher.no_control", extra=facts)
            watched.failing = True
        except BusyError as error:
            log.warning("usher.busy", extra={"reason": str(error)})
        except Exception:
            log.exception("usher.failed", extra={"server": watched.server.id})
        else:
            watched.failing = False

    async def _safely_read_servers(self) -> None:
        try:
            await self._read_servers()
        except BusyError as error:
            log.warning("usher.busy", extra={"reason": str(error)})
        except Exception:
            log.exception("usher.failed")

    async def _read_servers(self) -> None:
        """Make a control for each server that has one, and let go of those that have changed."""
        controls = await self.desk.read(gate_controls)
        found = {server.id: (server, to) for server, to in controls if to is not None}
        for number, watched in list(self._watched.items()):
            server, address = found.get(number, (watched.server, None))
            if (server.kind, address) != (watched.server.kind, watched.address):
                self._watched.pop(number, None)
                await watched.control.close()
        for number, (server, address) in found.items():
            if number in self._watched:
                self._watched[number].server = server
            else:
                control = self.make_control(server.kind, address)
                self._watched[number] = _Watched(server, address, control)
        self._say_sealed({server.id for server, to in controls if to is None})

    def _say_sealed(self, sealed: set[int]) -> None:
        for number in sealed - self._sealed:  # once, and not each second
            log.error("usher.sealed", extra={"server": number})
        self._sealed = sealed
