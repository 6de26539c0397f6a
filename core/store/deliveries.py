"""The outbox's rows, as the store keeps them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, func
from sqlmodel import col, select, update

from core.model.delivery import DeliveryState
from core.model.recipient import RouteName
from core.notices.notice import NoticeKind
from core.store.bulk import Insertion
from core.store.tables import DeliveryRow

# in the statement's text: of a bound value SQLite cannot tell that the outbox's index has it
OPEN: BindParameter[list[str]] = bindparam(
    "open",
    [state.value for state in DeliveryState if state.open],
    expanding=True,
    literal_execute=True,
)
_QUEUED = DeliveryState.QUEUED.value


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


class Deliveries:
    """Named queries on the outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, new: Iterable[NewDelivery], now: datetime) -> int:
        """Put deliveries into the outbox; gives how many."""
        rows = [
            (
                one.reservation_id,
                one.number,
                one.route.value,
                one.kind.value,
                one.done,
                int(one.lead.total_seconds()),
                one.revision,
                now,
                one.expires_at,
                now,
            )
            for one in new
        ]
        _QUEUE.run(self._connection, rows)
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
            select(*COLUMNS)
            .where(col(DeliveryRow.reservation_id) == reservation_id)
            .order_by(col(DeliveryRow.id))
        )
        return tuple(delivery_from(row) for row in rows)

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
            select(*COLUMNS)
            .where(col(DeliveryRow.state).in_([state.value for state in states]))
            .order_by(col(DeliveryRow.id).desc())
            .limit(limit)
        )
        return tuple(delivery_from(row) for row in rows)

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
                col(DeliveryRow.state).in_(OPEN),
                col(DeliveryRow.kind).in_([kind.value for kind in kinds]),
            )
        ).scalar_one()


_QUEUE = Insertion(
    DeliveryRow,
    columns=(
        *("reservation_id", "number", "route", "kind", "done", "lead", "revision"),
        *("not_before", "expires_at", "made_at"),
    ),
)


COLUMNS: tuple[ColumnElement[Any], ...] = tuple(
    getattr(DeliveryRow, field.name) for field in fields(Delivery)
)


def delivery_from(row: Sequence[Any]) -> Delivery:
    """Read a row of the outbox, given by its `COLUMNS`."""
    (id_, reservation_id, number, route, kind, done, lead, state, *others) = row
    return Delivery(
        id_,
        reservation_id,
        number,
        RouteName(route),
        NoticeKind(kind),
        done,
        timedelta(seconds=lead),
        DeliveryState(state),
        *others,
    )
