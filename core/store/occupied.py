"""One desk for an SQLite file: a lock beside it, held for as long as the process lives."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class OccupiedError(Exception):
    """Another process's desk works with this file."""


@contextmanager
def occupying(database: Path) -> Iterator[None]:
    """Have an SQLite file for this desk alone; raises `OccupiedError` while another has it.

    Its writers share one queue and its commits, which they can in one process only. The lock ends
    with the process, however that ends (flock(2)).
    """
    beside = database.with_name(f"{database.name}.desk")
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, database)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, database: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 - there is none on Windows

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode() or "unknown"
        raise OccupiedError(
            f"another `callboard run` (process {holder}) works with {database}. An SQLite file"
            " serves one desk: stop that one first; or name a PostgreSQL database in"
            " CALLBOARD_DATABASE_URL, which serves any number of them"
        ) from None
