"""Databases of either kind with many reservations in them, each with what goes with one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import text

from core.store.database import open_database
from core.store.veto import veto_ddl
from tests.benchmarks.many_reservations import code, people

# one of each, so that an index that is missing would show; all of it past or long told
_BESIDE = (
    """INSERT INTO revision (reservation_id, number, status, facts, actor_id, made_at)
       SELECT id, 1, 'confirmed', '{}', 1, made_at FROM reservation""",
    """INSERT INTO recipient (reservation_id, number, route, address, name, digest, told,
           told_revision, removed, suppressed, passcode_sealed, passcode_digest, listed_at,
           was_new, asked)
       SELECT id, 1, 'email', 'fan@example.org', '', 'digest ' || id, 'confirmed', 1, false, '',
           '', '', made_at, false, false FROM reservation""",
    """INSERT INTO delivery (reservation_id, number, route, kind, done, lead, state, revision,
           level, from_revision, from_level, not_before, expires_at, attempts, lease_token,
           doubtful, reason, external_id, made_at)
       SELECT id, 1, 'email', 'announcement', '', 0, 'sent', 1, 'confirmed', 0, 'nothing', made_at,
           ends_at, 0, '', false, '', '', made_at FROM reservation""",
    """INSERT INTO due (reservation_id, kind, lead, due_at, tries)
       SELECT id, 'erasure', 0, ends_at, 0 FROM reservation""",
)
_COLUMNS = """id, code, workspace_id, holder_id, server_id, starts_at, ends_at, busy_from,
    busy_until, viewers, live, status, title, description, notification_policy, credential_mode,
    watch_user, passcode_sealed, passcode_chosen, stream_key_sealed, stream_key_digest, reminders,
    revision, access_serial, reply_to, uid, made_at"""


def store_many(url: str, number: int) -> None:
    """Fill a database that has its tables; the larger one reaches further back, and no more.

    Each server has a slot every two hours, from sixty days ahead on backwards.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    rows = (_row(now, one) for one in range(number))
    if url.startswith("sqlite"):
        _insert(Path(url.removeprefix("sqlite:///")), now, rows)
    else:
        _copy(url, now, rows)
    database = open_database(url)
    with database.writing(patience=10) as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in _BESIDE:
            connection.execute(text(statement))
    with database.writer.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    database.dispose()


def _row(now: datetime, number: int) -> tuple[object, ...]:
    starts_at = now + timedelta(days=60, hours=-2 * (number // 10))
    ends_at = starts_at + timedelta(hours=1)
    start, end = (one.strftime("%Y-%m-%d %H:%M:%S.000000") for one in (starts_at, ends_at))
    first = (number + 1, code(number + 1), 1, 1, number % 10 + 1, start, end, start, end, 0)
    access = ("", "on_permit", "shared", "guest", "", True, "", f"digest {number}")
    stands = (True, "confirmed", "Show") if ends_at > now else (False, "over", "Show")
    return (*first, *stands, *access, "[]", 1, 0, "", f"{number}@callboard", start)


def _insert(path: Path, now: datetime, rows: Iterable[tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER reservation_veto_insert")  # it would take minutes
        for statement, some in people(now):
            connection.executemany(statement, some)
        marks = ", ".join("?" * len(_COLUMNS.split(",")))
        connection.executemany(f"INSERT INTO reservation ({_COLUMNS}) VALUES ({marks})", rows)  # noqa: S608 - our own names
        connection.execute("UPDATE server SET longest_busy = 7200")
        connection.execute(veto_ddl("sqlite")[0])
        connection.commit()


def _copy(url: str, now: datetime, rows: Iterable[tuple[object, ...]]) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SET timezone = UTC")
        connection.execute("SET session_replication_role = replica")  # likewise
        for statement, some in people(now):
            marks = statement.replace("?", "%s").replace(", 0, %s)", ", false, %s)")
            with connection.cursor() as cursor:
                cursor.executemany(marks.encode(), some)
        copy = f"COPY reservation ({_COLUMNS}) FROM STDIN".encode()
        with connection.cursor() as cursor, cursor.copy(copy) as copying:
            for row in rows:
                copying.write_row(row)
        connection.execute("UPDATE server SET longest_busy = 7200")
        for table in ("reservation", "workspace", "person", "server"):
            counter = f"pg_get_serial_sequence('{table}', 'id')"
            highest = f"SELECT setval({counter}, max(id)) FROM {table}"  # noqa: S608 - our own names
            connection.execute(highest.encode())
