"""The route in memory."""

from __future__ import annotations

import pytest

from adapters.memory import MemoryRoute
from core.model.delivery import Accepted, Deferred, Doubtful, Refused, RouteDown
from core.outbox.route import Message, RouteUnavailable
from tests.adapters.route_contract import DeferringRouteContract, HandedOver, Harness, a_message


class _MemoryHarness(Harness):
    def __init__(self) -> None:
        self.route: MemoryRoute = MemoryRoute()
        self.route.answer("gone@example.org", Refused("no such user", bad_address=True))
        self.route.answer("busy@example.org", Deferred("not now"))

    def arrived(self) -> list[bytes]:
        return [message.data for message in self.route.sent]

    def refused_recipient(self) -> str:
        return "gone@example.org"

    def deferred_recipient(self) -> str:
        return "busy@example.org"


class TestMemoryRoute(DeferringRouteContract):
    """The contract in memory."""

    @pytest.fixture
    def harness(self) -> Harness:
        """Give a route in memory."""
        return _MemoryHarness()


async def _sent_with(route: MemoryRoute, message: Message) -> tuple[object, int]:
    lane = await route.open()
    hand_over = HandedOver()
    outcome = await lane.send(message, hand_over)
    return outcome, hand_over.times


async def test_gives_the_answers_it_was_told_in_order_and_then_accepts() -> None:
    route = MemoryRoute()
    route.answer("ada@example.org", RouteDown("cable cut"), Refused("full"))

    outcomes = [await _sent_with(route, a_message(number)) for number in (1, 2, 3)]

    assert [(RouteDown("cable cut"), 0), (Refused("full"), 0)] == outcomes[:2]
    assert (Accepted("memory-1"), 1) == outcomes[2]


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_doubtful_message_was_handed_over_and_arrives_or_not(arrives: bool) -> None:
    route = MemoryRoute()
    route.answer("ada@example.org", Doubtful("lost"), arrives=arrives)

    outcome = await _sent_with(route, a_message())

    assert (Doubtful("lost"), 1) == outcome
    assert ([a_message()] if arrives else []) == route.sent


async def test_cannot_be_opened_while_it_is_down() -> None:
    route = MemoryRoute()
    route.down = "maintenance"

    with pytest.raises(RouteUnavailable, match="maintenance"):
        await route.open()
