"""A connection to PostgreSQL that died while it rested is replaced before anybody uses it."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from core.store import database as store_database
from core.store.database import BusyError, Database
from tests.desks import Scene

only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def ask(database: Database) -> int:
    """Ask over whichever connection is next; gives the number of the process that answers."""
    with database.writing(patience=5) as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def end(database_url: str, pid: int) -> None:
    """End a connection as an operator would, and wait until it has ended."""
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    engine.dispose()


@only_postgresql
async def test_one_that_rested_is_asked_whether_it_lives(
    scene: Scene, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_database, "_FRESH", 0.0)
    first = ask(scene.desk.database)
    end(database_url, first)

    assert first != ask(scene.desk.database)


@only_postgresql
async def test_one_that_was_used_a_moment_ago_is_not_and_costs_one_answer(
    scene: Scene, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_database, "_FRESH", 60.0)
    first = ask(scene.desk.database)
    end(database_url, first)

    with pytest.raises(BusyError):
        ask(scene.desk.database)
    assert first != ask(scene.desk.database)
