"""The outbox, what is due, and who is not to be written to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.model.delivery import DeliveryState
from core.model.due import DueKind
from core.model.recipient import RouteName
from core.notices.notice import NoticeKind
from core.store.tables.columns import ROW_ID, one_of, row_id
from core.store.tables.reservations import recipient_key

_OPEN = text("state IN ('queued', 'sending')")
_SENDING = text("state = 'sending'")


class DeliveryRow(SQLModel, table=True):
    """One notice to one recipient.

    A recipient's deliveries go out in the order of their numbers, one at a time. `revision`,
    `level`, `from_revision` and `from_level` are what the notice was composed from, set when it is
    claimed; `composed_at` is its Date. `handed_over_at` is set before the point of no return: a row
    that still has it when its lease runs out may or may not have arrived. `lead` is a reminder's,
    in seconds. `attempts` counts refusals for now, not breakdowns of the route.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        recipient_key(),
        one_of("delivery", "route", RouteName),
        one_of("delivery", "kind", NoticeKind),
        one_of("delivery", "state", DeliveryState),
        Index("ix_delivery_queue", "not_before", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_delivery_stream", "reservation_id", "number", "id"),
        Index("ix_delivery_lease", "lease_token", sqlite_where=_SENDING, postgresql_where=_SENDING),
    )

    id: int = row_id()
    reservation_id: int = Field(sa_type=ROW_ID)
    number: int
    route: str
    kind: str
    done: str = ""
    lead: int = 0
    state: str = DeliveryState.QUEUED.value
    revision: int
    level: str = ""
    from_revision: int = 0
    from_level: str = ""
    not_before: datetime
    expires_at: datetime
    attempts: int = 0
    lease_until: datetime | None = None
    lease_token: str = ""
    composed_at: datetime | None = None
    handed_over_at: datetime | None = None
    doubtful: bool = False
    ended_at: datetime | None = None
    reason: str = ""
    external_id: str = ""
    made_at: datetime


class DueRow(SQLModel, table=True):
    """Something to be done at a moment; the row goes with the transaction that does it."""

    __tablename__ = "due"
    __table_args__ = (one_of("due", "kind", DueKind), Index("ix_due_at", "due_at"))

    reservation_id: int = Field(foreign_key="reservation.id", sa_type=ROW_ID, primary_key=True)
    kind: str = Field(primary_key=True)
    lead: int = Field(default=0, primary_key=True)
    due_at: datetime
    tries: int = 0


class SuppressionRow(SQLModel, table=True):
    """An address that is not to be written to, by one holder or by anybody.

    `holder_id` of 0: by anybody; a negative one: by anybody in the workspace of that number.
    """

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("digest", "holder_id", name="uq_suppression"),)

    id: int = row_id()
    digest: str
    holder_id: int = Field(default=0, sa_type=ROW_ID)
    reason: str
    made_at: datetime
