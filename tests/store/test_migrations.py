"""A database of an older release keeps every row when it is brought to this one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from operator import itemgetter

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from core.store import veto
from core.store.database import Database, open_database
from core.store.schema import SchemaState, known_revisions, state, upgrade
from tests.store.catalogue import Catalogue, catalogue, wipe
from tests.store.older import NOW, Row, Rows, contents, fill, make, put

COPIES, MANY = 24, 1250  # rows in every table: more than any column has words
LATER = NOW + timedelta(days=3)


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    database = open_database(empty_database_url)
    yield database
    database.dispose()


@pytest.mark.parametrize("release", known_revisions())
def test_no_row_is_lost_on_the_way_from_a_release(empty: Database, release: str) -> None:
    with empty.writing(patience=5) as connection:
        make(connection, release)
        before = fill(connection, COPIES)
    assert {COPIES} == {len(rows) for rows in before.values()}
    assert (state(empty) is SchemaState.AT_HEAD) == (release == known_revisions()[-1])

    upgrade(empty)

    assert SchemaState.AT_HEAD is state(empty)
    with empty.writing(patience=5) as connection:
        nothing_lost(before, contents(connection))
        by_migrations = catalogue(connection)
        # the words that are new are taken, and numbers go on after those there were
        put(connection, "due", before["due"][0] | {"kind": "release", "lead": 0})
        another = before["delivery"][0] | {"kind": "no_show"}
        del another["id"]
        put(connection, "delivery", another)
    assert declared(empty) == by_migrations


def test_no_row_of_many_is_lost_on_the_way(empty: Database) -> None:
    with empty.writing(patience=5) as connection:
        make(connection, "0001")
        before = fill(connection, MANY)
    assert sum(map(len, before.values())) >= 16 * MANY

    upgrade(empty)

    with empty.writing(patience=5) as connection:
        nothing_lost(before, contents(connection))


def test_a_connection_written_down_twice_runs_once_afterwards(empty: Database) -> None:
    one: Row = {
        "server_id": 1,
        "reservation_id": 1,
        "access": "watch",
        "client": "7",
        "number": None,
        "access_serial": 0,
        "address_digest": "d",
        "admitted_at": NOW,
        "seen_at": NOW,
    }
    with empty.writing(patience=5) as connection:
        make(connection, "0004")
        fill(connection, 1)
        for other in ({}, {}, {"number": 2}, {"number": 2}, {"client": "8"}, {"ended_at": LATER}):
            put(connection, "connection", one | other)

    upgrade(empty)

    with empty.writing(patience=5) as connection:
        _, *rows = sorted(contents(connection)["connection"], key=itemgetter("id"))
        with pytest.raises(IntegrityError):
            put(connection, "connection", one | {"number": -1})
    assert [-1, -1, 2, 2, -1, -1] == [row["number"] for row in rows]
    ended = [bool(row["ended_at"]) for row in rows]
    assert [True, False, True, False, False, True] == ended


def declared(database: Database) -> Catalogue:
    """Give the catalogue of the tables as they are declared, on that same database."""
    assert veto.VETO  # declared beside the tables
    with database.writing(patience=5) as connection:
        wipe(connection)
        SQLModel.metadata.create_all(connection)
        return catalogue(connection)


def nothing_lost(before: Rows, after: Rows) -> None:
    """Hold every row against what has become of it."""
    assert set(before) <= set(after)
    for table, rows in before.items():
        kept = [{name: row[name] for name in rows[0]} for row in after[table]]
        assert [_migrated(table, row) for row in rows] == kept, f"{table} is another than before"


def _migrated(table: str, row: Row) -> Row:
    """Give what a row should have become."""
    if table == "connection" and row["number"] is None:
        return row | {"number": -1}
    return row
