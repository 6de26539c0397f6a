"""Statements that go to the driver alone, past SQLAlchemy.

What it does around a statement takes several times as long as many a statement itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def execute(connection: Connection, statement: str, values: list[Any]) -> Any:  # noqa: ANN401 - the driver's cursor
    """Run a statement by the driver alone; its errors are made SQLAlchemy's all the same."""
    dialect = connection.dialect
    if dialect.name == "sqlite":
        values = [kept(one) if type(one) is datetime else one for one in values]
    driver: Any = connection.connection.dbapi_connection
    try:
        if dialect.name == "sqlite":
            return driver.execute(statement, values)
        return dialect.loaded_dbapi.RawCursor(driver).execute(_numbered(statement), values)
    except dialect.loaded_dbapi.Error as error:
        lost = dialect.is_disconnect(error, driver, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=dialect,
        ) from error


@lru_cache(maxsize=1024)
def _numbered(statement: str) -> str:
    """Give a statement with its places numbered, as psycopg would make it at every run."""
    first, *others = statement.split("%s")
    return first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))


@lru_cache(maxsize=1024)
def instant(kept: str) -> datetime:
    """Read an instant as SQLite keeps it; many rows were made at the same one."""
    return datetime.fromisoformat(kept).replace(tzinfo=UTC)


@lru_cache(maxsize=1024)
def kept(instant: datetime) -> str:
    """Write an instant as SQLAlchemy's type for SQLite keeps it: in UTC, with microseconds."""
    return instant.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")
