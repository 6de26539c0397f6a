"""The database refuses to overbook a server, whoever asks and whatever was forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, update

from core.model.request import ChangeRequest
from core.model.reservation import Status
from core.model.server import Rules
from core.model.slot import Slot
from core.store.database import Database, open_database
from core.store.tables import ReservationRow
from core.usecases.answers import Cancelled, Changed, Permitted, Reconfirmed
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reconfirm import reconfirm
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, change_server
from tests.desks import Clock, open_desk, set_scene
from tests.store.rows import (
    Place,
    add_place,
    add_reservation,
    add_server,
    alter_reservation,
    hours,
    is_veto,
    live_rows,
    moved_to,
    peak,
    set_limits,
)

THREADS = 8
A_MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing(patience=5) as opened:
        yield opened


def vetoed(connection: Connection, place: Place, busy: Slot, viewers: int = 0) -> bool:
    """Try to write a reservation and tell whether the veto kept it out."""
    try:
        with connection.begin_nested():
            add_reservation(connection, place, busy, viewers)
    except DBAPIError as error:
        if not is_veto(error):
            raise
        return True
    return False


def alteration_vetoed(connection: Connection, reservation_id: int, **values: object) -> bool:
    """Try to change a reservation and tell whether the veto kept it as it was."""
    try:
        with connection.begin_nested():
            alter_reservation(connection, reservation_id, **values)
    except DBAPIError as error:
        if not is_veto(error):
            raise
        return True
    return False


def test_refuses_one_stream_more_than_the_server_carries(connection: Connection) -> None:
    place = add_place(connection, max_streams=2)
    add_reservation(connection, place, hours(0, 4))
    add_reservation(connection, place, hours(2, 6))

    assert vetoed(connection, place, hours(3, 5))
    assert not vetoed(connection, place, hours(4, 5))


def test_counts_the_peak_and_not_all_that_overlap(connection: Connection) -> None:
    place = add_place(connection, max_streams=2)
    for hour in range(5):
        add_reservation(connection, place, hours(hour, hour + 1))

    assert not vetoed(connection, place, hours(0, 5))
    assert vetoed(connection, place, hours(1, 2))


def test_refuses_more_viewers_than_the_server_carries(connection: Connection) -> None:
    place = add_place(connection, max_streams=9, max_viewers=100)
    add_reservation(connection, place, hours(0, 2), viewers=60)
    add_reservation(connection, place, hours(2, 4), viewers=70)

    assert vetoed(connection, place, hours(1, 3), viewers=31)
    assert not vetoed(connection, place, hours(1, 3), viewers=30)


def test_slots_that_touch_do_not_meet(connection: Connection) -> None:
    place = add_place(connection)
    add_reservation(connection, place, hours(2, 4))

    assert not vetoed(connection, place, hours(0, 2))
    assert not vetoed(connection, place, hours(4, 6))


def test_a_microsecond_together_is_too_much(connection: Connection) -> None:
    place = add_place(connection)
    add_reservation(connection, place, hours(2, 4))
    before, after = hours(0, 2), hours(4, 6)

    assert vetoed(connection, place, Slot(before.starts_at, before.ends_at + A_MICROSECOND))
    assert vetoed(connection, place, Slot(after.starts_at - A_MICROSECOND, after.ends_at))


def test_what_ended_takes_nothing(connection: Connection) -> None:
    place = add_place(connection)
    for status in (Status.CANCELLED, Status.LAPSED, Status.OVER):
        add_reservation(connection, place, hours(0, 2), status=status)

    assert not vetoed(connection, place, hours(0, 2))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(moved_to(hours(1, 3)), id="moved"),
        pytest.param({"starts_at": hours(1, 9).starts_at, **moved_to(hours(1, 9))}, id="longer"),
        pytest.param({"busy_from": hours(1, 2).starts_at}, id="a longer set-up"),
        pytest.param({"status": "confirmed", "live": True, **moved_to(hours(0, 2))}, id="revived"),
        pytest.param({"viewers": 41}, id="more viewers"),
    ],
)
def test_refuses_a_change_that_takes_too_much(
    connection: Connection, values: dict[str, object]
) -> None:
    place = add_place(connection, max_streams=2, max_viewers=100)
    add_reservation(connection, place, hours(0, 2), viewers=60)
    add_reservation(connection, place, hours(0, 2))
    add_reservation(connection, place, hours(4, 6), viewers=60)
    status = Status.CANCELLED if "live" in values else Status.CONFIRMED
    changed = add_reservation(connection, place, hours(4, 6), viewers=40, status=status)

    assert alteration_vetoed(connection, changed, **values)


def test_refuses_a_move_to_a_full_server(connection: Connection) -> None:
    place = add_place(connection)
    other = place._replace(server_id=add_server(connection))
    add_reservation(connection, place, hours(0, 2))
    there = add_reservation(connection, other, hours(0, 2))

    assert alteration_vetoed(connection, there, server_id=place.server_id)


def test_what_is_written_stays_when_the_limits_are_lowered(connection: Connection) -> None:
    place = add_place(connection, max_streams=2, max_viewers=100)
    standing = [add_reservation(connection, place, hours(0, 4), viewers=50) for _ in range(2)]
    set_limits(connection, place.server_id, max_streams=1, max_viewers=10)

    for one in standing:
        everything = {"viewers": 50, "live": True, "server_id": place.server_id}
        assert not alteration_vetoed(connection, one, title="New", **moved_to(hours(0, 4)))
        assert not alteration_vetoed(connection, one, **everything)
        assert not alteration_vetoed(connection, one, viewers=40, **moved_to(hours(1, 3)))
        assert alteration_vetoed(connection, one, **moved_to(hours(1, 3.5)))


def test_who_takes_no_viewers_is_not_held_to_their_number(connection: Connection) -> None:
    place = add_place(connection, max_streams=3, max_viewers=100)
    add_reservation(connection, place, hours(0, 4), viewers=80)
    set_limits(connection, place.server_id, max_streams=3, max_viewers=50)

    assert not vetoed(connection, place, hours(0, 4), viewers=0)
    assert vetoed(connection, place, hours(0, 4), viewers=1)


def test_nobody_makes_room_with_viewers_below_nought(connection: Connection) -> None:
    place = add_place(connection, max_streams=9, max_viewers=100)

    with pytest.raises(DBAPIError, match="ck_reservation_viewers"):
        add_reservation(connection, place, hours(0, 2), viewers=-100)


@pytest.mark.parametrize("length", [timedelta(days=400), timedelta(hours=1.5, microseconds=1)])
def test_finds_a_long_one_that_began_long_ago(connection: Connection, length: timedelta) -> None:
    place = add_place(connection)
    long = Slot.of(hours(0, 1).starts_at, length)
    add_reservation(connection, place, long)

    last = Slot(long.ends_at - A_MICROSECOND, long.ends_at)
    assert vetoed(connection, place, last)
    assert not vetoed(connection, place, Slot.of(long.ends_at, A_MICROSECOND))


def test_a_slot_that_grew_is_found_too(connection: Connection) -> None:
    place = add_place(connection)
    grown = add_reservation(connection, place, hours(0, 1))
    alter_reservation(connection, grown, **moved_to(hours(0, 100)))

    assert vetoed(connection, place, hours(99, 101))


def test_one_statement_cannot_write_two_where_one_fits(connection: Connection) -> None:
    place = add_place(connection)
    add_reservation(connection, place, hours(0, 1))
    both = [
        add_reservation(connection, place, hours(2, 3), status=Status.CANCELLED) for _ in range(2)
    ]

    with pytest.raises(DBAPIError) as refusal:
        connection.execute(
            update(ReservationRow)
            .where(col(ReservationRow.id).in_(both))
            .values(live=True, status=Status.CONFIRMED.value)
        )
    assert is_veto(refusal.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_does_not_trust_a_transaction_that_cannot_see_the_others(database: Database) -> None:
    with database.writing(patience=5) as connection:
        place = add_place(connection)

    with (
        pytest.raises(DBAPIError, match="read committed"),
        database.writer.connect().execution_options(isolation_level="REPEATABLE READ") as wrong,
        wrong.begin(),
    ):
        add_reservation(wrong, place, hours(0, 1))


@pytest.mark.parametrize("max_streams", [1, 3])
def test_forgotten_locks_never_overbook(
    database: Database, database_url: str, max_streams: int
) -> None:
    with database.writing(patience=5) as connection:
        place = add_place(connection, max_streams)
    together = Barrier(THREADS)

    def insert_many(first: int) -> list[bool]:
        with closing(_Own(database_url)) as own:
            together.wait()
            return [own.try_to_write(place, hours(at % 5, at % 5 + 2)) for at in (first, 0, 2, 4)]

    with ThreadPoolExecutor(THREADS) as pool:
        kept = [one for many in pool.map(insert_many, range(THREADS)) for one in many]

    with database.reading(patience=5) as connection:
        rows = live_rows(connection, place.server_id)
    assert kept.count(True) == len(rows)
    assert peak(rows) == (max_streams, 0)


class _Own:
    """A database connection of a thread's own, with no lock but the database's."""

    def __init__(self, url: str) -> None:
        self._database = open_database(url)

    def close(self) -> None:
        self._database.dispose()

    def try_to_write(self, place: Place, busy: Slot) -> bool:
        try:
            with self._database.writing(patience=20) as connection:
                add_reservation(connection, place, busy)
        except DBAPIError as error:
            if not is_veto(error):
                raise
            return False
        return True


async def test_nobody_is_vetoed_for_what_they_have_when_limits_were_lowered(
    database_url: str, clock: Clock
) -> None:
    with open_desk(database_url, clock) as desk:
        scene = await set_scene(desk, clock, rules=Rules(max_streams=2, max_viewers=100))
        codes = []
        for _ in range(2):
            permitted = await desk.run(reserve, scene.actor, scene.request(viewers=50))
            assert isinstance(permitted, Permitted)
            codes.append(permitted.reservation.code)
        smaller = replace(scene.server, rules=Rules(max_streams=1, max_viewers=10))
        assert isinstance(await desk.run(change_server, scene.actor, smaller), ServerKept)

        reworded = await desk.run(change, scene.actor, ChangeRequest(codes[0], title="New"))
        reconfirmed = await desk.run(reconfirm, scene.actor, codes[0])
        cancelled = await desk.run(cancel, scene.actor, codes[1])

    assert isinstance(reworded, Changed)
    assert isinstance(reconfirmed, Reconfirmed)
    assert isinstance(cancelled, Cancelled)
