"""Audience lists, as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func
from sqlmodel import col, delete, insert, select

from core.model.recipient import Contact, RouteName
from core.store.tables import AudienceListRow, AudienceMemberRow


@dataclass(frozen=True, slots=True)
class AudienceList:
    """A named list and how many are on it."""

    id: int
    name: str
    size: int


class Audiences:
    """Named queries on audience lists; each belongs to one workspace."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, workspace_id: int) -> tuple[AudienceList, ...]:
        """List a workspace's audience lists by name."""
        rows = self._connection.execute(
            select(
                AudienceListRow.id,
                AudienceListRow.name,
                func.count(col(AudienceMemberRow.key)).label("size"),
            )
            .outerjoin(AudienceMemberRow, col(AudienceMemberRow.list_id) == col(AudienceListRow.id))
            .where(col(AudienceListRow.workspace_id) == workspace_id)
            .group_by(
                col(AudienceListRow.id), col(AudienceListRow.name), col(AudienceListRow.folded)
            )
            .order_by(col(AudienceListRow.folded))
        )
        return tuple(AudienceList(row.id, row.name, row.size) for row in rows)

    def named(self, workspace_id: int, name: str) -> AudienceList | None:
        """Find a list by its name, whatever its case."""
        folded = name.casefold()
        return next(
            (found for found in self.all(workspace_id) if found.name.casefold() == folded), None
        )

    def make(self, workspace_id: int, name: str, now: datetime) -> AudienceList:
        """Make an empty list."""
        made = self._connection.execute(
            insert(AudienceListRow)
            .values(workspace_id=workspace_id, name=name, folded=name.casefold(), made_at=now)
            .returning(col(AudienceListRow.id))
        ).scalar_one()
        return AudienceList(made, name, 0)

    def members(self, list_id: int) -> tuple[Contact, ...]:
        """List who is on it, by address."""
        rows = self._connection.execute(
            select(AudienceMemberRow)
            .where(col(AudienceMemberRow.list_id) == list_id)
            .order_by(col(AudienceMemberRow.key))
        )
        return tuple(Contact(RouteName(row.route), row.address, row.name) for row in rows)

    def add(self, list_id: int, contacts: Iterable[Contact]) -> int:
        """Add those who are not on it yet; gives how many that were."""
        known = {contact.key for contact in self.members(list_id)}
        rows = [
            {
                "list_id": list_id,
                "key": contact.key,
                "route": contact.route.value,
                "address": contact.address,
                "name": contact.name,
            }
            for contact in {contact.key: contact for contact in contacts}.values()
            if contact.key not in known
        ]
        if rows:
            self._connection.execute(insert(AudienceMemberRow), rows)
        return len(rows)

    def remove(self, list_id: int, contacts: Iterable[Contact]) -> int:
        """Take some off it; gives how many were on it."""
        removed = 0
        for contact in contacts:
            gone = self._connection.execute(
                delete(AudienceMemberRow).where(
                    col(AudienceMemberRow.list_id) == list_id,
                    col(AudienceMemberRow.key) == contact.key,
                )
            )
            removed += gone.rowcount
        return removed

    def drop(self, list_id: int) -> None:
        """Remove a list with all who are on it."""
        self._connection.execute(
            delete(AudienceMemberRow).where(col(AudienceMemberRow.list_id) == list_id)
        )
        self._connection.execute(delete(AudienceListRow).where(col(AudienceListRow.id) == list_id))
