"""One patience for all that a person's command asks of the desk, one thing after the other.

A command is a few transactions. If each waited for as long as a person does, they would wait for
several times that while the database is held. What else the command waits for is not counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_LEAST = 0.05  # seconds: what needs no waiting is done whatever came before it


@dataclass(slots=True)
class _Purse:
    """What is left of a patience, in seconds; the first who asks says how much there is."""

    left: float | None = None


_shared: ContextVar[_Purse | None] = ContextVar("shared patience", default=None)


@contextmanager
def one_patience() -> Iterator[None]:
    """Have what is asked of a desk in this block share one patience; within another, that one."""
    if _shared.get() is not None:
        yield
        return
    token = _shared.set(_Purse())
    try:
        yield
    finally:
        _shared.reset(token)


@contextmanager
def spending(most: float) -> Iterator[float]:
    """Give the seconds that may be waited in this block, `most` unless some were spent before."""
    purse = _shared.get()
    if purse is None:
        yield most
        return
    left = most if purse.left is None else max(min(most, purse.left), _LEAST)
    begun = time.monotonic()
    try:
        yield left
    finally:
        purse.left = left - (time.monotonic() - begun)
