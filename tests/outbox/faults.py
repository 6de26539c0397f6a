"""Desks and routes that fail, die or do not answer, where a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from core.model.delivery import Accepted, Outcome
from core.model.recipient import RouteName
from core.outbox.dispatch import Dispatcher
from core.outbox.route import HandOver, Lane, Message
from core.store.desk import Desk
from core.store.store import Store
from core.store.together import Turn

P = ParamSpec("P")
T = TypeVar("T")

Transaction: TypeAlias = Callable[[], Awaitable[Any]]
Around: TypeAlias = Callable[[str, dict[str, Any], Transaction], Awaitable[Any]]


async def _plainly(_name: str, _given: dict[str, Any], transaction: Transaction) -> object:
    return await transaction()


@dataclass(slots=True)
class FaultyDesk(Desk):
    """A desk that runs the dispatcher's transactions by way of `around`."""

    around: Around = _plainly

    async def run_patiently(
        self,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case, or let go wrong what is to go wrong."""
        transaction = partial(Desk.run_patiently, self, use_case, *args, **kwargs)
        answer: T = await self.around(use_case.__name__, kwargs, transaction)
        return answer

    async def run_in_turn(
        self,
        turn: Turn,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one of a row, or let go wrong what is to go wrong."""
        transaction = partial(Desk.run_in_turn, self, turn, use_case, *args, **kwargs)
        answer: T = await self.around(use_case.__name__, kwargs, transaction)
        return answer


@contextmanager
def faulty(desk: Desk, around: Around) -> Iterator[FaultyDesk]:
    """Open a second desk on the same database, with threads of its own."""
    other = FaultyDesk(
        database=desk.database,
        vault=desk.vault,
        links=desk.links,
        now=desk.now,
        limits=desk.limits,
        around=around,
    )
    try:
        yield other
    finally:
        other.close_threads()  # the database is the other desk's


class Death:
    """The end of a process at one named moment; from then on nothing of it goes any further."""

    def __init__(self, moment: str, time: int) -> None:
        self._moment = moment
        self._left = time
        self.come = asyncio.Event()

    async def around(self, name: str, _given: dict[str, Any], transaction: Transaction) -> object:
        """Run a transaction, unless death comes before it or after it."""
        await self.at(f"before {name}")
        answer = await transaction()
        await self.at(f"after {name}")
        return answer

    async def at(self, moment: str) -> None:
        """Pass a moment, or never come back from it."""
        if moment == self._moment:
            self._left -= 1
            if self._left == 0:
                self.come.set()
        if self.come.is_set():
            await asyncio.get_running_loop().create_future()

    async def meets(self, work: Awaitable[object]) -> bool:
        """Work until it is done or death comes; tells whether it came."""
        working = asyncio.ensure_future(work)
        dying = asyncio.ensure_future(self.come.wait())
        await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
        mine = {working, dying} | {one for one in asyncio.all_tasks() if one.get_name() == "ledger"}
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        return self.come.is_set()


class HeldUpRoute:
    """A route that takes a message and does not answer before it is told to."""

    name = RouteName.EMAIL
    lanes = 1

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.taken = asyncio.Event()
        self.answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def holding(self, dispatcher: Dispatcher) -> AsyncIterator[None]:
        """Have a dispatcher send, with its first message on its way; then it is accepted."""
        sending = asyncio.create_task(dispatcher.deliver_due())
        await self.taken.wait()
        yield
        self.answer.set_result(Accepted())
        await sending

    async def open(self) -> Lane:
        return self

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        assert await hand_over()
        self.sent.append(message)
        self.taken.set()
        return await self.answer

    async def close(self) -> None:
        """Nothing is open."""
