"""The bell: whoever puts something into the outbox rings it, and the workers elsewhere hear.

PostgreSQL passes it on at the moment of the commit, and only if there is one (LISTEN and NOTIFY).
It may get lost with a connection: behind it stands the dispatcher's own look at the outbox. SQLite
has one process, which needs no bell.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, text

from core.store.database import Database
from core.waiting import paused

log = logging.getLogger(__name__)

_NAME = "callboard_work"
_RING = text(f"NOTIFY {_NAME}")
_LISTEN = f"LISTEN {_NAME}".encode()
_PATIENCE = 5  # seconds without a ring before the database is asked whether it is still there
_AGAIN_AFTER = 1.0  # seconds


def ring(connection: Connection) -> None:
    """Tell everybody, once the open transaction commits, that the outbox has something new."""
    if connection.dialect.name == "postgresql":
        connection.execute(_RING)


async def listen(database: Database, heard: Callable[[], None], stop: asyncio.Event) -> None:
    """Call `heard` whenever somebody rings, until told to stop; a lost connection is made anew."""
    if database.is_sqlite:
        return
    import psycopg  # noqa: PLC0415 - where there is PostgreSQL alone

    while not stop.is_set():
        listening = asyncio.create_task(_connected(database, heard), name="bell")
        stopping = asyncio.create_task(stop.wait(), name="bell.stop")
        await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (listening, stopping):
            task.cancel()
        with suppress(asyncio.CancelledError):
            try:
                await listening
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("bell.lost", extra={"reason": type(error).__name__})
                await paused(stop, _AGAIN_AFTER)


async def _connected(database: Database, heard: Callable[[], None]) -> None:
    import psycopg  # noqa: PLC0415 - as above

    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await psycopg.AsyncConnection.connect(
        address, autocommit=True, connect_timeout=_PATIENCE
    )
    async with connection:
        await connection.execute(_LISTEN)
        heard()  # of what came while nobody listened
        while True:
            async for _ in connection.notifies(timeout=_PATIENCE, stop_after=1):
                heard()
            # one that died without a word says nothing, and nothing is what is heard anyway
            async with asyncio.timeout(_PATIENCE):
                await connection.execute(b"SELECT 1")
