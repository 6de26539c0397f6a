"""The outbox's rows, as the store keeps them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    func,
    or_,
)
from sqlalchemy.orm import aliased
from sqlmodel import col, insert, select, update

from core.model.delivery import DeliveryState
from core.model.recipient import RouteName, Told
from core.notices.notice import NoticeKind
from core.store.tables import DeliveryRow

# in the statement's text: of a bound value SQLite cannot tell that the outbox's index has it
_OPEN: BindParameter[list[str]] = bindparam(
    "open",
    [state.value for state in DeliveryState if state.open],
    expanding=True,
    literal_execute=True,
)
_QUEUED = DeliveryState.QUEUED.value
_SENDING = DeliveryState.SENDING.value


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be queued."""

    reservation_id: int
    number: int
    route: RouteName
    kind: NoticeKind
    revision: int
    expires_at: datetime
    done: str = ""
    lead: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it stands in the outbox."""

    id: int
    reservation_id: int
    number: int
    route: RouteName
    kind: NoticeKind
    done: str
    lead: timedelta
    state: DeliveryState
    revision: int
    level: str
    from_revision: int
    from_level: str
    not_before: datetime
    expires_at: datetime
    attempts: int
    composed_at: datetime | None
    handed_over_at: datetime | None
    doubtful: bool
    reason: str
    made_at: datetime

    @property
    def to(self) -> tuple[int, int]:
        """The recipient it goes to."""
        return (self.reservation_id, self.number)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim settles about a delivery before it is sent."""

    id: int
    kind: NoticeKind
    revision: int
    level: Told
    from_revision: int
    from_level: Told
    composed_at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """A delivery's last state, with the reason in words."""

    id: int
    state: DeliveryState
    reason: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """A delivery that goes back into the queue."""

    id: int
    not_before: datetime
    attempts: int
    doubtful: bool
    reason: str


class Deliveries:
    """Named queries on the outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, new: Iterable[NewDelivery], now: datetime) -> int:
        """Put deliveries into the outbox; gives how many."""
        rows = [
            {
                "reservation_id": one.reservation_id,
                "number": one.number,
                "route": one.route.value,
                "kind": one.kind.value,
                "done": one.done,
                "lead": int(one.lead.total_seconds()),
                "revision": one.revision,
                "not_before": now,
                "expires_at": one.expires_at,
                "made_at": now,
            }
            for one in new
        ]
        if rows:
            self._connection.execute(insert(DeliveryRow), rows)
        return len(rows)

    def supersede(
        self, reservation_id: int, kinds: Collection[NoticeKind], reason: str, now: datetime
    ) -> None:
        """End what is queued of some kinds and was never handed over."""
        self._connection.execute(
            update(DeliveryRow)
            .where(
                col(DeliveryRow.reservation_id) == reservation_id,
                col(DeliveryRow.state) == _QUEUED,
                col(DeliveryRow.doubtful).is_(False),
                col(DeliveryRow.kind).in_([kind.value for kind in kinds]),
            )
            .values(state=DeliveryState.SUPERSEDED.value, reason=reason, ended_at=now)
        )

    def heads(
        self, routes: Collection[RouteName], now: datetime, limit: int
    ) -> tuple[Delivery, ...]:
        """List what can be sent now, each the first of its recipient's; locks the rows.

        A delivery whose lease ran out counts as queued: whoever had it is gone.
        """
        earlier = aliased(DeliveryRow)
        rows = self._connection.execute(
            select(DeliveryRow)
            .where(
                col(DeliveryRow.state).in_(_OPEN),
                or_(
                    col(DeliveryRow.state) == _QUEUED,
                    col(DeliveryRow.lease_until) < now,
                ),
                col(DeliveryRow.not_before) <= now,
                col(DeliveryRow.route).in_([route.value for route in routes]),
                ~exists().where(
                    col(earlier.reservation_id) == col(DeliveryRow.reservation_id),
                    col(earlier.number) == col(DeliveryRow.number),
                    col(earlier.id) < col(DeliveryRow.id),
                    col(earlier.state).in_(_OPEN),
                ),
            )
            .order_by(col(DeliveryRow.not_before), col(DeliveryRow.id))
            .limit(limit)
            .with_for_update(skip_locked=True, of=DeliveryRow)
        )
        return tuple(_delivery(row) for row in rows)

    def next_at(self, routes: Collection[RouteName]) -> datetime | None:
        """Give the moment from which on something can be sent."""
        return self._connection.execute(
            select(func.min(col(DeliveryRow.not_before))).where(
                col(DeliveryRow.state).in_(_OPEN),
                col(DeliveryRow.state) == _QUEUED,
                col(DeliveryRow.route).in_([route.value for route in routes]),
            )
        ).scalar()

    def lease(self, claimed: Sequence[Claimed], token: str, until: datetime) -> None:
        """Take deliveries for sending."""
        if not claimed:
            return
        self._connection.execute(
            update(DeliveryRow)
            .where(col(DeliveryRow.id) == bindparam("b_id"))
            .values(
                state=_SENDING,
                lease_token=token,
                lease_until=until,
                kind=bindparam("b_kind"),
                revision=bindparam("b_revision"),
                level=bindparam("b_level"),
                from_revision=bindparam("b_from_revision"),
                from_level=bindparam("b_from_level"),
                composed_at=bindparam("b_composed_at"),
            ),
            [
                {
                    "b_id": one.id,
                    "b_kind": one.kind.value,
                    "b_revision": one.revision,
                    "b_level": one.level.value,
                    "b_from_revision": one.from_revision,
                    "b_from_level": one.from_level.value,
                    "b_composed_at": one.composed_at,
                }
                for one in claimed
            ],
        )

    def reroute(self, routes: Mapping[int, RouteName]) -> None:
        """Have deliveries travel another way."""
        if routes:
            self._connection.execute(
                update(DeliveryRow)
                .where(col(DeliveryRow.id) == bindparam("b_id"))
                .values(route=bindparam("b_route")),
                [{"b_id": number, "b_route": route.value} for number, route in routes.items()],
            )

    def renew(self, ids: Sequence[int], token: str, until: datetime) -> None:
        """Keep deliveries that a dispatcher has claimed for a while longer."""
        self._connection.execute(
            update(DeliveryRow)
            .where(col(DeliveryRow.id).in_(ids), _leased(token))
            .values(lease_until=until)
        )

    def mark_handed_over(self, ids: Sequence[int], token: str, now: datetime) -> set[int]:
        """Write down that deliveries pass the point of no return; gives those still ours."""
        marked = self._connection.execute(
            update(DeliveryRow)
            .where(
                col(DeliveryRow.id).in_(ids),
                col(DeliveryRow.lease_token) == token,
                col(DeliveryRow.state) == _SENDING,
            )
            .values(handed_over_at=now)
            .returning(col(DeliveryRow.id))
        )
        return set(marked.scalars())

    def still_leased(self, ids: Collection[int], token: str) -> set[int]:
        """Give those of the deliveries that this dispatcher still has; locks them."""
        rows = self._connection.execute(
            select(DeliveryRow.id)
            .where(col(DeliveryRow.id).in_(ids), _leased(token))
            .with_for_update()
        )
        return set(rows.scalars())

    def end(self, ended: Sequence[Ended], now: datetime) -> None:
        """Write down how deliveries ended."""
        if not ended:
            return
        self._connection.execute(
            update(DeliveryRow)
            .where(col(DeliveryRow.id) == bindparam("b_id"))
            .values(
                state=bindparam("b_state"),
                reason=bindparam("b_reason"),
                external_id=bindparam("b_external_id"),
                ended_at=now,
                lease_token="",
                lease_until=None,
            ),
            [
                {
                    "b_id": one.id,
                    "b_state": one.state.value,
                    "b_reason": one.reason,
                    "b_external_id": one.external_id,
                }
                for one in ended
            ],
        )

    def put_back(self, again: Sequence[Again]) -> None:
        """Put deliveries back into the queue."""
        if not again:
            return
        self._connection.execute(
            update(DeliveryRow)
            .where(col(DeliveryRow.id) == bindparam("b_id"))
            .values(
                state=_QUEUED,
                lease_token="",
                lease_until=None,
                handed_over_at=None,
                not_before=bindparam("b_not_before"),
                attempts=bindparam("b_attempts"),
                doubtful=bindparam("b_doubtful"),
                reason=bindparam("b_reason"),
            ),
            [
                {
                    "b_id": one.id,
                    "b_not_before": one.not_before,
                    "b_attempts": one.attempts,
                    "b_doubtful": one.doubtful,
                    "b_reason": one.reason,
                }
                for one in again
            ],
        )

    def erase(self, reservation_id: int) -> None:
        """Forget what the next hop said of a reservation's messages: its words hold addresses."""
        self._connection.execute(
            update(DeliveryRow)
            .where(col(DeliveryRow.reservation_id) == reservation_id)
            .values(reason="", external_id="")
        )

    def of(self, reservation_id: int) -> tuple[Delivery, ...]:
        """List a reservation's deliveries in the order in which they were queued."""
        rows = self._connection.execute(
            select(DeliveryRow)
            .where(col(DeliveryRow.reservation_id) == reservation_id)
            .order_by(col(DeliveryRow.id))
        )
        return tuple(_delivery(row) for row in rows)

    def posts(
        self,
        reservation_id: int,
        numbers: Collection[int],
        kinds: Collection[NoticeKind],
        route: RouteName,
    ) -> dict[int, str]:
        """Give what a route called the newest sent message of some kinds, by recipient."""
        rows = self._connection.execute(
            select(DeliveryRow.number, DeliveryRow.external_id)
            .where(
                col(DeliveryRow.reservation_id) == reservation_id,
                col(DeliveryRow.number).in_(list(numbers)),
                col(DeliveryRow.kind).in_([kind.value for kind in kinds]),
                col(DeliveryRow.route) == route.value,
                col(DeliveryRow.state) == DeliveryState.SENT.value,
                col(DeliveryRow.external_id) != "",
            )
            .order_by(col(DeliveryRow.id))
        )
        return {row.number: row.external_id for row in rows}

    def latest(self, states: Collection[DeliveryState], limit: int) -> tuple[Delivery, ...]:
        """List the newest deliveries in some states, over all reservations."""
        rows = self._connection.execute(
            select(DeliveryRow)
            .where(col(DeliveryRow.state).in_([state.value for state in states]))
            .order_by(col(DeliveryRow.id).desc())
            .limit(limit)
        )
        return tuple(_delivery(row) for row in rows)

    def counts(self) -> dict[DeliveryState, int]:
        """Count the outbox by state."""
        rows = self._connection.execute(
            select(DeliveryRow.state, func.count().label("rows")).group_by(col(DeliveryRow.state))
        )
        return {DeliveryState(row.state): row.rows for row in rows}

    def queued_at(
        self, reservation_id: int, made_at: datetime, kinds: Collection[NoticeKind]
    ) -> int:
        """Count what one command queued of some kinds, whatever became of it since."""
        return self._connection.execute(
            select(func.count())
            .select_from(DeliveryRow)
            .where(
                col(DeliveryRow.reservation_id) == reservation_id,
                col(DeliveryRow.made_at) == made_at,
                col(DeliveryRow.kind).in_([kind.value for kind in kinds]),
            )
        ).scalar_one()

    def open_to(self, reservation_id: int, kinds: Collection[NoticeKind]) -> int:
        """Count what has not ended of some kinds for a reservation."""
        return self._connection.execute(
            select(func.count())
            .select_from(DeliveryRow)
            .where(
                col(DeliveryRow.reservation_id) == reservation_id,
                col(DeliveryRow.state).in_(_OPEN),
                col(DeliveryRow.kind).in_([kind.value for kind in kinds]),
            )
        ).scalar_one()


def _leased(token: str) -> ColumnElement[bool]:
    return and_(col(DeliveryRow.lease_token) == token, col(DeliveryRow.state) == _SENDING)


def _delivery(row: Row[DeliveryRow]) -> Delivery:
    return Delivery(
        id=row.id,
        reservation_id=row.reservation_id,
        number=row.number,
        route=RouteName(row.route),
        kind=NoticeKind(row.kind),
        done=row.done,
        lead=timedelta(seconds=row.lead),
        state=DeliveryState(row.state),
        revision=row.revision,
        level=row.level,
        from_revision=row.from_revision,
        from_level=row.from_level,
        not_before=row.not_before,
        expires_at=row.expires_at,
        attempts=row.attempts,
        composed_at=row.composed_at,
        handed_over_at=row.handed_over_at,
        doubtful=row.doubtful,
        reason=row.reason,
        made_at=row.made_at,
    )
