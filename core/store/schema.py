"""The schema: of which release a database is, and how it is brought to this one.

Alembic is imported where it is used: most starts only compare two short strings.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from core.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"  # a test holds it against the newest migration

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6361_6C6C  # the advisory lock under which PostgreSQL is migrated
_PATIENCE = 30  # seconds to wait for another process that migrates


class SchemaBehindError(Exception):
    """The database is of another release than this program."""


class SchemaUnknownError(Exception):
    """The database was made by a newer release, or by another program."""


class SchemaState(Enum):
    """How a database's schema stands to this release."""

    EMPTY = "empty"
    BEHIND = "behind"
    AT_HEAD = "at head"
    UNKNOWN = "unknown"


def state(database: Database) -> SchemaState:
    """Look of which release a database is; raises `BusyError` when it cannot be asked."""
    with database.reading(patience=2) as connection:
        return _state(connection)


def upgrade(database: Database) -> None:
    """Bring a database to this release; several processes may ask for it at once.

    One transaction: an upgrade that breaks off leaves the database as it was. Raises `BusyError`
    when another process keeps it for long, and `SchemaUnknownError` where it is not ours to touch.
    """
    with database.writing(patience=_PATIENCE) as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        match _state(connection):
            case SchemaState.AT_HEAD:
                return
            case SchemaState.UNKNOWN:
                raise SchemaUnknownError(
                    "the database is of a newer release than this program, or not Callboard's:"
                    " install that release, or name another database"
                )
            case SchemaState.EMPTY | SchemaState.BEHIND:
                _upgrade(connection)


def known_revisions() -> tuple[str, ...]:
    """List the migrations that this release has, the oldest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - needed for this question alone

    scripts = ScriptDirectory.from_config(_config())
    return tuple(reversed([script.revision for script in scripts.walk_revisions()]))


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - needed for an upgrade alone

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _state(connection: Connection) -> SchemaState:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        return SchemaState.UNKNOWN if "reservation" in tables else SchemaState.EMPTY
    current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current is None:
        return SchemaState.EMPTY
    if current == HEAD:
        return SchemaState.AT_HEAD
    return SchemaState.BEHIND if current in known_revisions() else SchemaState.UNKNOWN


def _config() -> Config:
    from alembic.config import Config as Made  # noqa: PLC0415 - as above

    config = Made()
    # a per cent sign in the path is no reference to another option
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
