"""An outlet: a route with what writes its messages, its open lanes, and when it is left alone."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from core.notices.notice import Notice, Personal
from core.outbox.retry import pause_after
from core.outbox.route import ForesightedLane, Lane, Message, Route

log = logging.getLogger(__name__)

_REMEMBERED = 8  # notices whose messages are being written
_MOST_SUSPECTS = 50  # the newest: each costs others a pause at most

Fill = Callable[[int, Personal], Message]
Compose = Callable[[Notice], Fill]


@dataclass(slots=True)
class Outlet:
    """A route with the renderer of its messages.

    `compose` renders a notice once; what it gives fills in what differs for each recipient.
    """

    route: Route
    compose: Compose
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _lanes: dict[int, Lane] = field(default_factory=dict)
    _expecting: dict[int, Callable[[Message], None]] = field(default_factory=dict)
    _breakdowns: int = 0
    _suspects: deque[int] = field(default_factory=lambda: deque(maxlen=_MOST_SUSPECTS))
    _paused_until: datetime | None = None
    _fills: deque[tuple[Notice, Fill]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    async def lane(self, number: int) -> Lane:
        """Give a lane, opened if it is not; raises `RouteUnavailable`."""
        lane = self._lanes.get(number)
        if lane is None:
            lane = self._lanes[number] = await self.route.open()
            if isinstance(lane, ForesightedLane):
                self._expecting[number] = lane.expect
        return lane

    def expect(self, number: int, message: Message) -> None:
        """Tell an open lane what comes after the next message, if it can make use of that."""
        if expecting := self._expecting.get(number):
            expecting(message)

    async def close(self) -> None:
        """Close every lane."""
        await asyncio.gather(*(lane.close() for lane in self._lanes.values()))
        self._lanes.clear()
        self._expecting.clear()

    def fill_of(self, notice: Notice) -> Fill:
        """Give what makes a notice's messages; those of late are kept, for more of the same."""
        for known, fill in self._fills:
            if known is notice or known == notice:
                return fill
        fill = self.compose(notice)
        self._fills.appendleft((notice, fill))
        return fill

    def is_paused(self, now: datetime) -> bool:
        """Tell whether the route is left alone for now."""
        if self._paused_until is None:
            return False
        left = self._paused_until - now
        # a wait longer than any pause: the clock was set back meanwhile
        return not (left.total_seconds() <= 0 or left > pause_after(self._breakdowns))

    def works(self, delivery_id: int) -> None:
        """Note that the next hop answered."""
        self._breakdowns = 0
        if delivery_id in self._suspects:
            self._suspects.remove(delivery_id)

    def suspect(self, delivery_id: int) -> None:
        """Note that it broke down at a delivery, which may itself be the reason."""
        if delivery_id not in self._suspects:
            self._suspects.append(delivery_id)

    def is_suspect(self, delivery_id: int) -> bool:
        """Tell whether it broke down at a delivery before: others are sent before that."""
        return delivery_id in self._suspects

    def is_to_blame(self, delivery_id: int) -> bool:
        """Tell whether it broke down at a delivery before, and others got through since."""
        return self._breakdowns == 0 and delivery_id in self._suspects

    def pause(self, reason: str, now: datetime) -> None:
        """Leave the route alone for a while, the longer the oftener it broke down in a row."""
        if self.is_paused(now):
            return
        self._breakdowns += 1
        self._paused_until = now + pause_after(self._breakdowns)
        log.warning(
            "route.paused",
            extra={
                "route": self.route.name.value,
                "reason": reason,
                "until": self._paused_until.isoformat(),
            },
        )
