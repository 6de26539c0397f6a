"""Errands: what a chat handed in is kept before it is acknowledged, and done afterwards.

A crash in between costs nothing: the errand is done at the next start, and once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from core.store.database import BusyError
from core.store.desk import Desk
from core.store.errands import Errand
from core.usecases.errands import drop_errand, keep_errand, put_errand_off, take_errand

log = logging.getLogger(__name__)

_MOST_TRIES = 20
_AGAIN_AFTER = timedelta(seconds=5)
_LOOK_EVERY = 5.0  # seconds, should nobody wake us

Do = Callable[[Errand, bool], Awaitable[bool]]


class Errands:
    """Does the errands of one front end.

    `do` does one, told whether that is its last try, and says whether it is finished.
    """

    def __init__(self, desk: Desk, kind: str, do: Do) -> None:
        self._desk = desk
        self._kind = kind
        self._do = do
        self._wake = asyncio.Event()

    async def keep(self, key: str, text: str) -> None:
        """Write one down; raises `BusyError` when the database cannot be had."""
        await self._desk.run(keep_errand, self._kind, key, text)

    def wake(self) -> None:
        """Look for errands now."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Do errands until told to stop."""
        stopping = asyncio.create_task(stop.wait(), name="errands.stop")
        try:
            while not stop.is_set():
                self._wake.clear()
                await self.do_all()
                waking = asyncio.create_task(self._wake.wait(), name="errands.wake")
                try:
                    await asyncio.wait(
                        {waking, stopping},
                        timeout=_LOOK_EVERY,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                finally:
                    waking.cancel()
        finally:
            stopping.cancel()

    async def do_all(self) -> None:
        """Do every errand that waits; what goes wrong is logged, and tried again later."""
        try:
            while errand := await self._desk.run_patiently(take_errand, self._kind):
                if await self._done(errand):
                    await self._desk.run_patiently(drop_errand, errand.id)
                else:
                    await self._desk.run_patiently(put_errand_off, errand.id, _AGAIN_AFTER)
        except BusyError as error:
            log.warning("errand.busy", extra={"reason": str(error)})

    async def _done(self, errand: Errand) -> bool:
        """Do one errand; False where it is to be tried again."""
        last = errand.tries >= _MOST_TRIES
        try:
            # of one sealed with a key that is missing: it may be put back
            finished = errand.text is not None and await self._do(errand, last)
        except BusyError:
            finished = False
        except Exception:  # one that cannot be done must not stand in the way of the others
            log.exception("errand.failed", extra={"errand": errand.id})
            finished = False
        if last and not finished:
            log.error("errand.given_up", extra={"errand": errand.id})
        return finished or last
