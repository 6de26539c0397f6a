"""Mail through the whole durable path, beside the fastest that others do.

Run as `python -m tests.benchmarks.speed.mail [REPORT]`. A reservation is booked, and its
announcements are claimed, written for each recipient, sent and recorded, by the desk's own
dispatcher over its own mail route. Beside it, in turns and into the same sink, go Postfix's load
generator, Nodemailer, which builds the same messages, and a pool of aiosmtplib's connections, which
sends one made beforehand.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from tests.benchmarks.speed.databases import Databases, each_kind
from tests.benchmarks.speed.figures import Bar, Curve, Report, compared, hand_in, in_turns, say
from tests.benchmarks.speed.messages import sample
from tests.benchmarks.speed.programs import listening, module, smtp_sink
from tests.benchmarks.speed.senders import Way, by_desk, by_other, by_postfix
from tests.ports import free_port

MESSAGES = 4_000  # of the desk's, in a round
FEW, MANY = 4, 10  # connections: the desk's, unless it is told otherwise, and more than that
OURS, THEIRS = (FEW, MANY, 20, 40), 10
CONNECTIONS = (1, 2, 4, 10, 20, 40)
ROUND_TRIP = 0.020  # seconds
SENDERS = ("Callboard", "smtp-source", "Nodemailer", "aiosmtplib, prebuilt")
_POSTFIX, _NODEMAILER, _AIOSMTPLIB = Bar(0.25), Bar(3), Bar(3)


async def near(report: Report, way: Way, kind: str, databases: Databases) -> None:
    """Compare on loopback: with Postfix's generator, and with Nodemailer."""
    spent: dict[int, list[float]] = {connections: [] for connections in OURS}
    spent_by_node: list[float] = []
    async with AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(way.desk(databases.fresh(), connections))
            for connections in OURS
        ]
        node = await stack.enter_async_context(way.nodemailer(THEIRS))
        octets = (await node.order(do="size"))["octets"]
        say(f"a message has {way.message.octets:,} octets, Nodemailer's {octets:,}")
        *ours, of_postfix, of_node = await in_turns(
            *(by_desk(desk, MESSAGES, spent[n]) for n, desk in zip(OURS, desks, strict=True)),
            by_postfix(way, THEIRS, 3 * MESSAGES),
            by_other(node, MESSAGES // 2, spent_by_node),
        )
    for connections, rates in zip(OURS, ours, strict=True):
        what = f"mail through the whole durable path, {kind}, {connections} connections"
        note = f"; {_each(spent[connections])} of CPU each against {_each(spent_by_node)}"
        node_line = compared(
            what, f"Nodemailer, pool of {THEIRS}, building", rates, of_node, _NODEMAILER, note=note
        )
        postfix = f"`smtp-source -d -s {THEIRS}`"
        report.add(compared(what, postfix, rates, of_postfix, _POSTFIX), node_line)


def _each(spent: Sequence[float]) -> str:
    return f"{1e6 * median(spent):,.0f} µs"


async def far(report: Report, way: Way, kind: str, databases: Databases) -> None:
    """Compare over a link on which a round trip takes its time: with a pool of aiosmtplib's."""
    async with _slow(way) as slow:
        for connections in (FEW, MANY):
            async with (
                slow.desk(databases.fresh(), connections) as desk,
                slow.aiosmtplib(connections) as pool,
            ):
                ours, theirs = await in_turns(
                    by_desk(desk, 100 * connections), by_other(pool, 25 * connections)
                )
            what = f"the same, 20 ms to the mail server, {kind}, {connections} connections"
            against = f"aiosmtplib, pool of {connections}, prebuilt"
            report.add(compared(what, against, ours, theirs, _AIOSMTPLIB))


@asynccontextmanager
async def _slow(way: Way) -> AsyncIterator[Way]:
    """Put the sink further away."""
    port = free_port()
    words = (str(port), str(way.port), str(ROUND_TRIP / 2))
    async with listening(*module("slow_link", *words), port=port):
        yield replace(way, port=port)


async def over_connections(report: Report, way: Way, databases: Databases) -> None:
    """Draw mails a second over connections, everybody's."""
    found: dict[str, list[tuple[float, float]]] = {}
    for connections in CONNECTIONS:
        async with (
            way.desk(databases.fresh(), connections) as desk,
            way.nodemailer(connections) as node,
            way.aiosmtplib(connections) as pool,
        ):
            rates = await in_turns(
                by_desk(desk, MESSAGES // 2),
                by_postfix(way, connections, MESSAGES),
                by_other(node, MESSAGES // 4),
                by_other(pool, MESSAGES // 2),
                rounds=3,
            )
        for name, reached in zip(SENDERS, rates, strict=True):
            found.setdefault(name, []).append((connections, median(reached)))
    report.draw(*(Curve("mail", name, points) for name, points in found.items()))


async def measure(report: Report) -> None:
    """Measure everything about mail."""
    message = await sample()
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder, each_kind() as kinds:
        path = Path(folder) / "sample.json"
        path.write_text(json.dumps(message.known()), encoding="utf-8")
        async with smtp_sink() as port:
            way = Way(port, message, path)
            for kind, databases in kinds.items():
                await near(report, way, kind, databases)
            for kind, databases in kinds.items():
                await far(report, way, kind, databases)
            await over_connections(report, way, kinds["SQLite"])


def main() -> None:
    """Measure, and hand in what was found."""
    report = Report()
    asyncio.run(measure(report))
    hand_in(report, sys.argv[1:])


if __name__ == "__main__":
    main()
