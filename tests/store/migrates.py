"""A process that brings a database to this release, and may stop half-way to be killed there.

Run as `python -m tests.store.migrates URL [STATEMENT]`; it says when it is ready, and begins when
it is written a line. Before the statement of that number, and before the commit, it says where it
is and waits for a line again.
"""

from __future__ import annotations

import sys
from itertools import count

from sqlalchemy import event

from core.store.database import Database, open_database
from core.store.schema import upgrade

READY, THERE, COMMITTING = "ready\n", "there\n", "committing\n"


def stop_before(database: Database, statement: int) -> None:
    """Have it stop before a statement."""
    statements = count(1)

    @event.listens_for(database.writer, "before_cursor_execute")
    def counted(*_: object) -> None:
        if next(statements) == statement:
            wait(THERE)

    @event.listens_for(database.writer, "commit")
    def committed(_: object) -> None:
        wait(COMMITTING)


def wait(say: str) -> None:
    """Say something, and wait for an answer."""
    sys.stdout.write(say)
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    opened = open_database(sys.argv[1])
    if len(sys.argv) > 2:
        stop_before(opened, int(sys.argv[2]))
    wait(READY)
    upgrade(opened)
    opened.dispose()
