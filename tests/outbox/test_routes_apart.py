"""Each route goes its own pace: what holds up one of them, holds up no other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from adapters.memory import MemoryRoute
from core.model.delivery import Outcome
from core.model.recipient import Contact, RouteName
from core.outbox.dispatch import Dispatcher
from core.outbox.outlet import Outlet
from core.outbox.route import HandOver, Message
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.faults import HeldUpRoute
from tests.outbox.post import compose

SOON = 10.0
ANN = Contact(RouteName.EMAIL, "ann@example.org")
STAGE = Contact(RouteName.SLACK, "T1/C1")


class Slack(MemoryRoute):
    """A chat that says when something has arrived."""

    def __init__(self) -> None:
        super().__init__(RouteName.SLACK, lanes=1)
        self.arrived = asyncio.Event()

    async def take(self, message: Message, hand_over: HandOver) -> Outcome:
        outcome = await super().take(message, hand_over)
        self.arrived.set()
        return outcome


async def test_a_mail_server_that_is_silent_holds_up_no_chat(scene: Scene) -> None:
    bench, mail, slack = Bench(scene), HeldUpRoute(), Slack()
    outlets = {RouteName.EMAIL: Outlet(mail, compose), RouteName.SLACK: Outlet(slack, compose)}
    dispatcher, stop = Dispatcher(scene.desk, outlets, "example.org"), asyncio.Event()
    scene.desk.on_work = dispatcher.wake
    running = asyncio.create_task(dispatcher.run(stop))
    async with asyncio.timeout(SOON):
        await bench.reserve(audience=(ANN,))
        await mail.taken.wait()

        await bench.reserve(slot=bench.slot(timedelta(days=9)), audience=(STAGE,))
        await slack.arrived.wait()

        assert not mail.answer.done()
        stop.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
