"""A database of an older release keeps every row when it is brought to this one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from operator import itemgetter

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, Table, insert, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from core.store import schema, veto
from core.store.database import Database, open_database
from core.store.schema import SchemaState, known_revisions, state, upgrade
from tests.store.catalogue import catalogue, wipe

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(days=3)
LATER = SOON + timedelta(hours=2)

# what every release since the first has had a place for
ROWS: dict[str, dict[str, object]] = {
    "workspace": {
        "id": 1,
        "kind": "slack",
        "external_id": "T1",
        "name": "Stage",
        "zone": "UTC",
        "reminders": "[900]",
        "made_at": NOW,
    },
    "person": {"id": 1, "name": "Hanna", "email": "", "made_at": NOW},
    "account": {"id": 1, "workspace_id": 1, "person_id": 1, "external_id": "U1"},
    "recipient": {
        "reservation_id": 1,
        "number": 1,
        "route": "email",
        "address": "ann@example.org",
        "name": "Ann",
        "digest": "d",
        "told": "confirmed",
        "told_revision": 1,
        "removed": False,
        "suppressed": "",
        "passcode_sealed": "",
        "passcode_digest": "",
        "listed_at": NOW,
        "was_new": False,
    },
}
RESERVATION: dict[str, object] = {
    "id": 1,
    "code": "K7Q-2MF",
    "workspace_id": 1,
    "holder_id": 1,
    "server_id": 1,
    "starts_at": SOON,
    "ends_at": LATER,
    "busy_from": SOON,
    "busy_until": LATER,
    "viewers": 0,
    "live": True,
    "status": "confirmed",
    "title": "Evening show",
    "description": "",
    "notification_policy": "on_permit",
    "credential_mode": "none",
    "watch_user": "",
    "passcode_sealed": "",
    "stream_key_sealed": "",
    "stream_key_digest": "",
    "reminders": "[900]",
    "revision": 1,
    "access_serial": 0,
    "reply_to": "",
    "uid": "u@callboard",
    "made_at": NOW,
}
DUES: list[dict[str, object]] = [
    {"reservation_id": 1, "kind": kind, "lead": lead, "due_at": due_at, "tries": tries}
    for kind, lead, due_at, tries in (
        ("deadline_reminder", 0, SOON - timedelta(hours=28), 0),
        ("deadline", 0, SOON - timedelta(hours=24), 0),
        ("reminder", 86400, SOON - timedelta(days=1), 0),
        ("reminder", 900, SOON - timedelta(minutes=15), 2),
        ("stream_key", 0, SOON - timedelta(minutes=15), 0),
        ("report", 0, NOW, 16),
        ("over", 0, LATER, 0),
        ("erasure", 0, LATER + timedelta(days=30), 0),
    )
]
DELIVERY: dict[str, object] = {
    "id": 3,
    "reservation_id": 1,
    "number": 1,
    "route": "email",
    "kind": "announcement",
    "done": "",
    "lead": 0,
    "state": "sent",
    "revision": 1,
    "level": "confirmed",
    "from_revision": 0,
    "from_level": "nothing",
    "not_before": NOW,
    "expires_at": LATER,
    "attempts": 1,
    "lease_until": None,
    "lease_token": "",
    "composed_at": NOW,
    "handed_over_at": NOW,
    "doubtful": False,
    "ended_at": NOW,
    "reason": "",
    "external_id": "C1:1700000000.000100",
    "made_at": NOW,
}
DELIVERIES = [
    DELIVERY,
    DELIVERY
    | {"id": 7, "kind": "change", "state": "sending", "revision": 2, "from_revision": 1}
    | {"from_level": "confirmed", "lease_until": NOW, "lease_token": "t", "attempts": 4}
    | {"doubtful": True, "ended_at": None, "reason": "it may have arrived", "external_id": ""},
    DELIVERY
    | {"id": 8, "kind": "reminder", "state": "queued", "lead": 900, "level": "", "attempts": 0}
    | {"composed_at": None, "handed_over_at": None, "ended_at": None, "external_id": ""},
    DELIVERY
    | {"id": 12, "route": "slack", "kind": "receipt", "done": "cancelled", "state": "failed"}
    | {"reason": "channel_not_found", "external_id": ""},
]


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    database = open_database(empty_database_url)
    yield database
    database.dispose()


@pytest.mark.parametrize("release", known_revisions()[:-1])
def test_no_row_is_lost_on_the_way_from_an_older_release(empty: Database, release: str) -> None:
    with empty.writing(patience=5) as connection:
        _make(connection, release)
        before = _fill(connection)
    assert SchemaState.BEHIND is state(empty)

    upgrade(empty)

    assert SchemaState.AT_HEAD is state(empty)
    with empty.writing(patience=5) as connection:
        after = _contents(connection)
        by_migrations = catalogue(connection)
        _put(connection, "due", DUES[-1] | {"kind": "release"})
        _put(connection, "delivery", DELIVERY | {"id": 13, "kind": "no_show"})
        wipe(connection)
        assert veto.VETO
        SQLModel.metadata.create_all(connection)
        declared = catalogue(connection)
    assert {"due": len(DUES), "delivery": len(DELIVERIES)} == {
        table: len(before[table]) for table in ("due", "delivery")
    }
    for table, rows in before.items():
        assert rows == [{name: row[name] for name in rows[0]} for row in after[table]], (
            f"{table} is another than before"
        )
    assert declared == by_migrations


def test_a_connection_written_down_twice_runs_once_afterwards(empty: Database) -> None:
    one = {
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
        _make(connection, "0004")
        _fill(connection)
        for other in ({}, {}, {"number": 2}, {"number": 2}, {"client": "8"}, {"ended_at": LATER}):
            _put(connection, "connection", one | other)

    upgrade(empty)

    with empty.writing(patience=5) as connection:
        rows = sorted(_contents(connection)["connection"], key=itemgetter("id"))
        with pytest.raises(IntegrityError):
            _put(connection, "connection", one | {"number": -1})
    assert [-1, -1, 2, 2, -1, -1] == [row["number"] for row in rows]
    ended = [bool(row["ended_at"]) for row in rows]
    assert [True, False, True, False, False, True] == ended


def _make(connection: Connection, release: str) -> None:
    config: Config = schema._config()  # noqa: SLF001 - nobody else goes to an older release
    config.attributes["connection"] = connection
    command.upgrade(config, release)


def _fill(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Put a row into each table that a reservation needs, and give all that is there."""
    _put(connection, "workspace", ROWS["workspace"])
    _put(connection, "person", ROWS["person"])
    _put(connection, "account", ROWS["account"])
    _put(connection, "server", _server(connection))
    _put(connection, "reservation", RESERVATION)
    _put(connection, "recipient", ROWS["recipient"])
    for due in DUES:
        _put(connection, "due", due)
    for delivery in DELIVERIES:
        _put(connection, "delivery", delivery)
    return {table: rows for table, rows in _contents(connection).items() if rows}


def _server(connection: Connection) -> dict[str, object]:
    """Make a server of whatever columns that release has."""
    table = Table("server", MetaData(), autoload_with=connection)
    values: dict[str, object] = {"id": 1, "name": "Studio", "kind": "link", "zone": "UTC"}
    for column in table.columns:
        if column.name not in values and not column.nullable:
            values[column.name] = _something(column.type.python_type)
    return values | {"max_streams": 2, "notification_policy": "on_permit", "longest_busy": 7200}


def _something(kind: type) -> object:
    return {bool: False, int: 1, str: "", datetime: NOW}[kind]


def _put(connection: Connection, name: str, values: dict[str, object]) -> None:
    connection.execute(insert(Table(name, MetaData(), autoload_with=connection)).values(values))


def _contents(connection: Connection) -> dict[str, list[dict[str, object]]]:
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    tables = [Table(name, MetaData(), autoload_with=connection) for name in names]
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in tables
    }
