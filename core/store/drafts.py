"""Drafts: what was typed into a form of several steps, until it is handed in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row
from sqlmodel import col, delete, insert, select, update

from core.access.vault import SealBrokenError, Vault
from core.store.tables.chats import DraftRow


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was kept last. `id` cannot be guessed; `revision` counts the times.

    `text` is what its front end wrote down; there may be a passcode in it.
    """

    id: str
    kind: str
    text: str
    revision: int
    made_at: datetime


class Drafts:
    """Named queries on drafts; each belongs to one account, which alone can open it."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, account_id: int, kind: str, text: str, now: datetime) -> Draft:
        """Keep a new draft."""
        draft_id = secrets.token_urlsafe(16)
        self._connection.execute(
            insert(DraftRow).values(
                id=draft_id,
                account_id=account_id,
                kind=kind,
                sealed=self._vault.seal(text, _place(draft_id, account_id)),
                revision=1,
                made_at=now,
            )
        )
        return Draft(draft_id, kind, text, 1, now)

    def put(self, draft: Draft, account_id: int, text: str, now: datetime) -> Draft | None:
        """Keep something else in a draft's place; None where somebody was faster."""
        kept = self._connection.execute(
            update(DraftRow)
            .where(
                col(DraftRow.id) == draft.id,
                col(DraftRow.account_id) == account_id,
                col(DraftRow.revision) == draft.revision,
            )
            .values(
                sealed=self._vault.seal(text, _place(draft.id, account_id)),
                revision=draft.revision + 1,
                made_at=now,
            )
        )
        if kept.rowcount == 0:
            return None
        return Draft(draft.id, draft.kind, text, draft.revision + 1, now)

    def get(self, draft_id: str, account_id: int, since: datetime) -> Draft | None:
        """Open a draft of an account that was kept since then.

        None, too, where it cannot be opened for want of the key it was sealed with: the form is
        empty then, and can be filled in anew.
        """
        row = self._connection.execute(
            select(DraftRow).where(
                col(DraftRow.id) == draft_id,
                col(DraftRow.account_id) == account_id,
                col(DraftRow.made_at) >= since,
            )
        ).first()
        return self._opened(row) if row else None

    def drop(self, draft_id: str, account_id: int) -> bool:
        """Forget a draft of an account; False where there is none."""
        dropped = self._connection.execute(
            delete(DraftRow).where(
                col(DraftRow.id) == draft_id, col(DraftRow.account_id) == account_id
            )
        )
        return dropped.rowcount == 1

    def keep_newest(self, account_id: int, most: int, kept: str) -> None:
        """Forget an account's oldest drafts, where it has more than so many.

        `kept` stays: it was made just now, whatever a clock says that was set back since.
        """
        newest = (
            select(DraftRow.id)
            .where(col(DraftRow.account_id) == account_id)
            .order_by((col(DraftRow.id) == kept).desc(), col(DraftRow.made_at).desc())
            .limit(most)
        )
        self._connection.execute(
            delete(DraftRow).where(
                col(DraftRow.account_id) == account_id, col(DraftRow.id).not_in(newest)
            )
        )

    def forget(self, before: datetime) -> None:
        """Forget every draft that was kept last before then."""
        self._connection.execute(delete(DraftRow).where(col(DraftRow.made_at) < before))

    def _opened(self, row: Row[DraftRow]) -> Draft | None:
        try:
            text = self._vault.open(row.sealed, _place(row.id, row.account_id))
        except SealBrokenError:
            return None
        return Draft(row.id, row.kind, text, row.revision, row.made_at)


def _place(draft_id: str, account_id: int) -> str:
    return f"draft:{draft_id}:{account_id}"
