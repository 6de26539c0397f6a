"""Connections that have ended: each is known to have, whatever else is going on meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.model.gate import Reason
from core.model.server import ServerKind
from tests.desks import Clock, Scene, open_desk
from tests.gate.house import AWAY, away, open_house
from tests.gate.test_asking import controlled
from tests.life.bench import sweep

MINUTE = timedelta(minutes=1)


async def test_whoever_came_and_went_while_the_database_was_away_is_in_nobodys_way(
    scene: Scene,
) -> None:
    house = await controlled(scene)
    first, second = house.to_publish(), house.to_publish(client="2", address=AWAY)
    with away(house.desk):
        await house.admitted(first)
        house.clock.move(MINUTE)
        house.goes(first)
        async with asyncio.timeout(9):  # the most impatient streaming server waits for ten
            await house.admitted(second)
        house.clock.move(MINUTE)
        house.goes(second)
    aired = await house.aired()

    starts_at = house.reservation.slot.starts_at
    assert (aired.since, aired.until) == (starts_at, starts_at + 2 * MINUTE)


async def test_who_came_while_the_database_was_away_and_goes_at_once_after_has_gone(
    scene: Scene,
) -> None:
    house = await controlled(scene)
    first, second = house.to_publish(), house.to_publish(client="2")
    with away(house.desk):
        await house.admitted(first)
    house.goes(first)
    await house.admitted(second)  # before it was written down that there was another
    await house.leave(second)

    assert (await house.aired()).until is not None


async def test_a_watcher_who_goes_before_it_is_written_down_that_they_came_has_gone(
    scene: Scene,
) -> None:
    house = await controlled(scene)
    watcher, publisher = house.to_watch(client="2"), house.to_publish(client="9")
    await house.admitted(watcher)
    house.goes(watcher)
    await house.admitted(publisher)
    aired = await house.aired()
    there = await house.desk.read(lambda store, _: store.connections.open_on(house.server.id))

    assert [one.client for one in there] == [publisher.client]
    assert aired.watchers == 1


async def test_what_cannot_be_written_down_is_kept_for_later(scene: Scene, clock: Clock) -> None:
    house = await open_house(scene)
    memory, desk = house.gate.memory, house.desk
    url = desk.database.url.render_as_string(hide_password=False)
    with open_desk(url, clock) as closed:
        pass
    await house.admitted(house.to_publish())
    await memory.write_down()
    await house.admitted(house.to_watch())
    house.goes(house.to_publish())
    memory.desk = closed
    for write in (memory.write_down, memory.write_departed):
        with pytest.raises(RuntimeError):
            await write()
    memory.desk = desk
    aired = await house.aired()

    assert (aired.until, aired.watchers) == (clock.now, 1)


async def test_a_watcher_of_the_same_name_who_goes_is_not_the_publisher(scene: Scene) -> None:
    house = await controlled(scene)
    await house.admitted(house.to_publish(client="1"))
    await house.admitted(house.to_watch(client="1"))
    await house.leave(house.to_watch(client="1"))

    assert (await house.aired()).until is None
    assert await house.refused(house.to_publish(client="5", address=AWAY)) is Reason.PUBLISHING


async def test_a_server_that_never_says_who_has_gone_is_silent_after_the_end(scene: Scene) -> None:
    house = await open_house(scene, server={"kind": ServerKind.MEDIAMTX})
    await house.admitted(house.to_publish())
    await house.gate.memory.write_down()
    ends_at = house.reservation.slot.ends_at
    house.clock.now = ends_at + MINUTE
    await sweep(house.desk)

    assert (await house.aired()).until == ends_at
