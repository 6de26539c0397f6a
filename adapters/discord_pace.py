"""How fast Discord is posted to: it says itself how long to leave a place, or all, alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

EVERYWHERE = ""
_PATIENCE = 1.0  # seconds that a lane waits for a turn; for longer it goes on with others
_TIDY_AT = 1_000


class Pace:
    """Keeps the pauses that Discord asked for, by recipient, for all lanes.

    `clock` tells seconds that only grow; `sleep` waits for some.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._paused: dict[str, float] = {}

    def hold(self, place: str, seconds: float) -> None:
        """Leave a recipient alone for so long; `EVERYWHERE` is all of them."""
        now = self._clock()
        if len(self._paused) > _TIDY_AT:
            self._paused = {one: until for one, until in self._paused.items() if until > now}
        self._paused[place] = max(now + seconds, self._paused.get(place, now))

    async def turn(self, place: str) -> float:
        """Wait for a turn to post; gives 0, or the seconds to come back after if it takes long."""
        until = max(self._paused.get(one, 0.0) for one in (place, EVERYWHERE))
        wait = until - self._clock()
        if wait > _PATIENCE:
            return wait
        if wait > 0:
            await self._sleep(wait)
        return 0.0
