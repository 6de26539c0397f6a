"""Databases of older releases, with something in every table that a release has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from alembic import command
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select, text

from core.store import schema

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[str, list[Row]]

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_OF_ALEMBIC = "alembic_version"
_LIVE = {"permitted", "confirmed"}


def make(connection: Connection, release: str) -> None:
    """Give an empty database the tables of a release."""
    config = schema._config()  # noqa: SLF001 - nobody else goes to an older release
    config.attributes["connection"] = connection
    command.upgrade(config, release)


def tables_of(connection: Connection) -> list[Table]:
    """Give every table as the database has it, after those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _OF_ALEMBIC]


def fill(connection: Connection, copies: int) -> Rows:
    """Put so many rows into every table, and give all that is there then.

    The rows of one number belong together. Where a column may be empty, every other one is; where
    it may hold certain words alone, all of them are there.
    """
    for table in tables_of(connection):
        words = _words(connection, table)
        rows = [_row(table, number, words) for number in range(1, copies + 1)]
        connection.execute(insert(table), rows)
        _count_on(connection, table, copies)
    return contents(connection)


def put(connection: Connection, name: str, values: Mapping[str, object]) -> None:
    """Write one row."""
    connection.execute(insert(Table(name, MetaData(), autoload_with=connection)).values(**values))


def contents(connection: Connection) -> Rows:
    """Read all that is there, in the order of the rows' keys."""
    return {
        table.name: [
            dict(row)
            for row in connection.execute(
                select(table).order_by(*table.primary_key.columns)
            ).mappings()
        ]
        for table in tables_of(connection)
    }


def _row(table: Table, number: int, words: Mapping[str, list[str]]) -> Row:
    row = {
        column.name: words[column.name][number % len(words[column.name])]
        if column.name in words
        else _value(column, number)
        for column in table.columns
    }
    if table.name == "server":
        row |= {"max_streams": 2, "rules": "{}", "longest_busy": 7200}
    if table.name in {"reservation", "blackout"}:
        since = NOW + number * _DAY
        row |= {"starts_at": since, "ends_at": since + _HOUR}
    if table.name == "reservation":
        row |= {"busy_from": since - _HOUR, "busy_until": since + _HOUR}
        row |= {"live": row["status"] in _LIVE}
    return row


def _value(column: Column[Any], number: int) -> object:
    if column.nullable and number % 2:
        return None
    kind = column.type.python_type
    values = {
        bool: number % 3 == 0,
        int: number,  # also where it is another row's
        str: f"{column.name} {number} of Żoë's",
        datetime: NOW + number * timedelta(minutes=1, microseconds=1),
    }
    return values[kind]


def _words(connection: Connection, table: Table) -> dict[str, list[str]]:
    """Read from the constraints which words a column may hold."""
    named = {
        str(one["name"]).removeprefix(f"ck_{table.name}_"): one["sqltext"]
        for one in inspect(connection).get_check_constraints(table.name)
    }
    return {
        column.name: re.findall(r"'([a-z_-]+)'", named[column.name])
        for column in table.columns
        if column.name in named and column.type.python_type is str
    }


def _count_on(connection: Connection, table: Table, copies: int) -> None:
    """Let PostgreSQL's own numbers go on after those that were given."""
    if connection.dialect.name == "postgresql" and table.columns.get("id") is not None:
        asked = text("SELECT pg_get_serial_sequence(:table, 'id')")
        name = connection.execute(asked, {"table": table.name}).scalar()
        if name:
            connection.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": copies})
