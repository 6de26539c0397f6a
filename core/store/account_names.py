"""What linked accounts are called: each by its own chat's name, which is shown in no other."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam
from sqlmodel import col, select, update

from core.store.tables import AccountRow
from core.store.tables.chats import LinkedAccountRow


class AccountNames:
    """Named queries on the names of accounts that share a person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, account_id: int) -> str | None:
        """Give what a linked account is called; None for one that has its person to itself."""
        return self._connection.execute(
            select(LinkedAccountRow.name).where(col(LinkedAccountRow.account_id) == account_id)
        ).scalar()

    def within(self, workspace_id: int, person_id: int) -> str | None:
        """Give what a person with several accounts is called in a workspace; None for others."""
        asked = {"workspace": workspace_id, "person": person_id}
        return self._connection.execute(_WITHIN, asked).scalar()

    def set(self, account_id: int, name: str) -> None:
        """Call a linked account what its chat calls it now."""
        self._connection.execute(
            update(LinkedAccountRow)
            .where(col(LinkedAccountRow.account_id) == account_id)
            .values(name=name)
        )


_WITHIN = (
    select(LinkedAccountRow.name)
    .join(AccountRow, col(AccountRow.id) == col(LinkedAccountRow.account_id))
    .where(
        col(AccountRow.workspace_id) == bindparam("workspace"),
        col(AccountRow.person_id) == bindparam("person"),
    )
)
