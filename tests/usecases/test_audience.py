"""Audience lists: a workspace's own, each address once, within the bounds."""

from __future__ import annotations

from typing import Any

import pytest

from core.model.recipient import Contact, RouteName
from core.store.store import Limits
from core.usecases.answers import NoSuchList, TooManyRecipients
from core.usecases.audience import (
    ListChanged,
    ListShown,
    add_to_list,
    drop_list,
    lists_of,
    show_list,
    take_from_list,
)
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, Bench, member_of

SHOUTED = Contact(RouteName.EMAIL, "ANN@example.org", "Ann again")


async def add(scene: Scene, *contacts: Contact) -> ListChanged | TooManyRecipients:
    return await scene.desk.run(add_to_list, scene.actor, "Fans", contacts)


async def test_a_list_is_made_with_the_first_who_comes_on_it(scene: Scene) -> None:
    assert ListChanged("Fans", added=2, size=2, made=True) == await add(scene, ANN, BEN)
    assert ListChanged("Fans", added=1, size=3) == await add(scene, BEN, CLEO)

    shown = await scene.desk.read(show_list, scene.actor, "FANS")

    assert ListShown("Fans", (ANN, BEN, CLEO)) == shown


async def test_nobody_is_on_it_twice(scene: Scene) -> None:
    assert ListChanged("Fans", added=1, size=1, made=True) == await add(scene, ANN, SHOUTED, ANN)
    assert ListChanged("Fans", added=0, size=1) == await add(scene, SHOUTED)


async def test_takes_off_whom_it_is_asked_to(scene: Scene) -> None:
    await add(scene, ANN, BEN)

    answer = await scene.desk.run(take_from_list, scene.actor, "fans", [SHOUTED, CLEO])

    assert ListChanged("Fans", removed=1, size=1) == answer


async def test_who_leaves_a_list_stays_on_the_reservations_made_with_it(scene: Scene) -> None:
    bench = Bench(scene)
    await add(scene, ANN, BEN)
    await bench.reserve(audience=(), audience_lists=("Fans",))

    await scene.desk.run(take_from_list, scene.actor, "Fans", [ANN])
    await bench.post.deliver()

    assert 1 == len(bench.post.to(ANN.address))


async def test_a_dropped_list_is_gone_with_all_on_it(scene: Scene) -> None:
    await add(scene, ANN, BEN)

    dropped = await scene.desk.run(drop_list, scene.actor, "fans")

    assert ListChanged("Fans", removed=2) == dropped
    assert () == await scene.desk.read(lists_of, scene.actor)
    assert NoSuchList("Fans") == await scene.desk.read(show_list, scene.actor, "Fans")


async def test_lists_are_named_in_order_with_their_sizes(scene: Scene) -> None:
    for name, contacts in (("press", [ANN]), ("Fans", [ANN, BEN]), ("crew", [])):
        await scene.desk.run(add_to_list, scene.actor, name, contacts)

    lists = await scene.desk.read(lists_of, scene.actor)

    assert [("crew", 0), ("Fans", 2), ("press", 1)] == [(one.name, one.size) for one in lists]


@pytest.mark.parametrize("use_case", [show_list, take_from_list, drop_list])
async def test_another_workspaces_list_does_not_exist_here(
    scene: Scene,
    use_case: Any,  # noqa: ANN401 - any of the three
) -> None:
    await add(scene, ANN)
    stranger = await member_of(scene.desk, "elsewhere", "sam")
    rest = ([ANN],) if use_case is take_from_list else ()

    answer = await scene.desk.run(use_case, stranger, "Fans", *rest)

    assert NoSuchList("Fans") == answer
    assert 1 == (await scene.desk.read(lists_of, scene.actor))[0].size


async def test_the_bound_counts_who_is_really_new(scene: Scene) -> None:
    scene.desk.limits = Limits(recipients=2)

    assert TooManyRecipients(3, 2) == await add(scene, ANN, BEN, CLEO)
    assert () == await scene.desk.read(lists_of, scene.actor)
    assert ListChanged("Fans", added=2, size=2, made=True) == await add(scene, ANN, BEN, SHOUTED)
    assert ListChanged("Fans", added=0, size=2) == await add(scene, ANN, BEN)
    assert TooManyRecipients(3, 2) == await add(scene, CLEO)
