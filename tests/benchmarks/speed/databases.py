"""Databases for benchmarks, with the settings of a real one: what is committed is on the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.databases import SqliteFiles, postgres_server


class Databases(Protocol):
    """Where databases come from."""

    def fresh(self) -> str:
        """Give the URL of a migrated database of its own."""


@contextmanager
def each_kind() -> Iterator[dict[str, Databases]]:
    """Give what makes databases of either kind, by its name."""
    with (
        tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder,
        postgres_server(durable=True) as postgres,
    ):
        yield {"SQLite": SqliteFiles(Path(folder)), "PostgreSQL": postgres}
