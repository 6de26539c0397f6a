"""Recipients, and what they have been told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Row, bindparam, func
from sqlmodel import col, select, update

from core.access.vault import Vault
from core.model.recipient import HOLDER, Contact, Recipient, RouteName, Told
from core.store.bulk import Insertion, Lookup, Rewrite
from core.store.slices import SLICE
from core.store.tables import RecipientRow, ReservationRow

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """A recipient to be kept, with a passcode of its own where there is one.

    `was_new`: no reservation had ever told this address anything. `asked`: it listed itself.
    """

    number: int
    contact: Contact
    suppressed: str = ""
    passcode: str = ""
    was_new: bool = False
    asked: bool = False

    def as_asked(self) -> NewRecipient:
        """Give it as one that put itself on the list, whatever it had stopped before."""
        return replace(self, suppressed="", was_new=False, asked=True)


class Recipients:
    """Named queries on recipients."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(
        self, reservation_id: int, uid: str, recipients: Iterable[NewRecipient], now: datetime
    ) -> None:
        """Keep new recipients of a reservation."""
        rows = [
            (
                reservation_id,
                new.number,
                new.contact.route.value,
                new.contact.address,
                new.contact.name,
                self._vault.digest(new.contact.key),
                new.suppressed,
                now,
                new.was_new,
                new.asked,
                *self._sealed(uid, new.number, new.passcode).values(),
            )
            for new in recipients
        ]
        _ADD.run(self._connection, rows)

    def of(self, reservation_id: int) -> tuple[Recipient, ...]:
        """List a reservation's recipients, the holder first, removed ones too."""
        rows = self._connection.execute(_OF, {"reservation": reservation_id})
        return tuple(_recipient(row) for row in rows)

    def held(self, reservation_id: int) -> Iterator[list[Recipient]]:
        """List them some at a time; they stay as they are until the transaction ends."""
        after = HOLDER - 1
        while True:
            asked = {"reservation": reservation_id, "after": after, "most": SLICE}
            some = [_recipient(row) for row in self._connection.execute(_HELD, asked)]
            if some:
                yield some
            if len(some) < SLICE:
                return
            after = some[-1].number

    def next_number(self, reservation_id: int) -> int:
        """Give the number that the next new recipient of a reservation takes."""
        highest = self._connection.execute(
            select(func.max(col(RecipientRow.number))).where(
                col(RecipientRow.reservation_id) == reservation_id
            )
        ).scalar()
        return HOLDER if highest is None else highest + 1

    def many(self, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Recipient]:
        """Give several recipients by reservation and number."""
        return {key: one for key, (one, _) in self.with_threads(keys).items()}

    def with_threads(
        self, keys: Sequence[tuple[int, int]]
    ) -> dict[tuple[int, int], tuple[Recipient, int | None]]:
        """Give several recipients, each with the delivery that its mail thread hangs on."""
        return {
            (reservation_id, number): (
                Recipient(
                    reservation_id=reservation_id,
                    number=number,
                    contact=Contact(RouteName(route), address, name),
                    told=Told(told),
                    told_revision=told_revision,
                    removed=bool(removed),
                    suppressed=suppressed,
                    asked=bool(asked),
                ),
                first,
            )
            for (
                reservation_id,
                number,
                route,
                address,
                name,
                told,
                told_revision,
                removed,
                suppressed,
                asked,
                first,
            ) in _MANY.run(self._connection, keys)
        }

    def passcodes(self, reservation_id: int, uid: str, numbers: Iterable[int]) -> dict[int, str]:
        """Open some recipients' own passcodes."""
        rows = self._connection.execute(
            select(RecipientRow.number, RecipientRow.passcode_sealed).where(
                col(RecipientRow.reservation_id) == reservation_id,
                col(RecipientRow.number).in_(list(numbers)),
                col(RecipientRow.passcode_sealed) != "",
            )
        )
        return {
            row.number: self._vault.open(row.passcode_sealed, _place(uid, row.number))
            for row in rows
        }

    def set_passcodes(self, reservation_id: int, uid: str, passcodes: dict[int, str]) -> None:
        """Seal passcodes in place of those there were; "" takes one away."""
        self._update(
            reservation_id,
            [
                {"n": number, **self._sealed(uid, number, passcode)}
                for number, passcode in passcodes.items()
            ],
            "passcode_sealed",
            "passcode_digest",
        )

    def set_removed(self, reservation_id: int, numbers: Iterable[int], *, removed: bool) -> None:
        """Take recipients off the reservation, or put them on it again."""
        self._update(
            reservation_id, [{"n": number, "removed": removed} for number in numbers], "removed"
        )

    def set_suppressed(self, reservation_id: int, numbers: Iterable[int], reason: str) -> None:
        """Note why recipients are not written to; "" means that they are."""
        self._update(
            reservation_id,
            [{"n": number, "suppressed": reason} for number in numbers],
            "suppressed",
        )

    def set_asked(self, reservation_id: int, number: int) -> None:
        """Note that a recipient asked to be reminded."""
        self._update(reservation_id, [{"n": number, "asked": True}], "asked")

    def note_told(self, told: Iterable[tuple[int, int, Told, int, int | None]]) -> None:
        """Note what recipients have been told.

        Each is reservation, number, level, revision, and the delivery that said it, if one did.
        """
        rows = [
            (reservation_id, number, level.value, revision, delivery_id)
            for reservation_id, number, level, revision, delivery_id in told
        ]
        _TOLD.run(self._connection, rows)

    def set_holder_contact(self, holder_id: int, workspace_id: int, contact: Contact) -> None:
        """Write to a holder elsewhere from now on, about whatever they hold or held in a workspace.

        What was erased stays erased.
        """
        theirs = select(ReservationRow.id).where(
            col(ReservationRow.holder_id) == holder_id,
            col(ReservationRow.workspace_id) == workspace_id,
        )
        self._connection.execute(
            update(RecipientRow)
            .where(
                col(RecipientRow.reservation_id).in_(theirs),
                col(RecipientRow.number) == HOLDER,
                col(RecipientRow.address) != "",
            )
            .values(
                route=contact.route.value,
                address=contact.address,
                name=contact.name,
                digest=self._vault.digest(contact.key),
            )
        )

    def set_contact(self, reservation_id: int, number: int, contact: Contact) -> None:
        """Write to one recipient of a reservation elsewhere from now on."""
        self._connection.execute(
            update(RecipientRow)
            .where(
                col(RecipientRow.reservation_id) == reservation_id,
                col(RecipientRow.number) == number,
            )
            .values(
                route=contact.route.value,
                address=contact.address,
                name=contact.name,
                digest=self._vault.digest(contact.key),
            )
        )

    def erase(self, reservation_id: int) -> None:
        """Forget a reservation's addresses, names and passcodes; the digests stay."""
        self._connection.execute(
            update(RecipientRow)
            .where(col(RecipientRow.reservation_id) == reservation_id)
            .values(address="", name="", passcode_sealed="", passcode_digest="")
        )

    def _update(self, reservation_id: int, rows: list[dict[str, object]], *columns: str) -> None:
        if rows:
            self._connection.execute(
                update(RecipientRow)
                .where(
                    col(RecipientRow.reservation_id) == reservation_id,
                    col(RecipientRow.number) == bindparam("n"),
                )
                .values({name: bindparam(f"new_{name}") for name in columns}),
                [{"n": row["n"]} | {f"new_{name}": row[name] for name in columns} for row in rows],
            )

    def _sealed(self, uid: str, number: int, passcode: str) -> dict[str, str]:
        if not passcode:
            return {"passcode_sealed": "", "passcode_digest": ""}
        return {
            "passcode_sealed": self._vault.seal(passcode, _place(uid, number)),
            "passcode_digest": self._vault.digest(passcode),
        }


_ADD = Insertion(
    RecipientRow,
    columns=(
        *("reservation_id", "number", "route", "address", "name", "digest", "suppressed"),
        *("listed_at", "was_new", "asked", "passcode_sealed", "passcode_digest"),
    ),
)
_OF = (
    select(RecipientRow)
    .where(col(RecipientRow.reservation_id) == bindparam("reservation"))
    .order_by(col(RecipientRow.number))
)
_HELD = (
    _OF.where(col(RecipientRow.number) > bindparam("after"))
    .limit(bindparam("most"))
    .with_for_update(read=True)
)
_MANY = Lookup(
    RecipientRow,
    by=("reservation_id", "number"),
    columns=(
        *("reservation_id", "number", "route", "address", "name", "told", "told_revision"),
        *("removed", "suppressed", "asked", "first_delivery_id"),
    ),
)
_TOLD = Rewrite(
    RecipientRow,
    by=("reservation_id", "number"),
    columns=("told", "told_revision"),
    once=("first_delivery_id",),
)


def _place(uid: str, number: int) -> str:
    return f"recipient:{uid}:{number}:passcode"


def _recipient(row: Row[RecipientRow]) -> Recipient:
    return Recipient(
        reservation_id=row.reservation_id,
        number=row.number,
        contact=Contact(RouteName(row.route), row.address, row.name),
        told=Told(row.told),
        told_revision=row.told_revision,
        removed=row.removed,
        suppressed=row.suppressed,
        asked=row.asked,
    )
