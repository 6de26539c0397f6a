"""Many rows in one statement: the fewer there are, the less whoever answers is held up by them.

A statement for each row would give the interpreter's lock away, and take it back, for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from core.store.slices import sliced


@dataclass(frozen=True, slots=True)
class Upsert:
    """How rows come into a table: of one that is there already only `updated` columns are set.

    A unique index on the columns `once` for rows `where` tells which those are.
    """

    table: str
    columns: tuple[str, ...]
    once: tuple[str, ...]
    where: str
    updated: tuple[str, ...]

    def run(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows, no two of them the same: integers, texts and instants, column by column."""
        on_sqlite = connection.dialect.name == "sqlite"
        for some in sliced(rows):
            values = [value for row in some for value in row]
            if on_sqlite:
                values = [_kept(one) if type(one) is datetime else one for one in values]
            connection.exec_driver_sql(
                self._sql(len(some), "?" if on_sqlite else "%s"), tuple(values)
            )

    def _sql(self, rows: int, place: str) -> str:
        row = f"({', '.join([place] * len(self.columns))})"
        taken = ", ".join(f"{one} = excluded.{one}" for one in self.updated)
        return (
            f"INSERT INTO {self.table} ({', '.join(self.columns)})"  # noqa: S608 - our own names
            f" VALUES {', '.join([row] * rows)}"
            f" ON CONFLICT ({', '.join(self.once)}) WHERE {self.where} DO UPDATE SET {taken}"
        )


def _kept(instant: datetime) -> str:
    """Write an instant as SQLAlchemy's type for SQLite keeps it: in UTC, with microseconds."""
    return instant.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")
