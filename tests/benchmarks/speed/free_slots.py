"""The search for what is free in eight weeks, with much stored beside little.

Run as `python -m tests.benchmarks.speed.free_slots [REPORT]`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import timedelta
from statistics import median

from core.model.slot import Slot
from core.usecases.look import Free, find_free
from tests.benchmarks.speed.bookings import Booker, booker
from tests.benchmarks.speed.databases import each_kind
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

FEW, MANY = 10_000, 1_000_000  # reservations stored
ROUNDS = 7
_WEEKS, _LENGTH = timedelta(weeks=8), timedelta(hours=2)
_GROWN = Bar(1.2, at_most=True)


def searching(one: Booker) -> Round:
    """Make a round: each server is searched once; it gives the seconds of one search."""

    async def search() -> float:
        window = Slot.of(one.desk.now(), _WEEKS)
        began = time.perf_counter()
        for server in one.archive.servers:
            found = await one.desk.read(
                find_free, one.archive.actor, server_id=server.id, window=window, length=_LENGTH
            )
            assert isinstance(found, Free)
            assert found.stretches
        return (time.perf_counter() - began) / len(one.archive.servers)

    return search


async def searched(report: Report, kind: str, few: Booker, many: Booker) -> None:
    """Compare what is the same but for how much is stored."""
    little, much = await in_turns(searching(few), searching(many), rounds=ROUNDS)
    found = ratios(much, little)
    report.add(
        Line(
            f"free slots in 8 weeks with {many.archive.stored:,} reservations stored, {kind}",
            f"with {few.archive.stored:,}",
            f"{1000 * median(much):.2f} ms against {1000 * median(little):.2f} ms",
            in_words(found),
            str(_GROWN),
            _GROWN.holds(median(found)),
        )
    )


async def measure(report: Report) -> None:
    """Measure on both databases."""
    with each_kind() as kinds:
        for kind, databases in kinds.items():
            async with (
                booker(databases.fresh(), FEW) as few,
                booker(databases.fresh(), MANY) as many,
            ):
                await searched(report, kind, few, many)


def main() -> None:
    """Measure, and hand in what was found."""
    report = Report()
    asyncio.run(measure(report))
    hand_in(report, sys.argv[1:])


if __name__ == "__main__":
    main()
