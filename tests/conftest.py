"""Fixtures for the whole suite: databases of either kind, a clock, a desk, a scene."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import hypothesis
import pytest

from core.store.desk import Desk
from tests.databases import (
    PostgresDatabases,
    PostgresMissingError,
    SqliteFiles,
    postgres_server,
)
from tests.desks import Clock, Scene, open_desk, set_scene
from tests.requirements import require

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ci")

BOTH = ["sqlite", "postgresql"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--stress`, for the large numbers."""
    parser.addoption("--stress", action="store_true", help="run races and faults in large numbers")


@pytest.fixture(scope="session")
def stress(request: pytest.FixtureRequest) -> bool:
    """Tell whether the large numbers are wanted."""
    return bool(request.config.getoption("--stress"))


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Give SQLite databases."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """Give PostgreSQL databases, or skip where there is no server to be had."""
    with ExitStack() as stack:
        try:
            databases = stack.enter_context(postgres_server())
        except PostgresMissingError as missing:
            require("PostgreSQL", available=False, why=str(missing))
        yield databases


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give a migrated database of its own to a test, once of each kind; its tables are to stay."""
    if request.param == "sqlite":
        files: SqliteFiles = request.getfixturevalue("sqlite_files")
        yield files.fresh()
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    url = databases.fresh()
    yield url
    databases.give_back(url)


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give a database without tables to a test, once of each kind."""
    if request.param == "sqlite":
        files: SqliteFiles = request.getfixturevalue("sqlite_files")
        yield files.empty()
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
def clock() -> Clock:
    """Give a clock that the test moves."""
    return Clock()


@pytest.fixture
def desk(database_url: str, clock: Clock) -> Iterator[Desk]:
    """Give a desk on either database."""
    with open_desk(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def scene(desk: Desk, clock: Clock) -> Scene:
    """Give a desk with an operator and a server."""
    return await set_scene(desk, clock)
