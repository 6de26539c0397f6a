"""What every route must do, whatever stands behind it: one contract, run over each of them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from core.model.delivery import Accepted, Deferred, Outcome, Refused, Withdrawn
from core.outbox.route import HandOver, Lane, Message, Route

SOON = 10  # seconds, within which a lane that got out of step would still wait for a reply


def a_message(
    delivery_id: int = 1, recipient: str = "ada@example.org", text: str = "Hello"
) -> Message:
    """Make a message as the desk would render it, in short."""
    head = (
        f"From: desk@example.org\r\nTo: {recipient}\r\nMessage-ID: <ob-{delivery_id}@example.org>"
    )
    data = f"{head}\r\nSubject: A slot\r\n\r\n{text}\r\n".encode()
    return Message(delivery_id, recipient, data, needs_smtputf8=not data.isascii())


class HandedOver:
    """A hand-over that counts how often it is asked, and gives the answers it was made with."""

    def __init__(self, *, answer: bool = True) -> None:
        self.times = 0
        self._answer = answer

    async def __call__(self) -> bool:
        self.times += 1
        return self._answer


class Harness(ABC):
    """A route under test, and a look behind it."""

    route: Route

    def message(self, delivery_id: int = 1, recipient: str = "", text: str = "Hello") -> Message:
        """Make a message for the route, to a recipient that it takes unless one is named."""
        return a_message(delivery_id, recipient or "ada@example.org", text)

    @abstractmethod
    def arrived(self) -> list[bytes]:
        """Say what has arrived so far, in order, as `Message.data` was."""

    def refused_recipient(self) -> str:
        """Name a recipient that the next hop will not have; this one no mail route takes."""
        return "eve@example.org> SIZE=1"

    def deferred_recipient(self) -> str:
        """Name a recipient that the next hop puts off."""
        raise NotImplementedError


class RouteContract(ABC):
    """The tests; a subclass says by a fixture `harness` what they run over.

    `REFUSED_BEFORE_THE_HAND_OVER`: the next hop says no to a recipient before it has the message.
    """

    REFUSED_BEFORE_THE_HAND_OVER: ClassVar[bool] = True

    @pytest.fixture
    @abstractmethod
    def harness(self) -> Harness:
        """Give the route under test."""

    @pytest.fixture
    async def lane(self, harness: Harness) -> AsyncIterator[Lane]:
        """Open a lane, and close it afterwards."""
        lane = await harness.route.open()
        yield lane
        await lane.close()

    async def test_an_accepted_message_arrives_byte_for_byte(
        self, harness: Harness, lane: Lane
    ) -> None:
        message = harness.message(text=".\r\n..dots\r\n.and a line")

        outcome = await lane.send(message, HandedOver())

        assert isinstance(outcome, Accepted)
        assert [message.data] == harness.arrived()

    async def test_hands_over_once_and_before_anything_can_have_arrived(
        self, harness: Harness, lane: Lane
    ) -> None:
        arrived_before: list[list[bytes]] = []

        async def hand_over() -> bool:
            arrived_before.append(harness.arrived())
            return True

        await lane.send(harness.message(), hand_over)

        assert [[]] == arrived_before

    async def test_sends_nothing_when_the_hand_over_is_denied(
        self, harness: Harness, lane: Lane
    ) -> None:
        hand_over = HandedOver(answer=False)

        outcome = await lane.send(harness.message(1), hand_over)
        then = await asyncio.wait_for(lane.send(harness.message(2), HandedOver()), SOON)

        assert Withdrawn() == outcome
        assert hand_over.times == 1
        assert isinstance(then, Accepted)
        assert [harness.message(2).data] == harness.arrived()

    async def test_a_refused_recipient_is_told_apart_and_costs_the_next_one_nothing(
        self, harness: Harness, lane: Lane
    ) -> None:
        hand_over = HandedOver()

        outcome = await lane.send(harness.message(1, harness.refused_recipient()), hand_over)
        then = await lane.send(harness.message(2), HandedOver())

        assert isinstance(outcome, Refused)
        assert outcome.bad_address
        assert outcome.reason
        assert hand_over.times == (0 if self.REFUSED_BEFORE_THE_HAND_OVER else 1)
        assert isinstance(then, Accepted)
        assert [harness.message(2).data] == harness.arrived()

    async def test_keeps_the_order(self, harness: Harness, lane: Lane) -> None:
        messages = [harness.message(number) for number in range(1, 6)]

        outcomes = [await lane.send(message, HandedOver()) for message in messages]

        assert [Accepted] * 5 == [type(outcome) for outcome in outcomes]
        assert [message.data for message in messages] == harness.arrived()

    async def test_a_cancelled_send_leaves_nothing_behind_that_mixes_with_the_next(
        self, harness: Harness, lane: Lane
    ) -> None:
        asked = asyncio.Event()

        async def hand_over() -> bool:
            asked.set()
            return await asyncio.Future()

        sending = asyncio.create_task(_send(lane, harness.message(1), hand_over))
        await asked.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        then = await asyncio.wait_for(lane.send(harness.message(2), HandedOver()), SOON)

        assert isinstance(then, Accepted)
        assert [harness.message(2).data] == harness.arrived()

    async def test_passes_on_what_the_hand_over_raises_and_goes_on(
        self, harness: Harness, lane: Lane
    ) -> None:
        async def hand_over() -> bool:
            raise LookupError("the row is gone")

        with pytest.raises(LookupError, match="the row is gone"):
            await lane.send(harness.message(1), hand_over)
        then = await asyncio.wait_for(lane.send(harness.message(2), HandedOver()), SOON)

        assert isinstance(then, Accepted)
        assert [harness.message(2).data] == harness.arrived()

    async def test_closing_twice_is_closing_once(self, harness: Harness) -> None:
        lane = await harness.route.open()

        await lane.close()
        await lane.close()

        with pytest.raises(RuntimeError, match="closed"):
            await lane.send(harness.message(), HandedOver())
        assert [] == harness.arrived()

    async def test_lanes_stand_beside_each_other(self, harness: Harness, lane: Lane) -> None:
        other = await harness.route.open()

        outcomes = await asyncio.gather(
            lane.send(harness.message(1), HandedOver()),
            other.send(harness.message(2), HandedOver()),
        )
        await other.close()

        assert [Accepted, Accepted] == [type(outcome) for outcome in outcomes]
        assert {harness.message(1).data, harness.message(2).data} == set(harness.arrived())


class DeferringRouteContract(RouteContract):
    """The same for routes whose next hop can say "not now" of one recipient."""

    async def test_a_deferred_recipient_is_told_apart_and_costs_the_next_one_nothing(
        self, harness: Harness, lane: Lane
    ) -> None:
        hand_over = HandedOver()

        outcome = await lane.send(harness.message(1, harness.deferred_recipient()), hand_over)
        then = await lane.send(harness.message(2), HandedOver())

        assert isinstance(outcome, Deferred)
        assert outcome.reason
        assert hand_over.times == 0
        assert isinstance(then, Accepted)
        assert [harness.message(2).data] == harness.arrived()


async def _send(lane: Lane, message: Message, hand_over: HandOver) -> Outcome:
    return await lane.send(message, hand_over)
