"""A booking by hand-written SQL: the rows of a real one, written again by the driver alone.

Whatever can be known beforehand is made beforehand: values, statements, the order of the columns.
What is left is what anybody must do who is careful: hold the server, look at what overlaps and at
who is not to be written to, write every row, and commit.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from core.access.credentials import new_code
from core.model.slot import Slot

CHILDREN = ("recipient", "revision", "due", "delivery", "audit")
_BUSY = ("starts_at", "busy_from"), ("ends_at", "busy_until")
_OVERLAPS = """
    SELECT busy_from, busy_until, viewers FROM reservation
    WHERE live{is_true} AND server_id = {p} AND busy_from < {p} AND busy_until > {p}
      AND busy_from > {p}"""


class ByHand:
    """A connection of its own, with the settings that the desk's have, and what is to be written.

    Of each table the rows of one booking (`booked`, its number) are taken as they are.
    """

    def __init__(self, url: str, booked: int) -> None:
        self._sqlite = url.startswith("sqlite")
        self._place = "?" if self._sqlite else "%s"
        self._connection: Any = _sqlite(url) if self._sqlite else _postgres(url)
        self._reservation = self._rows("reservation", "id", booked)[0]
        self._children = {table: self._rows(table, "reservation_id", booked) for table in CHILDREN}
        self._do: Callable[..., Any] = self._connection.execute
        self._begin = "BEGIN IMMEDIATE" if self._sqlite else "BEGIN"
        locking = "" if self._sqlite else " FOR NO KEY UPDATE"
        self._lock = f"SELECT * FROM server WHERE id = {self._place}{locking}"  # noqa: S608 - our own names
        is_true = " = 1" if self._sqlite else ""
        self._overlaps = _OVERLAPS.format(p=self._place, is_true=is_true)
        digests = [row["digest"] for row in self._children["recipient"][1:]]
        self._stopped_by = digests
        places = ", ".join([self._place] * len(digests))
        self._stopped = f"SELECT digest, reason FROM suppression WHERE digest IN ({places})"  # noqa: S608 - likewise
        columns = [name for name in self._reservation if name != "id"]
        self._insert = self._insertion("reservation", columns, 1) + " RETURNING id"
        self._inserts = {
            table: self._insertion(table, _kept_columns(rows), len(rows))
            for table, rows in self._children.items()
        }

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def made(self, slot: Slot, server_id: int) -> list[Any]:
        """Make the values of another reservation's row."""
        new: dict[str, Any] = {"code": new_code(), "uid": f"{secrets.token_hex(16)}@callboard"}
        new |= {"server_id": server_id, "stream_key_digest": secrets.token_hex(16)}
        for names, instant in zip(_BUSY, (slot.starts_at, slot.ends_at), strict=True):
            kept = _in_sqlite(instant) if self._sqlite else instant
            new |= dict.fromkeys(names, kept)
        return [value for name, value in (self._reservation | new).items() if name != "id"]

    def book(self, slot: Slot, server_id: int, values: Sequence[Any]) -> int:
        """Book; gives the reservation's number."""
        since, until, bound = slot.starts_at, slot.ends_at, slot.starts_at - timedelta(hours=3)
        window: tuple[Any, ...] = (until, since, bound)
        if self._sqlite:
            window = tuple(map(_in_sqlite, window))
        do = self._do
        do(self._begin)
        server = do(self._lock, (server_id,)).fetchone()
        taken = do(self._overlaps, (server_id, *window)).fetchall()
        assert server is not None
        assert len(taken) <= 10, "more overlap than a server carries"
        assert not do(self._stopped, self._stopped_by).fetchall()
        number = int(do(self._insert, values).fetchone()["id"])
        for table, rows in self._children.items():
            do(self._inserts[table], _values(rows, number))
        do("COMMIT")
        return number

    def written(self, number: int) -> dict[str, int]:
        """Count the rows of a booking, table by table."""
        return {table: len(self._rows(table, "reservation_id", number)) for table in CHILDREN}

    def _rows(self, table: str, by: str, number: int) -> list[dict[str, Any]]:
        asked = f"SELECT * FROM {table} WHERE {by} = {self._place}"  # noqa: S608 - our own names
        return [dict(row) for row in self._connection.execute(asked, (number,))]

    def _insertion(self, table: str, columns: Sequence[str], rows: int) -> str:
        row = f"({', '.join([self._place] * len(columns))})"
        return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - likewise


def _values(rows: Sequence[dict[str, Any]], number: int) -> list[Any]:
    values = []
    for row in rows:
        row["reservation_id"] = number
        values += [value for name, value in row.items() if name != "id"]
    return values


def _kept_columns(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [name for name in rows[0] if name != "id"]


def _sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.row_factory = sqlite3.Row
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _postgres(url: str) -> psycopg.Connection[dict[str, Any]]:
    return psycopg.connect(url, autocommit=True, row_factory=dict_row)


def _in_sqlite(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S.%f")
