"""How many calls Discord takes in how much time, per route and place, and in all."""

from __future__ import annotations

import zlib
from collections import deque
from dataclasses import dataclass, field

from tests.discord.server.clock import Clock

# the ids that make buckets of the same route different; Discord calls them major parameters
MAJOR = ("channel", "guild", "webhook")
AMPLE = (10_000, 1.0)  # so that no test waits that does not want to


@dataclass
class _Bucket:
    times: deque[float] = field(default_factory=deque)


@dataclass(frozen=True)
class Taken:
    """How a call fared: the headers that tell of its bucket; `wait` seconds if it was too much."""

    headers: dict[str, str]
    wait: float = 0.0
    scope: str = "user"


class Pace:
    """Counts calls. Ample unless a test sets limits, which Discord does not state in advance."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limits: dict[str, tuple[int, float]] = {}
        self._buckets: dict[str, _Bucket] = {}
        self._all = _Bucket()
        self.per_second: int | None = None

    def limit(self, route: str, calls: int, seconds: float) -> None:
        """Take only so many calls of a route in so many seconds, in each channel or guild."""
        self._limits[route] = (calls, seconds)

    def take(self, route: str, ids: dict[str, int | str]) -> Taken:
        """Count a call."""
        now = self._clock.now()
        if self.per_second is not None:
            wait = _wait(self._all, now, self.per_second, 1.0)
            if wait:
                return Taken({}, wait, "global")
        most, seconds = self._limits.get(route, AMPLE)
        major = "/".join(str(ids[one]) for one in MAJOR if one in ids)
        bucket = self._buckets.setdefault(f"{route} {major}", _Bucket())
        wait = _wait(bucket, now, most, seconds)
        over = bucket.times[0] + seconds
        headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(most - len(bucket.times)),
            "X-RateLimit-Reset": f"{over:.3f}",
            "X-RateLimit-Reset-After": f"{over - now:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(route.encode()):08x}",
        }
        return Taken(headers, wait)


def _wait(bucket: _Bucket, now: float, most: int, seconds: float) -> float:
    """Count a call, or tell how long it has to wait."""
    while bucket.times and bucket.times[0] <= now - seconds:
        bucket.times.popleft()
    if len(bucket.times) >= most:
        return max(bucket.times[0] + seconds - now, 0.001)
    bucket.times.append(now)
    return 0.0
