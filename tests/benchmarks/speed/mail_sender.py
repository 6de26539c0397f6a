"""The desk's own sender, as a process that is told how much to send.

Run as `python -m tests.benchmarks.speed.mail_sender DATABASE_URL SMTP_URL`; each line of input
is an order in JSON. What is sent are reservations that were booked, to everybody on them, by the
dispatcher and the mail route as the product wires them.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlmodel import col, func, select

from bot.logs import log_to_stderr
from bot.settings import Settings
from bot.wiring_mail import mail_outlet, mail_sender
from core.model.delivery import DeliveryState
from core.model.recipient import Contact, RouteName
from core.model.slot import Slot
from core.outbox.dispatch import Dispatcher
from core.store.desk import Desk
from core.store.store import Limits, Store
from core.store.tables import DeliveryRow
from core.usecases.answers import Permitted
from core.usecases.reserve import reserve
from tests.benchmarks.speed.messages import SENDER
from tests.desks import RunningClock, Scene, open_desk, set_scene

MOST = 100_000  # recipients of a reservation: more than anything here asks for


@dataclass(slots=True)
class Office:
    """A desk with what sends its mail."""

    desk: Desk
    clock: RunningClock
    settings: Settings
    _scene: Scene | None = None
    _hours: count[int] = field(default_factory=count)

    async def book(self, recipients: int) -> dict[str, object]:
        """Book a slot with so many recipients; gives how long that took."""
        clock, desk = self.clock, self.desk
        scene = self._scene = self._scene or await set_scene(desk, clock)
        slot = Slot.of(clock() + timedelta(days=3, hours=next(self._hours)), timedelta(hours=1))
        audience = tuple(
            Contact(RouteName.EMAIL, f"person{number}@example.org", f"Person {number}")
            for number in range(recipients)
        )
        request = scene.request(slot=slot, audience=audience, title="Evening show")
        handed_in = peak()
        began = time.perf_counter()
        answer = await desk.run(reserve, scene.actor, request)
        took = time.perf_counter() - began
        assert isinstance(answer, Permitted), answer
        return {"seconds": took, "peak": peak(), "took": peak() - handed_in}

    async def send(self) -> dict[str, object]:
        """Send all there is; gives how much, how long it took, and what it cost."""
        desk = self.desk
        waiting = await desk.read(_count, (DeliveryState.QUEUED,))
        outlet = mail_outlet(self.settings)
        dispatcher = Dispatcher(desk, {RouteName.EMAIL: outlet}, mail_sender(self.settings).domain)
        began, cpu = time.perf_counter(), time.process_time()
        await dispatcher.deliver_due()
        await dispatcher.close()
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        left = await desk.read(_count, (DeliveryState.QUEUED, DeliveryState.SENDING))
        failed = await desk.read(_count, (DeliveryState.FAILED,))
        assert (left, failed) == (0, 0), (left, failed)
        return {"sent": waiting, "seconds": took, "cpu": cpu, "peak": peak()}


def peak() -> int:
    """Give the most memory that this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _count(store: Store, _: object, states: Sequence[DeliveryState]) -> int:
    wanted = [state.value for state in states]
    return store.connection.execute(
        select(func.count())
        .select_from(DeliveryRow)
        .where(col(DeliveryRow.state).in_(wanted), col(DeliveryRow.route) == RouteName.EMAIL.value)
    ).scalar_one()


async def serve(database_url: str, smtp_url: str) -> None:
    """Carry out orders until there are no more."""
    clock = RunningClock()
    with open_desk(database_url, clock, Limits(recipients=MOST)) as desk:
        office = Office(desk, clock, Settings(smtp_url=smtp_url, mail_from=SENDER))
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            match order.pop("do"):
                case "book":
                    answer = await office.book(**order)
                case _:
                    answer = await office.send()
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        with redirect_stderr(nowhere):
            log_to_stderr()  # as the product does: an event for each message is part of the work
        asyncio.run(serve(*sys.argv[1:]))
