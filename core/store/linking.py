"""Accounts that share one person, and what goes with them from one person to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func
from sqlalchemy import select as select_many
from sqlmodel import col, delete, insert, select, update

from core.model.people import WorkspaceKind
from core.store.tables import AccountRow, PersonRow, ReservationRow, SuppressionRow, WorkspaceRow
from core.store.tables.chats import FormerPersonRow, LinkedAccountRow


@dataclass(frozen=True, slots=True)
class ChatAccount:
    """An account of a person in one workspace, by the name that it has there."""

    id: int
    person_id: int
    workspace_id: int
    workspace_name: str
    kind: WorkspaceKind
    name: str


class Linking:
    """Named queries on accounts and the persons behind them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def person_behind(self, account_id: int) -> int | None:
        """Give whose an account is now."""
        return self._connection.execute(
            select(AccountRow.person_id).where(col(AccountRow.id) == account_id)
        ).scalar()

    def account_of(self, workspace_id: int, person_id: int, *, hold: bool = False) -> int | None:
        """Find the account of a person in a workspace.

        With `hold` it stays theirs until the transaction ends.
        """
        query = (
            select(AccountRow.id)
            .where(
                col(AccountRow.workspace_id) == workspace_id,
                col(AccountRow.person_id) == person_id,
            )
            .order_by(col(AccountRow.id))
            .limit(1)
        )
        held = query.with_for_update(key_share=True) if hold else query
        return self._connection.execute(held).scalar()

    def person_now(self, workspace_id: int, person_id: int, *, hold: bool) -> int:
        """Give who somebody is by now who was known as that person in a workspace.

        They are the same, unless their account was linked or unlinked meanwhile. With `hold` it
        stays so until the transaction ends.
        """
        if self.account_of(workspace_id, person_id, hold=hold) is not None:
            return person_id
        query = (
            select(AccountRow.person_id)
            .join(FormerPersonRow, col(FormerPersonRow.account_id) == col(AccountRow.id))
            .where(
                col(FormerPersonRow.workspace_id) == workspace_id,
                col(FormerPersonRow.person_id) == person_id,
            )
        )
        held = query.with_for_update(key_share=True, of=col(AccountRow.id)) if hold else query
        found = self._connection.execute(held).scalar()
        return person_id if found is None else found

    def accounts(self, person_ids: Collection[int]) -> tuple[ChatAccount, ...]:
        """List the accounts of some persons, the oldest first."""
        query: Any = (  # the overloads of `select` end at four columns of which one may be NULL
            select_many(
                col(AccountRow.id),
                col(AccountRow.person_id),
                col(AccountRow.workspace_id),
                col(WorkspaceRow.name).label("workspace_name"),
                col(WorkspaceRow.kind),
                col(PersonRow.name).label("person_name"),
                col(LinkedAccountRow.name).label("own_name"),
            )
            .join(WorkspaceRow, col(WorkspaceRow.id) == col(AccountRow.workspace_id))
            .join(PersonRow, col(PersonRow.id) == col(AccountRow.person_id))
            .outerjoin(LinkedAccountRow, col(LinkedAccountRow.account_id) == col(AccountRow.id))
            .where(col(AccountRow.person_id).in_(list(person_ids)))
            .order_by(col(AccountRow.id))
        )
        rows = self._connection.execute(query)
        return tuple(
            ChatAccount(
                row.id,
                row.person_id,
                row.workspace_id,
                row.workspace_name,
                WorkspaceKind(row.kind),
                row.person_name if row.own_name is None else row.own_name,
            )
            for row in rows
        )

    def hold(self, person_ids: Collection[int]) -> None:
        """Keep the accounts of some persons from everybody else until the transaction ends."""
        self._connection.execute(
            select(AccountRow.id)
            .where(col(AccountRow.person_id).in_(list(person_ids)))
            .order_by(col(AccountRow.id))
            .with_for_update(key_share=True)
        ).all()

    def move(self, account: ChatAccount, person_id: int) -> None:
        """Make an account another person's, and lead on whoever acts as the one it was."""
        self._connection.execute(
            delete(FormerPersonRow).where(
                col(FormerPersonRow.workspace_id) == account.workspace_id,
                col(FormerPersonRow.person_id) == account.person_id,
            )
        )
        self._connection.execute(
            insert(FormerPersonRow).values(
                workspace_id=account.workspace_id,
                person_id=account.person_id,
                account_id=account.id,
            )
        )
        self._connection.execute(
            update(AccountRow).where(col(AccountRow.id) == account.id).values(person_id=person_id)
        )

    def note(self, account: ChatAccount, email: str) -> None:
        """Note what an account is called and brings, unless that is noted already."""
        known = self._connection.execute(
            select(LinkedAccountRow.account_id).where(
                col(LinkedAccountRow.account_id) == account.id
            )
        ).scalar()
        if known is None:
            self._connection.execute(
                insert(LinkedAccountRow).values(
                    account_id=account.id, name=account.name, email=email
                )
            )

    def brought(self, account_ids: Iterable[int]) -> set[str]:
        """Give the mail addresses that some linked accounts brought."""
        found = self._connection.execute(
            select(LinkedAccountRow.email).where(
                col(LinkedAccountRow.account_id).in_(list(account_ids)),
                col(LinkedAccountRow.email) != "",
            )
        )
        return set(found.scalars())

    def forget(self, account_ids: Iterable[int]) -> None:
        """Forget what was noted of accounts that are linked no more."""
        self._connection.execute(
            delete(LinkedAccountRow).where(col(LinkedAccountRow.account_id).in_(list(account_ids)))
        )

    def servers_of(self, holder_id: int, workspace_id: int | None = None) -> set[int]:
        """Give the servers on which a holder has live slots, of one workspace or of all."""
        query = select(ReservationRow.server_id).where(
            col(ReservationRow.holder_id) == holder_id, col(ReservationRow.live)
        )
        if workspace_id is not None:
            query = query.where(col(ReservationRow.workspace_id) == workspace_id)
        return set(self._connection.execute(query.distinct()).scalars())

    def hand_over(self, holder_id: int, to: int, workspace_id: int | None = None) -> int:
        """Make another person the holder of reservations, made in one workspace or in any.

        Gives how many of them are live.
        """
        mine = [col(ReservationRow.holder_id) == holder_id]
        if workspace_id is not None:
            mine.append(col(ReservationRow.workspace_id) == workspace_id)
        live = self._connection.execute(
            select(func.count(col(ReservationRow.id))).where(*mine, col(ReservationRow.live))
        ).scalar_one()
        self._connection.execute(update(ReservationRow).where(*mine).values(holder_id=to))
        return live

    def share_suppressions(self, holder_id: int, to: int) -> None:
        """Let what one holder may not write to hold for another one, too."""
        theirs = select(SuppressionRow.digest).where(col(SuppressionRow.holder_id) == to)
        rows = self._connection.execute(
            select(SuppressionRow.digest, SuppressionRow.reason, SuppressionRow.made_at).where(
                col(SuppressionRow.holder_id) == holder_id,
                col(SuppressionRow.digest).not_in(theirs),
            )
        ).all()
        new = [
            {"digest": one.digest, "holder_id": to, "reason": one.reason, "made_at": one.made_at}
            for one in rows
        ]
        if new:
            self._connection.execute(insert(SuppressionRow), new)
