"""What is made for many is made once in a while, and no failure is kept."""

from __future__ import annotations

import asyncio

import pytest

from bot.web.brief import Brief


class Maker:
    """Makes numbers, when it is let to."""

    def __init__(self) -> None:
        self.now = 100.0
        self.made = 0
        self.free = asyncio.Event()
        self.brief: Brief[int] = Brief(5.0, lambda: self.now)

    async def make(self) -> int:
        """Make the next number."""
        await self.free.wait()
        self.made += 1
        return self.made

    async def get(self, key: str = "a") -> int:
        """Ask for one."""
        return await self.brief.get(key, self.make)


async def test_it_is_made_once_for_all_who_ask_at_once_and_kept_for_a_while() -> None:
    maker = Maker()
    asking = [asyncio.create_task(maker.get()) for _ in range(5)]
    await asyncio.sleep(0)
    asking[0].cancel()
    maker.free.set()

    assert [1, 1, 1, 1] == await asyncio.gather(*asking[1:])
    maker.now += 4.9
    assert (1, 2) == (await maker.get(), await maker.get("b"))
    maker.now += 0.1
    assert 3 == await maker.get()


async def test_a_failure_is_told_and_not_kept() -> None:
    brief: Brief[int] = Brief(5.0)

    async def fail() -> int:
        raise ValueError("away")

    async def make() -> int:
        return 7

    with pytest.raises(ValueError, match="away"):
        await brief.get("a", fail)
    assert 7 == await brief.get("a", make)
