"""The gate: how a server's connections are ended, who was connected, and slots nobody uses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_DUE_KINDS = "kind IN ('deadline_reminder', 'deadline', 'reminder', 'asked_reminder', 'stream_key', 'report', 'no_show', 'release', 'over', 'erasure')"
_DELIVERY_KINDS = "kind IN ('announcement', 'confirmation', 'change', 'cancellation', 'reminder', 'permission', 'receipt', 'deadline', 'lapse', 'stream_key', 'report', 'no_show')"
_QUEUED = sa.text("state IN ('queued', 'sending')")
_SENDING = sa.text("state = 'sending'")
_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add what the gate needs."""
    for column in ("control_url", "control_sealed"):
        op.add_column(
            "server", sa.Column(column, sa.String(), nullable=False, server_default=sa.text("''"))
        )
    op.add_column("server", sa.Column("asked_at", _INSTANT, nullable=True))
    op.add_column(
        "reservation",
        sa.Column("passcode_chosen", sa.Boolean(), nullable=False, server_default=sa.text("true")),
    )
    op.create_table(
        "connection",
        sa.Column("id", _ID, nullable=False),
        sa.Column("server_id", _ID, nullable=False),
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("access_serial", sa.Integer(), nullable=False),
        sa.Column("address_digest", sa.String(), nullable=False),
        sa.Column("admitted_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.CheckConstraint("access IN ('publish', 'watch')", name="ck_connection_access"),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"]),
        sa.ForeignKeyConstraint(["server_id"], ["server.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_connection_reservation", "connection", ["reservation_id", "access", "address_digest"]
    )
    op.create_index(
        "ix_connection_open",
        "connection",
        ["server_id", "client"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    if op.get_bind().dialect.name != "sqlite":
        _constrained("due", "ck_due_kind", _DUE_KINDS)
        _constrained("delivery", "ck_delivery_kind", _DELIVERY_KINDS)
        return
    # SQLite alters no constraint: the tables are made anew; nothing refers to them
    _due()
    _delivery()


def _constrained(table: str, name: str, condition: str) -> None:
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, condition)


def _due() -> None:
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
    _moved("due", "reservation_id, kind, lead, due_at, tries")
    op.create_index("ix_due_at", "due", ["due_at"], unique=False)


def _delivery() -> None:
    op.create_table(
        "delivery_anew",
        sa.Column("id", _ID, nullable=False),
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("done", sa.String(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("from_revision", sa.Integer(), nullable=False),
        sa.Column("from_level", sa.String(), nullable=False),
        sa.Column("not_before", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", _INSTANT, nullable=True),
        sa.Column("lease_token", sa.String(), nullable=False),
        sa.Column("composed_at", _INSTANT, nullable=True),
        sa.Column("handed_over_at", _INSTANT, nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.CheckConstraint(_DELIVERY_KINDS, name="ck_delivery_kind"),
        sa.CheckConstraint(
            "route IN ('email', 'slack', 'discord', 'console')", name="ck_delivery_route"
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'bounced', 'superseded', 'suppressed')",
            name="ck_delivery_state",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id", "number"], ["recipient.reservation_id", "recipient.number"]
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    _moved(
        "delivery",
        "id, reservation_id, number, route, kind, done, lead, state, revision, level, from_revision, from_level, not_before, expires_at, attempts, lease_until, lease_token, composed_at, handed_over_at, doubtful, ended_at, reason, external_id, made_at",
    )
    op.create_index(
        "ix_delivery_lease", "delivery", ["lease_token"], unique=False, sqlite_where=_SENDING
    )
    op.create_index(
        "ix_delivery_queue", "delivery", ["not_before", "id"], unique=False, sqlite_where=_QUEUED
    )
    op.create_index(
        "ix_delivery_stream", "delivery", ["reservation_id", "number", "id"], unique=False
    )


def _moved(table: str, columns: str) -> None:
    op.execute(f"INSERT INTO {table}_anew ({columns}) SELECT {columns} FROM {table}")  # noqa: S608 - our own names
    op.drop_table(table)
    op.rename_table(f"{table}_anew", table)
