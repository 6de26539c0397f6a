"""What chats need kept: installations, errands, drafts, links between them, and events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from core.store.tables.columns import ROW_ID, row_id


class SlackInstallationRow(SQLModel, table=True):
    """The desk's place in one Slack workspace; `ended_at` once it was removed from it.

    `scopes` has commas between. The bot token is sealed, and "" once it has ended.
    """

    __tablename__ = "slack_installation"

    team_id: str = Field(primary_key=True)
    enterprise_id: str = ""
    team_name: str
    app_id: str = ""
    bot_id: str = ""
    bot_user_id: str = ""
    token_sealed: str = ""
    scopes: str = ""
    installed_by: str = ""
    installed_at: datetime
    ended_at: datetime | None = None


class ErrandRow(SQLModel, table=True):
    """A submission that takes longer than a chat waits: kept before it is acknowledged.

    `kind` says which front end it belongs to; `sealed` is what it needs, as JSON: it may hold a
    passcode. The row goes when it was carried out.
    """

    __tablename__ = "errand"

    id: int = row_id()
    key: str = Field(unique=True)
    kind: str
    sealed: str = Field(sa_type=Text)
    tries: int = 0
    not_before: datetime
    made_at: datetime


class LinkedAccountRow(SQLModel, table=True):
    """An account that shares its person with another one: a row for each while they are linked.

    `name` is what its own chat calls them, which is shown in no other; `email` is the mail address
    that its person had before, so that it goes with it again when it leaves.
    """

    __tablename__ = "linked_account"

    account_id: int = Field(foreign_key="account.id", sa_type=ROW_ID, primary_key=True)
    name: str
    email: str = ""


class FormerPersonRow(SQLModel, table=True):
    """Which account a person was known by in a workspace before it was linked or left.

    Whoever began to act as that person, and finds another behind the account by now, is led on.
    """

    __tablename__ = "former_person"

    workspace_id: int = Field(foreign_key="workspace.id", sa_type=ROW_ID, primary_key=True)
    person_id: int = Field(foreign_key="person.id", sa_type=ROW_ID, primary_key=True)
    account_id: int = Field(foreign_key="account.id", sa_type=ROW_ID)


class ScheduledEventRow(SQLModel, table=True):
    """A reservation's mirror among the scheduled events of one Discord guild.

    `event_id` is Discord's number of it, "" while there is none; `shown` what it was last made to
    say, as JSON, "" for nothing. `revision` is the reservation's when it was last looked at.
    `begun_at` is set before one is made: where it still is, one may be there that nobody wrote
    down. `closed`: nothing is done about it any more. `not_before` is when it is looked at next;
    `checked_at` when Discord was last asked of it. `failures` counts what was refused in a row,
    `reason` says why.
    """

    __tablename__ = "scheduled_event"
    __table_args__ = (Index("ix_scheduled_event_due", "closed", "not_before"),)

    reservation_id: int = Field(foreign_key="reservation.id", sa_type=ROW_ID, primary_key=True)
    guild_id: str = Field(primary_key=True)
    event_id: str = ""
    shown: str = Field(default="", sa_type=Text)
    revision: int = 0
    begun_at: datetime | None = None
    closed: bool = False
    not_before: datetime
    checked_at: datetime | None = None
    failures: int = 0
    reason: str = ""


class DraftRow(SQLModel, table=True):
    """What was typed into a form that is not handed in yet, for the account that typed it.

    `sealed` is JSON: there may be a passcode in it. `revision` counts how often it was kept.
    """

    __tablename__ = "draft"

    id: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id", sa_type=ROW_ID, index=True)
    kind: str
    sealed: str = Field(sa_type=Text)
    revision: int = 1
    made_at: datetime = Field(index=True)
