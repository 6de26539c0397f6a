"""What is kept about commands themselves: answers given, acts done, and the desk's own pulse."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from core.store.tables.columns import ROW_ID, row_id


class SubmissionRow(SQLModel, table=True):
    """A submission that was carried out, with the sealed answer that a second copy is given."""

    __tablename__ = "submission"

    key: str = Field(primary_key=True)
    answer: str = Field(sa_type=Text)
    made_at: datetime = Field(index=True)


class AuditRow(SQLModel, table=True):
    """Who did what: kept without contact addresses and without secrets. `detail` is JSON."""

    __tablename__ = "audit"

    id: int = row_id()
    made_at: datetime = Field(index=True)
    workspace_id: int | None = Field(default=None, sa_type=ROW_ID)
    actor_id: int | None = Field(default=None, sa_type=ROW_ID)
    act: str
    reservation_id: int | None = Field(default=None, sa_type=ROW_ID, index=True)
    detail: str = Field(default="{}", sa_type=Text)


class PulseRow(SQLModel, table=True):
    """When a part of the desk last did its round: an outage of ours is no silence of a holder."""

    __tablename__ = "pulse"

    name: str = Field(primary_key=True)
    beat_at: datetime
