"""Change of audience: added ones are invited, removed ones uninvited, nobody twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.model.recipient import Contact, RouteName
from core.model.request import ChangeRequest
from core.model.reservation import NotificationPolicy
from core.store.store import Limits, Store
from core.store.suppressions import ANY_HOLDER
from core.usecases.answers import NobodyListed, NoSuchList, TooManyNewAddresses, TooManyRecipients
from core.usecases.audience import add_to_list
from core.usecases.change import change
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, Bench

ANNOUNCED = ["announcement confirmed"]
CALLED_OFF = ["announcement confirmed", "cancellation cancelled"]


async def test_tells_added_and_removed_alone(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN, BEN))).code
    await bench.post.deliver()

    answer = await bench.change(code, add=(CLEO,), remove=(BEN,))
    await bench.post.deliver()

    assert (1, 1, 2) == (answer.added, answer.removed, answer.telling)
    assert ANNOUNCED == bench.post.gists(ANN.address)
    assert CALLED_OFF == bench.post.gists(BEN.address)
    assert ANNOUNCED == bench.post.gists(CLEO.address)


async def test_one_who_comes_back_is_invited_again(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN, BEN))).code
    await bench.post.deliver()
    await bench.change(code, remove=(BEN,))
    await bench.post.deliver()

    answer = await bench.change(code, add=(BEN,))
    await bench.post.deliver()

    assert 1 == answer.added
    assert [*CALLED_OFF, "announcement confirmed"] == bench.post.gists(BEN.address)


async def test_one_who_was_away_for_a_moment_hears_nothing_of_it(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN, BEN))).code
    await bench.post.deliver()

    await bench.change(code, remove=(BEN,))
    await bench.change(code, add=(BEN,))
    await bench.post.deliver()

    assert ANNOUNCED == bench.post.gists(BEN.address)


async def test_a_removed_one_hears_of_no_later_change(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN, BEN))).code
    await bench.post.deliver()
    await bench.change(code, remove=(BEN,))
    await bench.post.deliver()

    await bench.change(code, title="Late show")
    await bench.cancel(code)
    await bench.post.deliver()

    assert CALLED_OFF == bench.post.gists(BEN.address)


async def test_a_removed_one_is_told_of_what_they_knew(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    await bench.post.deliver()

    await bench.change(
        reservation.code, remove=(BEN,), title="Late show", slot=bench.slot(timedelta(days=5))
    )
    await bench.post.deliver()

    last = bench.post.to(BEN.address)[-1]
    assert ("cancellation", "Evening show", reservation.slot.starts_at) == (
        last.kind,
        last.title,
        last.starts_at,
    )


async def test_a_removed_one_who_knew_nothing_hears_nothing(scene: Scene) -> None:
    bench = Bench(scene)
    policy = NotificationPolicy.ON_RECONFIRM
    code = (await bench.reserve(audience=(ANN, BEN), notification_policy=policy)).code

    await bench.change(code, remove=(BEN,))
    await bench.reconfirm(code)
    await bench.post.deliver()

    assert [] == bench.post.gists(BEN.address)
    assert ANNOUNCED == bench.post.gists(ANN.address)


async def test_named_both_ways_they_stay(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN,))).code
    other_case = Contact(RouteName.EMAIL, "ANN@example.org")

    answer = await bench.change(code, add=(other_case, BEN), remove=(ANN,))

    assert (1, 0) == (answer.added, answer.removed)


async def test_a_list_is_added_as_it_now_stands(scene: Scene) -> None:
    bench = Bench(scene)
    await scene.desk.run(add_to_list, scene.actor, "Fans", [ANN, BEN])
    code = (await bench.reserve(audience=(ANN,))).code

    answer = await bench.change(code, audience_lists=("fans",))
    missing = ChangeRequest(code, audience_lists=("nobody",))

    assert 1 == answer.added
    assert NoSuchList("nobody") == await scene.desk.run(change, scene.actor, missing)


async def test_somebody_must_stay(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN,))).code

    assert NobodyListed() == await scene.desk.run(
        change, scene.actor, ChangeRequest(code, remove=(ANN,))
    )
    assert 1 == (await bench.change(code, remove=(ANN,), add=(BEN,))).removed


@pytest.mark.parametrize("again", [BEN, CLEO])
async def test_no_way_leads_past_the_bound_on_addresses(scene: Scene, again: Contact) -> None:
    """The bound holds for those who come back as for those who are new."""
    bench = Bench(scene)
    scene.desk.limits = Limits(recipients=2)
    code = (await bench.reserve(audience=(ANN, BEN))).code
    await bench.change(code, remove=(BEN,), add=(Contact(RouteName.EMAIL, "dan@example.org"),))

    answer = await scene.desk.run(change, scene.actor, ChangeRequest(code, add=(again,)))

    assert TooManyRecipients(3, 2) == answer


async def test_the_days_bound_on_new_addresses_holds_for_changes_too(scene: Scene) -> None:
    bench = Bench(scene)
    scene.desk.limits = Limits(new_addresses_per_holder=1)
    code = (await bench.reserve(audience=(ANN,))).code

    answer = await scene.desk.run(change, scene.actor, ChangeRequest(code, add=(BEN,)))

    assert TooManyNewAddresses(1, "holder") == answer


async def test_suppressed_ones_are_named_whether_they_are_new_or_come_back(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN, BEN))).code
    await bench.post.deliver()
    await bench.change(code, remove=(BEN,))
    await bench.post.deliver()
    for contact in (BEN, CLEO):
        await scene.desk.run(_unsubscribe, contact)
    bench.post.take()

    answer = await bench.change(code, add=(BEN, CLEO))
    await bench.post.deliver()

    assert {BEN, CLEO} == {one.contact for one in answer.skipped}
    assert 0 == answer.telling
    assert [] == bench.post.take()


def _unsubscribe(store: Store, now: datetime, contact: Contact) -> None:
    store.suppressions.add(contact, ANY_HOLDER, "unsubscribed", now)
