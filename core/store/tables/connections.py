"""Connections that the gate admitted: who published, and who watched, when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from core.model.gate import Access
from core.store.tables.columns import ROW_ID, one_of, row_id

_OPEN = text("ended_at IS NULL")


class ConnectionRow(SQLModel, table=True):
    """One connection to a streaming server, or where it has none (HLS) one watcher at one address.

    `client` is the server's own name for it, "" where there is none; `number` is the recipient's,
    NULL where credentials are shared or the holder publishes. The address is kept as a keyed digest
    alone: enough to tell two apart. `seen_at` is when it was last known to run.
    """

    __tablename__ = "connection"
    __table_args__ = (
        one_of("connection", "access", Access),
        Index("ix_connection_reservation", "reservation_id", "access", "address_digest"),
        Index(
            "ix_connection_open", "server_id", "client", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    id: int = row_id()
    server_id: int = Field(foreign_key="server.id", sa_type=ROW_ID)
    reservation_id: int = Field(foreign_key="reservation.id", sa_type=ROW_ID)
    access: str
    client: str
    number: int | None = None
    access_serial: int
    address_digest: str
    admitted_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
