"""What a database itself says of its tables: everything by which two schemas could differ."""

from __future__ import annotations

import re
from typing import TypeAlias

from sqlalchemy import Connection, inspect, text

Catalogue: TypeAlias = dict[str, set[tuple[object, ...]]]

_POSTGRES = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity,
               character_maximum_length, datetime_precision, collation_name
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype::text, condeferrable, convalidated,
               pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgname, tgenabled::text, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "sequences": "SELECT sequencename, data_type::text FROM pg_sequences",
}


def catalogue(connection: Connection) -> Catalogue:
    """Read all that a database knows of its schema, but for the table of Alembic's own."""
    if connection.dialect.name == "sqlite":
        return _of_sqlite(connection)
    return {
        kind: {
            tuple(row)
            for row in connection.execute(text(query))
            if "alembic_version" not in str(row[0])
        }
        for kind, query in _POSTGRES.items()
    }


def wipe(connection: Connection) -> None:
    """Take everything out of a database."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE "{table}"'))
    else:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def _of_sqlite(connection: Connection) -> Catalogue:
    made = [
        tuple(row)
        for row in connection.execute(
            text("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")
        )
        if row.tbl_name != "alembic_version"
    ]
    tables = [name for kind, name, _, _ in made if kind == "table"]
    return {
        "columns": {
            (table, *column[1:])  # its place in the row does not count
            for table in tables
            for column in connection.execute(text(f"PRAGMA table_xinfo('{table}')"))
        },
        "clauses": {
            (name, clause)
            for kind, name, _, sql in made
            if kind == "table"
            for clause in _clauses(sql)
        },
        "foreign keys": {
            (table, *key[2:])
            for table in tables
            for key in connection.execute(text(f"PRAGMA foreign_key_list('{table}')"))
        },
        "indexes": {index for table in tables for index in _indexes(connection, table)},
        "written": {
            (kind, name, table, _plain(sql))
            for kind, name, table, sql in made
            if kind != "table" and sql
        },
    }


def _indexes(connection: Connection, table: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for index in connection.execute(text(f"PRAGMA index_list('{table}')")):
        columns = [
            tuple(column[2:])
            for column in connection.execute(text(f"PRAGMA index_xinfo('{index.name}')"))
        ]
        # those that SQLite makes for a constraint are numbered in the order they were written
        name = index.name if index.origin == "c" else ""
        found.append((table, name, index.unique, index.origin, index.partial, *columns))
    return found


def _clauses(sql: str) -> list[str]:
    """Take a CREATE TABLE apart: columns, keys and checks, in no order."""
    body = sql[sql.index("(") + 1 : sql.rindex(")")]
    clauses, depth, start = [], 0, 0
    for at, character in enumerate(body):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            clauses.append(body[start:at])
            start = at + 1
    return [_plain(clause) for clause in [*clauses, body[start:]]]


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()
