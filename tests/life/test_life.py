"""A desk's whole life, in any order that can be thought of, held against a model."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.databases import PostgresDatabases, SqliteFiles
from tests.life.machine import Life


@pytest.fixture
def often(request: pytest.FixtureRequest, stress: bool) -> settings:
    """Say how many lives of how many steps."""
    lives, steps = (2000, 100) if stress else (request.param, 40)
    return settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("often", [60], indirect=True, ids=["60"])
def test_a_life_on_sqlite(sqlite_files: SqliteFiles, often: settings) -> None:
    run_state_machine_as_test(lambda: Life(sqlite_files.fresh()), settings=often)


@pytest.mark.parametrize("often", [20], indirect=True, ids=["20"])
def test_a_life_on_postgresql(postgres_databases: PostgresDatabases, often: settings) -> None:
    run_state_machine_as_test(lambda: Life(postgres_databases.fresh()), settings=often)
