"""What tests share: both databases, a clock that they move, a desk, and a scene on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.store.desk import Desk
from tests.databases import (
    PostgresMissingError,
    PostgresServer,
    migrated_file,
    postgres_server,
)
from tests.desks import Clock, Scene, open_desk, set_scene
from tests.requirements import require


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that makes races longer."""
    parser.addoption("--stress", action="store_true", help="run races and cancellations for long")


@pytest.fixture(scope="session")
def stress(pytestconfig: pytest.Config) -> int:
    """Give the factor by which a test that looks for races takes longer."""
    return 20 if pytestconfig.getoption("--stress") else 1


@dataclass(frozen=True)
class Postgres:
    """The server of this test run; None where there is none, and why."""

    server: PostgresServer | None
    why: str = ""

    @contextmanager
    def database(self, *, migrated: bool) -> Iterator[str]:
        """Make a database for a test, which is skipped where there can be none."""
        require("PostgreSQL", self.server is not None, self.why)
        assert self.server is not None
        with self.server.database(migrated=migrated) as url:
            yield url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run one PostgreSQL server for all tests."""
    with ExitStack() as stack:
        try:
            made = Postgres(stack.enter_context(postgres_server()))
        except PostgresMissingError as missing:
            made = Postgres(None, str(missing))
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a migrated database of this test's own, on either kind."""
    if request.param == "sqlite":
        path = tmp_path / "callboard.db"
        path.write_bytes(migrated_file())
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(migrated=True) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database without tables, on either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'callboard.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(migrated=False) as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    """Give a clock that the test moves."""
    return Clock()


@pytest.fixture
def desk(database_url: str, clock: Clock) -> Iterator[Desk]:
    """Open a desk."""
    with open_desk(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def scene(desk: Desk, clock: Clock) -> Scene:
    """Put an operator and a server on the desk."""
    return await set_scene(desk, clock)
