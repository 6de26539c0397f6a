"""A PostgreSQL of this folder's own, that keeps what it acknowledged and can be restarted."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.databases import PostgresDatabases, postgres_server

_PATIENCE = "60"  # seconds, for a machine that is busy


@dataclass(frozen=True)
class Postgres:
    """A server whose `folder` holds its socket and its data."""

    databases: PostgresDatabases
    folder: Path

    @property
    def socket(self) -> Path:
        """Give the socket that it listens on."""
        return self.folder / ".s.PGSQL.5432"

    def fresh(self) -> str:
        """Give the URL of a migrated database of its own, that keeps what it acknowledged."""
        url = self.databases.fresh()
        name = make_url(url).database
        self.order(f"ALTER DATABASE {name} SET synchronous_commit = on")
        return url

    @contextmanager
    def elsewhere(self, folder: Path) -> Iterator[str]:
        """Give the URL of a migrated database that lies in a folder of its own."""
        if user := _user():
            shutil.chown(folder, user)
        inside = folder / "space"
        inside.mkdir()
        if user:
            shutil.chown(inside, user)
        self.order(f"CREATE TABLESPACE elsewhere LOCATION '{inside}'")
        self.order("CREATE DATABASE elsewhere TEMPLATE template_desk TABLESPACE elsewhere")
        try:
            yield f"postgresql://postgres@/elsewhere?host={self.folder}&port=5432"
        finally:
            self.order("DROP DATABASE elsewhere WITH (FORCE)")
            self.order("DROP TABLESPACE elsewhere")

    def order(self, statement: str) -> None:
        """Carry out a statement outside of any transaction."""
        url = f"postgresql://postgres@/postgres?host={self.folder}&port=5432"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def restart(self, away: float) -> None:
        """Have it stop as by a crash, and start again so many seconds later."""
        data = self.folder / "data"
        pid = (data / "postmaster.pid").read_text().split()[0]
        control = str(Path(f"/proc/{pid}/exe").readlink().parent / "pg_ctl")
        options = shlex.join(shlex.split((data / "postmaster.opts").read_text())[1:])
        common = (control, "-w", "-t", _PATIENCE, "-D", str(data))
        self._run(*common, "-m", "immediate", "stop")
        time.sleep(away)
        self._run(*common, "-l", str(self.folder / "log"), "-o", options, "start")

    def _run(self, *command: str) -> None:
        with (self.folder / "output").open("a") as output:
            subprocess.run(  # noqa: S603 - a program beside the one that runs, arguments of ours
                command, check=True, cwd=self.folder, stdout=output, stderr=output, user=_user()
            )


def _user() -> str | None:
    """Say as whom it runs, if not as us: PostgreSQL refuses to run as root."""
    return "nobody" if sys.platform != "win32" and os.geteuid() == 0 else None


def through(url: str, port: int) -> str:
    """Give the URL of the same database by way of a port on loopback."""
    return f"postgresql://postgres@127.0.0.1:{port}/{make_url(url).database}?sslmode=disable"


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """Run a server; raises `PostgresMissingError` where it cannot be had."""
    with postgres_server() as databases:
        url = databases.fresh()
        yield Postgres(databases, Path(str(make_url(url).query["host"])))
