"""Slack: installations, errands, where people were met last, and reminders people ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_DUE_KINDS = "kind IN ('deadline_reminder', 'deadline', 'reminder', 'asked_reminder', 'stream_key', 'report', 'over', 'erasure')"


def upgrade() -> None:
    """Add what Slack needs."""
    op.add_column(
        "account", sa.Column("met_in", sa.String(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "account", sa.Column("zone", sa.String(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "recipient",
        sa.Column("asked", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    _due()
    op.create_table(
        "slack_installation",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("enterprise_id", sa.String(), nullable=False),
        sa.Column("team_name", sa.String(), nullable=False),
        sa.Column("app_id", sa.String(), nullable=False),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("bot_user_id", sa.String(), nullable=False),
        sa.Column("token_sealed", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("installed_by", sa.String(), nullable=False),
        sa.Column("installed_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("team_id"),
    )
    op.create_table(
        "errand",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", _INSTANT, nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )


def _due() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("ck_due_kind", "due", type_="check")
        op.create_check_constraint("ck_due_kind", "due", _DUE_KINDS)
        return
    # SQLite alters no constraint: the table is made anew; nothing refers to it, and it has no trigger
    op.create_table(
        "due_anew",
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(_DUE_KINDS, name="ck_due_kind"),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"]),
        sa.PrimaryKeyConstraint("reservation_id", "kind", "lead"),
    )
    op.execute("INSERT INTO due_anew SELECT reservation_id, kind, lead, due_at, tries FROM due")
    op.drop_table("due")
    op.rename_table("due_anew", "due")
    op.create_index("ix_due_at", "due", ["due_at"], unique=False)
