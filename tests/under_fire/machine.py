"""How busy others keep this machine, second by second, to tell that from a fault of ours.

It hinders us where others use its processors while ours wait for one, or where its disk takes long
for one page. What ours do to themselves is no hindrance: a desk that is slow stays slow.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE
from bisect import bisect_left
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.under_fire.processes import use_by

_OTHERS = 0.4  # of a processor that others use
_WAITED = 0.1  # of the time, in all, that ours wait for one
_DISK = 0.25  # seconds that a page takes
_NOW = 2  # seconds that tell of the present


@dataclass(frozen=True)
class Second:
    """A second or so that ended `at`: how late an idle loop's timers were, how slow the `disk`.

    `others` is how many processors others used, `waited` how long ours waited for one, and
    `desk_waited` the desk's own part of that; all as shares of the time.
    """

    at: float
    disk: float
    late: tuple[float, ...]
    others: float
    waited: float
    desk_waited: float

    @property
    def hinders(self) -> bool:
        """Whether it was the machine's others that held us up."""
        return (self.others >= _OTHERS and self.waited >= _WAITED) or self.disk >= _DISK


@dataclass
class Machine:
    """What was seen of it so far, by the clock of event loops."""

    seconds: list[Second] = field(default_factory=list)

    @property
    def hinders(self) -> bool:
        """Whether it does just now."""
        return any(one.hinders for one in self.seconds[-_NOW:])

    def held_up(self, begin: float, end: float) -> float:
        """Give for how many seconds others held ours up between these times."""
        return sum(one.waited + one.disk for one in self.between(begin, end) if one.hinders)

    def between(self, begin: float, end: float) -> Sequence[Second]:
        """Give the seconds that touch this time."""
        first = bisect_left(self.seconds, begin, key=lambda one: one.at)
        last = bisect_left(self.seconds, end, key=lambda one: one.at)
        return self.seconds[first : last + 1]

    async def until(self, moment: float) -> None:
        """Wait until it has been watched that far."""
        while not self.seconds or self.seconds[-1].at < moment:  # noqa: ASYNC110 - it ticks itself
            await asyncio.sleep(0.1)


@asynccontextmanager
async def watched(folder: Path, desk: int, also: Collection[int] = ()) -> AsyncIterator[Machine]:
    """Watch the machine; ours are this process, the desk's, and others by number.

    The disk that is tried is the folder's.
    """
    program = Path(__file__).with_name("idle_loop.py")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(program), str(folder / "page")), stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    machine = Machine()
    watching = asyncio.create_task(_watch(machine, process.stdout, desk, {os.getpid(), *also}))
    try:
        yield machine
    finally:
        process.stdin.close()
        await watching
        await process.wait()


async def _watch(
    machine: Machine, printed: StreamReader, desk: int, roots: Collection[int]
) -> None:
    loop = asyncio.get_running_loop()
    before, looked_at = use_by(roots), loop.time()
    async for line in printed:
        at, disk, *late = map(float, line.split())
        use, now = use_by(roots), loop.time()
        passed = max(now - looked_at, 0.1)
        second = Second(
            at,
            disk,
            tuple(late),
            others=use.others_since(before) / passed,
            waited=use.waited_since(before) / passed,
            desk_waited=use.waited_since(before, desk) / passed,
        )
        machine.seconds.append(second)
        before, looked_at = use, now
