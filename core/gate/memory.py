"""The gate's memory: kept fresh from the store, and written down there, whatever is in the way."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.gate.board import Board
from core.gate.sightings import Sightings
from core.model.server import Server
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.gate import (
    gate_beat,
    gate_servers,
    note_departed,
    note_sighted,
    refresh_openings,
)
from core.waiting import paused

log = logging.getLogger(__name__)

EVERY = 0.25  # seconds between looks at the store: as old as memory gets
_SERVERS_EVERY = 5.0
_BEAT_EVERY = 10.0


@dataclass
class Memory:
    """What is open, who is there, and which servers asked; `monotonic` gives seconds."""

    desk: Desk
    monotonic: Callable[[], float] = time.monotonic
    board: Board = field(default_factory=Board)
    sightings: Sightings = field(init=False)
    asked_by: set[int] = field(default_factory=set)
    _servers_at: float = float("-inf")
    _beaten_at: float = float("-inf")

    def __post_init__(self) -> None:
        """Begin with nobody."""
        self.sightings = Sightings(self.desk.vault.digest)

    async def server(self, server_id: int) -> Server | None:
        """Give a server that asks the gate; None for a number that is none's."""
        if server_id not in self.board.servers:
            await self._safely(self._read_servers)
        return self.board.servers.get(server_id)

    async def run(self, stop: asyncio.Event) -> None:
        """Read and write until told to stop; that nothing can be written delays no reading."""
        await asyncio.gather(self._again(self._read, stop), self._again(self._write, stop))
        await self._safely(self.write_down)

    async def refresh(self) -> None:
        """Look at the store; raises `BusyError`."""
        began = self.monotonic()
        servers = sorted(self.board.servers)
        refreshed = await self.desk.read(refresh_openings, servers, self.board.stamps)
        self.board.refresh(refreshed, began)

    async def write_down(self) -> None:
        """Write down who is there, and who has gone; raises `BusyError`: nobody is forgotten."""
        while some := self.sightings.take():
            try:
                await self.desk.run_patiently(note_sighted, list(some.values()))
            except BaseException:
                self.sightings.put_back(some)
                raise
        await self.write_departed()

    async def write_departed(self) -> None:
        """Write down who has gone; raises `BusyError`, and then that is kept for later."""
        brief, departed = self.sightings.take_departed()
        if not departed:
            return
        try:
            # not patiently: a publisher may be waiting for it, and its server for ten seconds
            await self.desk.run(note_departed, departed, brief)
        except BaseException:
            self.sightings.put_departed_back(brief, departed)
            raise

    async def _read(self) -> None:
        now = self.monotonic()
        if now - self._servers_at >= _SERVERS_EVERY:
            await self._read_servers()
            self._servers_at = now
        await self.refresh()

    async def _write(self) -> None:
        await self.write_down()
        now = self.monotonic()
        if now - self._beaten_at >= _BEAT_EVERY:
            asked_by, self.asked_by = self.asked_by, set()
            await self.desk.run_patiently(gate_beat, sorted(asked_by))
            self._beaten_at = now

    async def _read_servers(self) -> None:
        self.board.set_servers(await self.desk.read(gate_servers))

    async def _again(self, part: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._safely(part)
            await paused(stop, EVERY)

    async def _safely(self, part: Callable[[], Awaitable[None]]) -> None:
        try:
            await part()
        except BusyError as error:
            log.warning("gate.busy", extra={"reason": str(error)})
        except Exception:
            log.exception("gate.failed")
