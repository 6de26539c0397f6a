"""How late the event loop is: what everything that waits for it waits longer."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

_EVERY = 0.1  # seconds
_KEPT = 600  # the last minute


@dataclass
class LoopLag:
    """Measures by how much a timer comes late, from `start` on for as long as the loop lives."""

    _lags: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to measure in the loop that runs, unless that has begun."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._again(loop)

    def quantile(self, share: float) -> float:
        """Give the lag in seconds that this share of the last minute's was no longer than."""
        if not self._lags:
            return 0.0
        ordered = sorted(self._lags)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    def _again(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_later(_EVERY, self._tick, loop, loop.time() + _EVERY)

    def _tick(self, loop: asyncio.AbstractEventLoop, wanted_at: float) -> None:
        self._lags.append(max(loop.time() - wanted_at, 0.0))
        self._again(loop)
