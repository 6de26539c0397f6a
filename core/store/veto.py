"""The database's own veto: no statement, however it came about, can overbook a server.

A trigger counts the peak of what overlaps the new row and refuses what is over `max_streams` or
`max_viewers`. The peak can only lie at the new row's own start or where another reservation starts
within it. The use cases lock and decide first; whoever sees this veto has found a forgotten lock.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, event, text

from core.store.tables import ReservationRow

VETO = "callboard: server is full"

_SQLITE_CONDITION = """
    SELECT RAISE(ABORT, 'callboard: server is full')
    FROM server s,
         (SELECT NEW.busy_from AS at
          UNION
          SELECT r.busy_from FROM reservation r
          WHERE r.live AND r.server_id = NEW.server_id
            AND r.busy_from > NEW.busy_from AND r.busy_from < NEW.busy_until) p
    WHERE s.id = NEW.server_id
      AND ((SELECT count(*) FROM reservation r
            WHERE r.live AND r.server_id = NEW.server_id AND r.busy_until > p.at
              AND r.busy_from <= p.at AND r.busy_from > {bound}) > s.max_streams
           OR (SELECT coalesce(sum(r.viewers), 0) FROM reservation r
               WHERE r.live AND r.server_id = NEW.server_id AND r.busy_until > p.at
                 AND r.busy_from <= p.at AND r.busy_from > {bound}) > s.max_viewers);
"""
_SQLITE_BOUND = "strftime('%Y-%m-%d %H:%M:%f', p.at, '-' || (s.longest_busy + 1) || ' seconds')"

_POSTGRES_FUNCTION = """
CREATE FUNCTION callboard_veto() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    carried server%ROWTYPE;
    streams bigint;
    watchers bigint;
    at timestamptz;
BEGIN
    -- whoever forgot to lock the server is serialised here; what the others wrote is then visible
    SELECT * INTO carried FROM server WHERE id = NEW.server_id FOR UPDATE;
    FOR at IN
        SELECT NEW.busy_from
        UNION
        SELECT r.busy_from FROM reservation r
        WHERE r.live AND r.server_id = NEW.server_id
          AND r.busy_from > NEW.busy_from AND r.busy_from < NEW.busy_until
    LOOP
        SELECT count(*), coalesce(sum(r.viewers), 0) INTO streams, watchers FROM reservation r
        WHERE r.live AND r.server_id = NEW.server_id
          AND r.busy_from <= at AND at < r.busy_until
          AND r.busy_from > at - make_interval(secs => carried.longest_busy + 1);
        IF streams > carried.max_streams OR watchers > carried.max_viewers THEN
            RAISE EXCEPTION 'callboard: server is full' USING ERRCODE = 'exclusion_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""


_MOMENTS = (
    ("insert", "INSERT"),
    ("update", "UPDATE OF server_id, busy_from, busy_until, viewers, live"),
)


def veto_ddl(dialect: str) -> tuple[str, ...]:
    """Give the statements that put the veto in place."""
    if dialect == "sqlite":
        body = _SQLITE_CONDITION.format(bound=_SQLITE_BOUND)
        return tuple(
            f"{_trigger(name, moment)} WHEN NEW.live BEGIN{body}END" for name, moment in _MOMENTS
        )
    action = "FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION callboard_veto()"
    return (
        _POSTGRES_FUNCTION,
        *(f"{_trigger(name, moment)} {action}" for name, moment in _MOMENTS),
    )


def _trigger(name: str, moment: str) -> str:
    return f"CREATE TRIGGER reservation_veto_{name} AFTER {moment} ON reservation"


def _after_create(_target: Table, connection: Connection, **_: object) -> None:
    for statement in veto_ddl(connection.dialect.name):
        connection.execute(text(statement))


event.listen(ReservationRow.__table__, "after_create", _after_create)  # type: ignore[attr-defined]
