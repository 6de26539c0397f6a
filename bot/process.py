"""The process: what runs together, how it stops, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence

from core.store.schema import upgrade

from bot.logs import log_to_stderr
from bot.settings import SettingsError, load_settings
from bot.wiring import SchemaBehindError, open_app, open_database_of
from core.store.database import BusyError

log = logging.getLogger(__name__)

_WRONG = 2


def guarded(command: Callable[[], int]) -> int:
    """Run a command; what the operator can mend is said in words, without a trace."""
    try:
        return command()
    except SettingsError as error:
        sys.stderr.write("callboard cannot start: settings are missing or wrong.\n")
        for problem in error.problems:
            sys.stderr.write(f"  {problem}\n")
    except (SchemaBehindError, BusyError, OSError) as error:
        sys.stderr.write(f"callboard cannot start: {error}\n")
    return _WRONG


def run(roles: Sequence[str]) -> int:
    """Run the desk until it is told to stop (SIGTERM, SIGINT)."""
    return guarded(lambda: asyncio.run(_run(roles)))


async def _run(roles: Sequence[str]) -> int:
    log_to_stderr()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_app(load_settings()) as app:
        log.info("desk.ready", extra={"roles": ",".join(roles)})
        await asyncio.gather(app.clock.run(stop), app.dispatcher.run(stop))
    log.info("desk.stopped")
    return 0


def upgrade_database() -> int:
    """Bring the database to this release."""

    def upgraded() -> int:
        database = open_database_of(load_settings())
        try:
            upgrade(database)
        finally:
            database.dispose()
        sys.stdout.write("the database is at this release\n")
        return 0

    return guarded(upgraded)
