"""Connections: SQLite in a file with one writer and a few readers, or PostgreSQL with a pool."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

READERS = 2  # SQLite: threads that read beside the one that writes
POSTGRES_CONNECTIONS = 6

_RETRIED = {"40001", "40P01", "55P03"}  # serialisation, deadlock, lock_timeout


class BusyError(Exception):
    """The database cannot be reached or is held by somebody else: try again in a moment."""


@dataclass(frozen=True, slots=True)
class Database:
    """The engines that write and read; on PostgreSQL they are one."""

    url: URL
    writer: Engine
    reader: Engine

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is a file with a single writer."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def writing(self, patience: float) -> Iterator[Connection]:
        """Open a transaction that may write; commits at the end, rolls back on any exception.

        `patience` (seconds) bounds the wait for another process's lock. Raises `BusyError` when
        that was not enough or the database is away.
        """
        with _as_busy(), self.writer.connect() as connection:
            self._set_patience(connection, patience)
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self, patience: float) -> Iterator[Connection]:
        """Open a transaction that only reads, and sees one state of the database."""
        with _as_busy(), self.reader.connect() as connection:
            self._set_patience(connection, patience)
            with connection.begin():
                yield connection

    def dispose(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()

    def _set_patience(self, connection: Connection, patience: float) -> None:
        if self.is_sqlite:
            raw: Any = connection.connection.dbapi_connection
            raw.execute(f"PRAGMA busy_timeout = {max(1, int(patience * 1000))}")


def open_database(url: str) -> Database:
    """Open the database named by `sqlite:///…` or `postgresql://…`.

    Raises `ValueError` for any other kind.
    """
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise ValueError("SQLite needs a file: sqlite:///path/to/callboard.db")
            return _open_sqlite(parsed)
        case "postgresql":
            return _open_postgres(parsed.set(drivername="postgresql+psycopg"))
        case other:
            raise ValueError(f"{other} is not a database the desk can use: sqlite or postgresql")


def is_retried(error: BaseException) -> bool:
    """Tell whether PostgreSQL asks for the same transaction once more."""
    original = getattr(error, "orig", None)
    return getattr(original, "sqlstate", None) in _RETRIED


def _open_sqlite(url: URL) -> Database:
    def engine(*, size: int, begin: str, query_only: bool) -> Engine:
        made = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=0,
            connect_args={"check_same_thread": False, "isolation_level": None},
            hide_parameters=True,
        )

        @event.listens_for(made, "connect")
        def prepare(connection: sqlite3.Connection, _: object) -> None:
            # without isolation_level the driver leaves BEGIN to us: its own comes too late
            connection.isolation_level = None
            connection.execute("PRAGMA busy_timeout = 2000")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            if query_only:
                connection.execute("PRAGMA query_only = ON")

        @event.listens_for(made, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return made

    return Database(
        url=url,
        writer=engine(size=1, begin="BEGIN IMMEDIATE", query_only=False),
        reader=engine(size=READERS, begin="BEGIN", query_only=True),
    )


def _open_postgres(url: URL) -> Database:
    engine = create_engine(
        url,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=2,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "tcp_user_timeout": 15000,
            "options": (
                "-c lock_timeout=2s -c statement_timeout=10s"
                " -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
            ),
        },
    )
    return Database(url=url, writer=engine, reader=engine)


@contextmanager
def _as_busy() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if is_retried(error):
            raise
        raise BusyError(_first_line(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise BusyError(_first_line(error)) from error
        raise


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0] if str(error.orig) else "the database did not answer"


def ping(database: Database) -> None:
    """Ask the database the simplest question; raises `BusyError` when it does not answer."""
    with database.reading(patience=2) as connection:
        connection.execute(text("SELECT 1"))
