"""Servers: kept, changed and closed for a while; what was permitted stays permitted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.request import ChangeRequest
from core.model.reservation import Status
from core.model.server import Blackout, Rules
from core.model.slot import Slot
from core.policy.reasons import BlackedOut, Full, Retired
from core.usecases.answers import Changed, Denied, Permitted, Reconfirmed, Unchanged
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.look import servers_of
from core.usecases.reconfirm import reconfirm
from core.usecases.reserve import reserve
from core.usecases.servers import (
    BlackoutKept,
    BlackoutLifted,
    NameTaken,
    ServerKept,
    ServerShown,
    add_server,
    black_out,
    change_server,
    lift_blackout,
    show_server,
)
from tests.desks import Scene, make_server
from tests.life.bench import ANN, Bench

HOUR = timedelta(hours=1)


async def test_a_name_is_taken_whatever_its_case(scene: Scene) -> None:
    answer = await scene.desk.run(add_server, scene.actor, make_server(name="STUDIO"))

    assert NameTaken("STUDIO") == answer


async def test_a_server_may_change_the_case_of_its_name_but_not_take_anothers(
    scene: Scene,
) -> None:
    await scene.desk.run(add_server, scene.actor, make_server(name="Hall"))

    taken = await scene.desk.run(change_server, scene.actor, replace(scene.server, name="hall"))
    kept = await scene.desk.run(change_server, scene.actor, replace(scene.server, name="STUDIO"))

    assert NameTaken("hall") == taken
    assert isinstance(kept, ServerKept)


@pytest.mark.parametrize(
    "rules",
    [
        Rules(max_streams=1),
        Rules(max_viewers=1),
        Rules(longest=HOUR),
        Rules(set_up=HOUR, tear_down=HOUR),
        Rules(reconfirm_lead=timedelta(0)),
    ],
    ids=["streams", "viewers", "longest", "buffers", "no reconfirmation"],
)
async def test_narrower_rules_leave_what_stands_as_it_was_permitted(
    scene: Scene, rules: Rules
) -> None:
    """It can still be reconfirmed, renamed and cancelled: that takes no more of the server."""
    bench = Bench(scene)
    wide = replace(scene.server, rules=Rules(max_streams=2))
    await scene.desk.run(change_server, scene.actor, wide)
    first, second = await bench.reserve(viewers=5), await bench.reserve(viewers=5)
    await scene.desk.run(change_server, scene.actor, replace(wide, rules=rules))

    renamed = await scene.desk.run(
        change, scene.actor, ChangeRequest(first.code, title="Late show")
    )
    reconfirmed = await scene.desk.run(reconfirm, scene.actor, first.code)
    assert second.reconfirm_by is not None
    await bench.awake_until(second.reconfirm_by)
    await scene.desk.run(cancel, scene.actor, first.code)

    assert isinstance(renamed, Changed)
    assert isinstance(reconfirmed, Reconfirmed)
    assert Status.LAPSED == (await bench.show(second.code)).reservation.status
    assert Status.CANCELLED == (await bench.show(first.code)).reservation.status


async def test_fewer_streams_are_fewer_for_whoever_comes_next(scene: Scene) -> None:
    bench = Bench(scene)
    wide = replace(scene.server, rules=Rules(max_streams=2))
    await scene.desk.run(change_server, scene.actor, wide)
    await bench.reserve()
    await scene.desk.run(change_server, scene.actor, replace(wide, rules=Rules()))

    answer = await scene.desk.run(reserve, scene.actor, scene.request())

    assert isinstance(answer, Denied)
    assert [Full] == [type(reason) for reason in answer.denial.reasons]


async def test_a_blackout_denies_until_it_is_lifted_and_leaves_what_stands(scene: Scene) -> None:
    bench = Bench(scene)
    standing = await bench.reserve()
    slot = Slot.of(standing.slot.ends_at - HOUR, timedelta(days=1))
    free = Slot.of(standing.slot.ends_at + HOUR, HOUR)

    kept = await scene.desk.run(black_out, scene.actor, "studio", Blackout(slot, "works"))
    assert isinstance(kept, BlackoutKept)
    denied = await scene.desk.run(reserve, scene.actor, scene.request(slot=free))
    lifted = await scene.desk.run(lift_blackout, scene.actor, "studio", kept.number)
    twice = await scene.desk.run(lift_blackout, scene.actor, "studio", kept.number)
    permitted = await scene.desk.run(reserve, scene.actor, scene.request(slot=free))

    assert 1 == kept.standing
    assert isinstance(denied, Denied)
    assert (BlackedOut(Blackout(slot, "works")),) == denied.denial.reasons
    assert [True, False] == [
        one.found for one in (lifted, twice) if isinstance(one, BlackoutLifted)
    ]
    assert isinstance(permitted, Permitted)
    assert Status.PERMITTED == (await bench.show(standing.code)).reservation.status


async def test_shows_the_blackouts_to_come(scene: Scene) -> None:
    slot = Bench(scene).slot(HOUR, HOUR)
    await scene.desk.run(black_out, scene.actor, "Studio", Blackout(slot, "works"))

    shown = await scene.desk.read(show_server, scene.actor, "studio")
    scene.clock.now = slot.ends_at
    later = await scene.desk.read(show_server, scene.actor, "studio")

    assert isinstance(shown, ServerShown)
    assert isinstance(later, ServerShown)
    assert [[Blackout(slot, "works")], []] == [
        [one.blackout for one in answer.blackouts] for answer in (shown, later)
    ]


async def test_a_retired_server_is_offered_no_more_and_carries_on_what_it_has(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    standing = await bench.reserve()
    await scene.desk.run(change_server, scene.actor, replace(scene.server, retired=True))

    other = scene.request(slot=bench.slot(timedelta(days=9)))
    denied = await scene.desk.run(reserve, scene.actor, other)

    assert () == await scene.desk.read(servers_of, scene.actor)
    assert isinstance(denied, Denied)
    assert (Retired(),) == denied.denial.reasons
    assert Status.CONFIRMED == (await bench.reconfirm(standing.code)).status


async def test_a_renamed_server_is_told_with_the_next_change_and_not_before(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    standing = await bench.reserve()
    await bench.post.deliver()
    await scene.desk.run(change_server, scene.actor, replace(scene.server, name="Hall"))

    same = await scene.desk.run(change, scene.actor, ChangeRequest(standing.code))
    await bench.post.deliver()
    quiet = len(bench.post.to(ANN.address))
    await bench.change(standing.code, title="Late show")
    await bench.post.deliver()

    assert isinstance(same, Unchanged)
    assert [1, 2] == [quiet, len(bench.post.to(ANN.address))]
