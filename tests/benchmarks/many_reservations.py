"""A database file with a million reservations, some of them on the air, made in seconds."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.access.credentials import ALPHABET
from core.access.vault import Vault
from core.model.addresses import path_of
from core.model.reservation import Facts
from core.model.slot import Slot
from core.store.codec import encode, remembered
from core.store.database import open_database
from core.store.reservations import passcode_place
from core.store.schema import upgrade
from core.store.veto import veto_ddl

remembered(Slot)  # as whoever writes a revision has it
_FORMAT = "%Y-%m-%d %H:%M:%S.%f"  # as instants are kept in SQLite
_RESERVATION = """
    INSERT INTO reservation (id, code, workspace_id, holder_id, server_id, starts_at, ends_at,
        busy_from, busy_until, viewers, live, status, title, description, notification_policy,
        credential_mode, watch_user, passcode_sealed, stream_key_sealed, stream_key_digest,
        reminders, revision, access_serial, reply_to, uid, made_at)
    VALUES (?, ?, 1, 1, ?, ?, ?, ?, ?, 0, 1, 'confirmed', 'Show', '', 'on_permit', 'shared',
        'guest', ?, '', ?, '[]', 1, 0, '', ?, ?)"""

_REVISION = """
    INSERT INTO revision (reservation_id, number, status, facts, actor_id, made_at)
    VALUES (?, 1, 'confirmed', ?, 1, ?)"""


@dataclass(frozen=True, slots=True)
class OnAir:
    """A reservation whose slot is on: its path and its credentials."""

    path: str
    passcode: str
    stream_key: str


def fill(path: Path, secret: str, stored: int, on_air: int) -> list[OnAir]:
    """Make the file; of the reservations `on_air` are on now, on server 1, which is nginx."""
    url = f"sqlite:///{path}"
    database = open_database(url)
    upgrade(database)
    database.dispose()
    now = datetime.now(UTC)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER reservation_veto_insert")  # it would take minutes
        for statement, rows in people(now):
            connection.executemany(statement, rows)
        open_now = _on_air(connection, Vault([secret]), now, on_air)
        connection.executemany(_RESERVATION, spread(now, on_air + 1, stored))
        connection.execute("UPDATE server SET longest_busy = 7200")
        connection.execute(veto_ddl("sqlite")[0])
        connection.execute("ANALYZE")
        connection.commit()
    return open_now


def code(number: int) -> str:
    """Give each number a code of its own."""
    drawn = "".join(ALPHABET[number >> shift & 31] for shift in range(25, -1, -5))
    return f"{drawn[:3]}-{drawn[3:]}"


def people(now: datetime) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Give statements that put somebody and ten servers into a database, with their rows."""
    at = now.strftime(_FORMAT)
    workspace = (
        "INSERT INTO workspace (id, kind, external_id, name, made_at, zone, reminders)"
        " VALUES (1, 'console', 'local', 'Console', ?, 'UTC', '[]')"
    )
    person = "INSERT INTO person (id, name, email, made_at) VALUES (1, 'Olga', '', ?)"
    server = (
        "INSERT INTO server (id, name, folded, kind, zone, watch_url, ingest_url, max_streams,"
        " rules, longest_busy, notification_policy, retired, made_at)"
        " VALUES (?, ?, ?, 'nginx-rtmp', 'UTC', 'https://live.example.org/hls/{path}.m3u8',"
        " 'rtmp://live.example.org/live/{path}', 1000,"
        ' \'{"~":"Rules","max_streams":1000}\', 0, \'on_permit\', 0, ?)'
    )
    servers: list[tuple[object, ...]] = [
        (number, f"Studio {number}", f"studio {number}", at) for number in range(1, 11)
    ]
    return [(workspace, [(at,)]), (person, [(at,)]), (server, servers)]


def _on_air(connection: sqlite3.Connection, vault: Vault, now: datetime, count: int) -> list[OnAir]:
    starts_at, ends_at = now - timedelta(minutes=30), now + timedelta(minutes=90)
    rows, made = [], []
    for number in range(1, count + 1):
        one = OnAir(path_of(code(number)), f"PASSC{number:05d}", secrets.token_urlsafe(24))
        uid = f"{number}@callboard"
        sealed = vault.seal(one.passcode, passcode_place(uid))
        rows.append(_row(number, 1, starts_at, ends_at, sealed, vault.digest(one.stream_key)))
        made.append(one)
    connection.executemany(_RESERVATION, rows)
    facts = Facts(
        "Show", "", "Studio 1", Slot(starts_at, ends_at), "UTC", "", "Olga", "", access_serial=0
    )
    said = [(number, encode(facts), now.strftime(_FORMAT)) for number in range(1, count + 1)]
    connection.executemany(_REVISION, said)
    return made


def spread(now: datetime, first: int, last: int) -> list[tuple[object, ...]]:
    """Spread the others over ten servers and two years, none of them on now."""
    rows = []
    for number in range(first, last + 1):
        steps = number // 20 * (1 if number % 2 else -1)
        starts_at = now + timedelta(hours=3 * (1 if number % 2 else -1), minutes=20 * steps / 50)
        ends_at = starts_at + timedelta(hours=1)
        rows.append(_row(number, number % 10 + 1, starts_at, ends_at, "", secrets.token_hex(16)))
    return rows


def _row(  # noqa: PLR0913, PLR0917 - what differs
    number: int, server: int, starts_at: datetime, ends_at: datetime, sealed: str, digest: str
) -> tuple[object, ...]:
    start, end = starts_at.strftime(_FORMAT), ends_at.strftime(_FORMAT)
    uid = f"{number}@callboard"
    return (number, code(number), server, start, end, start, end, sealed, digest, uid, start)
