"""Errands: what a chat handed in and what takes longer than a chat waits, until it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import col, delete, insert, select, update

from core.access.vault import SealBrokenError, Vault
from core.store.tables import ErrandRow


@dataclass(frozen=True, slots=True)
class Errand:
    """One errand: `key` names the submission, `text` is what its front end wrote down for it.

    `text` of None: it cannot be opened, for want of the key it was sealed with.
    """

    id: int
    key: str
    kind: str
    text: str | None
    tries: int
    made_at: datetime


class Errands:
    """Named queries on errands."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def keep(self, key: str, kind: str, text: str, now: datetime) -> bool:
        """Keep an errand that is to be done from now on; False where its key is known already."""
        known = self._connection.execute(
            select(ErrandRow.id).where(col(ErrandRow.key) == key)
        ).first()
        if known is not None:
            return False
        self._connection.execute(
            insert(ErrandRow).values(
                key=key,
                kind=kind,
                sealed=self._vault.seal(text, _place(key)),
                tries=0,
                not_before=now,
                made_at=now,
            )
        )
        return True

    def take(self, kind: str, now: datetime, until: datetime) -> Errand | None:
        """Take the oldest errand that waits; nobody else gets it before `until`."""
        row = self._connection.execute(
            select(ErrandRow)
            .where(col(ErrandRow.kind) == kind, col(ErrandRow.not_before) <= now)
            .order_by(col(ErrandRow.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        self._connection.execute(
            update(ErrandRow)
            .where(col(ErrandRow.id) == row.id)
            .values(not_before=until, tries=row.tries + 1)
        )
        try:
            text = self._vault.open(row.sealed, _place(row.key))
        except SealBrokenError:  # it must not stand in the way of the others
            text = None
        return Errand(row.id, row.key, row.kind, text, row.tries + 1, row.made_at)

    def put_off(self, errand_id: int, until: datetime) -> None:
        """Leave an errand for later."""
        self._connection.execute(
            update(ErrandRow).where(col(ErrandRow.id) == errand_id).values(not_before=until)
        )

    def drop(self, errand_id: int) -> None:
        """Forget an errand that was carried out."""
        self._connection.execute(delete(ErrandRow).where(col(ErrandRow.id) == errand_id))


def _place(key: str) -> str:
    return f"errand:{key}:text"
