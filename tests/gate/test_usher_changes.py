"""Servers and slots that are changed while something runs: what must end still does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.access.vault import Vault
from core.model.gate import Access, ControlAddress, Running
from core.model.server import Rules, Server, ServerKind
from core.store.servers import Servers
from core.store.store import Store
from core.usecases.servers import ServerKept, add_server, change_server
from tests.desks import Scene, make_server
from tests.gate.house import AWAY, GateHouse
from tests.gate.test_usher import CONTROL, open_hall

MINUTE = timedelta(minutes=1)
CREDENTIALS = ControlAddress(CONTROL, "desk", "secret")


async def changed(house: GateHouse, **given: object) -> Server:
    """Have the house's server changed."""
    server = replace(house.server, **given)  # type: ignore[arg-type]
    await house.desk.run(change_server, house.bench.scene.actor, server)
    return server


async def other_server(scene: Scene, **given: object) -> Server:
    """Add another server."""
    kept = await scene.desk.run(add_server, scene.actor, make_server(name="Other", **given))
    assert isinstance(kept, ServerKept)
    return kept.server


async def test_a_rehearsal_ends_when_its_slot_moves_to_another_server(scene: Scene) -> None:
    rules = Rules(set_up=30 * MINUTE)
    await scene.desk.run(change_server, scene.actor, replace(scene.server, rules=rules))
    other = await other_server(scene, rules=rules)  # there it would be time for one, too
    hall = await open_hall(replace(scene, server=replace(scene.server, rules=rules)))
    house = hall.house
    house.until(before_start=20 * MINUTE)
    await house.gate.memory.refresh()
    publisher = await hall.let_in(house.to_publish())
    preview = house.to_watch(user="", secret=house.secrets.stream_key)
    watcher = await hall.let_in(preview)
    assert await hall.look() == []
    await house.bench.change(house.reservation.code, server_id=other.id)

    assert await hall.look() == [publisher, watcher]


async def test_what_runs_under_an_older_name_ends_with_its_slot(scene: Scene) -> None:
    hall = await open_hall(scene)
    house = hall.house
    both = [await hall.let_in(house.to_publish()), await hall.let_in(house.to_watch())]
    await hall.look()
    await changed(house, ingest_url="rtmp://live.example.org/studio/{path}")
    assert await hall.look() == []
    await house.bench.cancel(house.reservation.code)

    assert await hall.look() == both


async def test_what_has_the_name_of_an_earlier_connection_and_is_another_stays(
    scene: Scene,
) -> None:
    """A server counts its connections anew when it is restarted."""
    hall = await open_hall(scene)
    await hall.house.admitted(hall.house.to_watch(client="3"))
    hall.server.listed = [
        Running(Access.WATCH, "live/camera", "3", AWAY),
        Running(Access.PUBLISH, "live/camera", "3", AWAY),
    ]
    await hall.house.bench.cancel(hall.house.reservation.code)

    assert await hall.look() == []


async def test_a_server_of_another_kind_has_another_control(scene: Scene) -> None:
    hall = await open_hall(scene)
    await hall.look()
    await changed(hall.house, kind=ServerKind.SRS)
    await hall.look()

    assert hall.server.kinds == [ServerKind.NGINX_RTMP, ServerKind.SRS]
    assert hall.server.closed == 1


async def test_one_broken_seal_does_not_stop_the_others(scene: Scene) -> None:
    hall = await open_hall(scene)
    other = await other_server(scene, control_url=CONTROL)
    await scene.desk.run(_seal, hall.house.server.id, other.id)
    publisher = await hall.let_in(hall.house.to_publish())
    await hall.house.bench.cancel(hall.house.reservation.code)

    assert await hall.look() == [publisher]
    assert hall.server.addresses == [CREDENTIALS]


def _seal(store: Store, _: object, right: int, wrong: int) -> None:
    """Keep credentials of two servers, of one with a key that the desk has not."""
    store.servers.keep_control(right, CREDENTIALS)
    Servers(store.connection, Vault(["x" * 32])).keep_control(wrong, CREDENTIALS)


async def test_who_went_while_the_desk_was_down_went_when_last_seen(scene: Scene) -> None:
    hall = await open_hall(scene)
    house = hall.house
    await hall.let_in(house.to_publish())
    house.clock.move(5 * MINUTE)
    for _ in range(5):  # it is not written down at each look who is still there
        await hall.look()
    hall.server.listed.clear()
    house.clock.move(90 * MINUTE)
    await hall.look()

    assert (await house.aired()).until == house.reservation.slot.starts_at + 5 * MINUTE
