"""What is made for many, kept for some seconds: however many ask at once, it is made once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

_REMEMBERED = 200


class Brief(Generic[T]):
    """Keeps what was made for so many seconds."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._made: dict[Hashable, tuple[float, T]] = {}
        self._making: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Give what was made a moment ago, or have it made; raises what the making raises."""
        found = self._made.get(key)
        if found is not None and self._monotonic() - found[0] < self._seconds:
            return found[1]
        if key not in self._making:
            self._making[key] = asyncio.create_task(self._make(key, make))
        # whoever goes away while it is made does not take it from the others
        return await asyncio.shield(self._making[key])

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        began = self._monotonic()
        try:
            made = await make()
        finally:
            del self._making[key]
        if len(self._made) >= _REMEMBERED:
            self._made.clear()
        self._made[key] = began, made
        return made
