"""The migrations make the schema that is declared, whole or not at all, whoever runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from core.store import schema, veto
from core.store.database import Database, open_database
from core.store.schema import SchemaState, SchemaUnknownError, state, upgrade
from tests.store.catalogue import catalogue, wipe

AT_ONCE = 3
ROOT = Path(__file__).parents[2]

UPGRADE = """
import sys
from core.store.database import open_database
from core.store.schema import upgrade
database = open_database(sys.argv[1])
upgrade(database)
database.dispose()
"""
LOOK = """
import sys
from core.store.database import open_database
from core.store.schema import SchemaState, state, upgrade
database = open_database(sys.argv[1])
upgrade(database)
assert state(database) is SchemaState.AT_HEAD
database.dispose()
assert "alembic" not in sys.modules
"""


@pytest.fixture
def migrated(empty: Database) -> Database:
    upgrade(empty)
    return empty


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    database = open_database(empty_database_url)
    yield database
    database.dispose()


def declare(connection: Connection) -> None:
    """Make the tables and the veto as they are declared, without migrations."""
    assert veto.VETO  # importing it puts the veto beside the tables
    SQLModel.metadata.create_all(connection)


def test_a_migrated_schema_equals_the_declared_one(migrated: Database) -> None:
    with migrated.writing(patience=5) as connection:
        by_migrations = catalogue(connection)
        wipe(connection)
        declare(connection)
        declared = catalogue(connection)

    assert declared == by_migrations
    assert all(declared.values())  # every kind of thing was looked at


@pytest.mark.parametrize(
    "alteration",
    [
        "DROP TRIGGER reservation_veto_update{on}",
        "DROP INDEX ix_due_at",
        "ALTER TABLE server ADD COLUMN more INTEGER",
        "ALTER TABLE person RENAME COLUMN email TO mail",
    ],
)
def test_a_difference_would_be_seen(migrated: Database, alteration: str) -> None:
    on = "" if migrated.is_sqlite else " ON reservation"
    with migrated.writing(patience=5) as connection:
        before = catalogue(connection)
        connection.execute(text(alteration.format(on=on)))

        assert catalogue(connection) != before


def test_alembic_finds_nothing_to_migrate(migrated: Database) -> None:
    with migrated.writing(patience=5) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )

        assert compare_metadata(context, SQLModel.metadata) == []


def test_an_empty_database_is_brought_to_this_release(
    empty: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    assert state(empty) is SchemaState.EMPTY

    upgrade(empty)

    assert state(empty) is SchemaState.AT_HEAD
    assert capfd.readouterr() == ("", "")


def test_upgrading_again_changes_nothing(migrated: Database) -> None:
    with migrated.reading(patience=5) as connection:
        before = catalogue(connection)

    upgrade(migrated)

    with migrated.reading(patience=5) as connection:
        assert catalogue(connection) == before


def test_several_processes_may_upgrade_at_once(empty_database_url: str, empty: Database) -> None:
    command = [sys.executable, "-W", "error", "-c", UPGRADE, empty_database_url]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own
        for _ in range(AT_ONCE)
    ]
    complaints = [process.communicate(timeout=60)[1] for process in processes]

    assert complaints == [""] * AT_ONCE
    assert state(empty) is SchemaState.AT_HEAD


def test_an_upgrade_that_breaks_off_leaves_the_database_as_it_was(empty: Database) -> None:
    with empty.writing(patience=5) as connection:
        connection.execute(text("CREATE TABLE delivery (id INTEGER)"))  # in the way of the last

    with pytest.raises(DBAPIError, match="already exists"):
        upgrade(empty)

    with empty.reading(patience=5) as connection:
        assert inspect(connection).get_table_names() == ["delivery"]


def test_a_database_of_a_newer_release_is_left_alone(migrated: Database) -> None:
    with migrated.writing(patience=5) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert state(migrated) is SchemaState.UNKNOWN
    with pytest.raises(SchemaUnknownError, match="newer release"):
        upgrade(migrated)


def test_tables_that_no_migration_made_are_left_alone(empty: Database) -> None:
    with empty.writing(patience=5) as connection:
        declare(connection)

    assert state(empty) is SchemaState.UNKNOWN


def test_a_database_of_an_older_release_is_behind(
    migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "HEAD", "one that is still to be written")

    assert state(migrated) is SchemaState.BEHIND


def test_knows_its_newest_migration_without_asking_alembic() -> None:
    assert schema.known_revisions()[-1] == schema.HEAD


def test_a_start_that_finds_all_well_does_not_load_alembic(database_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", LOOK, database_url]

    done = subprocess.run(  # noqa: S603 - our own
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
