"""One process of a race: books what it is told to, several at a time, and writes every answer down.

Run as `python -m tests.store.racer URL SERVERS SEED BOOKINGS FILE`; it says when it is ready, and
begins when its standard input is closed. Between the bookings it changes and cancels what it finds,
whoever booked it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TextIO

from sqlmodel import col, select

from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import Contact, RouteName
from core.model.request import ChangeRequest, ReserveRequest
from core.model.slot import Slot
from core.store.database import BusyError
from core.store.desk import Desk
from core.store.store import Store
from core.store.tables import ReservationRow
from core.usecases.answers import Cancelled, Denied, Permitted
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reserve import reserve
from core.usecases.settings import Account, enter
from tests.desks import START, Clock, open_desk
from tests.store.race_model import Answer, Span, Told

READY = "ready\n"
RACED = "raced"  # how the audit calls what happened in a race
AT_ONCE = 16
HOT = START + timedelta(days=5)
QUARTER = timedelta(minutes=15)
QUARTERS = 80  # in which all of the slots begin
LENGTHS = (2, 2, 3, 4, 6, 16)  # quarters of an hour
VIEWERS = (0, 10, 40)
PER_BOOKING = 0.35  # changes and cancellations
NEWEST = 40  # reservations of which one is picked to be changed


def slot_of(span: Span) -> Slot:
    """Give the time that quarters of an hour stand for."""
    return Slot(HOT + span.since * QUARTER, HOT + span.until * QUARTER)


def span_of(slot: Slot) -> Span:
    """Give the quarters of an hour that a time is."""
    since, until = ((at - HOT) / QUARTER for at in (slot.starts_at, slot.ends_at))
    assert since.is_integer()
    assert until.is_integer()
    return Span(int(since), int(until))


def noted(
    store: Store, now: datetime, label: str, use_case: Callable[..., object], *given: object
) -> object:
    """Run a use case and note it in the audit, while it still holds its server's lock."""
    answer = use_case(store, now, *given)
    store.records.audit(RACED, None, label=label)
    return answer


def some_code(store: Store, _: datetime, which: float) -> str | None:
    """Pick one of the newest reservations, one that ended now and then."""
    newest = select(ReservationRow.code).order_by(col(ReservationRow.id).desc()).limit(NEWEST)
    live = newest.where(col(ReservationRow.live)) if which * NEWEST % 1 > 0.1 else newest
    codes = store.connection.execute(live).scalars().all()
    return codes[int(which * len(codes))] if codes else None


@dataclass
class Racer:
    """Somebody at a desk with a list of bookings to make, and the file for what they are told."""

    desk: Desk
    actor: Actor
    servers: list[int]
    chance: Random
    name: str
    left: int
    told: TextIO
    _commands: int = field(default=0)

    async def race(self) -> None:
        """Give commands, one after the other, until all bookings are asked for."""
        while self.left > 0:
            self.left -= 1
            await self._reserve()
            if self.chance.random() < PER_BOOKING:
                await self._meddle()

    async def _reserve(self) -> None:
        server, span = self.chance.choice(self.servers), self._span()
        viewers = self.chance.choice(VIEWERS)
        request = ReserveRequest(
            server_id=server,
            slot=slot_of(span),
            title="Race",
            viewers=viewers,
            audience=(Contact(RouteName.EMAIL, "ann@example.org"),),
        )
        await self._give("reserve", "", (server, span, viewers), (reserve, self.actor, request))

    async def _meddle(self) -> None:
        code = await self.desk.read(some_code, self.chance.random())
        if code is None:
            return
        if self.chance.random() < 2 / 3:
            wish = (None, None, None)
            await self._give("cancel", code, wish, (cancel, self.actor, code, "no reason"))
            return
        server = self.chance.choice([None, None, *self.servers])
        span = self.chance.choice([None, self._span()])
        viewers = self.chance.choice([None, *VIEWERS])
        slot = None if span is None else slot_of(span)
        request = ChangeRequest(code, server_id=server, slot=slot, viewers=viewers)
        await self._give("change", code, (server, span, viewers), (change, self.actor, request))

    def _span(self) -> Span:
        since = self.chance.randrange(QUARTERS)
        return Span(since, since + self.chance.choice(LENGTHS))

    async def _give(
        self,
        act: str,
        code: str,
        wish: tuple[int | None, Span | None, int | None],
        work: tuple[object, ...],
    ) -> None:
        """Ask until the desk has the time, and write down what it said."""
        self._commands += 1
        label, asked = f"{self.name}-{self._commands}", 1
        while True:
            try:
                given = await self.desk.run(noted, label, *work)  # type: ignore[arg-type]
                break
            except BusyError:
                asked += 1
        if isinstance(given, Permitted):
            code = given.reservation.code
        denial = given.denial if isinstance(given, Denied) else None
        free = tuple(map(span_of, denial.alternatives)) if denial else ()
        told = Told(label, act, code, *wish, _words(given), free, asked)
        self.told.write(f"{told.line()}\n")


def _words(given: object) -> Answer:
    match given:
        case Denied(denial):
            return ("Denied", *sorted(type(reason).__name__ for reason in denial.reasons))
        case Cancelled(already=True):
            return ("Cancelled", "already")
        case other:
            return (type(other).__name__,)


async def race(url: str, servers: list[int], seed: str, number: int, told: Path) -> None:
    """Book with several tasks that share one list of requests."""
    with open_desk(url, Clock()) as desk, told.open("w") as file:
        account = Account(WorkspaceKind.CONSOLE, "local", "Console", seed, seed, Role.OPERATOR)
        actor = await desk.run(enter, account)
        racer = Racer(desk, actor, servers, Random(seed), seed, number, file)  # noqa: S311 - no secret
        sys.stdout.write(READY)
        sys.stdout.flush()
        sys.stdin.read()
        await asyncio.gather(*(racer.race() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    numbers = [int(number) for number in sys.argv[2].split(",")]
    asyncio.run(race(sys.argv[1], numbers, sys.argv[3], int(sys.argv[4]), Path(sys.argv[5])))
