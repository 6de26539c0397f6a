"""How soon `callboard --help` has answered, beside an interpreter that does nothing.

Run as `python -m tests.benchmarks.speed.command_line [REPORT]`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from subprocess import DEVNULL

from tests.benchmarks.speed.figures import (
    Bar,
    Line,
    Report,
    Round,
    hand_in,
    in_turns,
    in_words,
    ratios,
)

ROUNDS = 41
_BAR = Bar(6, at_most=True)
_PYTHON = Path(sys.executable)


def running(*words: str) -> Round:
    """Make a round: a program runs to its end."""

    async def one() -> float:
        began = time.perf_counter()
        # not by the loop, whose own part in it would be in both figures
        subprocess.run(words, stdin=DEVNULL, stdout=DEVNULL, check=True)  # noqa: ASYNC221, S603 - nothing else goes on; our own words
        return time.perf_counter() - began

    return one


async def measure(report: Report) -> None:
    """Compare the program as it is installed with the interpreter that it runs on."""
    ours, bare = await in_turns(
        running(str(_PYTHON.with_name("callboard")), "--help"),
        running(str(_PYTHON), "-c", "pass"),
        rounds=ROUNDS,
    )
    found = ratios(ours, bare)
    report.add(
        Line(
            "`callboard --help`",
            "`python -c pass`",
            f"{1000 * median(ours):.0f} ms against {1000 * median(bare):.0f} ms",
            in_words(found),
            str(_BAR),
            _BAR.holds(median(found)),
        )
    )


def main() -> None:
    """Measure, and hand in what was found."""
    report = Report()
    asyncio.run(measure(report))
    hand_in(report, sys.argv[1:])


if __name__ == "__main__":
    main()
