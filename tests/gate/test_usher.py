"""Running connections are ended when they must be, and only then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from core.gate.control import ControlError
from core.gate.usher import Usher
from core.model.gate import Access, Asked, ControlAddress, Running
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode
from core.model.server import Rules, ServerKind
from core.store.database import BusyError
from core.usecases.servers import change_server
from tests.desks import Scene
from tests.gate.house import AWAY, GateHouse, away, open_house, passcode_of
from tests.gate.streaming_server import StreamingServer
from tests.life.bench import ANN

MINUTE = timedelta(minutes=1)
CONTROL = "http://127.0.0.1:1"


@dataclass
class Hall:
    """A house with a streaming server and an usher."""

    house: GateHouse
    server: StreamingServer
    usher: Usher

    async def let_in(self, asked: Asked) -> Running:
        """Have somebody come in, who is then listed."""
        await self.house.admitted(asked)
        running = Running(asked.access, asked.stream, asked.client, asked.address)
        self.server.listed.append(running)
        return running

    async def look(self) -> list[Running]:
        """Have the usher look; gives whom it ended."""
        await self.house.gate.memory.write_down()
        before = len(self.server.kicked)
        await self.usher.look_at_all()
        return self.server.kicked[before:]


async def open_hall(
    scene: Scene,
    mode: CredentialMode = CredentialMode.SHARED,
    kind: ServerKind = ServerKind.NGINX_RTMP,
) -> Hall:
    """Open a house whose server the desk can end connections of."""
    house = await open_house(scene, mode, server={"control_url": CONTROL, "kind": kind})
    server = StreamingServer()
    usher = Usher(scene.desk, server.control, house.ticks)
    house.gate.take_over = usher.take_over
    return Hall(house, server, usher)


@pytest.fixture
async def hall(scene: Scene) -> Hall:
    return await open_hall(scene)


async def test_nobody_is_ended_while_the_slot_is_on(hall: Hall) -> None:
    await hall.let_in(hall.house.to_publish())
    await hall.let_in(hall.house.to_watch())

    assert await hall.look() == []


async def test_at_the_end_the_audience_goes_and_after_tear_down_the_publisher(scene: Scene) -> None:
    changed = replace(scene.server, rules=Rules(tear_down=10 * MINUTE))
    await scene.desk.run(change_server, scene.actor, changed)
    hall = await open_hall(replace(scene, server=changed))
    publisher = await hall.let_in(hall.house.to_publish())
    watcher = await hall.let_in(hall.house.to_watch())
    hall.house.clock.now = hall.house.reservation.slot.ends_at - timedelta(seconds=1)
    assert await hall.look() == []

    hall.house.clock.move(timedelta(seconds=1))
    assert await hall.look() == [watcher]
    hall.house.clock.move(10 * MINUTE)
    assert await hall.look() == [publisher]
    assert hall.server.listed == []


async def test_a_cancelled_slot_is_cleared(hall: Hall) -> None:
    both = [
        await hall.let_in(hall.house.to_publish()),
        await hall.let_in(hall.house.to_watch()),
    ]
    await hall.house.bench.cancel(hall.house.reservation.code)

    assert await hall.look() == both


async def test_a_moved_slot_is_cleared(hall: Hall) -> None:
    both = [
        await hall.let_in(hall.house.to_publish()),
        await hall.let_in(hall.house.to_watch()),
    ]
    later = hall.house.bench.slot(timedelta(hours=5))
    await hall.house.bench.change(hall.house.reservation.code, slot=later)

    assert await hall.look() == both


async def test_changed_credentials_end_those_who_have_the_old_ones(hall: Hall) -> None:
    await hall.let_in(hall.house.to_publish())
    watcher = await hall.let_in(hall.house.to_watch())
    preview = hall.house.to_watch(user="", secret=hall.house.secrets.stream_key, client="9")
    await hall.let_in(preview)
    await hall.house.gate.memory.write_down()
    changed = await hall.house.bench.change(
        hall.house.reservation.code, credentials=CredentialWish()
    )
    await hall.house.gate.memory.refresh()
    await hall.let_in(hall.house.to_watch(secret=changed.passcode, client="5"))

    assert await hall.look() == [watcher]


async def test_a_recipient_who_was_taken_off_goes(scene: Scene) -> None:
    hall = await open_hall(scene, mode=CredentialMode.EACH)
    house = hall.house
    ann, ben = [
        await hall.let_in(
            house.to_watch(user=f"guest-{n}", secret=await passcode_of(house, n), client=f"{n}")
        )
        for n in (1, 2)
    ]
    await house.gate.memory.write_down()
    await house.bench.change(house.reservation.code, remove=(ANN,))

    assert await hall.look() == [ann]
    assert hall.server.listed == [ben]


async def test_what_is_none_of_ours_is_left_alone(hall: Hall) -> None:
    hall.server.listed = [
        Running(Access.PUBLISH, "live/camera", "1"),
        Running(Access.PUBLISH, "radio/k7q2mf", "2"),
        Running(Access.PUBLISH, "live/000000", "3"),
        Running(Access.WATCH, "", "4"),
    ]

    assert await hall.look() == []


async def test_who_came_in_without_a_record_goes_when_the_time_is_up(hall: Hall) -> None:
    hall.server.listed = [
        Running(Access.PUBLISH, hall.house.stream, "77"),
        Running(Access.WATCH, hall.house.stream, "78"),
    ]
    assert await hall.look() == []
    hall.house.clock.now = hall.house.reservation.slot.ends_at

    assert len(await hall.look()) == 2


async def test_a_publisher_whose_admission_was_lost_is_written_down(hall: Hall) -> None:
    await hall.let_in(hall.house.to_publish())
    await hall.house.leave(hall.house.to_publish())  # as a server may say of the one before it
    await hall.look()
    assert (await hall.house.aired()).until is not None  # it may still be waiting for its answer
    hall.house.clock.move(MINUTE)
    hall.house.ticks.now += 60
    await hall.look()

    assert (await hall.house.aired()).until is None
    assert await hall.house.refused(hall.house.to_publish(client="5", address=AWAY)) is not None


async def test_a_number_of_before_the_servers_restart_says_nothing(hall: Hall) -> None:
    """A client's number may have been another reservation's, whose slot is over by now."""
    house = hall.house
    await hall.let_in(house.to_watch(client="1"))
    await house.gate.memory.write_down()
    house.clock.now = house.reservation.slot.ends_at
    now = await house.bench.reserve(slot=house.bench.slot(timedelta(hours=30)))
    await house.bench.reconfirm(now.code)
    house.clock.now = now.slot.starts_at
    later = replace(house, reservation=now)
    hall.server.listed = [Running(Access.WATCH, later.stream, "1")]

    assert await hall.look() == []


async def test_one_that_cannot_be_ended_does_not_save_the_others(hall: Hall) -> None:
    publisher = await hall.let_in(hall.house.to_publish())
    watcher = await hall.let_in(hall.house.to_watch())
    hall.server.stubborn = {publisher.client}
    await hall.house.bench.cancel(hall.house.reservation.code)

    with pytest.raises(ControlError):
        await hall.look()
    assert hall.server.kicked == [watcher]
    hall.server.stubborn = set()
    assert await hall.look() == [publisher]


async def test_a_connection_that_is_no_longer_listed_has_gone(hall: Hall) -> None:
    publisher = await hall.let_in(hall.house.to_publish())
    second = hall.house.to_publish(client="2", address=AWAY)
    hall.server.listed.remove(publisher)
    await hall.look()
    assert await hall.house.refused(second) is not None  # it may not be listed yet
    hall.house.clock.move(MINUTE)
    await hall.look()

    await hall.house.admitted(second)
    assert (await hall.house.aired()).until is None


async def test_a_reconnect_ends_what_the_server_still_holds(hall: Hall) -> None:
    stalled = await hall.let_in(hall.house.to_publish())
    await hall.house.admitted(hall.house.to_publish(client="7"))

    assert hall.server.kicked == [stalled]


async def test_a_server_that_replaces_publishers_by_itself_is_not_told_to(scene: Scene) -> None:
    hall = await open_hall(scene, kind=ServerKind.MEDIAMTX)
    await hall.let_in(hall.house.to_publish())
    await hall.house.admitted(hall.house.to_publish(client="7"))

    assert hall.server.kicked == []


async def test_a_reconnect_comes_in_though_the_server_cannot_be_asked(hall: Hall) -> None:
    await hall.let_in(hall.house.to_publish())
    hall.server.broken = "away"

    await hall.house.admitted(hall.house.to_publish(client="7"))


async def test_while_the_database_is_away_nobody_is_ended(hall: Hall) -> None:
    await hall.let_in(hall.house.to_publish())
    await hall.usher.look_at_all()
    hall.house.clock.now = hall.house.reservation.slot.ends_at
    with away(hall.house.desk), pytest.raises(BusyError):
        await hall.look()

    assert hall.server.kicked == []
    assert len(await hall.look()) == 1


async def test_another_control_address_is_used_at_once(hall: Hall) -> None:
    await hall.look()
    changed = replace(hall.house.server, control_url="http://127.0.0.1:2")
    await hall.house.desk.run(change_server, hall.house.bench.scene.actor, changed)
    await hall.look()

    assert hall.server.addresses == [ControlAddress(CONTROL), ControlAddress("http://127.0.0.1:2")]
    assert hall.server.closed == 1
    await hall.usher.close()
    assert hall.server.closed == 2


async def test_runs_through_servers_that_cannot_be_asked_and_says_so_once(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    stop = asyncio.Event()
    hall.server.broken = "it does not answer"
    running = asyncio.create_task(hall.usher.run(stop))
    await hall.server.looked_at(3)
    hall.server.broken = ""
    publisher = await hall.let_in(hall.house.to_publish())
    await hall.house.bench.cancel(hall.house.reservation.code)
    await hall.server.looked_at(2)
    stop.set()
    await running

    assert hall.server.kicked == [publisher]
    told = [one for one in caplog.records if one.getMessage() == "usher.no_control"]
    assert len(told) == 1
