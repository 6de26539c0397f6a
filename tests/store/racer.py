"""One process of a race: books what it is told to, several at a time, and prints every answer.

Run as `python -m tests.store.racer URL SERVER SEED REQUESTS`; it says when it is ready, and
begins when its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import Contact, RouteName
from core.model.request import ReserveRequest
from core.model.slot import Slot
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.answers import Denied, Permitted
from core.usecases.reserve import reserve
from core.usecases.settings import Account, enter
from tests.desks import START, Clock, open_desk

READY = "ready\n"
AT_ONCE = 8
HALF_HOURS = 40  # in which all of the slots lie
LENGTHS = (1, 1, 2, 3, 8)
VIEWERS = (0, 10, 40)


def requests(server_id: int, chance: Random, number: int) -> Iterator[ReserveRequest]:
    """Make requests for the same few slots."""
    half_hour = timedelta(minutes=30)
    for _ in range(number):
        at = START + timedelta(days=5) + half_hour * chance.randrange(HALF_HOURS)
        yield ReserveRequest(
            server_id=server_id,
            slot=Slot.of(at, half_hour * chance.choice(LENGTHS)),
            title="Race",
            viewers=chance.choice(VIEWERS),
            audience=(Contact(RouteName.EMAIL, "ann@example.org"),),
        )


async def book(desk: Desk, actor: Actor, request: ReserveRequest) -> dict[str, object]:
    """Ask until the desk has the time, and tell what it said."""
    asked = 1
    while True:
        try:
            answer = await desk.run(reserve, actor, request)
            break
        except BusyError:
            asked += 1
    match answer:
        case Permitted():
            reasons = []
        case Denied(denial):
            reasons = [type(reason).__name__ for reason in denial.reasons]
        case other:
            raise AssertionError(other)
    slot = request.slot
    return {
        "since": slot.starts_at.isoformat(),
        "until": slot.ends_at.isoformat(),
        "viewers": request.viewers,
        "reasons": reasons,
        "asked": asked,
    }


async def race(url: str, server_id: int, seed: str, number: int) -> None:
    """Book with several tasks that share one list of requests."""
    with open_desk(url, Clock()) as desk:
        account = Account(WorkspaceKind.CONSOLE, "local", "Console", seed, seed, Role.MEMBER)
        actor = await desk.run(enter, account)
        waiting = requests(server_id, Random(seed), number)  # noqa: S311 - no secret

        async def work() -> None:
            for request in waiting:
                line = json.dumps(await book(desk, actor, request))
                sys.stdout.write(f"{line}\n")

        sys.stdout.write(READY)
        sys.stdout.flush()
        sys.stdin.read()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    asyncio.run(race(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
