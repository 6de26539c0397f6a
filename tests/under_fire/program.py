"""The program as a process of its own, that can be suspended, looked at from outside, and ended."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.desks import SECRET
from tests.under_fire.sockets import purposes

_SOURCE = Path(__file__).parents[2]
_SOON = 60  # seconds for a process to start, or to end
_SAID = 10_000  # lines
_HARMLESS = re.compile(r"\S+ (info|warning) ")  # events, see bot/logs.py
_KEPT = ("PATH", "HOME")


@dataclass
class Program:
    """`callboard run`, and what it said last; hours of all of it are too much to keep."""

    process: Process
    said: deque[str] = field(default_factory=lambda: deque(maxlen=_SAID))
    _errors: list[str] = field(default_factory=list)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    def suspend(self) -> None:
        """Stop it in its tracks."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def errors(self) -> list[str]:
        """List the errors that it logged, and whatever it said that was no event."""
        return self._errors

    def resident(self) -> int:
        """Give how many bytes of memory it has (proc(5))."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self) -> Counter[str]:
        """Count the files and connections that it has open, by what they are."""
        open_now: Counter[str] = Counter()
        sockets = purposes(self.process.pid)
        for one in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(OSError):  # closed by now
                name = str(one.readlink())
                open_now[sockets.get(name) or name.partition(":")[0]] += 1
        return open_now

    async def listen(self) -> None:
        """Read what it says, to its end."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said.append(line.decode())
            if not _HARMLESS.match(self.said[-1]):
                self._errors.append(self.said[-1])
            if " desk.ready " in self.said[-1]:
                self._ready.set()
        self._ready.set()

    async def ready(self) -> None:
        """Wait until it is at work."""
        await asyncio.wait_for(self._ready.wait(), _SOON)
        assert self.process.returncode is None, "".join(self.said)


@asynccontextmanager
async def running(
    folder: Path, database_url: str, settings: Mapping[str, str], roles: Sequence[str] = ()
) -> AsyncIterator[Program]:
    """Let the program run with settings by their names in lower case; it must end well."""
    given = {"data": str(folder), "database_url": database_url, "secret_key": SECRET, **settings}
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", *(("--only", ",".join(roles)) if roles else ())),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        cwd=folder,
        env=kept
        | {"PYTHONPATH": str(_SOURCE)}
        | {f"CALLBOARD_{name.upper()}": value for name, value in given.items()},
    )
    program = Program(process)
    listening = asyncio.create_task(program.listen())
    try:
        await program.ready()
        yield program
    finally:
        if process.returncode is None:
            program.resume()  # else it hears nothing
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _SOON)
        except TimeoutError:
            process.kill()
            raise
        await listening
    assert process.returncode == 0, "".join(program.said)
