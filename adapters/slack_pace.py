"""How fast each channel is posted to: Slack takes about one message a second, and short bursts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable

_INTERVAL = 1.0  # seconds
_BURST = 3
_PATIENCE = 1.0  # seconds that a lane waits for a turn; for longer it goes on with others
_TIDY_AT = 1_000


class Pace:
    """Keeps the turns of every channel, and the pauses that Slack asked for, for all lanes.

    `clock` tells seconds that only grow; `sleep` waits for some.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._next: dict[Hashable, float] = {}
        self._paused: dict[Hashable, float] = {}

    def hold(self, channel: Hashable, seconds: float) -> None:
        """Leave a channel alone for so long."""
        until = self._clock() + seconds
        self._paused[channel] = max(until, self._paused.get(channel, until))

    def pause(self, channel: Hashable) -> float:
        """Say how many seconds a channel is still to be left alone."""
        return max(0.0, self._paused.get(channel, 0.0) - self._clock())

    async def turn(self, channel: Hashable) -> float:
        """Wait for a turn to post; gives 0, or the seconds to come back after if it takes long."""
        now = self._clock()
        self._tidy(now)
        due = max(now, self._next.get(channel, now))
        wait = due - now - (_BURST - 1) * _INTERVAL
        if wait > _PATIENCE:
            return wait
        self._next[channel] = due + _INTERVAL
        if wait > 0:
            await self._sleep(wait)
        return 0.0

    def _tidy(self, now: float) -> None:
        for kept in (self._next, self._paused):
            if len(kept) > _TIDY_AT:
                for channel in [one for one, until in kept.items() if until <= now]:
                    del kept[channel]
