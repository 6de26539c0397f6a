"""What people did in a chat, each thing once, to be held against what a desk has on its books."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, select

from core.model.reservation import Status
from core.store.store import Store
from core.store.tables import (
    AccountRow,
    AudienceListRow,
    AudienceMemberRow,
    AuditRow,
    PersonRow,
    ReservationRow,
    RevisionRow,
    ServerRow,
)

_COUNTED = {"permit", "deny", "change", "cancel", "reconfirm"}


@dataclass(slots=True)
class Entry:
    """A reservation as it must stand."""

    title: str
    status: Status = Status.PERMITTED
    revision: int = 1

    def revised(self) -> None:
        """Note that there is one more revision."""
        self.revision += 1


@dataclass(slots=True)
class Ledger:
    """All that was done: reservations by code, lists, and reminders (minutes) by chat account.

    `acts` counts them by the words of the audit; `viewers` is what the server `Hall` may have.
    """

    reservations: dict[str, Entry] = field(default_factory=dict)
    lists: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    reminders: dict[str, int] = field(default_factory=dict)
    viewers: int | None = None
    acts: Counter[str] = field(default_factory=Counter)

    def reserved(self, title: str, code: str | None) -> None:
        """Note a reservation; a code of None: it was denied."""
        self.acts["permit" if code else "deny"] += 1
        if code:
            self.reservations[code] = Entry(title)

    def retitled(self, code: str, title: str) -> None:
        """Note another title."""
        self.acts["change"] += 1
        self.reservations[code].title = title
        self.reservations[code].revised()

    def ended(self, code: str) -> None:
        """Note a cancellation."""
        self.acts["cancel"] += 1
        self.reservations[code].status = Status.CANCELLED
        self.reservations[code].revised()

    def reconfirmed(self, code: str) -> None:
        """Note a second yes; another one changes nothing."""
        if self.reservations[code].status is Status.PERMITTED:
            self.acts["reconfirm"] += 1
            self.reservations[code].status = Status.CONFIRMED
            self.reservations[code].revised()


def code_of(store: Store, _: datetime, title: str) -> str | None:
    """Find the one reservation that was made with a title; None: there is none."""
    made = select(ReservationRow.code).where(col(ReservationRow.title) == title)
    return store.connection.execute(made).scalar_one_or_none()


def kept(store: Store, _: datetime) -> Ledger:
    """Read from the books of a desk what a ledger says."""
    ledger, read = Ledger(), store.connection.execute
    for row in read(select(ReservationRow)):
        ledger.reservations[row.code] = Entry(row.title, Status(row.status), row.revision)
    for name, address in read(
        select(AudienceListRow.name, AudienceMemberRow.address).join(
            AudienceMemberRow, col(AudienceMemberRow.list_id) == AudienceListRow.id
        )
    ):
        ledger.lists[name].add(address)
    for account, reminders in read(
        select(AccountRow.external_id, PersonRow.reminders)
        .join(PersonRow, col(PersonRow.id) == AccountRow.person_id)
        .where(col(PersonRow.reminders).is_not(None))
    ):
        (seconds,) = json.loads(reminders)
        ledger.reminders[account] = int(timedelta(seconds=seconds) / timedelta(minutes=1))
    hall = select(ServerRow.max_viewers).where(col(ServerRow.name) == "Hall")
    ledger.viewers = read(hall).scalar_one()
    ledger.acts.update(act for act in read(select(AuditRow.act)).scalars() if act in _COUNTED)
    revisions = Counter(read(select(RevisionRow.reservation_id)).scalars())
    assert revisions == {
        row.id: row.revision for row in read(select(ReservationRow.id, ReservationRow.revision))
    }
    return ledger
