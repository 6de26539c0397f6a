"""Connections that the gate admitted, as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row
from sqlalchemy import Connection as Database
from sqlmodel import col, select, update

from core.model.gate import Access
from core.model.recipient import HOLDER
from core.store.bulk import Insertion
from core.store.slices import sliced
from core.store.tables.connections import NOBODY, ONCE, OPEN, ConnectionRow

_ERASED = "erased "
_SIGHTED = Insertion(
    ConnectionRow,
    columns=(*ONCE, "server_id", "access_serial", "admitted_at", "seen_at"),
    once=ONCE,
    where=str(OPEN),
    updated=("seen_at", "access_serial"),
)


class Admitted(NamedTuple):
    """A connection to be kept, or one watcher where a server has no connections (HLS)."""

    server_id: int
    reservation_id: int
    access: Access
    client: str
    number: int | None
    access_serial: int
    address_digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Departed:
    """A connection that has ended, by its server's own name for it."""

    server_id: int
    access: Access
    client: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenConnection:
    """A connection that is not known to have ended."""

    id: int
    access: Access
    client: str
    reservation_id: int
    number: int | None
    access_serial: int
    address_digest: str
    admitted_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Aired:
    """What went out: when somebody first published, and last; how many watched.

    `until` is None while somebody publishes.
    """

    since: datetime | None
    until: datetime | None
    watchers: int


class Connections:
    """Named queries on connections."""

    def __init__(self, connection: Database) -> None:
        self._connection = connection

    def publishing(self, reservation_id: int) -> tuple[OpenConnection, ...]:
        """List who publishes a reservation's stream."""
        return self._open(
            col(ConnectionRow.reservation_id) == reservation_id,
            col(ConnectionRow.access) == Access.PUBLISH.value,
        )

    def open_on(self, server_id: int) -> tuple[OpenConnection, ...]:
        """List the connections to a server that are not known to have ended."""
        return self._open(
            col(ConnectionRow.server_id) == server_id,
            col(ConnectionRow.client) > "",  # put so, an index serves it
        )

    def end(self, ids: Sequence[int], at: datetime | None = None) -> None:
        """Note that connections have ended: then, or None for when they were last seen."""
        for some in sliced(ids):
            self._connection.execute(
                update(ConnectionRow)
                .where(col(ConnectionRow.id).in_(some), col(ConnectionRow.ended_at).is_(None))
                .values(ended_at=at or col(ConnectionRow.seen_at))
            )

    def end_all(self, reservation_id: int, at: datetime) -> None:
        """Note that nothing of a reservation's is running any more."""
        self._connection.execute(
            update(ConnectionRow)
            .where(
                col(ConnectionRow.reservation_id) == reservation_id,
                col(ConnectionRow.client) != "",
                col(ConnectionRow.ended_at).is_(None),
            )
            .values(ended_at=at)
        )

    def depart(self, departed: Iterable[Departed]) -> None:
        """Note that connections have ended, by their servers' own names for them."""
        for one in departed:
            self._connection.execute(
                update(ConnectionRow)
                .where(
                    col(ConnectionRow.server_id) == one.server_id,
                    col(ConnectionRow.client) == one.client,
                    col(ConnectionRow.access) == one.access.value,
                    col(ConnectionRow.admitted_at) <= one.at,
                    col(ConnectionRow.ended_at).is_(None),
                )
                .values(ended_at=one.at, seen_at=one.at)
            )

    def see(self, ids: Sequence[int], at: datetime) -> None:
        """Note that connections are running."""
        for some in sliced(ids):
            self._connection.execute(
                update(ConnectionRow).where(col(ConnectionRow.id).in_(some)).values(seen_at=at)
            )

    def sight(self, admitted: Sequence[Admitted]) -> None:
        """Keep who is there: each once, and when it was last seen."""
        rows = {_once(one): one for one in admitted}
        # always in the same order: of two processes with the same rows neither waits for both
        ordered = [
            (*once, one.server_id, one.access_serial, one.at, one.at)
            for once, one in sorted(rows.items(), key=itemgetter(0))
        ]
        _SIGHTED.run(self._connection, ordered)

    def aired(self, reservation_id: int) -> Aired:
        """Say what went out of a reservation's stream.

        A watcher is a recipient where everybody has their own credentials, else an address.
        """
        rows = self._connection.execute(
            select(ConnectionRow.admitted_at, ConnectionRow.seen_at, ConnectionRow.ended_at).where(
                *_of(reservation_id, Access.PUBLISH)
            )
        ).all()
        since = min((row.admitted_at for row in rows), default=None)
        until = max((row.ended_at or row.seen_at for row in rows), default=None)
        running = any(row.ended_at is None for row in rows)
        watchers = self._connection.execute(
            select(col(ConnectionRow.number), col(ConnectionRow.address_digest))
            .where(*_of(reservation_id, Access.WATCH))
            .distinct()
        )
        people = {
            row.address_digest if row.number == NOBODY else row.number
            for row in watchers
            if row.number != HOLDER
        }
        return Aired(since, None if running else until, len(people))

    def erase(self, reservation_id: int) -> None:
        """Forget what could tell whose addresses they were; that they were several stays."""
        digests = (
            self._connection.execute(
                select(col(ConnectionRow.address_digest))
                .where(col(ConnectionRow.reservation_id) == reservation_id)
                .distinct()
            )
            .scalars()
            .all()
        )
        left = [digest for digest in sorted(digests) if not digest.startswith(_ERASED)]
        # a second time over, nobody new is taken for somebody of the first
        for count, digest in enumerate(left, 1 + len(digests) - len(left)):
            self._connection.execute(
                update(ConnectionRow)
                .where(
                    col(ConnectionRow.reservation_id) == reservation_id,
                    col(ConnectionRow.address_digest) == digest,
                )
                .values(address_digest=f"{_ERASED}{count}")
            )

    def _open(self, *conditions: ColumnElement[bool]) -> tuple[OpenConnection, ...]:
        rows = self._connection.execute(
            select(ConnectionRow)
            .where(*conditions, col(ConnectionRow.ended_at).is_(None))
            .order_by(col(ConnectionRow.id))
        )
        return tuple(_open_connection(row) for row in rows)


def _once(one: Admitted) -> tuple[Any, ...]:
    """Give what tells one from another, as `ONCE` names it."""
    number = NOBODY if one.number is None else one.number
    return one.reservation_id, one.access.value, one.client, one.address_digest, number


def _of(reservation_id: int, access: Access) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ConnectionRow.reservation_id) == reservation_id,
        col(ConnectionRow.access) == access.value,
    )


def _open_connection(row: Row[ConnectionRow]) -> OpenConnection:
    return OpenConnection(
        id=row.id,
        access=Access(row.access),
        client=row.client,
        reservation_id=row.reservation_id,
        number=None if row.number == NOBODY else row.number,
        access_serial=row.access_serial,
        address_digest=row.address_digest,
        admitted_at=row.admitted_at,
        seen_at=row.seen_at,
    )
