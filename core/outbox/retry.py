"""When to try again: pure arithmetic on attempts and doubts."""

from __future__ import annotations

from datetime import datetime, timedelta

DOUBT = timedelta(minutes=5)  # RFC 5321 section 3.8: a broken connection counts as "try later"

_STEPS = tuple(timedelta(minutes=wait) for wait in (1, 5, 15, 30, 60, 120, 240))
_JITTER = 0.1
_SOONEST, _LATEST = 1.0, 86_400.0  # seconds, whatever the next hop asks
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10))


def retry_at(
    attempts: int, delivery_id: int, now: datetime, retry_after: float | None = None
) -> datetime:
    """Say when a delivery that was put off `attempts` times is tried again.

    The waits grow to four hours, a tenth either way so that a crowd does not come back at once.
    Where the next hop says when (`retry_after`, seconds), its word counts.
    """
    step = _STEPS[min(attempts, len(_STEPS)) - 1]
    # spread by the delivery's number: the same on every try, so that tests and logs agree
    spread = (delivery_id * 2654435761 % 2001 / 1000 - 1) * _JITTER
    if retry_after is not None:
        # a hop that says "at once", or "next year", must not have its way altogether
        step = timedelta(seconds=min(max(retry_after, _SOONEST), _LATEST))
    return now + step * (1 + abs(spread) if retry_after is not None else 1 + spread)


def pause_after(breakdowns: int) -> timedelta:
    """Say how long a broken route is left alone after so many breakdowns in a row."""
    return _PAUSES[min(breakdowns, len(_PAUSES)) - 1]
