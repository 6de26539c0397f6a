"""Reservations and their revisions, as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam, func
from sqlmodel import col, select, update

from core.access.vault import Vault
from core.model.reservation import (
    CredentialMode,
    Facts,
    NotificationPolicy,
    Reservation,
    Status,
)
from core.model.slot import Slot
from core.policy.reasons import Taken
from core.store.bulk import Insertion, Lookup
from core.store.codec import decode, encode, remembered
from core.store.people import lengths_as_json, lengths_from_json
from core.store.tables import ReservationRow, RevisionRow

remembered(Facts)

_LIVE = tuple(status.value for status in Status if status.live)

_REVISIONS = Lookup(ReservationRow, by=("id",), columns=("id", "revision"))
_MANY = select(ReservationRow).where(col(ReservationRow.id).in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Secrets:
    """A reservation's secrets in the clear: they live as long as one use case.

    `chosen`: a person made the passcode up.
    """

    watch_user: str = ""
    passcode: str = ""
    stream_key: str = ""
    chosen: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Revision:
    """What one revision said."""

    number: int
    status: Status
    facts: Facts
    made_at: datetime


class Reservations:
    """Named queries on reservations."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def taken_around(
        self, server_id: int, window: Slot, longest_busy: timedelta, but: int = 0
    ) -> tuple[Taken, ...]:
        """List what is taken of a server within a stretch of time, leaving out one reservation.

        `longest_busy` bounds the search, so that it stays as fast with a million stored.
        """
        asked = {
            "server": server_id,
            "since": window.starts_at,
            "until": window.ends_at,
            "bound": window.starts_at - longest_busy,
            "but": but,
        }
        rows = self._connection.execute(_TAKEN, asked)
        return tuple(Taken(Slot(row.busy_from, row.busy_until), row.viewers) for row in rows)

    def held_by(
        self, holder_id: int, server_id: int, window: Slot, but: int = 0
    ) -> tuple[Slot, ...]:
        """List a holder's live slots on a server that start within a stretch of time."""
        rows = self._connection.execute(
            select(ReservationRow.starts_at, ReservationRow.ends_at).where(
                col(ReservationRow.holder_id) == holder_id,
                col(ReservationRow.server_id) == server_id,
                col(ReservationRow.live),
                col(ReservationRow.starts_at) >= window.starts_at,
                col(ReservationRow.starts_at) < window.ends_at,
                col(ReservationRow.id) != but,
            )
        )
        return tuple(Slot(row.starts_at, row.ends_at) for row in rows)

    def has_code(self, code: str) -> bool:
        """Tell whether a code is taken."""
        return any(_CODES.run(self._connection, [(code,)]))

    def by_code(self, code: str) -> Reservation | None:
        """Find a reservation by its code."""
        row = self._connection.execute(
            select(ReservationRow).where(col(ReservationRow.code) == code)
        ).first()
        return reservation_from(row) if row else None

    def get(self, reservation_id: int) -> Reservation:
        """Give a reservation that is known to exist."""
        return self.many([reservation_id])[reservation_id]

    def busy(self, reservation_id: int) -> Slot:
        """Give a reservation's slot with the set-up and tear-down of the time it was decided."""
        row = self._connection.execute(
            select(ReservationRow.busy_from, ReservationRow.busy_until).where(
                col(ReservationRow.id) == reservation_id
            )
        ).one()
        return Slot(row.busy_from, row.busy_until)

    def many(self, ids: Iterable[int]) -> dict[int, Reservation]:
        """Give several reservations by their numbers."""
        rows = self._connection.execute(_MANY, {"ids": list(ids)})
        return {row.id: reservation_from(row) for row in rows}

    def revision_numbers(self, ids: Iterable[int]) -> dict[int, int]:
        """Give the newest revision of several reservations."""
        return dict(_REVISIONS.run(self._connection, [(one,) for one in ids]))

    def of_holder(self, holder_id: int, since: datetime, limit: int) -> tuple[Reservation, ...]:
        """List a holder's reservations that have not ended by then, soonest first."""
        rows = self._connection.execute(
            select(ReservationRow)
            .where(
                col(ReservationRow.holder_id) == holder_id,
                col(ReservationRow.ends_at) > since,
                col(ReservationRow.status).in_(_LIVE),
            )
            .order_by(col(ReservationRow.starts_at))
            .limit(limit)
        )
        return tuple(reservation_from(row) for row in rows)

    def on_servers(
        self, server_ids: Iterable[int], since: datetime, limit: int
    ) -> tuple[Reservation, ...]:
        """List the live reservations of some servers that have not ended by then."""
        rows = self._connection.execute(
            select(ReservationRow)
            .where(
                col(ReservationRow.live),
                col(ReservationRow.server_id).in_(list(server_ids)),
                col(ReservationRow.ends_at) > since,
            )
            .order_by(col(ReservationRow.starts_at))
            .limit(limit)
        )
        return tuple(reservation_from(row) for row in rows)

    def add(self, made: Reservation, busy: Slot, uid: str, secrets: Secrets) -> int:
        """Keep a new reservation and give its number; `made.id` does not count yet."""
        values = _columns(made) | {"uid": uid} | _busy(busy) | self._sealed(uid, secrets)
        return _ADD.numbered(self._connection, [values[name] for name in _ADD.columns])

    def change(self, changed: Reservation, busy: Slot | None = None) -> None:
        """Keep a reservation as it now stands; `busy` only where the slot or server changed."""
        values = _columns(changed) | (_busy(busy) if busy else {})
        self._connection.execute(
            update(ReservationRow).where(col(ReservationRow.id) == changed.id).values(**values)
        )

    def uid(self, reservation_id: int) -> str:
        """Give the calendar entry's UID, which also binds the reservation's secrets to it."""
        return self._connection.execute(
            select(ReservationRow.uid).where(col(ReservationRow.id) == reservation_id)
        ).scalar_one()

    def secrets(self, reservation_id: int) -> Secrets:
        """Open a reservation's secrets."""
        row = self._connection.execute(
            select(ReservationRow).where(col(ReservationRow.id) == reservation_id)
        ).one()
        return Secrets(
            watch_user=row.watch_user,
            passcode=self._opened(row.passcode_sealed, passcode_place(row.uid)),
            stream_key=self._opened(row.stream_key_sealed, f"reservation:{row.uid}:stream_key"),
            chosen=row.passcode_chosen,
        )

    def newest_opens(self) -> bool:
        """Open the secrets of the newest reservation, if there is one.

        Raises `SealBrokenError` where they were sealed with a key that is not set.
        """
        newest = self._connection.execute(select(func.max(col(ReservationRow.id)))).scalar()
        return newest is not None and bool(self.secrets(newest).stream_key)

    def set_secrets(self, reservation_id: int, uid: str, secrets: Secrets) -> None:
        """Seal other secrets in place of those there were."""
        self._connection.execute(
            update(ReservationRow)
            .where(col(ReservationRow.id) == reservation_id)
            .values(**self._sealed(uid, secrets))
        )

    def erase(self, reservation_id: int) -> None:
        """Forget the address that replies went to, in what its revisions said too."""
        self._connection.execute(
            update(ReservationRow)
            .where(col(ReservationRow.id) == reservation_id)
            .values(reply_to="")
        )
        rows = self._connection.execute(
            select(RevisionRow.number, RevisionRow.facts).where(
                col(RevisionRow.reservation_id) == reservation_id
            )
        ).all()
        for row in rows:
            facts: Facts = decode(row.facts)
            self._connection.execute(
                update(RevisionRow)
                .where(
                    col(RevisionRow.reservation_id) == reservation_id,
                    col(RevisionRow.number) == row.number,
                )
                .values(facts=encode(replace(facts, reply_to="")))
            )

    def add_revision(
        self, reservation: Reservation, facts: Facts, actor_id: int | None, now: datetime
    ) -> None:
        """Write down what the reservation's present revision says."""
        row = (reservation.id, reservation.revision, reservation.status.value, encode(facts))
        _ADD_REVISION.run(self._connection, [(*row, actor_id, now)])

    def revisions(self, reservation_id: int, numbers: Iterable[int]) -> dict[int, Revision]:
        """Give some of a reservation's revisions by number."""
        asked = {"reservation": reservation_id, "numbers": list(numbers)}
        rows = self._connection.execute(_SAID, asked)
        return {
            row.number: Revision(row.number, Status(row.status), decode(row.facts), row.made_at)
            for row in rows
        }

    def _sealed(self, uid: str, secrets: Secrets) -> dict[str, object]:
        return {
            "watch_user": secrets.watch_user,
            "passcode_chosen": secrets.chosen,
            "passcode_sealed": self._closed(secrets.passcode, passcode_place(uid)),
            "stream_key_sealed": self._closed(secrets.stream_key, f"reservation:{uid}:stream_key"),
            "stream_key_digest": self._vault.digest(secrets.stream_key)
            if secrets.stream_key
            else "",
        }

    def _closed(self, text: str, place: str) -> str:
        return self._vault.seal(text, place) if text else ""

    def _opened(self, sealed: str, place: str) -> str:
        return self._vault.open(sealed, place) if sealed else ""


_ADD = Insertion(
    ReservationRow,
    columns=tuple(
        column.name
        for column in ReservationRow.__table__.columns  # type: ignore[attr-defined]  # it has it
        if column.name != "id"
    ),
)
_ADD_REVISION = Insertion(
    RevisionRow,
    columns=("reservation_id", "number", "status", "facts", "actor_id", "made_at"),
)
_CODES = Lookup(ReservationRow, by=("code",), columns=("id",))
_TAKEN = (
    select(ReservationRow.busy_from, ReservationRow.busy_until, ReservationRow.viewers)
    .where(
        col(ReservationRow.live),
        col(ReservationRow.server_id) == bindparam("server"),
        col(ReservationRow.busy_from) < bindparam("until"),
        col(ReservationRow.busy_from) > bindparam("bound"),
        col(ReservationRow.busy_until) > bindparam("since"),
        col(ReservationRow.id) != bindparam("but"),
    )
    .order_by(col(ReservationRow.busy_from))
)
_SAID = select(RevisionRow).where(
    col(RevisionRow.reservation_id) == bindparam("reservation"),
    col(RevisionRow.number).in_(bindparam("numbers", expanding=True)),
)


def passcode_place(uid: str) -> str:
    """Name the place that a reservation's shared passcode is sealed for."""
    return f"reservation:{uid}:passcode"


def _busy(busy: Slot) -> dict[str, object]:
    return {"busy_from": busy.starts_at, "busy_until": busy.ends_at}


def _columns(reservation: Reservation) -> dict[str, object]:
    return {
        "code": reservation.code,
        "workspace_id": reservation.workspace_id,
        "holder_id": reservation.holder_id,
        "server_id": reservation.server_id,
        "starts_at": reservation.slot.starts_at,
        "ends_at": reservation.slot.ends_at,
        "viewers": reservation.viewers,
        "live": reservation.status.live,
        "status": reservation.status.value,
        "title": reservation.title,
        "description": reservation.description,
        "notification_policy": reservation.notification_policy.value,
        "credential_mode": reservation.credential_mode.value,
        "reconfirm_by": reservation.reconfirm_by,
        "reminders": lengths_as_json(reservation.reminders),
        "revision": reservation.revision,
        "access_serial": reservation.access_serial,
        "reply_to": reservation.reply_to,
        "made_at": reservation.made_at,
    }


def reservation_from(row: Row[ReservationRow]) -> Reservation:
    """Make the model's value from a row of the table."""
    return Reservation(
        id=row.id,
        code=row.code,
        workspace_id=row.workspace_id,
        holder_id=row.holder_id,
        server_id=row.server_id,
        slot=Slot(row.starts_at, row.ends_at),
        title=row.title,
        description=row.description,
        viewers=row.viewers,
        status=Status(row.status),
        notification_policy=NotificationPolicy(row.notification_policy),
        credential_mode=CredentialMode(row.credential_mode),
        reconfirm_by=row.reconfirm_by,
        reminders=lengths_from_json(row.reminders),
        revision=row.revision,
        access_serial=row.access_serial,
        reply_to=row.reply_to,
        made_at=row.made_at,
    )
