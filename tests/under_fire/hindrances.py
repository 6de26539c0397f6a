"""What can be in a database's way, for as long as a block lasts."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import psycopg

from tests.under_fire.postgres import Postgres
from tests.under_fire.proxy import TcpProxy

_HOLD = (
    "import sqlite3, sys\n"
    "held = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    "held.execute('BEGIN EXCLUSIVE')\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
)


@asynccontextmanager
async def file_locked(path: str) -> AsyncIterator[None]:
    """Have another process hold an SQLite file."""
    with subprocess.Popen(  # noqa: ASYNC220, S603 - a program of our own that answers at once
        [sys.executable, "-c", _HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert b"held\n" == await asyncio.to_thread(process.stdout.readline)
        yield
        process.communicate()


@asynccontextmanager
async def rows_locked(url: str) -> AsyncIterator[None]:
    """Have somebody else hold the rows that every booking needs."""
    with closing(psycopg.connect(url)) as connection:
        connection.execute("SELECT 1 FROM server FOR UPDATE")
        yield


@asynccontextmanager
async def restarted(postgres: Postgres) -> AsyncIterator[None]:
    """Have PostgreSQL stop as by a crash, and start again."""
    await asyncio.sleep(0.5)  # in the middle of what was begun
    await asyncio.to_thread(postgres.restart, away=1.5)
    yield


@asynccontextmanager
async def silent(proxy: TcpProxy) -> AsyncIterator[None]:
    """Have PostgreSQL say nothing any more."""
    proxy.silence()
    try:
        yield
    finally:
        proxy.go_on()


@asynccontextmanager
async def refusing(proxy: TcpProxy) -> AsyncIterator[None]:
    """Have nobody listen where PostgreSQL was."""
    proxy.refuse()
    try:
        yield
    finally:
        proxy.go_on()


@asynccontextmanager
async def resetting(proxy: TcpProxy) -> AsyncIterator[None]:
    """Have every connection reset."""
    proxy.reset()
    try:
        yield
    finally:
        proxy.go_on()


@asynccontextmanager
async def silent_at_commit(proxy: TcpProxy) -> AsyncIterator[None]:
    """Have PostgreSQL say nothing any more once a booking is on its way to be committed."""
    proxy.silence_at(b"COMMIT\0", after=b"INSERT INTO reservation")
    try:
        yield
    finally:
        proxy.go_on()
