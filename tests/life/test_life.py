"""A desk's whole life, in any order that can be thought of, held against a model."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.databases import PostgresDatabases, SqliteFiles
from tests.life.machine import Life


def _live(fresh_url: Callable[[], str], lives: int, steps: int, *, shrinks: bool) -> None:
    machine = type("LifeOnDatabase", (Life,), {"fresh_url": staticmethod(fresh_url)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # a step takes milliseconds, and to find the shortest life that fails takes minutes
            phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if shrinks else [])],
        ),
    )


def test_a_life_on_sqlite(sqlite_files: SqliteFiles, *, stress: bool) -> None:
    lives, steps = (2000, 100) if stress else (36, 30)
    _live(sqlite_files.fresh, lives, steps, shrinks=stress)


def test_a_life_on_postgresql(postgres_databases: PostgresDatabases, *, stress: bool) -> None:
    lives, steps = (300, 100) if stress else (10, 30)
    _live(postgres_databases.fresh, lives, steps, shrinks=stress)
