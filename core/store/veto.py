"""The database's own veto: no reservation, however it was written, can overbook a server.

A trigger counts the peak of what overlaps the new row and refuses what is over `max_streams` or
`max_viewers`. The peak can only lie at the new row's own start or where another reservation starts
within it. The use cases lock and decide first; whoever sees this veto has found a forgotten lock.

What is written already stays, also when the server's limits are lowered: only a row that takes
more than it did is held against them. The trigger itself raises `longest_busy`, on which its search
and everybody else's rests: a bound that somebody forgot to raise would hide what overlaps.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, event, text

from core.store.tables import ReservationRow

VETO = "callboard: server is full"

# Instants are text here, of one width and in UTC. Whole seconds, each rounded down, are less than a
# second too short for the length; in the bound a second more covers the three digits of %f.
_SQLITE_LENGTH = "(strftime('%s', NEW.busy_until) - strftime('%s', NEW.busy_from) + 1)"
_SQLITE_BOUND = (
    "coalesce(strftime('%Y-%m-%d %H:%M:%f', p.at, '-' || (s.longest_busy + 1) || ' seconds'), '')"
)
_SQLITE_BODY = """
    UPDATE server SET longest_busy = {length}
    WHERE id = NEW.server_id AND longest_busy < {length};
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
              AND r.busy_from <= p.at AND r.busy_from > {bound}) > s.max_streams
           OR NEW.viewers > 0
              AND (SELECT sum(r.viewers) FROM reservation r
                   WHERE r.live = 1 AND r.server_id = NEW.server_id AND r.busy_until > p.at
                     AND r.busy_from <= p.at AND r.busy_from > {bound}) > s.max_viewers);
"""

_POSTGRES_FUNCTION = """
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
"""

_TAKES_MORE = (
    "(NOT OLD.live OR NEW.server_id <> OLD.server_id OR NEW.viewers > OLD.viewers"
    " OR NEW.busy_from < OLD.busy_from OR NEW.busy_until > OLD.busy_until)"
)
_MOMENTS = (
    ("insert", "INSERT", "NEW.live"),
    (
        "update",
        "UPDATE OF server_id, busy_from, busy_until, viewers, live",
        f"NEW.live AND {_TAKES_MORE}",
    ),
)


def veto_ddl(dialect: str) -> tuple[str, ...]:
    """Give the statements that put the veto in place."""
    if dialect == "sqlite":
        body = _SQLITE_BODY.format(length=_SQLITE_LENGTH, bound=_SQLITE_BOUND)
        return tuple(
            f"{_trigger(name, moment)} WHEN {takes} BEGIN{body}END"
            for name, moment, takes in _MOMENTS
        )
    return (
        _POSTGRES_FUNCTION,
        *(
            f"{_trigger(name, moment)} FOR EACH ROW WHEN ({takes})"
            " EXECUTE FUNCTION callboard_veto()"
            for name, moment, takes in _MOMENTS
        ),
    )


def _trigger(name: str, moment: str) -> str:
    return f"CREATE TRIGGER reservation_veto_{name} AFTER {moment} ON reservation"


def _after_create(_target: Table, connection: Connection, **_: object) -> None:
    for statement in veto_ddl(connection.dialect.name):
        connection.execute(text(statement))


event.listen(ReservationRow.__table__, "after_create", _after_create)  # type: ignore[attr-defined]
