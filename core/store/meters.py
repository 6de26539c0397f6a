"""How the desk is doing, in figures: questions that cost no more with a million reservations.

What an index has is counted whole; of what has none, as ended deliveries and what was audited, only
the newest rows are looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.model.delivery import DeliveryState
from core.model.recipient import BOUNCED, HOLDER, RouteName, Told
from core.model.reservation import Reservation, Status
from core.notices.notice import TOLD_KINDS
from core.store.reservations import reservation_from
from core.store.tables import (
    AuditRow,
    DeliveryRow,
    RecipientRow,
    ReservationRow,
    ServerRow,
    WorkspaceRow,
)

NEWEST = 10_000  # rows that are looked at where no index helps

_OPEN_WORDS = [state.value for state in DeliveryState if state.open]
_MISSED_WORDS = [state.value for state in DeliveryState if state.missed]
# in the statement's text: of a bound value SQLite cannot tell that the outbox's index has it
_OPEN: BindParameter[list[str]] = bindparam(
    "open", _OPEN_WORDS, expanding=True, literal_execute=True
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries of one route that have not ended; `due` of them could be sent now."""

    route: RouteName
    state: DeliveryState
    count: int
    due: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """Deliveries of one route that ended in one state, and when the last of them did."""

    route: RouteName
    state: DeliveryState
    count: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that was not sent, or not yet, and why."""

    route: RouteName
    reason: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Roll:
    """How many of a reservation's recipients were told, and how many could not be."""

    told: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the audit; `detail` is JSON, `code` "" where it is about no reservation."""

    at: datetime
    act: str
    code: str
    detail: str


class Meters:
    """Named queries on how the desk is doing; `workspace_id` of None: all of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has_workspace(self, workspace_id: int) -> bool:
        """Tell whether there is a workspace of that number."""
        found = self._connection.execute(
            select(col(WorkspaceRow.id)).where(col(WorkspaceRow.id) == workspace_id)
        )
        return found.scalar() is not None

    def live(self) -> dict[Status, int]:
        """Count the reservations that still hold their slots, by status."""
        rows = self._connection.execute(
            select(col(ReservationRow.status), func.count().label("rows"))
            .where(col(ReservationRow.live))
            .group_by(col(ReservationRow.status))
        )
        return {Status(row.status): row.rows for row in rows}

    def waiting(self, now: datetime, workspace_id: int | None = None) -> tuple[Waiting, ...]:
        """Count what has not ended of the outbox, by route and state."""
        due = case((col(DeliveryRow.not_before) <= now, 1), else_=0)
        query = (
            select(
                col(DeliveryRow.route),
                col(DeliveryRow.state),
                func.count().label("rows"),
                func.sum(due).label("due"),
                func.min(col(DeliveryRow.made_at)).label("oldest_at"),
            )
            .where(col(DeliveryRow.state).in_(_OPEN), *_whose(workspace_id))
            .group_by(col(DeliveryRow.route), col(DeliveryRow.state))
        )
        return tuple(
            Waiting(
                RouteName(row.route), DeliveryState(row.state), row.rows, row.due, row.oldest_at
            )
            for row in self._connection.execute(query)
        )

    def past(self, workspace_id: int | None = None) -> tuple[Past, ...]:
        """Count how the newest deliveries of the outbox ended, by route and state."""
        query = (
            select(
                col(DeliveryRow.route),
                col(DeliveryRow.state),
                func.count().label("rows"),
                func.max(col(DeliveryRow.ended_at)).label("last_at"),
            )
            .where(
                _newest_deliveries(),
                col(DeliveryRow.state).not_in(_OPEN_WORDS),
                *_whose(workspace_id),
            )
            .group_by(col(DeliveryRow.route), col(DeliveryRow.state))
        )
        return tuple(
            Past(RouteName(row.route), DeliveryState(row.state), row.rows, row.last_at)
            for row in self._connection.execute(query)
        )

    def failures(self, workspace_id: int | None = None) -> dict[RouteName, Trouble]:
        """Give each route's newest delivery that could not be sent."""
        missed = col(DeliveryRow.state).in_(_MISSED_WORDS)
        return self._newest_of_each(workspace_id, _newest_deliveries(), missed)

    def put_off(self, workspace_id: int | None = None) -> dict[RouteName, Trouble]:
        """Give each route's newest delivery that was put off, and waits for another try."""
        waits = col(DeliveryRow.state).in_(_OPEN)
        return self._newest_of_each(workspace_id, waits, col(DeliveryRow.reason) != "")

    def slots(
        self, workspace_id: int | None, since: datetime, until: datetime, limit: int
    ) -> tuple[Reservation, ...]:
        """List what touches a stretch of time, whatever has become of it, soonest first."""
        longest = (
            self._connection.execute(select(func.max(col(ServerRow.longest_busy)))).scalar() or 0
        )
        whose = select(col(WorkspaceRow.id))
        if workspace_id is not None:
            whose = whose.where(col(WorkspaceRow.id) == workspace_id)
        rows = self._connection.execute(
            select(ReservationRow)
            .where(
                # named one by one: from a query of their own PostgreSQL would not use the index so
                col(ReservationRow.workspace_id).in_(self._connection.scalars(whose).all()),
                col(ReservationRow.starts_at) < until,
                col(ReservationRow.starts_at) > since - timedelta(seconds=longest),
                col(ReservationRow.ends_at) > since,
            )
            .order_by(col(ReservationRow.starts_at), col(ReservationRow.id))
            .limit(limit)
        )
        return tuple(reservation_from(row) for row in rows)

    def rolls(self, reservation_ids: Collection[int]) -> dict[int, Roll]:
        """Count who was told of some reservations and who could not be, as the roll call does.

        A recipient's delivery that has not ended counts before any that was queued behind it.
        """
        last = (
            select(col(DeliveryRow.state))
            .where(
                col(DeliveryRow.reservation_id) == col(RecipientRow.reservation_id),
                col(DeliveryRow.number) == col(RecipientRow.number),
                col(DeliveryRow.kind).in_([kind.value for kind in TOLD_KINDS]),
            )
            .order_by(col(DeliveryRow.state).in_(_OPEN_WORDS).desc(), col(DeliveryRow.id).desc())
            .limit(1)
            .scalar_subquery()
        )
        each = (
            select(RecipientRow, func.coalesce(last, "").label("last"))
            .where(
                col(RecipientRow.reservation_id).in_(list(reservation_ids)),
                col(RecipientRow.number) != HOLDER,
            )
            .subquery()
        )
        there = each.c.removed.is_(False) & each.c.last.not_in(_OPEN_WORDS)
        failed = or_(
            each.c.last.in_(_MISSED_WORDS),
            there & each.c.suppressed.startswith(BOUNCED),
        )
        knows = there & (each.c.told != Told.NOTHING.value) & (each.c.suppressed == "")
        rows = self._connection.execute(
            select(
                each.c.reservation_id,
                func.sum(case((failed, 0), (knows, 1), else_=0)).label("told"),
                func.sum(case((failed, 1), else_=0)).label("failed"),
            ).group_by(each.c.reservation_id)
        )
        found = {row.reservation_id: Roll(row.told, row.failed) for row in rows}
        return {number: found.get(number, Roll()) for number in reservation_ids}

    def acts(self, workspace_id: int | None, limit: int) -> tuple[Act, ...]:
        """List what was audited last, the newest first; a workspace's among the newest of all."""
        newest = select(func.max(col(AuditRow.id)) - NEWEST).scalar_subquery()
        query = (
            select(
                col(AuditRow.made_at),
                col(AuditRow.act),
                col(AuditRow.detail),
                col(ReservationRow.code),
            )
            .outerjoin(ReservationRow, col(ReservationRow.id) == col(AuditRow.reservation_id))
            .where(col(AuditRow.id) > newest)
            .order_by(col(AuditRow.id).desc())
            .limit(limit)
        )
        if workspace_id is not None:
            # whose reservation it is goes before who acted: they may be of another workspace
            whose = func.coalesce(col(ReservationRow.workspace_id), col(AuditRow.workspace_id))
            query = query.where(whose == workspace_id)
        return tuple(
            Act(row.made_at, row.act, row.code or "", row.detail)
            for row in self._connection.execute(query)
        )

    def decisions(self, since: datetime, until: datetime) -> tuple[Act, ...]:
        """List what was permitted and denied within a stretch of time."""
        rows = self._connection.execute(
            select(col(AuditRow.made_at), col(AuditRow.act), col(AuditRow.detail)).where(
                col(AuditRow.made_at) >= since,
                col(AuditRow.made_at) < until,
                col(AuditRow.act).in_(["permit", "deny"]),
            )
        )
        return tuple(Act(row.made_at, row.act, "", row.detail) for row in rows)

    def _newest_of_each(
        self, workspace_id: int | None, *conditions: ColumnElement[bool]
    ) -> dict[RouteName, Trouble]:
        newest = (
            select(func.max(col(DeliveryRow.id)))
            .where(*conditions, *_whose(workspace_id))
            .group_by(col(DeliveryRow.route))
        )
        rows = self._connection.execute(
            select(
                col(DeliveryRow.route), col(DeliveryRow.reason), col(DeliveryRow.ended_at)
            ).where(col(DeliveryRow.id).in_(newest))
        )
        return {
            RouteName(row.route): Trouble(RouteName(row.route), row.reason, row.ended_at)
            for row in rows
        }


def _newest_deliveries() -> ColumnElement[bool]:
    newest = aliased(DeliveryRow)
    return col(DeliveryRow.id) > select(func.max(col(newest.id)) - NEWEST).scalar_subquery()


def _whose(workspace_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """Keep to the deliveries of one workspace's reservations."""
    if workspace_id is None:
        return ()
    theirs = exists().where(
        col(ReservationRow.id) == col(DeliveryRow.reservation_id),
        col(ReservationRow.workspace_id) == workspace_id,
    )
    return (theirs,)
