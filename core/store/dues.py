"""What is to be done when, as the store keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, func
from sqlmodel import col, delete, select

from core.model.due import Due, DueKind
from core.store.bulk import Insertion
from core.store.tables import DueRow


class Dues:
    """Named queries on what is due."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def up_to(self, now: datetime, limit: int) -> tuple[Due, ...]:
        """List what is due by now, the longest overdue first.

        Of what falls due together a deadline comes first: nobody is reminded of what then lapses.
        """
        rows = self._connection.execute(
            select(DueRow)
            .where(col(DueRow.due_at) <= now)
            .order_by(col(DueRow.due_at), col(DueRow.kind) != DueKind.DEADLINE.value)
            .limit(limit)
        )
        return tuple(
            Due(
                row.due_at,
                row.reservation_id,
                DueKind(row.kind),
                timedelta(seconds=row.lead),
                row.tries,
            )
            for row in rows
        )

    def deadlines_between(self, since: datetime, until: datetime) -> tuple[Due, ...]:
        """List the reconfirmation deadlines that passed in a stretch of time."""
        return tuple(
            due
            for due in self.up_to(until, limit=1_000_000)
            if due.kind is DueKind.DEADLINE and due.due_at > since
        )

    def next_at(self) -> datetime | None:
        """Give the moment of what is due next."""
        return self._connection.execute(select(func.min(col(DueRow.due_at)))).scalar()

    def take(self, due: Due) -> bool:
        """Remove a due row to carry it out; False where somebody else did, or it was moved."""
        taken = self._connection.execute(
            delete(DueRow).where(
                col(DueRow.reservation_id) == due.reservation_id,
                col(DueRow.kind) == due.kind.value,
                col(DueRow.lead) == _seconds(due.lead),
                col(DueRow.due_at) == due.due_at,
            )
        )
        return taken.rowcount == 1

    def replace(
        self, reservation_id: int, dues: Iterable[Due], but: Iterable[DueKind] = ()
    ) -> None:
        """Put these in place of what was due for a reservation, leaving some kinds alone."""
        self._connection.execute(
            delete(DueRow).where(
                col(DueRow.reservation_id) == reservation_id,
                col(DueRow.kind).not_in([kind.value for kind in but]),
            )
        )
        self.put(*dues)

    def put(self, *dues: Due) -> None:
        """Set due rows, each in place of one of the same kind and lead."""
        rows = [
            (due.reservation_id, due.kind.value, _seconds(due.lead), due.due_at, due.tries)
            for due in dues
        ]
        _PUT.run(self._connection, rows)


_PUT = Insertion(
    DueRow,
    columns=("reservation_id", "kind", "lead", "due_at", "tries"),
    once=("reservation_id", "kind", "lead"),
    updated=("due_at", "tries"),
)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
