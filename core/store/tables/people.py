"""Workspaces, the people in them, and their audience lists."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.model.people import WorkspaceKind
from core.model.recipient import RouteName
from core.store.tables.columns import ROW_ID, one_of, row_id


class WorkspaceRow(SQLModel, table=True):
    """A Slack workspace, a Discord guild or the local console; `reminders` in seconds, as JSON."""

    __tablename__ = "workspace"
    __table_args__ = (
        UniqueConstraint("kind", "external_id", name="uq_workspace_external"),
        one_of("workspace", "kind", WorkspaceKind),
    )

    id: int = row_id()
    kind: str
    external_id: str
    name: str
    zone: str = "UTC"
    reminders: str = "[86400, 900]"
    made_at: datetime


class PersonRow(SQLModel, table=True):
    """A person, whichever workspaces they are met in; NULL means the workspace's default."""

    __tablename__ = "person"

    id: int = row_id()
    name: str
    zone: str | None = None
    reminders: str | None = None
    email: str = ""
    made_at: datetime


class AccountRow(SQLModel, table=True):
    """How a person is known in one workspace.

    `met_in` is the channel in which they last spoke to the desk, `zone` the time zone that they
    have there; "" where the chat has no such thing.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("workspace_id", "external_id", name="uq_account_external"),)

    id: int = row_id()
    workspace_id: int = Field(foreign_key="workspace.id", sa_type=ROW_ID)
    person_id: int = Field(foreign_key="person.id", sa_type=ROW_ID, index=True)
    external_id: str
    met_in: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    zone: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class AudienceListRow(SQLModel, table=True):
    """A named, reusable set of contact addresses; `folded` is the name without regard to case."""

    __tablename__ = "audience_list"
    __table_args__ = (UniqueConstraint("workspace_id", "folded", name="uq_audience_list_name"),)

    id: int = row_id()
    workspace_id: int = Field(foreign_key="workspace.id", sa_type=ROW_ID)
    name: str
    folded: str
    made_at: datetime


class AudienceMemberRow(SQLModel, table=True):
    """One contact address on an audience list; `key` is `Contact.key`."""

    __tablename__ = "audience_member"
    __table_args__ = (one_of("audience_member", "route", RouteName),)

    list_id: int = Field(foreign_key="audience_list.id", sa_type=ROW_ID, primary_key=True)
    key: str = Field(primary_key=True)
    route: str
    address: str
    name: str = ""
