"""Fixtures for tests that go past the desk: a database, and a transaction that writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from core.store.database import Database, open_database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give either database, opened."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """Give a transaction on it."""
    with database.writing(patience=5) as opened:
        yield opened
