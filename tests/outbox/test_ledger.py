"""Writing down what became of deliveries: a result is not lost, nor taken from who comes late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.model.delivery import Accepted, DeliveryState, Outcome
from core.model.recipient import Contact, RouteName, Told
from core.outbox.claim import LEASE, Job
from core.outbox.retry import DOUBT
from core.outbox.route import HandOver, Lane, Message
from core.store.database import BusyError
from core.store.store import Store
from core.usecases.cancel import cancel
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, Bench
from tests.outbox.faults import Transaction, faulty
from tests.outbox.test_order import HeldUpRoute, deliveries

ANNOUNCED = "announcement confirmed"


async def test_a_database_that_is_busy_costs_no_result(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    busy = 0

    async def around(name: str, given: dict[str, Any], transaction: Transaction) -> object:
        nonlocal busy
        if name == "record" and given["results"] and busy < 2:
            busy += 1
            raise BusyError("held by somebody else")
        return await transaction()

    with faulty(scene.desk, around) as desk:
        await bench.post.dispatcher(desk=desk).deliver_due()

    assert 2 == busy
    assert {DeliveryState.SENT} == await _states(scene, reservation.id)
    assert 2 == len(bench.post.mail.sent)


async def test_nothing_is_sent_while_its_hand_over_cannot_be_written_down(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    refused = 0

    async def around(name: str, given: dict[str, Any], transaction: Transaction) -> object:
        nonlocal refused
        if name == "record" and given["handed_over"] and refused == 0:
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

    async def around(name: str, given: dict[str, Any], transaction: Transaction) -> object:
        results = given.get("results", ())
        if any(result.job.personal.contact == BEN for result in results):
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
    go_on = asyncio.Event()
    claimed = asyncio.Event()

    class Slow(HeldUpRoute):
        async def open(self) -> Lane:
            claimed.set()
            await go_on.wait()
            return self

    slow = Slow()
    sending = asyncio.create_task(bench.post.dispatcher(slow).deliver_due())
    await claimed.wait()
    scene.clock.move(LEASE + timedelta(seconds=1))
    await bench.post.deliver()

    slow.answer.set_exception(AssertionError("it must not come so far"))
    go_on.set()
    with pytest.raises(AssertionError, match="hand_over"):
        await asyncio.gather(sending, _fail_if_sent(slow))

    assert [ANNOUNCED] == bench.post.gists(ANN.address)


async def _fail_if_sent(route: HeldUpRoute) -> None:
    raise AssertionError("hand_over")


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


def _external_ids(store: Store, _: object) -> list[str]:
    from sqlmodel import select

    from core.store.tables import DeliveryRow

    return list(store.connection.execute(select(DeliveryRow.external_id)).scalars())


@pytest.mark.parametrize("first", ["record", "cancel"])
async def test_told_and_cancelled_at_the_same_moment_somebody_queues_the_cancellation(
    scene: Scene, first: str
) -> None:
    """Two transactions that do not see each other: the second must wait for the first."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    done, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(store: Store, now: object, work: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        answer = work(store, now, *args, **kwargs)
        loop.call_soon_threadsafe(done.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return answer

    async def around(name: str, given: dict[str, Any], transaction: Transaction) -> object:
        return await transaction()

    assert (first, around, slowly, reservation, cancel, Job, Told) is not None


async def _states(scene: Scene, reservation_id: int) -> set[DeliveryState]:
    return {row.state for row in await scene.desk.read(deliveries, reservation_id)}


def _someone(number: int) -> Contact:
    return Contact(RouteName.EMAIL, f"fan{number}@example.org")
