"""Many rows in one statement, on either database: what is written, what stays, what is given."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from core.store.bulk import Insertion, Lookup, Rewrite
from core.store.database import BusyError
from core.store.slices import SLICE
from core.store.store import Store
from core.store.tables import DueRow, PulseRow, SubmissionRow
from tests.desks import START, Scene
from tests.store.rows import add_place, add_reservation, hours

SUBMISSIONS = Insertion(SubmissionRow, columns=("key", "answer", "made_at"))
ANSWERS = Rewrite(SubmissionRow, by=("key",), columns=("answer",), alike=("made_at",))
KNOWN = Lookup(SubmissionRow, by=("key",), columns=("key", "answer"))
PULSE = Insertion(PulseRow, columns=("name", "beat_at"), once=("name",), updated=("beat_at",))


@contextmanager
def writing(scene: Scene) -> Iterator[Connection]:
    with scene.desk.database.writing(patience=5) as connection:
        yield connection


def submissions(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT key, answer FROM submission"))
    return {row.key: row.answer for row in rows}


def beats(store: Store, _: datetime, number: int) -> list[datetime]:
    found = [store.records.last_beat(f"{n}") for n in range(number)]
    return [at for at in found if at is not None]


async def test_more_rows_than_fit_a_statement_are_written_and_found(scene: Scene) -> None:
    many = 2 * SLICE + 1
    with writing(scene) as connection:
        SUBMISSIONS.run(connection, [(f"key {n}", f"{n}", START) for n in range(many)])
        rewritten = ANSWERS.run(
            connection, [(f"key {n}", f"new {n}") for n in range(many)], alike=(START,)
        )
        found = dict(KNOWN.run(connection, [(f"key {n}",) for n in range(many)]))

    assert {f"key {n}" for n in range(many)} == set(rewritten)
    assert {f"key {n}": f"new {n}" for n in range(many)} == found


async def test_no_rows_are_no_statement(scene: Scene) -> None:
    with writing(scene) as connection:
        SUBMISSIONS.run(connection, [])
        assert [] == ANSWERS.run(connection, [], alike=(START,))
        assert [] == list(KNOWN.run(connection, []))


async def test_a_row_that_is_not_as_it_must_be_stays_and_is_not_given(scene: Scene) -> None:
    guarded = Rewrite(SubmissionRow, by=("key",), columns=("answer",), only=("made_at",))
    with writing(scene) as connection:
        SUBMISSIONS.run(connection, [("a", "old", START), ("b", "old", START + timedelta(1))])
        given = guarded.run(connection, [("a", "new"), ("b", "new"), ("c", "new")], only=(START,))
        kept = submissions(connection)

    assert ["a"] == given
    assert {"a": "new", "b": "old"} == kept


async def test_instants_are_kept_as_every_other_statement_keeps_them(scene: Scene) -> None:
    """Whatever zone they come in, and with or without a fraction of a second."""
    elsewhere = timezone(timedelta(hours=5, minutes=45))
    instants = [
        START,
        START.replace(microsecond=1),
        datetime(2026, 12, 1, 3, 4, 5, tzinfo=elsewhere),
    ]
    with writing(scene) as connection:
        PULSE.run(connection, [(f"{n}", at) for n, at in enumerate(instants)])

    found = await scene.desk.read(beats, len(instants))
    assert instants == found
    assert {UTC} == {at.tzinfo for at in found}


async def test_of_a_row_that_is_there_only_what_is_named_is_set(scene: Scene) -> None:
    with writing(scene) as connection:
        PULSE.run(connection, [("clock", START)])
        PULSE.run(connection, [("clock", START + timedelta(hours=1)), ("gate", START)])

    assert START + timedelta(hours=1) == await scene.desk.read(
        lambda store, _: store.records.last_beat("clock")
    )


async def test_columns_that_are_not_named_get_what_the_model_gives_them(scene: Scene) -> None:
    with writing(scene) as connection:
        made = add_reservation(connection, add_place(connection), hours(0, 1))
        Insertion(DueRow, columns=("reservation_id", "kind", "due_at")).run(
            connection, [(made, "over", START)]
        )
        row = connection.execute(text("SELECT lead, tries FROM due")).one()

    assert (0, 0) == tuple(row)


async def test_what_the_database_refuses_is_sqlalchemys_error(scene: Scene) -> None:
    row = ("a", "once", START)

    def twice() -> None:
        with writing(scene) as connection:
            SUBMISSIONS.run(connection, [row])
            SUBMISSIONS.run(connection, [row])

    with pytest.raises(IntegrityError):
        twice()

    with writing(scene) as connection:
        assert {} == submissions(connection)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_connection_that_is_lost_is_said_and_not_used_again(
    scene: Scene, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def lose() -> None:
        with writing(scene) as connection:
            number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (number,))
            SUBMISSIONS.run(connection, [("a", "lost", START)])

    with pytest.raises(BusyError):
        lose()

    with writing(scene) as connection:
        assert {} == submissions(connection)
    assert [] == [one for one in caplog.records if one.levelno >= logging.ERROR]
