"""Slack's limit on posting: about one message a second in a channel, with short bursts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tests.slack.server.clock import Clock
from tests.slack.server.team import Team


@dataclass
class Pace:
    """Counts messages per channel once it is `on`; `burst` may come at once."""

    clock: Clock
    on: bool = False
    per_second: float = 1.0
    burst: int = 3
    _left: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def wait(self, method: str, team: Team | None, channel: str | None) -> int:
        """Give the whole seconds to wait before this call, 0 if it may pass."""
        if not self.on or method != "chat.postMessage" or team is None or channel is None:
            return 0
        at = (team.id, channel)
        now = self.clock.now()
        left, since = self._left.get(at, (float(self.burst), now))
        left = min(float(self.burst), left + (now - since) * self.per_second)
        if left < 1:
            self._left[at] = (left, now)
            return math.ceil((1 - left) / self.per_second)
        self._left[at] = (left - 1, now)
        return 0
