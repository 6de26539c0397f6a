"""Slowing down whoever tries links that open nothing: by address, and in memory alone."""

from __future__ import annotations

from collections import OrderedDict

from core.gate.throttle import neighbourhood

MOST = 60  # wrong links in a minute
WITHIN = 60.0  # seconds
_REMEMBERED = 10_000  # addresses


class Tries:
    """Counts wrong links by address; instants are monotonic seconds."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def too_many(self, address: str, now: float) -> bool:
        """Tell whether an address has tried too many of late."""
        count, until = self._tries.get(neighbourhood(address), (0, 0.0))
        return count >= MOST and now < until

    def note(self, address: str, now: float) -> None:
        """Note a link that opened nothing."""
        key = neighbourhood(address)
        count, until = self._tries.pop(key, (0, 0.0))
        self._tries[key] = (count + 1, until) if now < until else (1, now + WITHIN)
        if len(self._tries) > _REMEMBERED:
            self._tries.popitem(last=False)
