"""Connections: SQLite in a file with one writer and a few readers, or PostgreSQL with a pool."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from core.store.driver import execute

READERS = 2  # SQLite: threads that read beside the one that writes
POSTGRES_CONNECTIONS = 6  # for as many threads; one more for what is done in a row

_FRESH = 1.0  # seconds of rest after which a connection may be dead without anybody knowing
_NEAR = 20  # milliseconds of patience that make no difference
_LOCK_PATIENCE = 1.9  # seconds that PostgreSQL waits for a lock unless told otherwise

# serialisation, deadlock, and a row that somebody else made since it was looked for
_RETRIED = {"40001", "40P01", "23505"}
_SQLITE_BLAMES_US = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE}


class BusyError(Exception):
    """The database cannot be reached or is held by somebody else: try again in a moment."""


class InDoubtError(BusyError):
    """The database was lost or fell silent at the commit: whether it was done is not known."""


class NoDatabaseError(Exception):
    """What should be the database is none, or is damaged: restore it from a backup."""


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
        with (
            _as_busy(),
            self.writer.connect() as connection,
            self._transaction(connection, patience),
        ):
            yield connection

    @contextmanager
    def reading(self, patience: float) -> Iterator[Connection]:
        """Open a transaction that only reads, and sees one state of the database."""
        with _as_busy(), self.reader.connect() as connection:
            if not self.is_sqlite:
                # else each statement would see what others committed in the meantime
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with self._transaction(connection, patience):
                yield connection

    def dispose(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()

    @contextmanager
    def _transaction(self, connection: Connection, patience: float) -> Iterator[None]:
        milliseconds = max(1, int(patience * 1000))
        if self.is_sqlite:
            _be_patient(connection, milliseconds)
        with connection.begin():
            # the ordinary patience stands in the connection's options: most need no round trip
            if not self.is_sqlite and not 0 <= patience - _LOCK_PATIENCE < 1:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
            yield


def _be_patient(connection: Connection, milliseconds: int) -> None:
    """Have SQLite wait so long for another process; where it does so already, that is enough."""
    known = connection.info.get("patience", 0)
    if not milliseconds <= known <= milliseconds + _NEAR:
        raw: Any = connection.connection.dbapi_connection
        raw.execute(f"PRAGMA busy_timeout = {milliseconds}")
        connection.info["patience"] = milliseconds


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
    """Tell whether the same transaction may succeed on PostgreSQL if it is run once more."""
    original = getattr(error, "orig", None)
    return getattr(original, "sqlstate", None) in _RETRIED


def is_lost(busy: BusyError) -> bool:
    """Tell whether the connection was lost, so that what it was asked last may have been done."""
    cause = busy.__cause__
    return isinstance(cause, DBAPIError) and cause.connection_invalidated


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
            execute(connection, begin, [])

        return made

    return Database(
        url=url,
        writer=engine(size=1, begin="BEGIN IMMEDIATE", query_only=False),
        reader=engine(size=READERS, begin="BEGIN", query_only=True),
    )


def _open_postgres(url: URL) -> Database:
    from core.store import watched_connection  # noqa: PLC0415 - where there is PostgreSQL alone

    engine = create_engine(
        url,
        pool_size=POSTGRES_CONNECTIONS + 1,
        max_overflow=0,
        pool_timeout=2,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 2,
            "tcp_user_timeout": 15000,
            "options": (
                f"-c lock_timeout={_LOCK_PATIENCE}s -c statement_timeout=10s"
                " -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
            ),
        },
    )

    @event.listens_for(engine, "do_connect")
    def connect(_: object, __: object, args: tuple[Any, ...], given: dict[str, Any]) -> object:
        return watched_connection.connect(*args, **given)

    _ask_whether_it_lives(engine)
    return Database(url=url, writer=engine, reader=engine)


def _ask_whether_it_lives(engine: Engine) -> None:
    """Ask a connection that has rested whether it still lives, before it is used again.

    One that was used a moment ago is not asked: that would be a round trip for every transaction.
    """

    @event.listens_for(engine, "checkin")
    def rest(_: object, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def wake(connection: Any, entry: ConnectionPoolEntry, _: object) -> None:  # noqa: ANN401 - psycopg's
        since = entry.info.get("rests_since")
        if since is None or time.monotonic() - since < _FRESH:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError("the database was away") from error


@contextmanager
def _as_busy() -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError as error:
        raise BusyError("every connection to the database is in use") from error
    except OperationalError as error:
        if is_retried(error) or _is_our_fault(error):
            raise
        raise BusyError(_first_line(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise BusyError(_first_line(error)) from error
        # of a file that is none of its own SQLite says no more than "database error"
        if type(error.orig) is sqlite3.DatabaseError:
            raise NoDatabaseError(_first_line(error)) from error
        raise
    except sqlite3.DatabaseError as error:  # while connecting nobody has wrapped it yet
        raise NoDatabaseError(str(error)) from error


def _is_our_fault(error: OperationalError) -> bool:
    # SQLite says "operational" of a table that is not there too: no patience helps
    return getattr(error.orig, "sqlite_errorcode", None) in _SQLITE_BLAMES_US


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0] if str(error.orig) else "the database did not answer"


def ping(database: Database) -> None:
    """Ask the database the simplest question; raises `BusyError` when it does not answer."""
    with database.reading(patience=2) as connection:
        connection.execute(text("SELECT 1"))
