"""What chats need kept: where the desk is installed, and what it has still to do for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from core.store.tables.columns import row_id


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
