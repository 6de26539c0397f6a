"""Workspaces, people and accounts, as the store keeps them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam
from sqlmodel import col, insert, select, update

from core.model.people import WorkspaceKind
from core.store.account_names import AccountNames
from core.store.tables import AccountRow, PersonRow, WorkspaceRow


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace and its defaults."""

    id: int
    kind: WorkspaceKind
    external_id: str
    name: str
    zone: str
    reminders: tuple[timedelta, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A person with their own settings; `zone` and `reminders` of None: the workspace's."""

    id: int
    name: str
    zone: str | None
    reminders: tuple[timedelta, ...] | None
    email: str


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account and whose it is.

    `zone` is the one that holds for them: their own, else their chat's, else the workspace's.
    """

    workspace_id: int
    person_id: int
    name: str
    user: str
    zone: str
    chat_zone: str
    met_in: str


class People:
    """Named queries on workspaces, people and accounts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names = AccountNames(connection)

    def workspace(self, workspace_id: int) -> Workspace:
        """Give a workspace that is known to exist."""
        row = self._connection.execute(_WORKSPACE, {"number": workspace_id}).one()
        return _workspace(row)

    def enter_workspace(
        self, kind: WorkspaceKind, external_id: str, name: str, now: datetime
    ) -> Workspace:
        """Find a workspace by what its chat calls it, or make it."""
        found = self._connection.execute(
            select(WorkspaceRow).where(
                col(WorkspaceRow.kind) == kind.value, col(WorkspaceRow.external_id) == external_id
            )
        ).first()
        if found:
            return _workspace(found)
        made = self._connection.execute(
            insert(WorkspaceRow)
            .values(kind=kind.value, external_id=external_id, name=name, made_at=now)
            .returning(col(WorkspaceRow.id))
        ).scalar_one()
        return self.workspace(made)

    def set_workspace(
        self,
        workspace_id: int,
        *,
        zone: str | None = None,
        reminders: tuple[timedelta, ...] | None = None,
    ) -> None:
        """Change a workspace's defaults; None leaves one as it is."""
        values = _given(zone=zone, reminders=reminders)
        if values:
            self._connection.execute(
                update(WorkspaceRow).where(col(WorkspaceRow.id) == workspace_id).values(**values)
            )

    def person(self, person_id: int) -> Person:
        """Give a person who is known to exist."""
        row = self._connection.execute(_PERSON, {"number": person_id}).one()
        return Person(
            id=row.id,
            name=row.name,
            zone=row.zone,
            reminders=None if row.reminders is None else lengths_from_json(row.reminders),
            email=row.email,
        )

    def enter_person(self, workspace_id: int, external_id: str, name: str, now: datetime) -> Person:
        """Find who an account of a workspace belongs to, or make both.

        A person with several accounts is given, and renamed, as this one's chat calls them; a name
        that is no more than `external_id` renames nobody.
        """
        found = self._connection.execute(
            select(AccountRow).where(
                col(AccountRow.workspace_id) == workspace_id,
                col(AccountRow.external_id) == external_id,
            )
        ).first()
        if found is not None:
            return self._entered(found, "" if name == external_id else name)
        made = self.make_person(name, now)
        self._connection.execute(
            insert(AccountRow).values(
                workspace_id=workspace_id, person_id=made, external_id=external_id
            )
        )
        return self.person(made)

    def make_person(self, name: str, now: datetime) -> int:
        """Make a person, who has set nothing yet; gives their number."""
        return self._connection.execute(
            insert(PersonRow).values(name=name, made_at=now).returning(col(PersonRow.id))
        ).scalar_one()

    def name_in(self, workspace_id: int, person_id: int) -> str:
        """Say what a person is called in a workspace; what other chats call them stays there."""
        return self._names.within(workspace_id, person_id) or self.person(person_id).name

    def called(self, person: Person, workspace_id: int) -> str:
        """Say the same of a person who is at hand."""
        return self._names.within(workspace_id, person.id) or person.name

    def account(self, workspace_id: int, person_id: int) -> KnownAccount | None:
        """Give how a workspace knows a person; None where it does not."""
        row = self._connection.execute(
            select(AccountRow)
            .where(
                col(AccountRow.workspace_id) == workspace_id,
                col(AccountRow.person_id) == person_id,
            )
            .order_by(col(AccountRow.id))
        ).first()
        return self._known(row) if row else None

    def meet(self, workspace_id: int, external_id: str, **seen: str) -> None:
        """Note where somebody last spoke to the desk (`met_in`), or in which `zone` they are."""
        self._connection.execute(
            update(AccountRow)
            .where(
                col(AccountRow.workspace_id) == workspace_id,
                col(AccountRow.external_id) == external_id,
            )
            .values(**seen)
        )

    def known(self, kind: WorkspaceKind, workspace: str, user: str) -> KnownAccount | None:
        """Find an account by what its chat calls it, without making anything."""
        account = self._connection.execute(
            select(AccountRow)
            .join(WorkspaceRow, col(WorkspaceRow.id) == col(AccountRow.workspace_id))
            .where(
                col(WorkspaceRow.kind) == kind.value,
                col(WorkspaceRow.external_id) == workspace,
                col(AccountRow.external_id) == user,
            )
        ).first()
        return self._known(account) if account else None

    def _entered(self, account: Row[AccountRow], name: str) -> Person:
        person = self.person(account.person_id)
        own = self._names.of(account.id)
        if own is None:
            return person
        if name not in {"", own}:
            self._names.set(account.id, name)
        return replace(person, name=name or own)

    def _known(self, account: Row[AccountRow]) -> KnownAccount:
        person = self.person(account.person_id)
        own = self._names.of(account.id)
        return KnownAccount(
            workspace_id=account.workspace_id,
            person_id=person.id,
            user=account.external_id,
            name=person.name if own is None else own,
            zone=person.zone or account.zone or self.workspace(account.workspace_id).zone,
            chat_zone=account.zone,
            met_in=account.met_in,
        )

    def rename_person(self, person_id: int, name: str) -> None:
        """Call a person what their chat calls them now."""
        self._connection.execute(
            update(PersonRow).where(col(PersonRow.id) == person_id).values(name=name)
        )

    def set_person(
        self,
        person_id: int,
        *,
        zone: str | None = None,
        reminders: tuple[timedelta, ...] | None = None,
        email: str | None = None,
    ) -> None:
        """Change a person's own settings; None leaves one as it is."""
        values = _given(zone=zone, reminders=reminders, email=email)
        if values:
            self._connection.execute(
                update(PersonRow).where(col(PersonRow.id) == person_id).values(**values)
            )


_WORKSPACE = select(WorkspaceRow).where(col(WorkspaceRow.id) == bindparam("number"))
_PERSON = select(PersonRow).where(col(PersonRow.id) == bindparam("number"))


def lengths_as_json(lengths: tuple[timedelta, ...]) -> str:
    """Write lengths of time as whole seconds."""
    return json.dumps([int(length.total_seconds()) for length in lengths])


def lengths_from_json(text: str) -> tuple[timedelta, ...]:
    """Read lengths of time that `lengths_as_json` wrote."""
    return tuple(timedelta(seconds=seconds) for seconds in json.loads(text))


def _given(
    *,
    zone: str | None = None,
    reminders: tuple[timedelta, ...] | None = None,
    email: str | None = None,
) -> dict[str, str]:
    values = {"zone": zone, "email": email}
    if reminders is not None:
        values["reminders"] = lengths_as_json(reminders)
    return {name: value for name, value in values.items() if value is not None}


def _workspace(row: Row[WorkspaceRow]) -> Workspace:
    return Workspace(
        id=row.id,
        kind=WorkspaceKind(row.kind),
        external_id=row.external_id,
        name=row.name,
        zone=row.zone,
        reminders=lengths_from_json(row.reminders),
    )
