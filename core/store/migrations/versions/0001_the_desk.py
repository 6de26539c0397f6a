"""The desk: its servers, reservations, recipients, outbox and records, with the database's veto."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)

_SQLITE_VETO = (
    """CREATE TRIGGER reservation_veto_insert AFTER INSERT ON reservation WHEN NEW.live BEGIN
    UPDATE server SET longest_busy = (strftime('%s', NEW.busy_until) - strftime('%s', NEW.busy_from) + 1)
    WHERE id = NEW.server_id AND longest_busy < (strftime('%s', NEW.busy_until) - strftime('%s', NEW.busy_from) + 1);
    SELECT RAISE(ABORT, 'callboard: server is full')
    FROM server s,
         (SELECT NEW.busy_from AS at
          UNION
          SELECT r.busy_from FROM reservation r
          WHERE r.live = 1 AND r.server_id = NEW.server_id
            AND r.busy_from > NEW.busy_from AND r.busy_from < NEW.busy_until) p
    WHERE s.id = NEW.server_id
      AND ((SELECT count(*) FROM reservation r
            WHERE r.live = 1 AND r.server_id = NEW.server_id AND r.busy_until > p.at
              AND r.busy_from <= p.at AND r.busy_from > coalesce(strftime('%Y-%m-%d %H:%M:%f', p.at, '-' || (s.longest_busy + 1) || ' seconds'), '')) > s.max_streams
           OR NEW.viewers > 0
              AND (SELECT sum(r.viewers) FROM reservation r
                   WHERE r.live = 1 AND r.server_id = NEW.server_id AND r.busy_until > p.at
                     AND r.busy_from <= p.at AND r.busy_from > coalesce(strftime('%Y-%m-%d %H:%M:%f', p.at, '-' || (s.longest_busy + 1) || ' seconds'), '')) > s.max_viewers);
END""",
    """CREATE TRIGGER reservation_veto_update AFTER UPDATE OF server_id, busy_from, busy_until, viewers, live ON reservation WHEN NEW.live AND (NOT OLD.live OR NEW.server_id <> OLD.server_id OR NEW.viewers > OLD.viewers OR NEW.busy_from < OLD.busy_from OR NEW.busy_until > OLD.busy_until) BEGIN
    UPDATE server SET longest_busy = (strftime('%s', NEW.busy_until) - strftime('%s', NEW.busy_from) + 1)
    WHERE id = NEW.server_id AND longest_busy < (strftime('%s', NEW.busy_until) - strftime('%s', NEW.busy_from) + 1);
    SELECT RAISE(ABORT, 'callboard: server is full')
    FROM server s,
         (SELECT NEW.busy_from AS at
          UNION
          SELECT r.busy_from FROM reservation r
          WHERE r.live = 1 AND r.server_id = NEW.server_id
            AND r.busy_from > NEW.busy_from AND r.busy_from < NEW.busy_until) p
    WHERE s.id = NEW.server_id
      AND ((SELECT count(*) FROM reservation r
            WHERE r.live = 1 AND r.server_id = NEW.server_id AND r.busy_until > p.at
              AND r.busy_from <= p.at AND r.busy_from > coalesce(strftime('%Y-%m-%d %H:%M:%f', p.at, '-' || (s.longest_busy + 1) || ' seconds'), '')) > s.max_streams
           OR NEW.viewers > 0
              AND (SELECT sum(r.viewers) FROM reservation r
                   WHERE r.live = 1 AND r.server_id = NEW.server_id AND r.busy_until > p.at
                     AND r.busy_from <= p.at AND r.busy_from > coalesce(strftime('%Y-%m-%d %H:%M:%f', p.at, '-' || (s.longest_busy + 1) || ' seconds'), '')) > s.max_viewers);
END""",
)

_POSTGRESQL_VETO = (
    """
CREATE FUNCTION callboard_veto() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lasts int := ceil(extract(epoch FROM NEW.busy_until - NEW.busy_from));
    carried server%ROWTYPE;
    streams bigint;
    watchers bigint;
    at timestamptz;
BEGIN
    IF current_setting('transaction_isolation') = 'repeatable read' THEN
        -- it goes on seeing what was there before the lock was had
        RAISE EXCEPTION 'callboard: reservations are written in read committed';
    END IF;
    -- whoever forgot to lock the server is serialised here; what the others wrote is then visible
    SELECT * INTO carried FROM server WHERE id = NEW.server_id FOR NO KEY UPDATE;
    IF carried.longest_busy < lasts THEN
        UPDATE server SET longest_busy = lasts WHERE id = NEW.server_id;
        carried.longest_busy := lasts;
    END IF;
    FOR at IN
        SELECT NEW.busy_from
        UNION
        SELECT r.busy_from FROM reservation r
        WHERE r.live AND r.server_id = NEW.server_id
          AND r.busy_from > NEW.busy_from AND r.busy_from < NEW.busy_until
    LOOP
        SELECT count(*), sum(r.viewers) INTO streams, watchers FROM reservation r
        WHERE r.live AND r.server_id = NEW.server_id
          AND r.busy_from <= at AND at < r.busy_until
          AND r.busy_from > at - make_interval(secs => carried.longest_busy + 1);
        IF streams > carried.max_streams
           OR NEW.viewers > 0 AND watchers > carried.max_viewers THEN
            RAISE EXCEPTION 'callboard: server is full' USING ERRCODE = 'exclusion_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$
""",
    """CREATE TRIGGER reservation_veto_insert AFTER INSERT ON reservation FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION callboard_veto()""",
    """CREATE TRIGGER reservation_veto_update AFTER UPDATE OF server_id, busy_from, busy_until, viewers, live ON reservation FOR EACH ROW WHEN (NEW.live AND (NOT OLD.live OR NEW.server_id <> OLD.server_id OR NEW.viewers > OLD.viewers OR NEW.busy_from < OLD.busy_from OR NEW.busy_until > OLD.busy_until)) EXECUTE FUNCTION callboard_veto()""",
)


def upgrade() -> None:
    """Make every table, then the veto that watches over the reservations."""
    _audit()
    _person()
    _pulse()
    _submission()
    _suppression()
    _workspace()
    _account()
    _audience_list()
    _server()
    _audience_member()
    _blackout()
    _reservation()
    _due()
    _recipient()
    _revision()
    _delivery()
    connection = op.get_bind()
    veto = _SQLITE_VETO if connection.dialect.name == "sqlite" else _POSTGRESQL_VETO
    for statement in veto:
        connection.execute(sa.text(statement))


def downgrade() -> None:
    """Refuse: the tables hold what people were promised."""
    raise RuntimeError("the first migration is not taken back: restore a backup instead")


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("workspace_id", _ID, nullable=True),
        sa.Column("actor_id", _ID, nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("reservation_id", _ID, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_made_at", "audit", ["made_at"], unique=False)
    op.create_index("ix_audit_reservation_id", "audit", ["reservation_id"], unique=False)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("reminders", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _pulse() -> None:
    op.create_table(
        "pulse",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("beat_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _submission() -> None:
    op.create_table(
        "submission",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_submission_made_at", "submission", ["made_at"], unique=False)


def _suppression() -> None:
    op.create_table(
        "suppression",
        sa.Column("id", _ID, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("holder_id", _ID, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", "holder_id", name="uq_suppression"),
    )


def _workspace() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("reminders", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('console', 'slack', 'discord')", name="ck_workspace_kind"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "external_id", name="uq_workspace_external"),
    )


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", _ID, nullable=False),
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "external_id", name="uq_account_external"),
    )
    op.create_index("ix_account_person_id", "account", ["person_id"], unique=False)


def _audience_list() -> None:
    op.create_table(
        "audience_list",
        sa.Column("id", _ID, nullable=False),
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "folded", name="uq_audience_list_name"),
    )


def _server() -> None:
    op.create_table(
        "server",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("watch_url", sa.String(), nullable=False),
        sa.Column("ingest_url", sa.String(), nullable=False),
        sa.Column("max_streams", sa.Integer(), nullable=False),
        sa.Column("max_viewers", sa.Integer(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("longest_busy", sa.Integer(), nullable=False),
        sa.Column("notification_policy", sa.String(), nullable=False),
        sa.Column("workspace_id", _ID, nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('nginx-rtmp', 'mediamtx', 'srs', 'icecast', 'link')", name="ck_server_kind"
        ),
        sa.CheckConstraint(
            "notification_policy IN ('on_permit', 'on_reconfirm', 'both')",
            name="ck_server_notification_policy",
        ),
        sa.CheckConstraint("max_streams >= 1", name="ck_server_max_streams"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folded"),
    )


def _audience_member() -> None:
    op.create_table(
        "audience_member",
        sa.Column("list_id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint(
            "route IN ('email', 'slack', 'discord', 'console')", name="ck_audience_member_route"
        ),
        sa.ForeignKeyConstraint(["list_id"], ["audience_list.id"]),
        sa.PrimaryKeyConstraint("list_id", "key"),
    )


def _blackout() -> None:
    op.create_table(
        "blackout",
        sa.Column("id", _ID, nullable=False),
        sa.Column("server_id", _ID, nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="ck_blackout_slot"),
        sa.ForeignKeyConstraint(["server_id"], ["server.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_blackout_server_id", "blackout", ["server_id"], unique=False)


def _reservation() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("workspace_id", _ID, nullable=False),
        sa.Column("holder_id", _ID, nullable=False),
        sa.Column("server_id", _ID, nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("busy_from", _INSTANT, nullable=False),
        sa.Column("busy_until", _INSTANT, nullable=False),
        sa.Column("viewers", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("notification_policy", sa.String(), nullable=False),
        sa.Column("credential_mode", sa.String(), nullable=False),
        sa.Column("watch_user", sa.String(), nullable=False),
        sa.Column("passcode_sealed", sa.String(), nullable=False),
        sa.Column("stream_key_sealed", sa.String(), nullable=False),
        sa.Column("stream_key_digest", sa.String(), nullable=False),
        sa.Column("reconfirm_by", _INSTANT, nullable=True),
        sa.Column("reminders", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("access_serial", sa.Integer(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.CheckConstraint(
            "credential_mode IN ('none', 'shared', 'each')", name="ck_reservation_credential_mode"
        ),
        sa.CheckConstraint(
            "live = (status IN ('permitted', 'confirmed'))", name="ck_reservation_live"
        ),
        sa.CheckConstraint(
            "notification_policy IN ('on_permit', 'on_reconfirm', 'both')",
            name="ck_reservation_notification_policy",
        ),
        sa.CheckConstraint(
            "status IN ('permitted', 'confirmed', 'lapsed', 'cancelled', 'over')",
            name="ck_reservation_status",
        ),
        sa.CheckConstraint(
            "busy_from <= starts_at AND ends_at <= busy_until", name="ck_reservation_busy"
        ),
        sa.CheckConstraint("starts_at < ends_at", name="ck_reservation_slot"),
        sa.CheckConstraint("viewers >= 0", name="ck_reservation_viewers"),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["server_id"], ["server.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index(
        "ix_reservation_busy",
        "reservation",
        ["server_id", "busy_from"],
        unique=False,
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.create_index(
        "ix_reservation_holder", "reservation", ["holder_id", "starts_at"], unique=False
    )
    op.create_index(
        "ix_reservation_stream_key_digest", "reservation", ["stream_key_digest"], unique=False
    )
    op.create_index(
        "ix_reservation_workspace", "reservation", ["workspace_id", "starts_at"], unique=False
    )


def _due() -> None:
    op.create_table(
        "due",
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('deadline_reminder', 'deadline', 'reminder', 'stream_key', 'report', 'over', 'erasure')",
            name="ck_due_kind",
        ),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"]),
        sa.PrimaryKeyConstraint("reservation_id", "kind", "lead"),
    )
    op.create_index("ix_due_at", "due", ["due_at"], unique=False)


def _recipient() -> None:
    op.create_table(
        "recipient",
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("told_revision", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("suppressed", sa.String(), nullable=False),
        sa.Column("passcode_sealed", sa.String(), nullable=False),
        sa.Column("passcode_digest", sa.String(), nullable=False),
        sa.Column("first_delivery_id", _ID, nullable=True),
        sa.Column("listed_at", _INSTANT, nullable=False),
        sa.Column("was_new", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "route IN ('email', 'slack', 'discord', 'console')", name="ck_recipient_route"
        ),
        sa.CheckConstraint(
            "told IN ('nothing', 'provisional', 'confirmed', 'cancelled')", name="ck_recipient_told"
        ),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"]),
        sa.PrimaryKeyConstraint("reservation_id", "number"),
    )
    op.create_index("ix_recipient_digest", "recipient", ["digest"], unique=False)


def _revision() -> None:
    op.create_table(
        "revision",
        sa.Column("reservation_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("actor_id", _ID, nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"]),
        sa.PrimaryKeyConstraint("reservation_id", "number"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
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
        sa.CheckConstraint(
            "kind IN ('announcement', 'confirmation', 'change', 'cancellation', 'reminder', 'permission', 'receipt', 'deadline', 'lapse', 'stream_key', 'report')",
            name="ck_delivery_kind",
        ),
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
    op.create_index(
        "ix_delivery_lease",
        "delivery",
        ["lease_token"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_delivery_queue",
        "delivery",
        ["not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_index(
        "ix_delivery_stream", "delivery", ["reservation_id", "number", "id"], unique=False
    )
