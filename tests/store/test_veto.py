"""The database refuses to overbook a server, whoever asks and whatever was forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, update

from core.model.reservation import Status
from core.model.slot import Slot
from core.store.tables import ReservationRow
from tests.store.rows import (
    Place,
    add_place,
    add_reservation,
    add_server,
    alter_reservation,
    hours,
    is_veto,
    moved_to,
    set_limits,
)

THREADS = 8
A_MICROSECOND = timedelta(microseconds=1)


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
