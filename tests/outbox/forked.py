"""Dispatchers that are processes of their own, as a test sees them: started, stopped, killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlmodel import col, func, select

from core.store.deliveries import OPEN
from core.store.store import Store
from core.store.tables import DeliveryRow
from tests.desks import Scene
from tests.outbox.nursery import Life

ROOT = Path(__file__).parents[2]
LOOKS_EVERY = 0.05  # seconds
PATIENCE = 60.0  # seconds, for what takes a moment on a machine that is not busy


class Nursery:
    """The process of `tests.outbox.nursery`, seen from here."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def fork(self, life: Life) -> int:
        """Start a dispatcher; gives its process id."""
        return int(await self._order(life.order()))

    async def ended(self, child: int) -> int:
        """Wait until a dispatcher has ended; gives its exit code, less than 0 for a signal."""
        return int(await self._order(json.dumps({"wait": child})))

    async def stopped(self, child: int) -> None:
        """Wait until a dispatcher is suspended."""
        assert "stopped" == await self._order(json.dumps({"wait": child}))

    async def finish(self, child: int) -> None:
        """Have a dispatcher finish what it has in flight, and end."""
        os.kill(child, signal.SIGTERM)
        assert 0 == await self.ended(child)

    async def kill(self, child: int) -> None:
        """Kill a dispatcher there and then."""
        os.kill(child, signal.SIGKILL)
        assert -signal.SIGKILL == await self.ended(child)

    async def _order(self, order: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(order.encode() + b"\n")
        answer = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)
        return answer.decode().strip()


@asynccontextmanager
async def nursery(database_url: str, smtp_url: str) -> AsyncIterator[Nursery]:
    """Start the nursery, and end it with all that it started."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.outbox.nursery", database_url, smtp_url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def nothing_is_open(scene: Scene, seconds: float) -> bool:
    """Look until every delivery has ended, for so long at most."""
    for _ in range(int(seconds / LOOKS_EVERY)):
        if not await scene.desk.read(_open):
            return True
        await asyncio.sleep(LOOKS_EVERY)  # another process writes it: there is nothing to wait for
    return False


def _open(store: Store, _: object) -> int:
    query = select(func.count()).select_from(DeliveryRow).where(col(DeliveryRow.state).in_(OPEN))
    return store.connection.execute(query.where(col(DeliveryRow.route) == "email")).scalar_one()
