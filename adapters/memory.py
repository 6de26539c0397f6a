"""A route that keeps its messages in memory: for tests, and for runs that shall tell nobody."""

from __future__ import annotations

from collections import defaultdict, deque

from core.model.delivery import Accepted, Doubtful, Outcome, Withdrawn
from core.model.recipient import RouteName
from core.outbox.route import HandOver, Lane, Message, RouteUnavailable


class MemoryRoute:
    """Records what is sent, and answers as it is told to.

    `sent` holds what the next hop would now have, in order of arrival. While `down` holds a
    reason, no lane can be opened.
    """

    def __init__(self, name: RouteName = RouteName.EMAIL, lanes: int = 2) -> None:
        self.name = name
        self.lanes = lanes
        self.sent: list[Message] = []
        self.down = ""
        self._answers: defaultdict[str, deque[Outcome]] = defaultdict(deque)
        self._arrives: set[str] = set()

    def answer(self, recipient: str, *outcomes: Outcome, arrives: bool = False) -> None:
        """Give these outcomes, one each, for the next messages to the recipient; then accept.

        `arrives`: a message whose outcome is `Doubtful` arrives nevertheless.
        """
        self._answers[recipient].extend(outcomes)
        (self._arrives.add if arrives else self._arrives.discard)(recipient)

    def calm(self) -> None:
        """Accept everything from now on, whatever was to come."""
        self.down = ""
        self._answers.clear()

    async def open(self) -> Lane:
        """Open a lane; raises `RouteUnavailable` while the route is `down`."""
        if self.down:
            raise RouteUnavailable(self.down)
        return _MemoryLane(self)

    async def take(self, message: Message, hand_over: HandOver) -> Outcome:
        """Answer one message, after the hand-over where the answer comes after it."""
        waiting = self._answers[message.recipient]
        outcome = waiting[0] if waiting else Accepted(f"memory-{len(self.sent) + 1}")
        if isinstance(outcome, Accepted | Doubtful) and not await hand_over():
            return Withdrawn()
        if waiting:
            waiting.popleft()
        arrived = isinstance(outcome, Doubtful) and message.recipient in self._arrives
        if isinstance(outcome, Accepted) or arrived:
            self.sent.append(message)
        return outcome


class _MemoryLane:
    def __init__(self, route: MemoryRoute) -> None:
        self._route = route
        self._closed = False

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        """Hand one message to the route; see `Lane`."""
        if self._closed:
            raise RuntimeError("this lane is closed: open another")
        return await self._route.take(message, hand_over)

    async def close(self) -> None:
        """Take no more messages; see `Lane`."""
        self._closed = True
