"""Contact addresses over all reservations, found by their digests alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, func
from sqlmodel import col, select

from core.access.vault import Vault
from core.model.recipient import HOLDER, Contact, Told
from core.store.slices import sliced
from core.store.tables import RecipientRow, ReservationRow


class Addresses:
    """Named queries on who has listed an address, and whether it was ever told anything."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def never_told(self, contacts: Sequence[Contact]) -> set[str]:
        """Give the keys of the contacts that no reservation has ever told anything."""
        return {key for some in sliced(contacts) for key in self._never_told(some)}

    def _never_told(self, contacts: Sequence[Contact]) -> Iterator[str]:
        digests = {contact.key: self._vault.digests(contact.key) for contact in contacts}
        wanted = sorted({digest for some in digests.values() for digest in some})
        known = set(
            self._connection.execute(
                select(RecipientRow.digest)
                .where(
                    col(RecipientRow.digest).in_(wanted),
                    col(RecipientRow.told) != Told.NOTHING.value,
                )
                .distinct()
            ).scalars()
        )
        return (key for key, theirs in digests.items() if known.isdisjoint(theirs))

    def new_since(
        self, since: datetime, *, holder_id: int | None = None, workspace_id: int | None = None
    ) -> int:
        """Count the never-told addresses that a holder, or a workspace, has listed since then."""
        whose = (
            col(ReservationRow.holder_id) == holder_id
            if holder_id is not None
            else col(ReservationRow.workspace_id) == workspace_id
        )
        return self._connection.execute(
            select(func.count(func.distinct(col(RecipientRow.digest))))
            .join(ReservationRow, col(ReservationRow.id) == col(RecipientRow.reservation_id))
            .where(whose, col(RecipientRow.listed_at) > since, col(RecipientRow.was_new))
        ).scalar_one()

    def same_address(
        self, contact: Contact, holder_id: int | None = None, workspace_id: int | None = None
    ) -> list[tuple[int, int]]:
        """Find a contact on all reservations that are not past; of one holder, or in one workspace.

        None: of any, in any.
        """
        query = (
            select(RecipientRow.reservation_id, RecipientRow.number)
            .join(ReservationRow, col(ReservationRow.id) == col(RecipientRow.reservation_id))
            .where(
                col(RecipientRow.digest).in_(self._vault.digests(contact.key)),
                col(RecipientRow.number) != HOLDER,
                col(ReservationRow.live),
            )
        )
        if holder_id is not None:
            query = query.where(col(ReservationRow.holder_id) == holder_id)
        if workspace_id is not None:
            query = query.where(col(ReservationRow.workspace_id) == workspace_id)
        return [(row.reservation_id, row.number) for row in self._connection.execute(query)]
