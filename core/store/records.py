"""Answers kept for second copies of a submission, the audit, and the pulse."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlmodel import col, delete, insert, select, update

from core.model.people import Actor
from core.store.bulk import Insertion
from core.store.tables import AuditRow, PulseRow, SubmissionRow

KEEP_ANSWERS = timedelta(hours=24)


class Records:
    """Named queries on what is kept about commands themselves."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def answer_to(self, key: str) -> str | None:
        """Give the stored answer to a submission, if it was carried out already."""
        return self._connection.execute(
            select(SubmissionRow.answer).where(col(SubmissionRow.key) == key)
        ).scalar()

    def keep_answer(self, key: str, answer: str) -> None:
        """Keep the answer to a submission with what it did."""
        self._connection.execute(
            insert(SubmissionRow).values(key=key, answer=answer, made_at=self._now)
        )

    def forget_answers(self) -> None:
        """Drop the answers that no second copy will ask for any more."""
        self._connection.execute(
            delete(SubmissionRow).where(col(SubmissionRow.made_at) < self._now - KEEP_ANSWERS)
        )

    def audit(
        self, act: str, actor: Actor | None, reservation_id: int | None = None, **detail: object
    ) -> None:
        """Write down an act; `detail` holds neither addresses nor secrets."""
        whose = (actor.workspace_id, actor.person_id) if actor else (None, None)
        row = (self._now, *whose, act, reservation_id, json.dumps(detail, default=str))
        _AUDIT.run(self._connection, [row])

    def last_beat(self, name: str) -> datetime | None:
        """Give when a part of the desk last did its round."""
        return self._connection.execute(
            select(PulseRow.beat_at).where(col(PulseRow.name) == name)
        ).scalar()

    def beats(self, prefix: str) -> tuple[str, ...]:
        """List the parts of the desk whose names begin so."""
        names = self._connection.execute(
            select(PulseRow.name).where(col(PulseRow.name).startswith(prefix, autoescape=True))
        ).scalars()
        return tuple(sorted(names))

    def beat(self, name: str, at: datetime) -> None:
        """Note that a part of the desk did its round."""
        beaten = self._connection.execute(
            update(PulseRow).where(col(PulseRow.name) == name).values(beat_at=at)
        )
        if beaten.rowcount == 0:
            self._connection.execute(insert(PulseRow).values(name=name, beat_at=at))


_AUDIT = Insertion(
    AuditRow,
    columns=("made_at", "workspace_id", "actor_id", "act", "reservation_id", "detail"),
)
