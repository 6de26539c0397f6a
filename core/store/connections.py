"""Connections that the gate admitted, as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Row, bindparam, tuple_
from sqlalchemy import Connection as Database
from sqlmodel import col, insert, select, update

from core.model.gate import Access
from core.store.slices import sliced
from core.store.tables import ConnectionRow

_ERASED = "erased "
_Key: TypeAlias = tuple[int, str, str, int | None, str]


@dataclass(frozen=True, slots=True)
class Admitted:
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

    def add(self, admitted: Iterable[Admitted]) -> None:
        """Keep connections that were admitted."""
        rows = [
            {
                "server_id": one.server_id,
                "reservation_id": one.reservation_id,
                "access": one.access.value,
                "client": one.client,
                "number": one.number,
                "access_serial": one.access_serial,
                "address_digest": one.address_digest,
                "admitted_at": one.at,
                "seen_at": one.at,
            }
            for one in admitted
        ]
        if rows:
            self._connection.execute(insert(ConnectionRow), rows)

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
        there = self._there(admitted)
        seen = [
            {"row": number, "at": one.at, "serial": one.access_serial}
            for one in admitted
            if (number := there.get(_key(one))) is not None
        ]
        if seen:
            self._connection.execute(
                update(ConnectionRow)
                .where(col(ConnectionRow.id) == bindparam("row"))
                .values(seen_at=bindparam("at"), access_serial=bindparam("serial")),
                seen,
            )
        self.add(one for one in admitted if _key(one) not in there)

    def _there(self, admitted: Sequence[Admitted]) -> dict[_Key, int]:
        """Find those who are kept already, by what tells one from another."""
        places = {(one.reservation_id, one.access.value, one.address_digest) for one in admitted}
        found: dict[_Key, int] = {}
        for some in sliced(sorted(places)):
            rows = self._connection.execute(
                select(ConnectionRow).where(
                    tuple_(
                        col(ConnectionRow.reservation_id),
                        col(ConnectionRow.access),
                        col(ConnectionRow.address_digest),
                    ).in_(some),
                    col(ConnectionRow.ended_at).is_(None),
                )
            )
            found |= {_key(row): row.id for row in rows}
        return found

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
        people = {row.number or row.address_digest for row in watchers if row.number != 0}
        return Aired(since, None if running else until, len(people))

    def erase(self, reservation_id: int) -> None:
        """Forget what could tell whose addresses they were; that they were several stays."""
        digests = self._connection.execute(
            select(col(ConnectionRow.address_digest))
            .where(col(ConnectionRow.reservation_id) == reservation_id)
            .distinct()
        ).scalars()
        # a second time over there is nothing left to forget, and nothing to mix up
        left = [digest for digest in sorted(digests) if not digest.startswith(_ERASED)]
        for count, digest in enumerate(left, 1):
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


def _key(one: Admitted | Row[ConnectionRow]) -> _Key:
    return (one.reservation_id, str(one.access), one.client, one.number, one.address_digest)


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
        number=row.number,
        access_serial=row.access_serial,
        address_digest=row.address_digest,
        admitted_at=row.admitted_at,
        seen_at=row.seen_at,
    )
