"""Stopping: the first signal asks for it, and whatever hangs then has its time."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading

log = logging.getLogger(__name__)

_WITHIN = 9.5  # seconds: whoever runs us kills after ten
_CUT_OFF = 1


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` on SIGTERM or SIGINT, and see to it that the process then ends in ten seconds.

    Each part finishes what it has in hand within less. Should one hang all the same, say in a
    database that does not answer, the process is cut off: what it had in hand is then found as
    after a crash. So it is on a second signal, for whoever will not wait.
    """
    loop = asyncio.get_running_loop()
    asked = threading.Event()

    def told() -> None:
        if asked.is_set():
            _cut_off("told twice")
        asked.set()
        stop.set()
        # a thread: what hangs may hang the event loop, too
        last = threading.Timer(_WITHIN, _cut_off, ("it hung",))
        last.daemon = True
        last.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)


def _cut_off(reason: str) -> None:
    log.error("desk.cut_off", extra={"reason": reason})
    os._exit(_CUT_OFF)
