"""A question that is asked all the time: written once, and put to the driver alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.store.driver import execute, instant

Reader = Callable[[Any], Any]

# SQLite knows neither instants nor truths
_READERS: dict[type, Reader] = {datetime: instant, bool: bool}


@dataclass(frozen=True, slots=True)
class _Written:
    """A question as a database is asked it: its text, whose values it takes, what reads them."""

    statement: str
    values: dict[str, Any]  # as they were the first time; some are the same every time
    order: tuple[str, ...]
    readers: tuple[tuple[int, Reader], ...]


class Question:
    """A statement whose bound values alone differ from one time to the next."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._known: dict[str, _Written] = {}

    def ask(self, connection: Connection, **given: Any) -> list[Sequence[Any]]:  # noqa: ANN401 - any value
        """Give the rows, each column by column."""
        dialect = connection.dialect
        known = self._known.get(dialect.name)
        if known is None:
            known = self._known[dialect.name] = self._written(dialect, given)
        values = known.values | given
        rows: list[Sequence[Any]] = execute(
            connection, known.statement, [values[name] for name in known.order]
        ).fetchall()
        return [_read(row, known.readers) for row in rows] if known.readers else rows

    def _written(self, dialect: Dialect, given: dict[str, Any]) -> _Written:
        is_sqlite = dialect.name == "sqlite"
        plain: Any = type(dialect)
        style = "qmark" if is_sqlite else "numeric_dollar"
        made: Any = self._statement.compile(dialect=plain(paramstyle=style))
        state = made.construct_expanded_state(given)
        kinds = [_python_type(column.type) for column in self._statement.selected_columns]
        readers = [(at, _READERS[kind]) for at, kind in enumerate(kinds) if kind in _READERS]
        return _Written(
            state.statement,
            dict(state.parameters),
            tuple(state.positiontup),
            tuple(readers if is_sqlite else ()),
        )


def _python_type(kind: TypeEngine[Any]) -> type:
    return (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type


def _read(row: Sequence[Any], readers: Sequence[tuple[int, Reader]]) -> Sequence[Any]:
    values = list(row)
    for number, reader in readers:
        if values[number] is not None:
            values[number] = reader(values[number])
    return values
