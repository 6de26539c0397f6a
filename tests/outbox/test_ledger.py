"""Writing down what became of deliveries: a result is not lost, nor taken from who comes late."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from core.model.delivery import Accepted, DeliveryState, Outcome, Withdrawn
from core.outbox.claim import LEASE
from core.outbox.record import record
from core.outbox.retry import DOUBT
from core.outbox.route import HandOver, Message
from core.store.database import BusyError
from core.store.store import Store
from core.store.tables import DeliveryRow
from core.usecases.cancel import cancel
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, Bench
from tests.outbox.faults import HeldUpRoute, Transaction, faulty
from tests.outbox.post import deliveries, read

ANNOUNCED = "announcement confirmed"


async def test_a_database_that_is_busy_costs_no_result(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    busy = 0

    async def around(name: str, given: dict[str, Any], transaction: Transaction) -> object:
        nonlocal busy
        if name == "record" and given["page"].results and busy < 1:
            busy += 1
            raise BusyError("held by somebody else")
        return await transaction()

    with faulty(scene.desk, around) as desk:
        await bench.post.dispatcher(desk=desk).deliver_due()

    assert 1 == busy
    assert {DeliveryState.SENT} == await _states(scene, reservation.id)
    assert 2 == len(bench.post.mail.sent)


async def test_nothing_is_sent_while_its_hand_over_cannot_be_written_down(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    refused = 0

    async def around(name: str, given: dict[str, Any], transaction: Transaction) -> object:
        nonlocal refused
        if name == "record" and given["page"].handed_over and refused == 0:
            refused += 1
            raise BusyError("held by somebody else")
        return await transaction()

    with faulty(scene.desk, around) as desk:
        dispatcher = bench.post.dispatcher(desk=desk)
        await dispatcher.deliver_due()

    assert 1 == refused
    assert [ANNOUNCED] == bench.post.gists(ANN.address)  # once it could be, in the same round


async def test_one_result_that_cannot_be_written_down_costs_no_other(scene: Scene) -> None:
    """Nor is its message sent again and again, as a message in doubt would be."""
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN, CLEO))

    async def around(_: str, given: dict[str, Any], transaction: Transaction) -> object:
        page = given.get("page")
        if page and any(result.job.personal.contact == BEN for result in page.results):
            raise LookupError("a fault of ours")
        return await transaction()

    with faulty(scene.desk, around) as desk:
        await bench.post.dispatcher(desk=desk).deliver_due()
    scene.clock.move(LEASE + DOUBT + DOUBT)
    await bench.post.deliver()

    assert [[ANNOUNCED]] * 3 == [bench.post.gists(one.address) for one in (ANN, BEN, CLEO)]
    rows = await scene.desk.read(deliveries, reservation.id)
    assert [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SENT] == [
        row.state for row in rows
    ]
    assert "could not write down" in rows[1].reason


async def test_a_route_with_a_fault_of_its_own_stops_nobody_else(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN, CLEO))

    class Stumbling(HeldUpRoute):
        async def send(self, message: Message, hand_over: HandOver) -> Outcome:
            if message.recipient == ANN.address:
                raise ZeroDivisionError
            handed_over = await hand_over()
            if message.recipient == BEN.address:
                raise ZeroDivisionError
            assert handed_over
            self.sent.append(message)
            return Accepted()

    route = Stumbling()
    await bench.post.dispatcher(route).deliver_due()

    rows = await scene.desk.read(deliveries, reservation.id)
    assert [CLEO.address] == [message.recipient for message in route.sent]
    # before the hand-over it was certainly not sent; after it nobody knows
    assert [(1, False), (0, True), (0, False)] == [(row.attempts, row.doubtful) for row in rows]


async def test_a_lease_that_somebody_else_took_over_sends_nothing(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    claimed, go_on = asyncio.Event(), asyncio.Event()
    answers = []

    class Slow(HeldUpRoute):
        async def send(self, _: Message, hand_over: HandOver) -> Outcome:
            claimed.set()
            await go_on.wait()
            answers.append(await hand_over())
            return Withdrawn()

    sending = asyncio.create_task(bench.post.dispatcher(Slow()).deliver_due())
    await claimed.wait()
    scene.clock.move(LEASE + timedelta(seconds=1))
    await bench.post.deliver()
    go_on.set()
    await sending

    assert [False] == answers
    assert [ANNOUNCED] == bench.post.gists(ANN.address)


async def test_a_result_that_comes_after_somebody_took_over_is_not_written(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    late = HeldUpRoute()
    sending = asyncio.create_task(bench.post.dispatcher(late).deliver_due())
    await late.taken.wait()
    scene.clock.move(LEASE + timedelta(seconds=1))
    await bench.post.deliver()  # takes it over: in doubt
    scene.clock.move(DOUBT)
    await bench.post.deliver()
    (before,) = await scene.desk.read(deliveries, reservation.id)

    late.answer.set_result(Accepted("late"))
    await sending

    assert (before,) == await scene.desk.read(deliveries, reservation.id)
    assert late.sent == bench.post.mail.sent  # the one copy that was in flight, and the same
    names = await scene.desk.read(_external_ids)
    assert ["memory-1"] == names


@pytest.mark.parametrize("first", ["record", "cancel"])
async def test_told_and_cancelled_at_the_same_moment_is_called_off_all_the_same(
    scene: Scene, first: str
) -> None:
    """Two transactions that do not see each other: the second must wait for the first."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    held = HeldOpen()
    route = HeldUpRoute()

    async def around(name: str, given: dict[str, Any], transaction: Transaction) -> object:
        if first == "record" and name == "record" and given["page"].results and not held.is_open:
            return await scene.desk.run_patiently(held, record, **given)
        return await transaction()

    with faulty(scene.desk, around) as desk:
        sending = asyncio.create_task(bench.post.dispatcher(route, desk).deliver_due())
        await route.taken.wait()
        if first == "cancel":
            cancelling = asyncio.create_task(
                scene.desk.run(held, cancel, scene.actor, reservation.code)
            )
            await held.opened.wait()
            route.answer.set_result(Accepted())
        else:
            route.answer.set_result(Accepted())
            await held.opened.wait()
            cancelling = asyncio.create_task(scene.desk.run(cancel, scene.actor, reservation.code))
        await asyncio.wait({sending, cancelling}, timeout=0.3)  # it would be done by then
        held.go_on.set()
        await asyncio.gather(sending, cancelling)
    scene.clock.move(LEASE)
    await bench.post.deliver()

    gists = [read(message).gist for message in (*route.sent, *bench.post.mail.sent)]
    assert [ANNOUNCED, "cancellation cancelled"] == gists


class HeldOpen:
    """A use case whose transaction is kept open when its work is done, until it may go on."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.go_on = threading.Event()
        self.is_open = False
        self._loop = asyncio.get_running_loop()

    def __call__(
        self,
        store: Store,
        now: datetime,
        /,
        work: Callable[..., object],
        *args: object,
        **given: object,
    ) -> object:
        answer = work(store, now, *args, **given)
        self.is_open = True
        self._loop.call_soon_threadsafe(self.opened.set)
        self.go_on.wait(timeout=10)
        return answer


def _external_ids(store: Store, _: object) -> list[str]:
    return list(store.connection.execute(select(DeliveryRow.external_id)).scalars())


async def _states(scene: Scene, reservation_id: int) -> set[DeliveryState]:
    return {row.state for row in await scene.desk.read(deliveries, reservation_id)}
