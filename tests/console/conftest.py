"""A desk with somebody at its console."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.sitting import Sitting, sit_down
from tests.databases import SqliteFiles
from tests.desks import Scene


@pytest.fixture
def database_url(sqlite_files: SqliteFiles) -> str:
    """Give an SQLite database: what differs between the databases lies below the console."""
    return sqlite_files.fresh()


@pytest.fixture
async def olga(scene: Scene, tmp_path: Path) -> Sitting:
    """Give the operator at a console."""
    return sit_down(scene, tmp_path)
