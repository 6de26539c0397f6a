"""Deliveries on their way: taken by a dispatcher, handed over, ended or put back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from core.model.delivery import DeliveryState
from core.model.recipient import RouteName, Told
from core.notices.notice import NoticeKind
from core.store.bulk import Rewrite
from core.store.deliveries import COLUMNS, OPEN, Delivery, delivery_from
from core.store.question import Question
from core.store.tables import DeliveryRow

_QUEUED = DeliveryState.QUEUED.value
_SENDING = DeliveryState.SENDING.value


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


class Sending:
    """Named queries on what dispatchers have in hand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def heads(self, route: RouteName, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """List what can be sent now, each the first of its recipient's; locks the rows.

        A delivery whose lease ran out counts as queued: whoever had it is gone.
        """
        rows = _HEADS.ask(self._connection, route=route.value, now=now, most=limit)
        return tuple([delivery_from(row) for row in rows])

    def lease(self, claimed: Sequence[Claimed], token: str, until: datetime) -> None:
        """Take deliveries for sending."""
        rows = [
            (
                one.id,
                one.kind.value,
                one.revision,
                one.level.value,
                one.from_revision,
                one.from_level.value,
                one.composed_at,
            )
            for one in claimed
        ]
        _LEASE.run(self._connection, rows, alike=(_SENDING, token, until))

    def reroute(self, routes: Mapping[int, RouteName]) -> None:
        """Have deliveries travel another way."""
        _REROUTE.run(self._connection, [(one, route.value) for one, route in routes.items()])

    def renew(self, ids: Iterable[int], token: str, until: datetime) -> None:
        """Keep deliveries that a dispatcher has claimed for a while longer."""
        rows = [(one,) for one in ids]
        _RENEW.run(self._connection, rows, alike=(until,), only=(token, _SENDING))

    def mark_handed_over(self, ids: Iterable[int], token: str, now: datetime) -> set[int]:
        """Write down that deliveries pass the point of no return; gives those still ours."""
        rows = [(one,) for one in ids]
        return set(_MARK.run(self._connection, rows, alike=(now,), only=(token, _SENDING)))

    def accept(self, accepted: Mapping[int, str], token: str, now: datetime) -> set[int]:
        """Write down which deliveries were taken, and what they are called there.

        Gives those that this dispatcher still had.
        """
        ours = _ACCEPT.run(
            self._connection,
            list(accepted.items()),
            alike=(DeliveryState.SENT.value, "", now, "", None),
            only=(token, _SENDING),
        )
        return set(ours)

    def still_leased(self, ids: Collection[int], token: str) -> set[int]:
        """Give those of the deliveries that this dispatcher still has; locks them."""
        rows = self._connection.execute(
            select(DeliveryRow.id)
            .where(
                col(DeliveryRow.id).in_(ids),
                col(DeliveryRow.lease_token) == token,
                col(DeliveryRow.state) == _SENDING,
            )
            .with_for_update()
        )
        return set(rows.scalars())

    def end(self, ended: Sequence[Ended], now: datetime) -> None:
        """Write down how deliveries ended."""
        rows = [(one.id, one.state.value, one.reason, one.external_id) for one in ended]
        _END.run(self._connection, rows, alike=(now, "", None))

    def put_back(self, again: Sequence[Again]) -> None:
        """Put deliveries back into the queue."""
        rows = [(one.id, one.not_before, one.attempts, one.doubtful, one.reason) for one in again]
        _PUT_BACK.run(self._connection, rows, alike=(_QUEUED, "", None, None))


_earlier = aliased(DeliveryRow)
_HEADS = Question(
    select(*COLUMNS)
    .where(
        col(DeliveryRow.state).in_(OPEN),
        or_(col(DeliveryRow.state) == _QUEUED, col(DeliveryRow.lease_until) < bindparam("now")),
        col(DeliveryRow.not_before) <= bindparam("now"),
        col(DeliveryRow.route) == bindparam("route"),
        ~exists().where(
            col(_earlier.reservation_id) == col(DeliveryRow.reservation_id),
            col(_earlier.number) == col(DeliveryRow.number),
            col(_earlier.id) < col(DeliveryRow.id),
            col(_earlier.state).in_(OPEN),
        ),
    )
    .order_by(col(DeliveryRow.not_before), col(DeliveryRow.id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=DeliveryRow)
)
_LEASED = ("lease_token", "state")
_LEASE = Rewrite(
    DeliveryRow,
    by=("id",),
    columns=("kind", "revision", "level", "from_revision", "from_level", "composed_at"),
    alike=("state", "lease_token", "lease_until"),
)
_REROUTE = Rewrite(DeliveryRow, by=("id",), columns=("route",))
_RENEW = Rewrite(DeliveryRow, by=("id",), columns=(), alike=("lease_until",), only=_LEASED)
_MARK = Rewrite(DeliveryRow, by=("id",), columns=(), alike=("handed_over_at",), only=_LEASED)
_ACCEPT = Rewrite(
    DeliveryRow,
    by=("id",),
    columns=("external_id",),
    alike=("state", "reason", "ended_at", "lease_token", "lease_until"),
    only=_LEASED,
)
_END = Rewrite(
    DeliveryRow,
    by=("id",),
    columns=("state", "reason", "external_id"),
    alike=("ended_at", "lease_token", "lease_until"),
)
_PUT_BACK = Rewrite(
    DeliveryRow,
    by=("id",),
    columns=("not_before", "attempts", "doubtful", "reason"),
    alike=("state", "lease_token", "lease_until", "handed_over_at"),
)
