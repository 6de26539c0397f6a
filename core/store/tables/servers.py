"""Streaming servers and their blackouts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, text
from sqlmodel import Field, SQLModel

from core.model.reservation import NotificationPolicy
from core.model.server import ServerKind
from core.store.tables.columns import ROW_ID, one_of, row_id


class ServerRow(SQLModel, table=True):
    """A server. Its row is the lock under which its slots are decided.

    `max_streams` and `max_viewers` stand beside the other `rules` (JSON) because the database's own
    veto reads them. `longest_busy` is the greatest length in seconds, buffers included, of any slot
    ever taken on it: it bounds every search for what overlaps, and the veto keeps it.
    `control_sealed` holds the credentials of the control interface; `asked_at` is when the server
    last asked the gate, and NULL while it never has.
    """

    __tablename__ = "server"
    __table_args__ = (
        one_of("server", "kind", ServerKind),
        one_of("server", "notification_policy", NotificationPolicy),
        CheckConstraint("max_streams >= 1", name="ck_server_max_streams"),
    )

    id: int = row_id()
    name: str
    folded: str = Field(unique=True)
    kind: str
    zone: str
    watch_url: str
    ingest_url: str = ""
    max_streams: int
    max_viewers: int | None = None
    rules: str = Field(sa_type=Text)
    longest_busy: int = 0
    notification_policy: str
    workspace_id: int | None = Field(default=None, foreign_key="workspace.id", sa_type=ROW_ID)
    retired: bool = False
    control_url: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    control_sealed: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    asked_at: datetime | None = None
    made_at: datetime


class BlackoutRow(SQLModel, table=True):
    """Time on a server that nobody may reserve."""

    __tablename__ = "blackout"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ck_blackout_slot"),)

    id: int = row_id()
    server_id: int = Field(foreign_key="server.id", sa_type=ROW_ID, index=True)
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
