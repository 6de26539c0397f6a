"""When, and to whom, reservations' streams are open, as the store knows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, Row
from sqlmodel import col, select, update

from core.access.vault import Vault
from core.model.addresses import code_of, path_of
from core.model.recipient import HOLDER
from core.model.reservation import CredentialMode, Status
from core.model.slot import Slot
from core.policy.gate import Opening
from core.store.reservations import passcode_place
from core.store.slices import sliced
from core.store.tables import RecipientRow, ReservationRow, ServerRow

Stamps: TypeAlias = Mapping[int, int]  # reservation → the revision that an opening was read at


class Openings:
    """Named queries on what the gate must know of reservations."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def around(self, server_ids: Sequence[int], since: datetime, until: datetime) -> Stamps:
        """Give the reservations that are open, or will be, within a stretch of time.

        A server's longest slot bounds the search, so that it stays as fast with a million stored.
        """
        longest = self._longest(server_ids)
        rows = self._connection.execute(
            select(ReservationRow.id, ReservationRow.revision).where(
                col(ReservationRow.live),
                col(ReservationRow.server_id).in_(server_ids),
                col(ReservationRow.busy_from) < until,
                col(ReservationRow.busy_from) > since - longest,
                col(ReservationRow.busy_until) > since,
            )
        )
        return {row.id: row.revision for row in rows}

    def many(self, reservation_ids: Sequence[int]) -> tuple[Opening, ...]:
        """Give the openings of several reservations, with everybody's credentials."""
        return tuple(
            self._with_recipients(opening)
            for some in sliced(reservation_ids)
            for opening in self._read(col(ReservationRow.id).in_(some))
        )

    def at(self, server_id: int, path: str) -> Opening | None:
        """Find what a path of a server opens, whatever has become of it; None for no such path."""
        found = self.of_paths(server_id, [path]).get(path)
        return self._with_recipients(found) if found else None

    def of_paths(self, server_id: int, paths: Iterable[str]) -> dict[str, Opening]:
        """Give what several paths of a server open, without anybody's own credentials."""
        codes = [code_of(path) for path in paths]  # "" is asked for like any other: as slowly
        return {
            opening.path: opening
            for some in sliced(codes)
            for opening in self._read(
                col(ReservationRow.code).in_(some), col(ReservationRow.server_id) == server_id
            )
        }

    def of_reservations(self, reservation_ids: Collection[int]) -> dict[int, Opening]:
        """Give what several reservations open, on whichever server, without own credentials."""
        return {
            opening.reservation_id: opening
            for some in sliced(sorted(reservation_ids))
            for opening in self._read(col(ReservationRow.id).in_(some))
        }

    def asked_at(self, server_id: int) -> datetime | None:
        """Give when a server last asked the gate; None while it never has."""
        found: datetime | None = self._connection.execute(
            select(ServerRow.asked_at).where(col(ServerRow.id) == server_id)
        ).scalar_one()
        return found

    def note_asked(self, server_ids: Sequence[int], at: datetime) -> None:
        """Note that servers asked the gate."""
        self._connection.execute(
            update(ServerRow).where(col(ServerRow.id).in_(server_ids)).values(asked_at=at)
        )

    def _longest(self, server_ids: Sequence[int]) -> timedelta:
        seconds = self._connection.execute(
            select(ServerRow.longest_busy).where(col(ServerRow.id).in_(server_ids))
        ).scalars()
        return timedelta(seconds=max(seconds, default=0) + 1)

    def _read(self, *conditions: ColumnElement[bool]) -> tuple[Opening, ...]:
        rows = self._connection.execute(select(ReservationRow).where(*conditions))
        return tuple(self._opening(row) for row in rows)

    def _opening(self, row: Row[ReservationRow]) -> Opening:
        return Opening(
            reservation_id=row.id,
            server_id=row.server_id,
            path=path_of(row.code),
            status=Status(row.status),
            slot=Slot(row.starts_at, row.ends_at),
            busy=Slot(row.busy_from, row.busy_until),
            access_serial=row.access_serial,
            credential_mode=CredentialMode(row.credential_mode),
            watch_user=row.watch_user,
            key_digest=row.stream_key_digest,
            passcode_digest=self._digest_of(row),
            passcode_chosen=row.passcode_chosen,
        )

    def _digest_of(self, row: Row[ReservationRow]) -> str:
        """Make the digest of the shared passcode, which is kept sealed alone."""
        if not row.passcode_sealed:
            return ""
        return self._vault.digest(self._vault.open(row.passcode_sealed, passcode_place(row.uid)))

    def _with_recipients(self, opening: Opening) -> Opening:
        rows = self._connection.execute(
            select(RecipientRow.number, RecipientRow.passcode_digest).where(
                col(RecipientRow.reservation_id) == opening.reservation_id,
                col(RecipientRow.removed).is_(False),
                col(RecipientRow.number) != HOLDER,
            )
        ).all()
        return replace(
            opening,
            own={row.passcode_digest: row.number for row in rows if row.passcode_digest},
            numbers=frozenset(row.number for row in rows),
        )
