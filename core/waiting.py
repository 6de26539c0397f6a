"""Waiting for one of two things: a time that passes, or being told to stop."""

from __future__ import annotations

import asyncio


async def paused(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
