"""Which addresses are not written to: by one holder, by a workspace, or by anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam
from sqlmodel import col, delete, insert, select

from core.access.vault import Vault
from core.model.recipient import Contact
from core.store.slices import sliced
from core.store.tables import SuppressionRow

ANY_HOLDER = 0  # whoever lists the address


def anybody_in(workspace_id: int) -> int:
    """Give the holder of a suppression that holds for whoever in a workspace lists the address."""
    return -workspace_id


class Suppressions:
    """Named queries on suppressions; an address is found by its digest alone."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def reasons(self, contacts: Sequence[Contact], *whose: int) -> dict[str, str]:
        """Give the reasons not to write to contacts, by `Contact.key`.

        Those that hold for everybody, and those of some holders or of `anybody_in` a workspace.
        """
        found: dict[str, str] = {}
        for some in sliced(contacts):
            keyed = {
                digest: contact.key
                for contact in some
                for digest in self._vault.digests(contact.key)
            }
            asked = {"digests": list(keyed), "whose": [ANY_HOLDER, *whose]}
            rows = self._connection.execute(_REASONS, asked)
            found |= {keyed[row.digest]: row.reason for row in rows}
        return found

    def add(self, contact: Contact, holder_id: int, reason: str, now: datetime) -> None:
        """Write to an address no more: for one holder, `anybody_in` a workspace, `ANY_HOLDER`."""
        self.lift(contact, holder_id)
        self._connection.execute(
            insert(SuppressionRow).values(
                digest=self._vault.digest(contact.key),
                holder_id=holder_id,
                reason=reason,
                made_at=now,
            )
        )

    def lift(self, contact: Contact, holder_id: int) -> None:
        """Let an address be written to again."""
        self._connection.execute(
            delete(SuppressionRow).where(
                col(SuppressionRow.digest).in_(self._vault.digests(contact.key)),
                col(SuppressionRow.holder_id) == holder_id,
            )
        )


_REASONS = select(SuppressionRow.digest, SuppressionRow.reason).where(
    col(SuppressionRow.digest).in_(bindparam("digests", expanding=True)),
    col(SuppressionRow.holder_id).in_(bindparam("whose", expanding=True)),
)
