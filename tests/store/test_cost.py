"""What is asked at every command costs the same however much is stored: SQLite's own steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlmodel import insert

from core.access.vault import Vault
from core.model.delivery import DeliveryState
from core.model.recipient import RouteName
from core.model.reservation import Status
from core.model.slot import Slot
from core.notices.notice import NoticeKind
from core.store.database import open_database
from core.store.reservations import Reservations
from core.store.sending import Sending
from core.store.tables import DeliveryRow, RecipientRow
from tests.databases import SqliteFiles
from tests.desks import SECRET, START
from tests.store.rows import Place, add_place, add_reservation, hours

FEW, MANY = 100, 1500
ALLOWANCE = 1.3  # a tree with more rows is a little deeper


@pytest.fixture
def connection(sqlite_files: SqliteFiles) -> Iterator[Connection]:
    database = open_database(sqlite_files.fresh())
    with database.writing(patience=5) as opened:
        yield opened
    database.dispose()


def steps(connection: Connection, act: Callable[[], object]) -> int:
    """Count the instructions of SQLite's machine that something takes."""
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1

    raw = connection.connection.dbapi_connection
    assert raw is not None
    act()  # the first time, statements are prepared
    raw.set_progress_handler(count, 1)
    act()
    raw.set_progress_handler(None, 0)
    return taken


def nth_hour(number: int) -> Slot:
    """Give a slot that touches those before and after it."""
    return hours(number, number + 1)


def fill(connection: Connection, place: Place, since: int, until: int) -> None:
    """Book a server hour by hour, and let somebody who lives elsewhere have ended ones."""
    for number in range(since, until):
        add_reservation(connection, place, nth_hour(number))
        add_reservation(connection, place, nth_hour(number), status=Status.OVER)


@pytest.mark.parametrize("asked", ["what overlaps", "the veto"])
def test_deciding_does_not_read_the_whole_table(connection: Connection, asked: str) -> None:
    place = add_place(connection)
    reservations = Reservations(connection, Vault([SECRET]))
    fill(connection, place, 0, FEW)

    def look() -> object:
        return reservations.taken_around(place.server_id, nth_hour(7), timedelta(hours=1))

    def write() -> None:
        with connection.begin_nested() as attempt:
            add_reservation(connection, place, nth_hour(-2))
            attempt.rollback()

    act = look if asked == "what overlaps" else write
    before = steps(connection, act)
    fill(connection, place, FEW, MANY)

    assert steps(connection, act) <= ALLOWANCE * before


def test_the_outbox_does_not_read_what_was_sent(connection: Connection) -> None:
    place = add_place(connection)
    reservation_id = add_reservation(connection, place, nth_hour(0))
    connection.execute(
        insert(RecipientRow).values(
            reservation_id=reservation_id,
            number=1,
            route=RouteName.EMAIL.value,
            address="ann@example.org",
            digest="",
            listed_at=START,
        )
    )
    sending = Sending(connection)
    deliver(connection, reservation_id, DeliveryState.QUEUED, 1)

    def look() -> None:
        assert len(sending.heads(RouteName.EMAIL, START, limit=50)) == 1

    before = steps(connection, look)
    deliver(connection, reservation_id, DeliveryState.SENT, MANY)

    assert steps(connection, look) <= ALLOWANCE * before


def deliver(connection: Connection, reservation_id: int, state: DeliveryState, times: int) -> None:
    """Write deliveries to the first recipient."""
    row = {
        "reservation_id": reservation_id,
        "number": 1,
        "route": RouteName.EMAIL.value,
        "kind": NoticeKind.REMINDER.value,
        "state": state.value,
        "revision": 1,
        "not_before": START,
        "expires_at": START,
        "made_at": START,
    }
    connection.execute(insert(DeliveryRow), [row] * times)
