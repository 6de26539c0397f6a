"""Unsubscribe: no more from one holder, or from anybody; and what was promised is called off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.access.links import Links, Purpose
from core.model.delivery import Refused
from core.model.people import Actor, Role
from core.model.recipient import Contact, RouteName
from core.model.reservation import Reservation
from core.usecases.answers import NotAllowed, Permitted
from core.usecases.resend import send_again
from core.usecases.reserve import reserve
from core.usecases.unsubscribe import stop_writing_to, unsubscribe
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench, member_of

DAY = timedelta(days=1)
ANNOUNCED = "announcement confirmed"
CALLED_OFF = "cancellation cancelled"


async def click(scene: Scene, link: str, *, from_everybody: bool = False) -> bool:
    """Follow an unsubscribe link, as the web will: by what it says and nothing else."""
    claim = scene.desk.links.read(Purpose.UNSUBSCRIBE, link.rsplit("/", 1)[-1])
    assert claim is not None
    return await scene.desk.run(unsubscribe, claim, from_everybody=from_everybody)


async def another_holder(scene: Scene) -> Actor:
    return await member_of(scene.desk, "elsewhere", "hugo")


async def reserved_by(bench: Bench, actor: Actor, **given: object) -> Reservation:
    answer = await bench.desk.run(reserve, actor, bench.scene.request(**given))
    assert isinstance(answer, Permitted), answer
    return answer.reservation


async def test_a_click_stops_this_holder_and_no_other(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    await bench.post.deliver()
    hugo = await another_holder(scene)

    assert await click(scene, bench.post.to(ANN.address)[0].unsubscribe_link)
    await bench.reserve(slot=bench.slot(5 * DAY))
    await reserved_by(bench, hugo, slot=bench.slot(7 * DAY), title="Hugo's")
    await bench.post.deliver()

    assert ["Evening show", "Hugo's"] == [one.title for one in bench.post.to(ANN.address)]


async def test_from_everybody_means_everybody(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve(audience=(ANN, BEN))
    await bench.post.deliver()
    bench_hugo = await another_holder(scene)

    await click(scene, bench.post.to(ANN.address)[0].unsubscribe_link, from_everybody=True)
    later = await reserved_by(bench, bench_hugo, slot=bench.slot(7 * DAY), audience=(ANN, BEN))
    await bench.post.deliver()

    assert [1, 2] == [len(bench.post.to(one.address)) for one in (ANN, BEN)]
    assert later.holder_id == bench_hugo.person_id


async def test_they_hear_of_no_change_but_of_the_cancellation_once(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=(ANN, BEN))
    await bench.post.deliver()
    await click(scene, bench.post.to(ANN.address)[0].unsubscribe_link)

    await bench.change(reservation.code, title="Late show")
    await bench.post.deliver()
    await bench.awake_for(timedelta(minutes=1))
    meanwhile = bench.post.gists(ANN.address)
    await bench.cancel(reservation.code)
    await bench.post.deliver()
    await bench.awake_for(DAY)

    assert [ANNOUNCED] == meanwhile
    assert [ANNOUNCED, CALLED_OFF] == bench.post.gists(ANN.address)
    assert [ANNOUNCED, "change confirmed", CALLED_OFF] == bench.post.gists(BEN.address)


async def test_one_who_was_told_nothing_is_told_nothing_of_its_end(scene: Scene) -> None:
    bench = Bench(scene)
    first = await bench.reserve()
    await bench.post.deliver()
    await click(scene, bench.post.to(ANN.address)[0].unsubscribe_link)
    second = await bench.reserve(slot=bench.slot(5 * DAY), audience=(ANN, BEN))
    await bench.post.deliver()

    await bench.cancel(second.code)
    await bench.post.deliver()

    assert first.code != second.code
    assert [ANNOUNCED] == bench.post.gists(ANN.address)


async def test_it_holds_for_all_reservations_that_stand(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    other = await bench.reserve(slot=bench.slot(5 * DAY))
    await bench.post.deliver()
    await click(scene, bench.post.to(ANN.address)[0].unsubscribe_link)

    await bench.change(other.code, title="Late show")
    await bench.post.deliver()

    assert [ANNOUNCED] * 2 == bench.post.gists(ANN.address)
    (unwilling,) = (await bench.show(other.code)).roll.suppressed
    assert (ANN, "unsubscribed") == (unwilling.recipient.contact, unwilling.reason)


async def test_twice_is_once(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    await bench.post.deliver()
    link = bench.post.to(ANN.address)[0].unsubscribe_link

    assert await click(scene, link)
    assert await click(scene, link)
    assert await click(scene, link, from_everybody=True)


@pytest.mark.parametrize("case", [str.upper, str.title, str.swapcase])
async def test_another_spelling_of_the_address_is_the_same_address(
    scene: Scene, case: object
) -> None:
    bench = Bench(scene)
    await bench.reserve()
    await bench.post.deliver()
    await click(scene, bench.post.to(ANN.address)[0].unsubscribe_link)
    spelt = Contact(RouteName.EMAIL, case(ANN.address))  # type: ignore[operator]

    await bench.reserve(slot=bench.slot(5 * DAY), audience=(spelt,))
    await bench.post.deliver()

    assert [] == bench.post.to(spelt.address)


@pytest.mark.parametrize("purpose", set(Purpose) - {Purpose.UNSUBSCRIBE})
async def test_no_other_link_of_ours_unsubscribes(scene: Scene, purpose: Purpose) -> None:
    reservation = await Bench(scene).reserve()

    token = scene.desk.links.token(purpose, reservation.id, 1)

    assert scene.desk.links.read(Purpose.UNSUBSCRIBE, token) is None


async def test_no_token_can_be_made_of_another(scene: Scene) -> None:
    links: Links = scene.desk.links
    token = links.token(Purpose.UNSUBSCRIBE, 1, 1)

    for position, char in enumerate(token):
        forged = token[:position] + ("A" if char != "A" else "B") + token[position + 1 :]
        assert links.read(Purpose.UNSUBSCRIBE, forged) is None
    for short in ("", "-", "--", "1-1-", token[:-1], token + "A", "zz-zz-" + token[4:]):
        assert links.read(Purpose.UNSUBSCRIBE, short) is None


async def test_a_bounce_does_not_take_the_place_of_a_wish(scene: Scene) -> None:
    """Else whoever sends again, because the address exists, would write to the unwilling."""
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()
    await click(scene, bench.post.to(ANN.address)[0].unsubscribe_link, from_everybody=True)
    bench.post.answer(ANN.address, Refused("550 5.1.1 unknown", bad_address=True))
    await bench.cancel(reservation.code)
    await bench.post.deliver()

    later = await bench.reserve(slot=bench.slot(5 * DAY))
    for code in (reservation.code, later.code):
        await scene.desk.run(send_again, scene.actor, code)
    await bench.post.deliver()

    assert ANNOUNCED not in bench.post.gists(ANN.address)[1:]


async def test_sending_again_lifts_a_bounce_and_never_a_wish(scene: Scene) -> None:
    """The address bounced here, and its owner unsubscribed from everybody elsewhere since."""
    bench = Bench(scene)
    first = await bench.reserve()
    second = await bench.reserve(slot=bench.slot(5 * DAY))
    await bench.post.deliver()
    bench.post.answer(ANN.address, Refused("550 5.1.1 unknown", bad_address=True))
    await bench.cancel(first.code)
    await bench.post.deliver()
    await click(scene, bench.post.to(ANN.address)[1].unsubscribe_link, from_everybody=True)
    bench.post.take()

    await scene.desk.run(send_again, scene.actor, first.code)
    await bench.post.deliver()
    third = await reserved_by(bench, scene.actor, slot=bench.slot(7 * DAY), audience=(ANN, BEN))
    await bench.change(second.code, title="Late show")
    await bench.post.deliver()

    assert [CALLED_OFF] == bench.post.gists(ANN.address)  # which they were owed
    assert 1 == len((await bench.show(third.code)).roll.suppressed)


async def test_an_admin_enters_the_wish_of_who_asked_by_other_means(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    admin = await member_of(scene.desk, "elsewhere", "ada", Role.ADMIN)
    member = await member_of(scene.desk, "elsewhere", "hugo")
    theirs = await reserved_by(bench, member, slot=bench.slot(9 * DAY))

    refused = await scene.desk.run(stop_writing_to, member, ANN)
    places = await scene.desk.run(stop_writing_to, admin, ANN)
    await bench.post.deliver()

    # for their own workspace: what others do is none of their business
    assert (NotAllowed(), 1) == (refused, places)
    assert 1 == len(bench.post.to(ANN.address))
    assert 1 == len((await bench.show(theirs.code)).roll.suppressed)

    assert 2 == await scene.desk.run(stop_writing_to, scene.actor, ANN)
    await bench.reserve(slot=bench.slot(11 * DAY))
    await bench.post.deliver()
    assert 1 == len(bench.post.to(ANN.address))
