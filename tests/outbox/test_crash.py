"""A dispatcher dies at every moment there is: nothing is lost, and copies are few and the same."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from adapters.memory import MemoryRoute
from core.model.delivery import Outcome
from core.model.recipient import Contact, RouteName
from core.outbox.claim import LEASE
from core.outbox.retry import DOUBT
from core.outbox.route import HandOver, Message
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.faults import Death, faulty
from tests.outbox.post import Post, read

LANES = 2
CROWD = tuple(Contact(RouteName.EMAIL, f"fan{number}@example.org") for number in range(7))


class MortalRoute(MemoryRoute):
    """A route whose process may die right after the next hop took a message."""

    def __init__(self, post: Post, death: Death) -> None:
        super().__init__(lanes=LANES)
        self.sent = post.mail.sent  # the next hop is not of that process
        self._death = death

    async def take(self, message: Message, hand_over: HandOver) -> Outcome:
        outcome = await super().take(message, hand_over)
        await self._death.at("accepted")
        return outcome


@pytest.mark.parametrize("time", [1, 2, 4])
@pytest.mark.parametrize(
    "moment",
    ["before claim", "after claim", "before record", "after record", "accepted"],
)
async def test_nothing_is_lost_and_at_most_a_copy_for_each_lane_is_made(
    scene: Scene, moment: str, time: int
) -> None:
    bench = Bench(scene)
    await bench.reserve(audience=CROWD)
    death = Death(moment, time)
    with faulty(scene.desk, death.around) as mortal:
        dispatcher = bench.post.dispatcher(MortalRoute(bench.post, death), mortal)
        died = await death.meets(dispatcher.deliver_due())

    await _after_a_restart(bench)

    assert died or (moment, time) in {("before claim", 4), ("after claim", 4)}
    _none_is_lost_and_copies_are_few(bench, deaths=1)


async def test_an_order_that_was_begun_is_kept_over_deaths_and_changes(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(audience=CROWD)
    moments = {"accepted": 2, "after record": 2, "before record": 2, "after claim": 1}
    for number, (moment, time) in enumerate(moments.items(), 1):
        death = Death(moment, time)
        with faulty(scene.desk, death.around) as mortal:
            dispatcher = bench.post.dispatcher(MortalRoute(bench.post, death), mortal)
            assert await death.meets(dispatcher.deliver_due())
        await bench.change(reservation.code, title=f"Show {number}")
        scene.clock.move(LEASE + timedelta(seconds=1))

    await _after_a_restart(bench)

    for contact in CROWD:
        revisions = [one.revision for one in bench.post.to(contact.address)]
        assert sorted(revisions) == revisions
        assert "Show 4" == bench.post.to(contact.address)[-1].title
    _none_is_lost_and_copies_are_few(bench, deaths=len(moments))


async def test_what_was_claimed_and_not_handed_over_goes_out_when_the_lease_is_over(
    scene: Scene,
) -> None:
    bench = Bench(scene)
    await bench.reserve(audience=CROWD)
    death = Death("after claim", 1)
    with faulty(scene.desk, death.around) as mortal:
        await death.meets(bench.post.dispatcher(desk=mortal).deliver_due())

    scene.clock.move(LEASE)
    early = await bench.post.deliver()
    scene.clock.move(timedelta(seconds=1))
    await bench.post.deliver()

    assert 0 == early
    assert [1] * len(CROWD) == [len(bench.post.to(one.address)) for one in CROWD]


async def _after_a_restart(bench: Bench) -> None:
    """Go on until nothing can be in doubt any more."""
    for wait in (LEASE + timedelta(seconds=1), DOUBT, DOUBT):
        bench.clock.move(wait)
        await bench.post.deliver()


def _none_is_lost_and_copies_are_few(bench: Bench, deaths: int) -> None:
    sent = bench.post.mail.sent
    copies = Counter(message.delivery_id for message in sent)
    assert {one.address for one in CROWD} == {message.recipient for message in sent}
    assert sum(copies.values()) - len(copies) <= deaths * LANES
    assert len(copies) == len(set(sent))  # byte for byte the same
    assert len(copies) == len({read(message).message_id for message in sent})
