"""How soon the program is there, and what it takes at rest.

Run as `python -m tests.benchmarks.start`. `callboard --help` is held against a bare interpreter; of
`callboard run` the time to its ready line is told, and its memory afterwards, for each role and for
all of them with every front end loaded. Slack and Discord are set up and out of reach.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import ROUNDS, Line, in_turns, say
from tests.desks import SECRET
from tests.ports import free_port

_ROOT = Path(__file__).parents[2]
_HELP_ROUNDS = 20
_AT_REST = 2.0  # seconds after it is ready
ALL = "worker,slack,discord,web"


async def took(*arguments: str) -> float:
    """Run the interpreter to its end; gives the seconds that it took."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=_ROOT, stdout=DEVNULL
    )
    assert await process.wait() == 0
    return time.perf_counter() - began


async def helped() -> Line:
    """Hold `callboard --help` against an interpreter that does nothing."""
    found = await in_turns(
        _HELP_ROUNDS,
        {
            "help": partial(took, "-m", "bot", "--help"),
            "pass": partial(took, "-c", "pass"),
        },
    )
    ratio = found["help"] / found["pass"]
    return Line(
        "`callboard --help`",
        "`python -c pass`",
        f"{1000 * found['help']:.0f} ms against {1000 * found['pass']:.0f} ms",
        f"{ratio:.1f} times",
        "≤ 6 times",
        ratio <= 6,
    )


async def started(folder: Path, roles: str) -> tuple[float, float]:
    """Run the desk; gives the seconds until it was ready, and its memory at rest in MiB."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--only", roles),
        cwd=folder,
        env=_environment(folder),
        stderr=PIPE,
    )
    assert process.stderr is not None
    async for line in process.stderr:
        if re.search(rb" desk\.ready ", line):
            break
    ready = time.perf_counter() - began
    reading = asyncio.create_task(process.stderr.read())
    await asyncio.sleep(_AT_REST)
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    process.send_signal(signal.SIGTERM)
    await process.wait()
    await reading
    resident = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    assert resident
    return ready, int(resident[1]) / 1024


def _environment(folder: Path) -> dict[str, str]:
    nobody = f"http://127.0.0.1:{free_port()}"
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(_ROOT),
        "CALLBOARD_DATA": str(folder),
        "CALLBOARD_SECRET_KEY": SECRET,
        "CALLBOARD_HTTP_PORT": "0",
        "CALLBOARD_PUBLIC_URL": "https://callboard.example.org",
        "CALLBOARD_SLACK_BOT_TOKEN": "xoxb-benchmark",
        "CALLBOARD_SLACK_APP_TOKEN": "xapp-benchmark",
        "CALLBOARD_SLACK_API_URL": f"{nobody}/api/",
        "CALLBOARD_DISCORD_TOKEN": "a.benchmarks.token",
        "CALLBOARD_DISCORD_API_URL": f"{nobody}/api/v10",
    }


async def runs() -> list[Line]:
    """Tell when each role is ready, and what it takes."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as made:
        folder = Path(made)
        await started(folder, "web")  # the first one makes the tables
        for roles in (ALL, *ALL.split(",")):
            found = [await started(folder, roles) for _ in range(ROUNDS)]
            ready, resident = (statistics.median(values) for values in zip(*found, strict=True))
            who = "with every front end" if roles == ALL else f"`--only {roles}`"
            figures = f"ready after {1000 * ready:.0f} ms; {resident:.0f} MiB at rest"
            lines.append(Line(f"`callboard run`, {who}", "–", figures, "–"))
    return lines


async def compare() -> list[Line]:
    """Give the lines about starting."""
    say("starting")
    return [await helped(), *await runs()]


def main() -> None:
    """Print the lines."""
    for line in asyncio.run(compare()):
        say(f"{line.what}: {line.figures}; {line.ratio} (bar {line.bar})")


if __name__ == "__main__":
    main()
