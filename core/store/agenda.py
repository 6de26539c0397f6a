"""What is on when, for those who only look: weeks of servers, and what calendars subscribe to.

Every question is bounded by the longest slot there ever was, so that it stays as fast with a
million stored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select
from sqlmodel import col

from core.model.recipient import HOLDER, Told
from core.model.reservation import Facts, Reservation, Status
from core.model.slot import Slot
from core.store.codec import decode
from core.store.reservations import reservation_from
from core.store.slices import sliced
from core.store.tables import (
    AudienceListRow,
    AudienceMemberRow,
    RecipientRow,
    ReservationRow,
    RevisionRow,
    ServerRow,
    WorkspaceRow,
)

Rows: TypeAlias = Select[*tuple[Any, ...]]

_ENDED = (Status.CANCELLED.value, Status.LAPSED.value)


@dataclass(frozen=True, slots=True)
class Booked:
    """A reservation that has its slot, or had it until that was over.

    `busy` is the slot with the set-up and tear-down of the time it was decided.
    """

    reservation: Reservation
    busy: Slot


@dataclass(frozen=True, slots=True)
class Entered:
    """A reservation as it stands in calendars: what its last revision says, made `revised_at`."""

    reservation: Reservation
    uid: str
    facts: Facts
    revised_at: datetime


class Agenda:
    """Named queries on what is on when."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def workspace_name(self, workspace_id: int) -> str | None:
        """Say what a workspace is called; None for no such."""
        return self._connection.execute(
            select(col(WorkspaceRow.name)).where(col(WorkspaceRow.id) == workspace_id)
        ).scalar()

    def list_name(self, workspace_id: int, list_id: int) -> str | None:
        """Say what an audience list of a workspace is called; None for no such list there."""
        return self._connection.execute(
            select(col(AudienceListRow.name)).where(
                col(AudienceListRow.id) == list_id,
                col(AudienceListRow.workspace_id) == workspace_id,
            )
        ).scalar()

    def member_keys(self, list_id: int) -> tuple[str, ...]:
        """Give who is on an audience list, as `Contact.key`."""
        rows = self._connection.execute(
            select(col(AudienceMemberRow.key)).where(col(AudienceMemberRow.list_id) == list_id)
        )
        return tuple(rows.scalars())

    def booked(
        self,
        server_ids: Collection[int],
        window: Slot,
        now: datetime,
        limit: int,
        *,
        newest: bool = False,
    ) -> tuple[Booked, ...]:
        """List what keeps some servers busy within a stretch of time, soonest first.

        Where there are more than `limit`, the first ones; with `newest` the last ones.
        """
        longest = self._longest(col(ServerRow.id).in_(server_ids))
        there = (
            col(ReservationRow.server_id).in_(server_ids),
            col(ReservationRow.busy_until) > window.starts_at,
            col(ReservationRow.busy_from) < window.ends_at,
        )
        live = select(ReservationRow).where(
            *there,
            col(ReservationRow.live),
            col(ReservationRow.busy_from) > window.starts_at - longest,
        )
        found = [*self._connection.execute(_bounded(live, limit, newest=newest))]
        if window.starts_at < now:
            over = select(ReservationRow).where(
                *there,
                col(ReservationRow.status) == Status.OVER.value,
                col(ReservationRow.starts_at) > window.starts_at - longest,
                col(ReservationRow.starts_at) < window.ends_at + longest,
            )
            # what is over is not in the index of what is live; that of workspaces wants them named
            for some in sliced(self._workspaces()):
                theirs = over.where(col(ReservationRow.workspace_id).in_(some))
                found += self._connection.execute(_bounded(theirs, limit, newest=newest))
        found.sort(key=lambda row: (row.starts_at, row.id))
        kept = found[-limit:] if newest else found[:limit]
        return tuple(
            Booked(reservation_from(row), Slot(row.busy_from, row.busy_until)) for row in kept
        )

    def of_workspace(
        self, workspace_id: int, window: Slot, now: datetime, ended_since: datetime, limit: int
    ) -> tuple[Entered, ...]:
        """List a workspace's reservations that start within a stretch of time, soonest first.

        Those that were cancelled or lapsed only if that happened after `ended_since`. Where there
        are more than `limit`, what lies ahead goes before what has begun, and near before far.
        """
        query = _entered().where(
            col(ReservationRow.workspace_id) == workspace_id,
            col(ReservationRow.starts_at) >= window.starts_at,
            col(ReservationRow.starts_at) < window.ends_at,
            or_(
                col(ReservationRow.status).not_in(_ENDED),
                col(RevisionRow.made_at) > ended_since,
            ),
        )
        starts_at, number = col(ReservationRow.starts_at), col(ReservationRow.id)
        ahead = query.where(starts_at >= now).order_by(starts_at, number).limit(limit)
        rows = [*self._connection.execute(ahead)]
        begun = query.where(starts_at < now).order_by(starts_at.desc(), number.desc())
        rows = [*self._connection.execute(begun.limit(limit - len(rows))), *rows]
        return tuple(sorted((_entry(row) for row in rows), key=_soonest))

    def heard(
        self, workspace_id: int, window: Slot, digests: Sequence[str]
    ) -> dict[int, frozenset[Told]]:
        """Give which of a workspace's reservations any of some addresses was told of, and what.

        Those that start within a stretch of time, and that the address is still on.
        """
        found: dict[int, frozenset[Told]] = {}
        for some in sliced(digests):
            rows = self._connection.execute(
                select(col(ReservationRow.id), col(RecipientRow.told))
                .join(RecipientRow, col(RecipientRow.reservation_id) == col(ReservationRow.id))
                .where(
                    col(ReservationRow.workspace_id) == workspace_id,
                    col(ReservationRow.starts_at) >= window.starts_at,
                    col(ReservationRow.starts_at) < window.ends_at,
                    col(RecipientRow.digest).in_(some),
                    col(RecipientRow.number) != HOLDER,
                    col(RecipientRow.removed).is_(False),
                    col(RecipientRow.told) != Told.NOTHING.value,
                )
                .distinct()
            )
            for row in rows:
                found[row.id] = found.get(row.id, frozenset()) | {Told(row.told)}
        return found

    def entered(self, reservation_ids: Collection[int]) -> tuple[Entered, ...]:
        """Give reservations as they stand in calendars, soonest first."""
        found = [
            _entry(row)
            for some in sliced(sorted(reservation_ids))
            for row in self._connection.execute(_entered().where(col(ReservationRow.id).in_(some)))
        ]
        return tuple(sorted(found, key=_soonest))

    def _workspaces(self) -> Sequence[int]:
        return self._connection.execute(select(col(WorkspaceRow.id))).scalars().all()

    def _longest(self, *which: ColumnElement[bool]) -> timedelta:
        seconds = self._connection.execute(
            select(func.max(col(ServerRow.longest_busy))).where(*which)
        ).scalar()
        return timedelta(seconds=(seconds or 0) + 1)


def _bounded(query: Rows, limit: int, *, newest: bool) -> Rows:
    busy_from, number = col(ReservationRow.busy_from), col(ReservationRow.id)
    order = (busy_from.desc(), number.desc()) if newest else (busy_from, number)
    return query.order_by(*order).limit(limit)


def _entered() -> Rows:
    return select(
        ReservationRow,
        col(RevisionRow.facts),
        col(RevisionRow.made_at).label("revised_at"),
    ).join(
        RevisionRow,
        (col(RevisionRow.reservation_id) == col(ReservationRow.id))
        & (col(RevisionRow.number) == col(ReservationRow.revision)),
    )


def _entry(row: Row[Any]) -> Entered:
    return Entered(reservation_from(row), row.uid, decode(row.facts), row.revised_at)


def _soonest(entered: Entered) -> tuple[datetime, int]:
    return entered.reservation.slot.starts_at, entered.reservation.id
