"""A desk with years behind it: what is over, what is to come, and all that belongs to each.

However many are stored, the weeks around now look the same: a larger archive reaches further back.
So whatever takes longer on it takes longer because more is stored, and for nothing else. The codes,
digests and UIDs are as scattered as real ones.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from core.access.credentials import ALPHABET
from core.model.people import Actor, Role, WorkspaceKind
from core.model.server import Rules, Server
from core.store.desk import Desk
from core.store.veto import veto_ddl
from core.usecases.servers import ServerKept, add_server
from core.usecases.settings import Account, enter
from tests.benchmarks.speed.children import CHILDREN, in_dialect
from tests.desks import make_server

SERVERS, PEOPLE, STREAMS = 20, 200, 4
AHEAD = 4_000  # of those stored: the weeks to come, a slot every six hours on each server
_HOUR = timedelta(hours=1)
_SCATTERING = 0x2F0B4C27  # odd, so that each number below 2 ** 30 has a code of its own
_COLUMNS = (
    *("id", "code", "workspace_id", "holder_id", "server_id", "starts_at", "ends_at", "busy_from"),
    *("busy_until", "viewers", "live", "status", "title", "description", "notification_policy"),
    *("credential_mode", "watch_user", "passcode_sealed", "passcode_chosen", "stream_key_sealed"),
    *("stream_key_digest", "reminders", "revision", "access_serial", "reply_to", "uid", "made_at"),
)


@dataclass(frozen=True, slots=True)
class Archive:
    """What was stored, by whom it is booked from now on, and where."""

    stored: int
    actor: Actor
    servers: tuple[Server, ...]


async def fill(desk: Desk, stored: int) -> Archive:
    """Fill a desk that is new."""
    actors = [await desk.run(enter, _account(number)) for number in range(PEOPLE)]
    servers = [await _added(desk, actors[0], number) for number in range(SERVERS)]
    rows = _rows(desk.now(), stored, actors, servers)
    if desk.database.is_sqlite:
        _insert(desk.database.url.database or "", rows)
    else:
        _copy(desk.database.url.set(drivername="postgresql").render_as_string(), rows)
    return Archive(stored, actors[0], tuple(servers))


def _account(number: int) -> Account:
    role = Role.MEMBER if number else Role.OPERATOR
    name = f"Person {number}"
    return Account(WorkspaceKind.SLACK, "T0001", "Stage", f"U{number:04d}", name, role)


async def _added(desk: Desk, actor: Actor, number: int) -> Server:
    wanted = make_server(name=f"Studio {number}", rules=Rules(max_streams=STREAMS))
    kept = await desk.run(add_server, actor, wanted)
    assert isinstance(kept, ServerKept), kept
    return kept.server


def _rows(
    now: datetime, stored: int, actors: list[Actor], servers: list[Server]
) -> Iterator[tuple[object, ...]]:
    """Give the reservations, the oldest first: one an hour on each server, and some to come."""
    drawn = random.Random(stored)  # noqa: S311 - the same archive each time, and no secret
    hour = now.replace(minute=0, second=0, microsecond=0)
    past = stored - AHEAD
    for number in range(1, stored + 1):
        back = past - number
        start = hour - _HOUR * (back // SERVERS + 1)
        if back < 0:
            start = hour + _HOUR * (6 * (-back // SERVERS) + 7)
        server = servers[number % SERVERS]
        actor = actors[drawn.randrange(PEOPLE)]
        yield _row(number, start, now, actor, server, drawn)


def _row(  # noqa: PLR0913, PLR0917 - what differs
    number: int, start: datetime, now: datetime, actor: Actor, server: Server, drawn: random.Random
) -> tuple[object, ...]:
    end = start + _HOUR
    live = end > now
    slot = (start, end, start, end, 0)
    who = (number, _code(number), actor.workspace_id, actor.person_id, server.id)
    stands = (live, "confirmed" if live else "over", "Evening show", "", "on_permit")
    sealed = "9538c00e.d_SZaxRwafaNSi6pTeMHcW1nptbWKeTRFWC43PDD9CvhmdEp-Cw"
    digest, uid = f"{drawn.getrandbits(128):032x}", f"{drawn.getrandbits(128):032x}@callboard"
    access = ("shared", "guest", sealed, False, f"{sealed}{digest}", digest)
    return (*who, *slot, *stands, *access, "[86400,900]", 1, 0, "", uid, start - 72 * _HOUR)


def _code(number: int) -> str:
    scattered = number * _SCATTERING % 2**30
    drawn = "".join(ALPHABET[scattered >> shift & 31] for shift in range(25, -1, -5))
    return f"{drawn[:3]}-{drawn[3:]}"


def _insert(path: str, rows: Iterator[tuple[object, ...]]) -> None:
    """Fill an SQLite file; the veto would take minutes, and is put back."""
    places = ", ".join("?" * len(_COLUMNS))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("DROP TRIGGER reservation_veto_insert")
        connection.executemany(
            f"INSERT INTO reservation ({', '.join(_COLUMNS)}) VALUES ({places})",  # noqa: S608 - our own names
            (tuple(map(_kept, row)) for row in rows),
        )
        for statement in CHILDREN:
            connection.execute(in_dialect(statement, "sqlite"))
        connection.execute("UPDATE server SET longest_busy = 7200")
        connection.execute(veto_ddl("sqlite")[0])
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _kept(value: object) -> object:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def _copy(url: str, rows: Iterator[tuple[object, ...]]) -> None:
    """Fill a PostgreSQL database; what it would do by itself within minutes is done at once."""
    columns = ", ".join(_COLUMNS)
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # neither veto nor references
        with cursor.copy(f"COPY reservation ({columns}) FROM STDIN".encode()) as copying:
            for row in rows:
                copying.write_row(row)
        for statement in CHILDREN:
            cursor.execute(in_dialect(statement, "postgresql").encode())
        cursor.execute("UPDATE server SET longest_busy = 7200")
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('reservation', 'id'), max(id)) FROM reservation"
        )
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does in its own time
        cursor.execute("CHECKPOINT")
