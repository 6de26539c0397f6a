"""Whoever asks in masses: memory stays young, guesses are counted, and nothing grows for ever."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from core.gate.case import Case
from core.gate.gate import Gate
from core.gate.sightings import Sightings
from core.gate.throttle import Throttle
from core.model.gate import Access, Admit, Asked, Reason, Refuse
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode
from core.policy.gate import Given
from core.store.connections import Admitted
from tests.desks import Scene
from tests.gate.house import AWAY, GateHouse, open_house, passcode_of

SOON = 10.0  # seconds: a third of those for which memory alone is relied upon


@asynccontextmanager
async def flooded(house: GateHouse, *floods: Asked) -> AsyncIterator[Gate]:
    """Run a gate by the real time, and ask each of these a thousand times at once, for ever."""
    gate, stop = Gate(house.desk, house.gate.take_over), asyncio.Event()
    gate.memory.board.set_servers([house.server])
    await gate.memory.refresh()
    running = asyncio.create_task(gate.memory.run(stop))

    async def pour(asked: Asked) -> None:
        while not stop.is_set():
            await gate.ask(house.server, asked)

    pouring = [asyncio.create_task(pour(asked)) for asked in floods for _ in range(1000)]
    try:
        yield gate
    finally:
        stop.set()
        await asyncio.gather(running, *pouring)


async def test_a_slot_is_closed_during_a_flood(scene: Scene) -> None:
    house = await open_house(scene)
    path = house.stream.rpartition("/")[2]
    nothing = house.to_watch(user="", secret="", stream="", path=path, client="", address=AWAY)
    unknown = nothing._replace(path="000000")
    wrong = house.to_publish(secret="guessed", address=AWAY)
    async with flooded(house, nothing, unknown, wrong) as gate:
        assert isinstance(await gate.ask(house.server, house.to_watch()), Admit)
        await house.bench.cancel(house.reservation.code)
        async with asyncio.timeout(SOON):
            while isinstance(await gate.ask(house.server, house.to_watch()), Admit):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0)  # a turn of the loop, in which thousands ask
        refused = await gate.ask(house.server, house.to_watch())

    assert isinstance(refused, Refuse)
    assert refused.reason in {Reason.CANCELLED, Reason.AWAY}  # AWAY: too many wait for the store


async def test_a_flood_that_is_looked_up_does_not_hold_memory_up(scene: Scene) -> None:
    house = await open_house(scene)
    wrong = [house.to_publish(secret=f"x{n}", client=f"{n}", address=AWAY) for n in range(1000)]
    asking = [asyncio.create_task(house.refused(one)) for one in wrong]
    await asyncio.sleep(0)  # a turn of the loop: all of them have asked
    await house.gate.memory.refresh()
    waiting = sum(not one.done() for one in asking)

    assert 100 < waiting <= 200  # most who may wait are still in line, and nobody else is
    assert None not in await asyncio.gather(*asking)


async def test_whoever_gives_nothing_is_answered_without_the_store(scene: Scene) -> None:
    house = await open_house(scene)
    nothing = house.to_watch(user="", secret="")
    asking = [asyncio.create_task(house.refused(nothing)) for _ in range(100)]
    await asyncio.sleep(0)  # a turn of the loop is all it takes

    assert all(one.done() for one in asking)
    assert {one.result() for one in asking} == {Reason.NOTHING_GIVEN}


async def chosen(scene: Scene, passcode: str) -> GateHouse:
    """Open a house whose passcode a person made up."""
    wish = CredentialWish(CredentialMode.SHARED, "crew", passcode)
    return await open_house(scene, credentials=wish)


async def guess_at_once(house: GateHouse, words: list[str]) -> list[Reason | None]:
    """Try words as passcodes, all at once."""
    asked = house.to_watch(client="", address=AWAY)
    return await asyncio.gather(*(house.refused(asked._replace(secret=word)) for word in words))


async def test_guesses_at_once_count_as_those_one_after_another_do(scene: Scene) -> None:
    house = await chosen(scene, "sesame-open")
    reasons = await guess_at_once(house, [*(f"guess {n}" for n in range(299)), "sesame-open"])

    count = collections.Counter(reasons)
    assert count == {Reason.WRONG: 10, Reason.SHUT_OUT: 290}
    assert reasons[-1] is Reason.SHUT_OUT


async def test_a_passcode_that_a_person_made_up_in_our_form_is_shut_out(scene: Scene) -> None:
    house = await chosen(scene, "BEETHAVEN5")
    await guess_at_once(house, [f"BEETHAVE{n:02}" for n in range(20)])

    assert await house.refused(house.to_watch(address=AWAY)) is Reason.SHUT_OUT
    assert await house.refused(house.to_watch()) is None


async def test_passcodes_of_the_desks_making_are_let_in_from_a_shut_out_address(
    scene: Scene,
) -> None:
    house = await open_house(scene, CredentialMode.EACH)
    reasons = await guess_at_once(house, [f"guess {n}" for n in range(20)])
    ann = house.to_watch(user="guest-1", secret=await passcode_of(house, 1), address=AWAY)

    assert Reason.SHUT_OUT in reasons
    assert (await house.admitted(ann)).number == 1


def test_guesses_of_more_addresses_than_can_be_remembered_are_forgotten() -> None:
    throttle = Throttle()
    for n in range(10_001):
        throttle.guessed(f"10.0.{n // 256}.{n % 256}", 0.0)

    assert throttle.count("10.0.0.0", 0.0) == 0
    assert throttle.count("10.0.0.1", 0.0) == 1


async def test_more_watchers_than_can_be_remembered_are_forgotten(scene: Scene) -> None:
    house = await open_house(scene)
    sightings = Sightings(str.upper)
    now = datetime(2026, 11, 27, tzinfo=UTC)
    admit = Admit(now, 1, 0)

    def watcher(number: int) -> Case:
        asked = Asked(Access.WATCH, address=f"address {number}")
        return Case(house.server, "", asked, Given(Access.WATCH), now)

    for n in range(50_001):
        sightings.note(watcher(n), admit, 0.0)

    assert not sightings.knows(watcher(0), admit)
    assert sightings.knows(watcher(1), admit)
    first, *_ = sightings.take().values()
    assert first == Admitted(1, 1, Access.WATCH, "", None, 0, "ADDRESS 0", now)
