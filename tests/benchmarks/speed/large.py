"""A booking with a large audience: how soon it is committed, and the memory that it takes.

Run as `python -m tests.benchmarks.speed.large [REPORT]`. The memory is the most that a process had
which booked it, once, and how much of that came on top of the request with its addresses; and that
another one had which sent it.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AbstractAsyncContextManager
from statistics import median

from tests.benchmarks.speed.databases import Databases, each_kind
from tests.benchmarks.speed.figures import ROUNDS, Bar, Line, Report, hand_in
from tests.benchmarks.speed.programs import Program, module, smtp_sink, taking_orders
from tests.ports import HOST

SIZES, HELD_TO = (1_000, 10_000, 50_000), 10_000
_WITHIN = Bar(1.0, at_most=True)
_MIB = 1024


async def of_size(
    report: Report, kind: str, databases: Databases, port: int, recipients: int
) -> None:
    """Book for so many people, a few times over; on another desk once, and send that."""
    async with _desk(databases.fresh(), port) as desk:
        await desk.order(do="book", recipients=10)  # what is loaded once is loaded
        took = [
            (await desk.order(do="book", recipients=recipients))["seconds"] for _ in range(ROUNDS)
        ]
    url = databases.fresh()
    async with _desk(url, port) as desk:
        booked = await desk.order(do="book", recipients=recipients)
    async with _desk(url, port) as desk:
        sent = (await desk.order(do="send"))["peak"] / _MIB
    held = recipients == HELD_TO
    report.add(
        Line(
            f"a booking with {recipients:,} recipients, {kind}",
            "",
            f"committed in {median(took):.2f} s ({min(took):.2f}–{max(took):.2f});"
            f" {booked['took'] / _MIB:.1f} MiB on top of the request,"
            f" {booked['peak'] / _MIB:.0f} MiB at most in the process that booked,"
            f" {sent:.0f} MiB in another that sent",
            "",
            "within 1 s" if held else "",
            _WITHIN.holds(median(took)) if held else None,
        )
    )


def _desk(url: str, port: int) -> AbstractAsyncContextManager[Program]:
    smtp_url = f"smtp://{HOST}:{port}?connections=10"
    return taking_orders(*module("mail_sender", url, smtp_url))


async def measure(report: Report) -> None:
    """Measure on both databases."""
    with each_kind() as kinds:
        async with smtp_sink() as port:
            for kind, databases in kinds.items():
                for recipients in SIZES:
                    await of_size(report, kind, databases, port, recipients)


def main() -> None:
    """Measure, and hand in what was found."""
    report = Report()
    asyncio.run(measure(report))
    hand_in(report, sys.argv[1:])


if __name__ == "__main__":
    main()
