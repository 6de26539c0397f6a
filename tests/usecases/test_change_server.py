"""Change of server: decided by the rules of the new one, and two changes at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from core.model.request import ChangeRequest
from core.model.reservation import NotificationPolicy
from core.model.server import Rules
from core.model.slot import Slot
from core.policy.reasons import TooLong, TooManyViewers
from core.usecases.answers import (
    Changed,
    Denied,
    NoSuchServer,
    Permitted,
)
from core.usecases.change import change
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, add_server
from tests.desks import Scene, make_server
from tests.life.bench import ANN, BEN, Bench, member_of

HOUR = timedelta(hours=1)
ON_PERMIT, ON_RECONFIRM, BOTH = NotificationPolicy


async def test_a_server_with_less_room_is_decided_by_its_own_rules(scene: Scene) -> None:
    bench = Bench(scene)
    small = await _server(scene, "Closet", Rules(max_viewers=10, longest=HOUR))
    reservation = await bench.reserve(viewers=50)
    wish = ChangeRequest(reservation.code, server_id=small)

    denied = await scene.desk.run(change, scene.actor, wish)
    fits = replace(wish, viewers=10, slot=Slot.of(reservation.slot.starts_at, HOUR))
    moved = await scene.desk.run(change, scene.actor, fits)

    assert isinstance(denied, Denied)
    assert {TooLong, TooManyViewers} == {type(reason) for reason in denied.denial.reasons}
    assert isinstance(moved, Changed)
    assert (small, "Closet") == (moved.reservation.server_id, moved.server_name)


async def test_moving_to_another_server_frees_the_first(scene: Scene) -> None:
    bench = Bench(scene)
    hall = await _server(scene, "Hall", Rules())
    reservation = await bench.reserve()

    await bench.change(reservation.code, server_id=hall)

    assert isinstance(await scene.desk.run(reserve, scene.actor, scene.request()), Permitted)
    there = scene.request(server_id=hall)
    assert isinstance(await scene.desk.run(reserve, scene.actor, there), Denied)


async def test_a_server_of_another_workspace_is_no_place_to_move_to(scene: Scene) -> None:
    stranger = await member_of(scene.desk, "other", "sam")
    theirs = await _server(scene, "Theirs", Rules(), workspace_id=stranger.workspace_id)
    reservation = await Bench(scene).reserve()

    wish = ChangeRequest(reservation.code, server_id=theirs)

    assert NoSuchServer() == await scene.desk.run(change, scene.actor, wish)


async def test_of_two_changes_at_once_to_one_slot_one_is_denied(scene: Scene) -> None:
    bench = Bench(scene)
    first = await bench.reserve()
    second = await bench.reserve(slot=bench.slot(timedelta(days=4)))
    third = bench.slot(timedelta(days=5))

    answers = await asyncio.gather(
        *(
            scene.desk.run(change, scene.actor, ChangeRequest(one.code, slot=third))
            for one in (first, second)
        )
    )

    assert {Changed, Denied} == {type(answer) for answer in answers}


async def test_two_changes_of_one_reservation_at_once_are_both_carried_out(scene: Scene) -> None:
    bench = Bench(scene)
    hall = await _server(scene, "Hall", Rules())
    reservation = await bench.reserve()
    await bench.post.deliver()

    answers = await asyncio.gather(
        scene.desk.run(change, scene.actor, ChangeRequest(reservation.code, title="Late show")),
        scene.desk.run(change, scene.actor, ChangeRequest(reservation.code, server_id=hall)),
        scene.desk.run(change, scene.actor, ChangeRequest(reservation.code, add=(BEN,))),
    )
    await bench.post.deliver()

    assert [Changed] * 3 == [type(answer) for answer in answers]
    after = (await bench.show(reservation.code)).reservation
    assert (4, "Late show", hall) == (after.revision, after.title, after.server_id)
    assert {"Late show"} == {bench.post.to(one.address)[-1].title for one in (ANN, BEN)}


async def _server(scene: Scene, name: str, rules: Rules, workspace_id: int | None = None) -> int:
    server = make_server(name=name, rules=rules, workspace_id=workspace_id)
    kept = await scene.desk.run(add_server, scene.actor, server)
    assert isinstance(kept, ServerKept)
    return kept.server.id
