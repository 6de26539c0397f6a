"""Many rows in one statement: the fewer there are, the less whoever answers is held up by them.

A statement for each row would give the interpreter's lock away, and take it back, for each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlmodel import SQLModel

from core.store.driver import execute
from core.store.slices import sliced


@dataclass(frozen=True)
class Insertion:
    """How rows come into a table; the columns not named get what the model gives them.

    Of a row that is there already, as a unique index on the columns `once` tells (for rows `where`,
    if the index is for some alone), only the `updated` columns are set.
    """

    model: type[SQLModel]
    columns: tuple[str, ...]
    once: tuple[str, ...] = ()
    where: str = ""
    updated: tuple[str, ...] = ()

    def run(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows, no two of them the same, each given column by column."""
        for some in sliced(rows):
            self._inserted(connection, some)

    def numbered(self, connection: Connection, row: Sequence[Any]) -> int:
        """Insert a row and give its `id`."""
        found = self._inserted(connection, [row], " RETURNING id").fetchone()
        return int(found[0])

    def _inserted(
        self, connection: Connection, rows: Sequence[Sequence[Any]], end: str = ""
    ) -> Any:  # noqa: ANN401 - the driver's cursor
        others = tuple(self._others.values())
        values = [value for row in rows for value in (*row, *others)]
        statement = self._sql(len(rows), _place(connection.dialect))
        return execute(connection, statement + end, values)

    @cached_property
    def _others(self) -> dict[str, Any]:
        table = self.model.__table__  # type: ignore[attr-defined]  # every table has it
        return {
            column.name: column.default.arg
            for column in table.columns
            if column.name not in self.columns and column.default is not None
        }

    def _sql(self, rows: int, place: str) -> str:
        names = (*self.columns, *self._others)
        row = f"({', '.join([place] * len(names))})"
        statement = (
            f"INSERT INTO {self.model.__tablename__} ({', '.join(names)})"  # noqa: S608 - our own names
            f" VALUES {', '.join([row] * rows)}"
        )
        if not self.once:
            return statement
        taken = ", ".join(f"{one} = excluded.{one}" for one in self.updated)
        some = f" WHERE {self.where}" if self.where else ""
        return f"{statement} ON CONFLICT ({', '.join(self.once)}){some} DO UPDATE SET {taken}"


@dataclass(frozen=True)
class _OfMany(ABC):
    """A statement about rows of a table that are known by the columns `by`."""

    model: type[SQLModel]
    by: tuple[str, ...]
    columns: tuple[str, ...]

    @cached_property
    def _known(self) -> dict[tuple[str, int], str]:
        return {}

    @property
    def _table(self) -> str:
        return str(self.model.__tablename__)

    def _statement(self, rows: int, dialect: Dialect) -> str:
        known = self._known.get((dialect.name, rows))
        if known is None:
            known = self._known[dialect.name, rows] = self._written(rows, dialect)
        return known

    @abstractmethod
    def _written(self, rows: int, dialect: Dialect) -> str:
        """Write the statement for so many rows."""

    def _given(self, names: tuple[str, ...], rows: int, dialect: Dialect) -> str:
        """Write a table of so many rows of places."""
        first = ", ".join(self._typed(name, dialect) for name in names)
        others = f", ({', '.join([_place(dialect)] * len(names))})" * (rows - 1)
        return f"WITH given ({', '.join(names)}) AS (VALUES ({first}){others})"

    def _such(self) -> list[str]:
        return [f"{self._table}.{name} = given.{name}" for name in self.by]

    def _typed(self, name: str, dialect: Dialect) -> str:
        """Write a place that says of what type it is: PostgreSQL cannot tell by what it gets."""
        if dialect.name == "sqlite":
            return "?"
        column = self.model.__table__.c[name]  # type: ignore[attr-defined]  # every table has it
        return f"CAST(%s AS {column.type.compile(dialect=dialect)})"


class Lookup(_OfMany):
    """How `columns` of rows are looked up: numbers, truths and texts, as the driver gives them."""

    def run(
        self, connection: Connection, keys: Sequence[Sequence[Any]]
    ) -> Iterator[tuple[Any, ...]]:
        """Give the columns of each row that has one of the keys, no two of them the same."""
        for some in sliced(keys):
            values = [value for key in some for value in key]
            statement = self._statement(len(some), connection.dialect)
            yield from execute(connection, statement, values)

    def _written(self, rows: int, dialect: Dialect) -> str:
        columns = ", ".join(f"{self._table}.{name}" for name in self.columns)
        return (
            f"{self._given(self.by, rows, dialect)} SELECT {columns}"  # noqa: S608 - our own names
            f" FROM given JOIN {self._table} ON {' AND '.join(self._such())}"
        )


@dataclass(frozen=True)
class Rewrite(_OfMany):
    """How rows get new values in some `columns`.

    Those of the columns `once` are only set where there is none yet; those of the columns `alike`
    are the same for every row. Rows that do not have the values asked for in the columns `only`
    stay as they are.
    """

    once: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def run(
        self,
        connection: Connection,
        rows: Sequence[Sequence[Any]],
        *,
        alike: Sequence[Any] = (),
        only: Sequence[Any] = (),
    ) -> list[Any]:
        """Rewrite rows, each given as the values of `by`, then `columns`, then `once`.

        Gives the first of `by` of those that were rewritten.
        """
        rewritten: list[Any] = []
        for some in sliced(rows):
            values = [value for row in some for value in row]
            values += [*alike, *only]
            statement = self._statement(len(some), connection.dialect)
            rewritten += [row[0] for row in execute(connection, statement, values)]
        return rewritten

    def _written(self, rows: int, dialect: Dialect) -> str:
        place = _place(dialect)
        new = [f"{name} = given.{name}" for name in self.columns]
        new += [f"{name} = COALESCE({self._table}.{name}, given.{name})" for name in self.once]
        new += [f"{name} = {place}" for name in self.alike]
        such = [*self._such(), *(f"{self._table}.{name} = {place}" for name in self.only)]
        given = self._given(self.by + self.columns + self.once, rows, dialect)
        return (
            f"{given} UPDATE {self._table} SET {', '.join(new)} FROM given"  # noqa: S608 - our own names
            f" WHERE {' AND '.join(such)} RETURNING {self._table}.{self.by[0]}"
        )


def _place(dialect: Dialect) -> str:
    return "?" if dialect.name == "sqlite" else "%s"
