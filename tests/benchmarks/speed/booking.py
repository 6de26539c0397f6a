"""A booking, beside the same rows by hand-written SQL, and with much stored beside little.

Run as `python -m tests.benchmarks.speed.booking [REPORT]`. What is stored takes minutes to make, so
the search for free slots is measured on it as well.
"""

from __future__ import annotations

import asyncio
import sys
from statistics import median

from tests.benchmarks.speed.bookings import AUDIENCE, Booker, booker
from tests.benchmarks.speed.by_hand import ByHand
from tests.benchmarks.speed.databases import Databases, each_kind
from tests.benchmarks.speed.figures import (
    Bar,
    Curve,
    Line,
    Report,
    hand_in,
    in_turns,
    in_words,
    ratios,
)
from tests.benchmarks.speed.free_slots import searched

FEW, SOME, MANY = 10_000, 100_000, 1_000_000  # reservations stored
ROUNDS, BOOKINGS = 7, 100
_BY_HAND, _GROWN = Bar(0.2), Bar(1.2, at_most=True)


async def beside_hand(report: Report, kind: str, one: Booker) -> None:
    """Compare with the same rows by hand, on the same database."""
    by_hand = ByHand(one.url, booked := await one.book(one.request()))
    slot, server_id = one.place()
    again = by_hand.book(slot, server_id, by_hand.made(slot, server_id))
    assert by_hand.written(booked) == by_hand.written(again)
    ours, theirs = await in_turns(
        one.round(BOOKINGS), one.round_by_hand(by_hand, BOOKINGS), rounds=ROUNDS
    )
    by_hand.close()
    found = ratios(theirs, ours)
    rates = 1 / median(ours), 1 / median(theirs)
    report.add(
        Line(
            f"a booking with {AUDIENCE} recipients, {kind}",
            "the same rows by hand-written SQL, one transaction",
            f"{rates[0]:,.0f}/s against {rates[1]:,.0f}/s",
            in_words(found),
            str(_BY_HAND),
            _BY_HAND.holds(median(found)),
        )
    )


async def grown(report: Report, kind: str, few: Booker, some: Booker, many: Booker) -> None:
    """Compare what is the same but for how much is stored."""
    little, between, much = await in_turns(
        few.round(BOOKINGS), some.round(BOOKINGS), many.round(BOOKINGS), rounds=ROUNDS
    )
    found = ratios(much, little)
    report.add(
        Line(
            f"that booking with {many.archive.stored:,} reservations stored, {kind}",
            f"with {few.archive.stored:,}",
            f"{1000 * median(much):.2f} ms against {1000 * median(little):.2f} ms",
            in_words(found),
            str(_GROWN),
            _GROWN.holds(median(found)),
        )
    )
    measured = ((few, little), (some, between), (many, much))
    points = [(float(one.archive.stored), 1000 * median(took)) for one, took in measured]
    report.draw(Curve("booking", kind, points))


async def of_kind(report: Report, kind: str, databases: Databases) -> None:
    """Measure on databases of one kind."""
    async with (
        booker(databases.fresh(), FEW) as few,
        booker(databases.fresh(), SOME) as some,
        booker(databases.fresh(), MANY) as many,
    ):
        # in this order: what is booked for one is in the way of the next, alike on all but the last
        await searched(report, kind, few, many)
        await grown(report, kind, few, some, many)
        await beside_hand(report, kind, few)


async def measure(report: Report) -> None:
    """Measure on both."""
    with each_kind() as kinds:
        for kind, databases in kinds.items():
            await of_kind(report, kind, databases)


def main() -> None:
    """Measure, and hand in what was found."""
    report = Report()
    asyncio.run(measure(report))
    hand_in(report, sys.argv[1:])


if __name__ == "__main__":
    main()
