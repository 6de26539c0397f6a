"""Connections that the gate admitted: who published, and who watched, when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from core.model.gate import Access
from core.store.tables.columns import ROW_ID, one_of, row_id

OPEN = text("ended_at IS NULL")
# what tells one that is not known to have ended from another
ONCE = ("reservation_id", "access", "client", "address_digest", "number")
NOBODY = -1


class ConnectionRow(SQLModel, table=True):
    """One connection to a streaming server, or where it has none (HLS) one watcher at one address.

    `client` is the server's own name for it, "" where there is none; `number` is the recipient's,
    `NOBODY` where nobody can tell who it is (NULL would be equal to no other). The address is kept
    as a keyed digest alone: enough to tell two apart. `seen_at` is when it was last known to run.
    """

    __tablename__ = "connection"
    __table_args__ = (
        one_of("connection", "access", Access),
        Index("ix_connection_reservation", "reservation_id", "access", "address_digest"),
        Index(
            "ix_connection_open", "server_id", "client", sqlite_where=OPEN, postgresql_where=OPEN
        ),
        Index("ix_connection_once", *ONCE, unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: int = row_id()
    server_id: int = Field(foreign_key="server.id", sa_type=ROW_ID)
    reservation_id: int = Field(foreign_key="reservation.id", sa_type=ROW_ID)
    access: str
    client: str
    number: int
    access_serial: int
    address_digest: str
    admitted_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
