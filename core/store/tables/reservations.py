"""Reservations, what each of their revisions said, and whom they are told to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from core.model.recipient import RouteName, Told
from core.model.reservation import CredentialMode, NotificationPolicy, Status
from core.store.tables.columns import ROW_ID, one_of, row_id


class ReservationRow(SQLModel, table=True):
    """A reservation as it now stands.

    `busy_from` and `busy_until` are the slot with the set-up and tear-down of the time it was
    decided; `live` says whether they still count. Both are what the database's own veto reads.
    `passcode_chosen`: a person made the passcode up (or it is from before this was noted).
    """

    __tablename__ = "reservation"
    __table_args__ = (
        one_of("reservation", "status", Status),
        one_of("reservation", "notification_policy", NotificationPolicy),
        one_of("reservation", "credential_mode", CredentialMode),
        CheckConstraint("starts_at < ends_at", name="ck_reservation_slot"),
        CheckConstraint(
            "busy_from <= starts_at AND ends_at <= busy_until", name="ck_reservation_busy"
        ),
        CheckConstraint(
            "live = (status IN ('permitted', 'confirmed'))", name="ck_reservation_live"
        ),
        CheckConstraint("viewers >= 0", name="ck_reservation_viewers"),
        Index(
            "ix_reservation_busy",
            "server_id",
            "busy_from",
            sqlite_where=text("live = 1"),  # as the queries say it there: else it is not used
            postgresql_where=text("live"),
        ),
        Index("ix_reservation_holder", "holder_id", "starts_at"),
        Index("ix_reservation_workspace", "workspace_id", "starts_at"),
    )

    id: int = row_id()
    code: str = Field(unique=True)
    workspace_id: int = Field(foreign_key="workspace.id", sa_type=ROW_ID)
    holder_id: int = Field(foreign_key="person.id", sa_type=ROW_ID)
    server_id: int = Field(foreign_key="server.id", sa_type=ROW_ID)
    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_until: datetime
    viewers: int = 0
    live: bool = True
    status: str
    title: str
    description: str = Field(default="", sa_type=Text)
    notification_policy: str
    credential_mode: str
    watch_user: str = ""
    passcode_sealed: str = ""
    passcode_chosen: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    stream_key_sealed: str = ""
    stream_key_digest: str = Field(default="", index=True)
    reconfirm_by: datetime | None = None
    reminders: str
    revision: int
    access_serial: int = 0
    reply_to: str = ""
    uid: str
    made_at: datetime


class RevisionRow(SQLModel, table=True):
    """What one revision said: never altered, so that old and new can be told apart later."""

    __tablename__ = "revision"

    reservation_id: int = Field(foreign_key="reservation.id", sa_type=ROW_ID, primary_key=True)
    number: int = Field(primary_key=True)
    status: str
    facts: str = Field(sa_type=Text)
    actor_id: int | None = Field(default=None, foreign_key="person.id", sa_type=ROW_ID)
    made_at: datetime


class RecipientRow(SQLModel, table=True):
    """One contact address on one reservation; number 0 is the holder.

    `digest` finds the same address elsewhere without reading it. `told_revision` of 0: nothing yet.
    `first_delivery_id` is the notice that a mail thread hangs on. `was_new` is noted only where new
    addresses are bounded. `asked`: they put themselves on it, to be reminded. An erased address
    is "".
    """

    __tablename__ = "recipient"
    __table_args__ = (
        one_of("recipient", "route", RouteName),
        one_of("recipient", "told", Told),
        Index("ix_recipient_digest", "digest"),
    )

    reservation_id: int = Field(foreign_key="reservation.id", sa_type=ROW_ID, primary_key=True)
    number: int = Field(primary_key=True)
    route: str
    address: str
    name: str = ""
    digest: str
    told: str = Told.NOTHING.value
    told_revision: int = 0
    removed: bool = False
    suppressed: str = ""
    passcode_sealed: str = ""
    passcode_digest: str = ""
    first_delivery_id: int | None = Field(default=None, sa_type=ROW_ID)
    listed_at: datetime
    was_new: bool = False
    asked: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


def recipient_key() -> ForeignKeyConstraint:
    """Make the reference of another table to one recipient."""
    return ForeignKeyConstraint(
        ["reservation_id", "number"], ["recipient.reservation_id", "recipient.number"]
    )
