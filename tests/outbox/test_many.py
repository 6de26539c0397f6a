"""Several dispatchers on one database: each notice goes out exactly once, whoever sends it."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import ExitStack

import pytest

from adapters.memory import MemoryRoute
from core.model.delivery import DeliveryState, Outcome
from core.model.recipient import Contact, RouteName
from core.outbox.route import HandOver, Message
from tests.desks import Scene, open_desk
from tests.life.bench import Bench
from tests.outbox.post import deliveries

LANES = 16


class SharedMailbox(MemoryRoute):
    """One connection among several to the same next hop, which takes its time."""

    def __init__(self, mailbox: list[Message]) -> None:
        super().__init__(lanes=LANES)
        self.sent = mailbox
        self.mine = 0

    async def take(self, message: Message, hand_over: HandOver) -> Outcome:
        outcome = await super().take(message, hand_over)
        self.mine += 1
        await asyncio.sleep(0)
        return outcome


@pytest.mark.parametrize(("dispatchers", "notices"), [(1, 300), (2, 300), (4, 2000)])
async def test_each_notice_goes_out_exactly_once(
    scene: Scene, database_url: str, dispatchers: int, notices: int
) -> None:
    bench = Bench(scene)
    crowd = tuple(Contact(RouteName.EMAIL, f"fan{n}@example.org") for n in range(notices))
    reservation = await bench.reserve(audience=crowd)
    mailbox: list[Message] = []
    routes = [SharedMailbox(mailbox) for _ in range(dispatchers)]

    with ExitStack() as stack:
        desks = [stack.enter_context(open_desk(database_url, scene.clock)) for _ in routes]
        working = [
            bench.post.dispatcher(route, desk) for route, desk in zip(routes, desks, strict=True)
        ]
        await asyncio.gather(*(one.deliver_due() for one in working))
        await asyncio.gather(*(one.deliver_due() for one in working))

    copies = Counter(message.recipient for message in mailbox)
    assert {1} == set(copies.values())
    assert notices == len(copies)
    states = {row.state for row in await scene.desk.read(deliveries, reservation.id)}
    assert {DeliveryState.SENT} == states
    if dispatchers == 4 and "postgresql" in database_url:
        # with a single writer at a time nobody can say who comes first how often
        assert all(route.mine for route in routes)


async def test_changes_in_the_middle_reach_each_in_order(scene: Scene, database_url: str) -> None:
    """Commands and dispatchers at once, and each reader's last message says what is true."""
    bench = Bench(scene)
    crowd = tuple(Contact(RouteName.EMAIL, f"fan{n}@example.org") for n in range(60))
    reservation = await bench.reserve(audience=crowd)
    mailbox: list[Message] = []

    async def commands() -> None:
        for number in range(6):
            await bench.change(reservation.code, title=f"Show {number}")
            await asyncio.sleep(0.02)

    with ExitStack() as stack:
        desks = [stack.enter_context(open_desk(database_url, scene.clock)) for _ in range(2)]
        working = [bench.post.dispatcher(SharedMailbox(mailbox), desk) for desk in desks]
        stop = asyncio.Event()
        running = [asyncio.create_task(one.run(stop)) for one in working]
        await commands()
        stop.set()
        await asyncio.gather(*running)
        bench.post.mail.sent = mailbox
        await bench.post.deliver()

    for contact in crowd:
        reads = bench.post.to(contact.address)
        assert sorted({one.revision for one in reads}) == [one.revision for one in reads]
        assert "Show 5" == reads[-1].title
        assert ["announcement"] + ["change"] * (len(reads) - 1) == [one.kind for one in reads]
