"""Bookings a second, against the same rows by hand-written SQL in one transaction.

Run as `python -m tests.benchmarks.booking [RESERVATIONS]`: the larger number that is stored, a
million unless it is said. Both write to the same database with the same settings, in turns.
"""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import Contact, RouteName
from core.model.request import CredentialWish, ReserveRequest
from core.model.slot import Slot
from core.store.desk import Desk
from core.usecases.answers import Permitted
from core.usecases.look import Free, find_free
from core.usecases.reserve import reserve
from core.usecases.settings import Account, enter
from tests.benchmarks.measuring import (
    ROUNDS,
    Curve,
    Line,
    durable,
    in_turns,
    open_bench_desk,
    say,
)
from tests.benchmarks.stored import store_many
from tests.databases import SqliteFiles, postgres_server
from tests.desks import Clock

FEW, MANY = 10_000, 1_000_000
PER_ROUND, AUDIENCE = 60, 20
_LENGTH = timedelta(hours=1)
OLGA = Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)
_CHILDREN = ("revision", "recipient", "delivery", "due")


@dataclass
class Bench:
    """A desk on a database with so many stored, and whoever books there."""

    url: str
    stored: int
    desk: Desk
    actor: Actor
    slots: count[int] = field(default_factory=count)

    async def book(self, audience: int = AUDIENCE) -> Permitted:
        """Book a slot that nobody has; as bookings arrive, among the newest."""
        answer = await self.desk.run(reserve, self.actor, self.request(audience))
        assert isinstance(answer, Permitted), answer
        return answer

    def request(self, audience: int) -> ReserveRequest:
        """Ask for the next slot."""
        number = next(self.slots)
        at = self.desk.now() + timedelta(days=2, minutes=20 * (number // 10))
        crowd = tuple(
            Contact(RouteName.EMAIL, f"fan{fan}@example.org", f"Fan {fan}")
            for fan in range(audience)
        )
        return ReserveRequest(
            server_id=number % 10 + 1,
            slot=Slot.of(at, _LENGTH),
            title="Evening show",
            audience=crowd,
            credentials=CredentialWish(),
        )

    async def round(self) -> float:
        """Book for a round; gives the seconds that one took."""
        began = time.perf_counter()
        for _ in range(PER_ROUND):
            await self.book()
        return (time.perf_counter() - began) / PER_ROUND

    async def free(self) -> float:
        """Search eight weeks of every server; gives the seconds that it took."""
        window = Slot.of(self.desk.now(), timedelta(weeks=8))
        began = time.perf_counter()
        for server in range(1, 11):
            found = await self.desk.read(
                find_free, self.actor, server_id=server, window=window, length=_LENGTH
            )
            assert isinstance(found, Free)
        return time.perf_counter() - began


async def open_bench(stack: ExitStack, url: str, stored: int) -> Bench:
    """Fill a database and open a desk on it."""
    say(f"storing {stored:,} in {url.partition(':')[0]}")
    store_many(url, stored)
    desk = open_bench_desk(url, Clock(datetime.now(UTC)), recipients=100_000)
    stack.callback(desk.close)
    return Bench(url, stored, desk, await desk.run(enter, OLGA))


class ByHand:
    """The rows of one booking, written again and again by the driver alone."""

    def __init__(self, bench: Bench, booked: int) -> None:
        self._sqlite = bench.url.startswith("sqlite")
        self._mark = "?" if self._sqlite else "%s"
        self._connection: Any = self._opened(bench.url)
        self._rows = {"reservation": self._read("reservation", "id", booked)}
        self._rows |= {name: self._read(name, "reservation_id", booked) for name in _CHILDREN}
        self._rows["audit"] = self._read("audit", "reservation_id", booked)
        self._number = count(1)
        self._statements = {
            name: self._insert(name, list(rows[0])) for name, rows in self._rows.items()
        }

    async def round(self) -> float:
        """Write so many bookings; gives the seconds that one took."""
        made = [self._made(next(self._number)) for _ in range(PER_ROUND)]
        began = time.perf_counter()
        for rows in made:
            self._write(rows)
        return (time.perf_counter() - began) / PER_ROUND

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _opened(self, url: str) -> object:
        if not self._sqlite:
            return psycopg.connect(url, autocommit=True)
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _read(self, table: str, by: str, number: int) -> list[dict[str, Any]]:
        rows = f"SELECT * FROM {table} WHERE {by} = {self._mark}"  # noqa: S608 - our own names
        found = self._connection.execute(rows, (number,))
        names = [one[0] for one in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def _insert(self, table: str, columns: list[str]) -> str:
        kept = [one for one in columns if one != "id"]
        marks = ", ".join([self._mark] * len(kept))
        end = " RETURNING id" if table == "reservation" else ""
        return f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({marks}){end}"  # noqa: S608 - likewise

    def _made(self, number: int) -> dict[str, list[dict[str, Any]]]:
        """Make the rows of another booking: another slot, code and UID."""
        later = timedelta(days=400, minutes=70 * number)
        made = {name: [dict(row) for row in rows] for name, rows in self._rows.items()}
        (one,) = made["reservation"]
        one |= {"code": f"HAN-{number:04d}", "uid": f"{number}@by-hand"}
        for name in ("starts_at", "ends_at", "busy_from", "busy_until"):
            moved = datetime.fromisoformat(str(one[name])) + later
            one[name] = moved.isoformat(" ", "microseconds") if self._sqlite else moved
        return made

    def _write(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        """Write them as a careful hand would: the server held, what overlaps looked at."""
        do, mark = self._connection.execute, self._mark
        (one,) = rows["reservation"]
        do("BEGIN IMMEDIATE" if self._sqlite else "BEGIN")
        lock = "" if self._sqlite else " FOR UPDATE"
        do(f"SELECT * FROM server WHERE id = {mark}{lock}", (one["server_id"],)).fetchone()  # noqa: S608 - our own words
        do(
            "SELECT busy_from, busy_until, viewers FROM reservation WHERE live"  # noqa: S608 - likewise
            f" AND server_id = {mark} AND busy_from < {mark} AND busy_until > {mark}"
            f" AND busy_from > {mark}",
            (one["server_id"], one["busy_until"], one["busy_from"], one["starts_at"]),
        ).fetchall()
        number = do(self._statements["reservation"], self._values(one)).fetchone()[0]
        for name in (*_CHILDREN, "audit"):
            values = [self._values(row | {"reservation_id": number}) for row in rows[name]]
            if self._sqlite:
                self._connection.executemany(self._statements[name], values)
            else:
                with self._connection.cursor() as cursor:
                    cursor.executemany(self._statements[name], values)
        do("COMMIT")

    def _values(self, row: dict[str, Any]) -> list[Any]:
        return [value for name, value in row.items() if name != "id"]


async def against_hand(bench: Bench, kind: str) -> Line:
    """Hold bookings against the same rows by hand."""
    by_hand = ByHand(bench, (await bench.book()).reservation.id)
    try:
        found = await in_turns(ROUNDS, {"desk": bench.round, "hand": by_hand.round})
    finally:
        by_hand.close()
    ratio = found["hand"] / found["desk"]
    return Line(
        f"a booking with {AUDIENCE} recipients, {kind}",
        "the same rows by hand-written SQL in one transaction",
        f"{1 / found['desk']:,.0f}/s against {1 / found['hand']:,.0f}/s",
        f"{ratio:.2f}",
        "≥ 0.2",
        ratio >= 0.2,
    )


async def grown(
    few: Bench, many: Bench, what: str, measure: Callable[[Bench], Callable[[], Any]]
) -> Line:
    """Hold something with many stored against the same with few."""
    found = await in_turns(ROUNDS, {"few": measure(few), "many": measure(many)})
    ratio = found["many"] / found["few"]
    return Line(
        f"{what} with {many.stored:,} stored",
        f"with {few.stored:,}",
        f"{1000 * found['many']:.1f} ms against {1000 * found['few']:.1f} ms",
        f"{ratio:.2f} times",
        "≤ 1.2 times",
        ratio <= 1.2,
    )


async def large(bench: Bench, audience: int = 10_000) -> Line:
    """Book with a large audience; the best of the rounds, for the machine may be at other work."""
    took = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await bench.book(audience)
        took.append(time.perf_counter() - began)
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    median = sorted(took)[len(took) // 2]
    return Line(
        f"a booking with {audience:,} recipients",
        "–",
        f"committed in {median:.2f} s; the process grew by {grew:.0f} MiB at most",
        "–",
        "≤ 1 s",
        median <= 1,
    )


async def compare(stored: int = MANY) -> tuple[list[Line], list[Curve]]:
    """Give the lines and the curves about bookings."""
    lines: list[Line] = []
    curves = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callboard-bench-")))
        databases = durable(stack.enter_context(postgres_server()))
        for kind, fresh in (
            ("SQLite", SqliteFiles(folder).fresh),
            ("PostgreSQL", databases.fresh),
        ):
            few = await open_bench(stack, fresh(), FEW)
            middle = await open_bench(stack, fresh(), 10 * FEW)
            many = await open_bench(stack, fresh(), stored)
            lines.append(await against_hand(few, kind))
            lines.append(await grown(few, many, f"that booking, {kind},", lambda one: one.round))
            lines.append(
                await grown(few, many, f"free slots in eight weeks, {kind},", lambda one: one.free)
            )
            found = await in_turns(
                ROUNDS, {f"{one.stored}": one.round for one in (few, middle, many)}
            )
            curves.append(Curve(kind, {int(name): 1000 * took for name, took in found.items()}))
            if kind == "SQLite":
                lines.append(await large(few))
    return lines, curves


def main() -> None:
    """Print the lines."""
    stored = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    for line in asyncio.run(compare(stored))[0]:
        say(f"{line.what}: {line.figures}; {line.ratio} (bar {line.bar})")


if __name__ == "__main__":
    main()
