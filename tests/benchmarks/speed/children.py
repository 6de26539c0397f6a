"""What belongs to reservations that are stored, made by the database out of them: SQL for both."""

from __future__ import annotations

# {digest}: a scattered text of the length that digests have; {recent}: not yet erased
_RECIPIENTS = """
    WITH listed (number, route, address) AS
        (VALUES (0, 'slack', 'T0001/U0001'), (1, 'email', 'ann@example.org'),
            (2, 'email', 'ben@example.org'))
    INSERT INTO recipient (reservation_id, number, route, address, name, digest, told,
        told_revision, removed, suppressed, passcode_sealed, passcode_digest, listed_at, was_new,
        asked)
    SELECT r.id, listed.number, listed.route,
        CASE WHEN {recent} THEN listed.address ELSE '' END, '', {digest},
        CASE WHEN listed.number = 0 THEN 'nothing' ELSE 'confirmed' END, 1, false, '', '', '',
        r.made_at, false, false
    FROM reservation r CROSS JOIN listed ORDER BY r.id, listed.number"""

_DELIVERIES = """
    WITH sent (number, route, kind) AS
        (VALUES (0, 'slack', 'permission'), (1, 'email', 'announcement'),
            (2, 'email', 'announcement'), (1, 'email', 'reminder'), (2, 'email', 'reminder'))
    INSERT INTO delivery (reservation_id, number, route, kind, done, lead, state, revision, level,
        from_revision, from_level, not_before, expires_at, attempts, lease_token, composed_at,
        handed_over_at, doubtful, ended_at, reason, external_id, made_at)
    SELECT r.id, sent.number, sent.route, sent.kind, '', 0, 'sent', 1, 'confirmed', 0, 'nothing',
        r.made_at, r.ends_at, 0, '0123456789abcdef', r.made_at, r.made_at, false, r.made_at,
        '', '250 2.0.0 Ok', r.made_at
    FROM reservation r CROSS JOIN sent ORDER BY r.id, sent.kind, sent.number"""

_REVISIONS = """
    INSERT INTO revision (reservation_id, number, status, facts, actor_id, made_at)
    SELECT id, 1, 'confirmed',
        '{{"~":"Facts","title":"Evening show","description":"","server_name":"Studio","slot":'
        || '{{"~":"Slot","starts_at":{{"~":"datetime","v":"2026-11-30T21:00:00+00:00"}},'
        || '"ends_at":{{"~":"datetime","v":"2026-11-30T22:00:00+00:00"}}}},"zone":"Europe/Berlin",'
        || '"watch_url":"https://live.example.org/hls/abcdef.m3u8","holder_name":"Hal",'
        || '"reply_to":"","access_serial":0,"reconfirm_by":null,"reason":""}}',
        holder_id, made_at
    FROM reservation ORDER BY id"""

_DUES = """
    WITH coming (kind, lead) AS
        (VALUES ('over', 0), ('no_show', 0), ('reminder', 86400), ('reminder', 900),
            ('stream_key', 0))
    INSERT INTO due (reservation_id, kind, lead, due_at, tries)
    SELECT r.id, coming.kind, coming.lead, r.starts_at, 0
    FROM reservation r CROSS JOIN coming WHERE r.live ORDER BY r.id"""

_ERASURES = """
    INSERT INTO due (reservation_id, kind, lead, due_at, tries)
    SELECT r.id, 'erasure', 0, r.ends_at, 0 FROM reservation r WHERE {recent} ORDER BY r.id"""

_AUDIT = """
    WITH done (act) AS (VALUES ('permit'), ('erase'))
    INSERT INTO audit (made_at, workspace_id, actor_id, act, reservation_id, detail)
    SELECT r.made_at, r.workspace_id, r.holder_id, done.act, r.id, '{{"recipients": 2}}'
    FROM reservation r CROSS JOIN done ORDER BY r.id"""

_SUPPRESSIONS = """
    INSERT INTO suppression (digest, holder_id, reason, made_at)
    SELECT {digest}, 0, 'they asked not to be written to', made_at
    FROM reservation r WHERE r.id % 100 = 0"""

CHILDREN = (_RECIPIENTS, _DELIVERIES, _REVISIONS, _DUES, _ERASURES, _AUDIT, _SUPPRESSIONS)

_IN_SQLITE = {
    "digest": "lower(hex(randomblob(16)))",
    "recent": "r.ends_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-30 days')",
}
_IN_POSTGRES = {
    "digest": "md5(random()::text)",
    "recent": "r.ends_at > now() - interval '30 days'",
}


def in_dialect(statement: str, dialect: str) -> str:
    """Write a statement as SQLite, or else PostgreSQL, takes it."""
    return statement.format(**(_IN_SQLITE if dialect == "sqlite" else _IN_POSTGRES))
