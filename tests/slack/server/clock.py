"""The time as this Slack sees it, which a test may move forward."""

from __future__ import annotations

import time


class Clock:
    """Seconds since 1970, plus what was skipped."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def now(self) -> float:
        """Tell the time, in seconds since 1970."""
        return time.time() + self._skipped

    def advance(self, seconds: float) -> None:
        """Let that many seconds pass at once: triggers and response URLs age by them."""
        self._skipped += seconds
