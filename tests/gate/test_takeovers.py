"""One publisher at a time, whatever servers say late, list early, or do not say at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.gate import usher as usher_module
from core.gate.control import ControlError
from core.model.gate import Access, Admit, Reason, Running
from core.model.server import ServerKind
from core.usecases.servers import change_server
from tests.desks import Scene
from tests.gate.house import AWAY, away
from tests.gate.test_asking import controlled
from tests.gate.test_usher import CONTROL, Hall, open_hall

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
async def hall(scene: Scene) -> Hall:
    return await open_hall(scene)


def pass_time(hall: Hall, by: timedelta) -> None:
    """Let time pass, on every clock."""
    hall.house.clock.move(by)
    hall.house.ticks.now += by.total_seconds()


async def test_a_publisher_listed_while_it_is_asked_about_never_becomes_a_record(
    scene: Scene,
) -> None:
    """SRS lists a publisher while it still waits for our answer."""
    hall = await open_hall(scene, kind=ServerKind.SRS)
    house = hall.house
    pending = Running(Access.PUBLISH, house.stream, "9", AWAY)
    hall.server.listed.append(pending)
    await hall.look()
    pass_time(hall, 10 * SECOND)  # the longest that a server waits for an answer
    await hall.look()
    assert await house.refused(house.to_publish(secret="x", client="9")) is Reason.WRONG
    hall.server.listed.remove(pending)
    await hall.look()
    # the same name again is another try, and has not been there for as long
    hall.server.listed.append(pending)
    pass_time(hall, 10 * SECOND)
    await hall.look()

    assert (await house.aired()).since is None
    await house.admitted(house.to_publish())


async def test_the_late_end_of_one_whose_place_was_taken_does_not_end_the_new_one(
    scene: Scene,
) -> None:
    """Icecast names a publisher by its mount: the old one's end is called as the new one is."""
    house = await controlled(scene)
    source = house.to_publish(client=f"source:{house.stream}")
    await house.admitted(source)
    await house.admitted(source)
    await house.leave(source)
    assert (await house.aired()).until is None
    assert await house.refused(source._replace(address=AWAY)) is Reason.PUBLISHING

    await house.leave(source)  # and now it is the new one's
    assert (await house.aired()).until is not None
    await house.admitted(source._replace(address=AWAY))


async def test_an_end_that_was_waited_for_in_vain_is_later_the_new_ones(scene: Scene) -> None:
    house = await controlled(scene)
    source = house.to_publish(client=f"source:{house.stream}")
    await house.admitted(source)
    await house.admitted(source)
    house.ticks.now += 11
    await house.leave(source)

    assert (await house.aired()).until is not None


async def test_a_broken_control_locks_the_holder_out_for_half_a_minute_at_most(
    scene: Scene,
) -> None:
    hall = await open_hall(scene, kind=ServerKind.MEDIAMTX)
    house = hall.house
    elsewhere = house.to_publish(client="2", address=AWAY)
    await house.admitted(house.to_publish())
    hall.server.broken = "refused"
    house.clock.move(30 * SECOND)
    with pytest.raises(ControlError):
        await hall.look()
    assert await house.refused(elsewhere) is Reason.PUBLISHING

    house.clock.move(SECOND)
    await house.admitted(elsewhere)


async def test_a_clock_that_is_put_back_locks_nobody_out(hall: Hall) -> None:
    house = hall.house
    house.until(before_start=-70 * MINUTE)
    await hall.let_in(house.to_publish())
    await hall.look()
    house.clock.move(-60 * MINUTE)

    await house.admitted(house.to_publish(client="9", address=AWAY))


async def test_who_goes_after_the_clock_was_put_back_has_gone(hall: Hall) -> None:
    house = hall.house
    house.until(before_start=-70 * MINUTE)
    publisher = await hall.let_in(house.to_publish())
    await hall.look()
    house.clock.move(-60 * MINUTE)
    hall.server.listed.remove(publisher)
    await hall.look()

    assert (await house.aired()).until is not None


async def test_while_the_database_is_away_one_who_was_let_in_before_counts(scene: Scene) -> None:
    house = await controlled(scene)
    await house.admitted(house.to_publish())
    await house.gate.memory.write_down()
    second = house.to_publish(client="2", address=AWAY)
    with away(house.desk):
        assert await house.refused(second) is Reason.PUBLISHING


# --- ending the one whose place is taken


async def test_another_streams_publisher_of_the_same_name_stays(hall: Hall) -> None:
    """A server counts its connections anew when it is restarted."""
    await hall.house.admitted(hall.house.to_publish())
    other = Running(Access.PUBLISH, "live/camera", "1", AWAY)
    hall.server.listed.append(other)
    await hall.house.admitted(hall.house.to_publish(client="7"))

    assert hall.server.kicked == []


async def test_a_server_that_does_not_answer_holds_a_reconnect_up_only_so_long(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usher_module, "_TAKE_OVER_WITHIN", 0.1)
    await hall.let_in(hall.house.to_publish())
    hall.server.silent = True

    async with asyncio.timeout(10):
        decision = await hall.house.ask(hall.house.to_publish(client="7"))
    assert isinstance(decision, Admit)


async def test_another_processs_usher_knows_of_a_new_control(hall: Hall) -> None:
    """The process that answers hooks looks at no server by itself."""
    house = hall.house
    first = await hall.let_in(house.to_publish())
    await hall.let_in(house.to_publish(client="7"))
    assert hall.server.kicked == [first]
    moved = "http://127.0.0.1:2"
    changed = replace(house.server, control_url=moved)
    await house.desk.run(change_server, house.bench.scene.actor, changed)
    await house.admitted(house.to_publish(client="8"))

    assert [one.url for one in hall.server.addresses] == [CONTROL, moved]
