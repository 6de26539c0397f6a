"""Who books in the benchmarks, and where: slots that are free, in the weeks to come."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from core.model.recipient import Contact, RouteName
from core.model.request import CredentialWish, ReserveRequest
from core.model.slot import Slot
from core.store.desk import Desk
from core.store.store import Limits
from core.usecases.answers import Permitted
from core.usecases.reserve import reserve
from tests.benchmarks.speed.archive import Archive, fill
from tests.benchmarks.speed.by_hand import ByHand
from tests.benchmarks.speed.figures import Round
from tests.desks import RunningClock, open_desk

AUDIENCE = 20
MOST = 100_000  # recipients of a reservation: more than anything here asks for


@dataclass
class Booker:
    """Somebody who books, one slot after the other, on a desk with an archive."""

    url: str
    desk: Desk
    archive: Archive
    _number: Iterator[int] = field(default_factory=count)

    def place(self) -> tuple[Slot, int]:
        """Give a slot that is free, and its server's number: all servers in turns, hour by hour."""
        servers = self.archive.servers
        hours, which = divmod(next(self._number), len(servers))
        hour = self.desk.now().replace(minute=0, second=0, microsecond=0)
        # from where it is busiest on: half a week ahead, as most people book
        slot = Slot.of(hour + timedelta(hours=84 + hours), timedelta(hours=1))
        return slot, servers[which].id

    def request(self, recipients: int = AUDIENCE) -> ReserveRequest:
        """Ask for the next slot."""
        slot, server_id = self.place()
        audience = tuple(
            Contact(RouteName.EMAIL, f"person{number}@example.org", f"Person {number}")
            for number in range(recipients)
        )
        return ReserveRequest(
            server_id=server_id,
            slot=slot,
            title="Evening show",
            audience=audience,
            credentials=CredentialWish(),
        )

    async def book(self, request: ReserveRequest) -> int:
        """Book, and give the reservation's number."""
        answer = await self.desk.run(reserve, self.archive.actor, request)
        assert isinstance(answer, Permitted), answer
        return answer.reservation.id

    def round(self, bookings: int) -> Round:
        """Make a round of so many, one after the other; it gives the seconds of one."""

        async def one() -> float:
            requests = [self.request() for _ in range(bookings)]
            began = time.perf_counter()
            for request in requests:
                await self.book(request)
            return (time.perf_counter() - began) / bookings

        return one

    def round_by_hand(self, by_hand: ByHand, bookings: int) -> Round:
        """Make a round of so many by hand, among the same slots."""

        async def one() -> float:
            places = [self.place() for _ in range(bookings)]
            made = [(*place, by_hand.made(*place)) for place in places]
            began = time.perf_counter()
            for slot, server_id, values in made:
                by_hand.book(slot, server_id, values)
            return (time.perf_counter() - began) / bookings

        return one


@asynccontextmanager
async def booker(url: str, stored: int) -> AsyncIterator[Booker]:
    """Open a desk on a new database, with so many stored."""
    clock = RunningClock()
    with open_desk(url, clock, Limits(recipients=MOST)) as desk:
        yield Booker(url, desk, await fill(desk, stored))
