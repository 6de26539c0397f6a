"""An upgrade that is killed leaves a database as it was; several at once do it once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import pytest

from core.store.database import Database, open_database
from core.store.schema import SchemaState, known_revisions, state
from tests.store.catalogue import catalogue
from tests.store.migrates import COMMITTING, READY, THERE
from tests.store.older import Rows, contents, fill, make
from tests.store.test_migrations import declared, nothing_lost

ROOT = Path(__file__).parents[2]
COPIES = 200
EVERY, EVERY_UNDER_STRESS = 12, 1  # statements
PROCESSES = 4
SOON = 120


@pytest.fixture
def old(empty_database_url: str) -> Iterator[Database]:
    database = open_database(empty_database_url)
    with database.writing(patience=5) as connection:
        make(connection, known_revisions()[0])
        fill(connection, COPIES)
    yield database
    database.dispose()


def test_an_upgrade_that_is_killed_leaves_all_as_it_was(
    old: Database, empty_database_url: str, stress: bool
) -> None:
    with old.reading(patience=5) as connection:
        rows, schema = contents(connection), catalogue(connection)
    said = []
    for statement in count(1, EVERY_UNDER_STRESS if stress else EVERY):
        with migrating(empty_database_url, str(statement)) as process:
            go_on(process)
            said.append(heard(process))
            process.kill()
        assert SchemaState.BEHIND is state(old)
        with old.reading(patience=5) as connection:
            assert schema == catalogue(connection)
            assert rows == contents(connection)
        if said[-1] == COMMITTING:
            break
    assert {THERE} == set(said[:-1])
    assert len(said) > PROCESSES

    with migrating(empty_database_url) as process:
        go_on(process)
        ended_well(process)
    _whole(old, rows)


def test_several_that_upgrade_at_once_do_it_once(old: Database, empty_database_url: str) -> None:
    with old.reading(patience=5) as connection:
        rows = contents(connection)

    with ExitStack() as stack:
        first = stack.enter_context(migrating(empty_database_url, str(EVERY)))
        others = [stack.enter_context(migrating(empty_database_url)) for _ in range(PROCESSES - 1)]
        go_on(first)
        assert THERE == heard(first)
        for other in others:
            go_on(other)
        go_on(first)
        assert COMMITTING == heard(first)
        go_on(first)
        for process in (first, *others):
            ended_well(process)

    _whole(old, rows)


@contextmanager
def migrating(url: str, *statement: str) -> Iterator[subprocess.Popen[str]]:
    """Have another process ready to bring a database to this release."""
    with subprocess.Popen(  # noqa: S603 - our own
        [*(sys.executable, "-W", "error", "-m", "tests.store.migrates"), url, *statement],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert READY == heard(process)
            yield process
        finally:
            process.kill()


def go_on(process: subprocess.Popen[str]) -> None:
    """Have a process go on from where it waits."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> str:
    """Wait for what a process says next."""
    assert process.stdout is not None
    return process.stdout.readline()


def ended_well(process: subprocess.Popen[str]) -> None:
    """Wait for the end of a process."""
    assert process.wait(timeout=SOON) == 0


def _whole(database: Database, rows: Rows) -> None:
    """See that a database is of this release, and has what it had."""
    assert SchemaState.AT_HEAD is state(database)
    with database.reading(patience=5) as connection:
        nothing_lost(rows, contents(connection))
        by_migrations = catalogue(connection)
    assert by_migrations == declared(database)
