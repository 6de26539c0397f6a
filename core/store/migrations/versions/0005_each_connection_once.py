"""Each connection that runs stands in the table once, by the database's own word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_OPEN = sa.text("ended_at IS NULL")
_COLUMNS = (
    "id, server_id, reservation_id, access, client, number, access_serial, address_digest,"
    " admitted_at, seen_at, ended_at"
)
_TWICE = """
    UPDATE connection SET ended_at = seen_at
    WHERE ended_at IS NULL AND EXISTS (
        SELECT 1 FROM connection AS newer
        WHERE newer.ended_at IS NULL
            AND newer.id > connection.id
            AND newer.reservation_id = connection.reservation_id
            AND newer.access = connection.access
            AND newer.address_digest = connection.address_digest
            AND newer.client = connection.client
            AND newer.number = connection.number
    )"""


def upgrade() -> None:
    """End what two processes wrote down at once, all but the newest; then let it not be again."""
    op.execute("UPDATE connection SET number = -1 WHERE number IS NULL")  # nobody can tell who
    op.execute(_TWICE)
    if op.get_bind().dialect.name == "sqlite":
        _made_anew()
    else:
        op.alter_column("connection", "number", nullable=False)
    op.create_index(
        "ix_connection_once",
        "connection",
        ["reservation_id", "access", "client", "address_digest", "number"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _made_anew() -> None:
    """SQLite alters no column; nothing refers to the table."""
    op.create_table(
        "connection_anew",
        sa.Column("id", _ID, nullable=False),
        sa.Column("server_id", _ID, nullable=False),
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
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
    op.execute(f"INSERT INTO connection_anew ({_COLUMNS}) SELECT {_COLUMNS} FROM connection")  # noqa: S608 - our own names
    op.drop_table("connection")
    op.rename_table("connection_anew", "connection")
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
