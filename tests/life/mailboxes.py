"""The world outside for the life of a desk: mailboxes behind a next hop of many moods."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable
from enum import Enum

from adapters.memory import MemoryRoute
from core.model.delivery import (
    Accepted,
    Deferred,
    Doubtful,
    Outcome,
    Refused,
    RouteDown,
    Withdrawn,
)
from core.outbox.route import HandOver, Message
from tests.outbox.faults import Death


class Mood(Enum):
    """What the next hop does with a message."""

    TAKES = "takes it"
    DEFERS = "not now"
    REFUSES = "not from you"
    BOUNCES = "no such mailbox"
    BREAKS_DOWN = "the connection cannot be had"
    LOSES = "the connection breaks, and it has not arrived"
    TAKES_SILENTLY = "the connection breaks, and it has arrived"


class Mailboxes(MemoryRoute):
    """What has arrived, in order, and what may or may not have.

    `moods` are those of the next messages; then all are taken. `doubts` counts for each delivery
    how often nobody could know whether it arrived. `meanwhile` happens once, while the next
    message is on its way.
    """

    def __init__(self) -> None:
        super().__init__(lanes=2)
        self.moods: deque[Mood] = deque()
        self.doubts: Counter[int] = Counter()
        self.death: Death | None = None
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def take(self, message: Message, hand_over: HandOver) -> Outcome:
        """Answer one message as the mood is."""
        mood = self.moods.popleft() if self.moods else Mood.TAKES
        match mood:
            case Mood.DEFERS:
                return Deferred("451 not now")
            case Mood.REFUSES:
                return Refused("554 not from you")
            case Mood.BOUNCES:
                return Refused("550 no such mailbox", bad_address=True)
            case Mood.BREAKS_DOWN:
                return RouteDown("connection refused")
            case _:
                return await self._handed_over(message, hand_over, mood)

    async def _handed_over(self, message: Message, hand_over: HandOver, mood: Mood) -> Outcome:
        self.doubts[message.delivery_id] += 1  # whoever dies from here on leaves a doubt
        if not await hand_over():
            self.doubts[message.delivery_id] -= 1
            return Withdrawn()
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        if mood is not Mood.LOSES:
            self.sent.append(message)
        if self.death is not None:
            await self.death.at("accepted")
        if mood is not Mood.TAKES:
            return Doubtful("the connection broke")
        self.doubts[message.delivery_id] -= 1
        return Accepted()
