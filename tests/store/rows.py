"""Rows written straight into the tables, past every use case and every lock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, insert, select, update

from core.model.people import WorkspaceKind
from core.model.reservation import CredentialMode, NotificationPolicy, Status
from core.model.server import ServerKind
from core.model.slot import Slot
from core.store.tables import PersonRow, ReservationRow, ServerRow, WorkspaceRow
from core.store.veto import VETO
from tests.desks import START

_numbers = count()


class Place(NamedTuple):
    """The numbers of what a reservation needs around it."""

    workspace_id: int
    person_id: int
    server_id: int


def add_place(
    connection: Connection, max_streams: int = 1, max_viewers: int | None = None
) -> Place:
    """Write a workspace, a person, and a server with these limits."""
    number = next(_numbers)
    workspace = connection.execute(
        insert(WorkspaceRow)
        .values(kind=WorkspaceKind.CONSOLE.value, external_id=f"w{number}", name="W", made_at=START)
        .returning(col(WorkspaceRow.id))
    ).scalar_one()
    person = connection.execute(
        insert(PersonRow).values(name="P", made_at=START).returning(col(PersonRow.id))
    ).scalar_one()
    return Place(workspace, person, add_server(connection, max_streams, max_viewers))


def add_server(connection: Connection, max_streams: int = 1, max_viewers: int | None = None) -> int:
    """Write a server with these limits."""
    return connection.execute(
        insert(ServerRow)
        .values(
            name="S",
            folded=f"s{next(_numbers)}",
            kind=ServerKind.LINK.value,
            zone="UTC",
            watch_url="https://example.org",
            max_streams=max_streams,
            max_viewers=max_viewers,
            rules="{}",
            notification_policy=NotificationPolicy.BOTH.value,
            made_at=START,
        )
        .returning(col(ServerRow.id))
    ).scalar_one()


def set_limits(
    connection: Connection, server_id: int, max_streams: int, max_viewers: int | None
) -> None:
    """Change a server's limits."""
    connection.execute(
        update(ServerRow)
        .where(col(ServerRow.id) == server_id)
        .values(max_streams=max_streams, max_viewers=max_viewers)
    )


def add_reservation(
    connection: Connection,
    place: Place,
    busy: Slot,
    viewers: int = 0,
    status: Status = Status.CONFIRMED,
) -> int:
    """Write a reservation; raises whatever the database has against it."""
    number = next(_numbers)
    return connection.execute(
        insert(ReservationRow)
        .values(
            code=f"C{number}-{place.server_id}",
            workspace_id=place.workspace_id,
            holder_id=place.person_id,
            server_id=place.server_id,
            starts_at=busy.starts_at,
            ends_at=busy.ends_at,
            busy_from=busy.starts_at,
            busy_until=busy.ends_at,
            viewers=viewers,
            live=status.live,
            status=status.value,
            title="T",
            notification_policy=NotificationPolicy.BOTH.value,
            credential_mode=CredentialMode.NONE.value,
            reminders="[]",
            revision=1,
            uid=str(number),
            made_at=START,
        )
        .returning(col(ReservationRow.id))
    ).scalar_one()


def alter_reservation(connection: Connection, reservation_id: int, **values: object) -> None:
    """Change a reservation's row, whatever the database says."""
    connection.execute(
        update(ReservationRow).where(col(ReservationRow.id) == reservation_id).values(**values)
    )


def moved_to(busy: Slot) -> dict[str, object]:
    """Give the columns of a slot."""
    return {
        "starts_at": busy.starts_at,
        "ends_at": busy.ends_at,
        "busy_from": busy.starts_at,
        "busy_until": busy.ends_at,
    }


def live_rows(connection: Connection, server_id: int) -> list[tuple[Slot, int]]:
    """List what is taken of a server, with the viewers."""
    rows = connection.execute(
        select(ReservationRow.busy_from, ReservationRow.busy_until, ReservationRow.viewers).where(
            col(ReservationRow.live), col(ReservationRow.server_id) == server_id
        )
    )
    return [(Slot(row.busy_from, row.busy_until), row.viewers) for row in rows]


def peak(taken: Iterable[tuple[Slot, int]], within: Slot | None = None) -> tuple[int, int]:
    """Count the most streams and the most viewers at any one instant, by looking at each."""
    slots = list(taken)
    instants = {slot.starts_at for slot, _ in slots} | ({within.starts_at} if within else set())
    streams = viewers = 0
    for at in instants:
        if within and not within.starts_at <= at < within.ends_at:
            continue
        there = [weight for slot, weight in slots if slot.starts_at <= at < slot.ends_at]
        streams, viewers = max(streams, len(there)), max(viewers, sum(there))
    return streams, viewers


def hours(since: float, until: float) -> Slot:
    """Make a slot from so many hours after the tests' beginning to so many."""
    return Slot(START + timedelta(hours=since), START + timedelta(hours=until))


def is_veto(error: DBAPIError) -> bool:
    """Tell whether it was the veto that refused a statement."""
    return VETO in str(error.orig)
