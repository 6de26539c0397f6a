"""A long list: everybody on it is written down and told, in the memory that a short one takes."""

from __future__ import annotations

import tracemalloc
from datetime import datetime, timedelta

from core.model.recipient import Contact, RouteName
from core.store.deliveries import Delivery
from core.store.slices import SLICE
from core.store.store import Limits, Store
from core.store.suppressions import ANY_HOLDER
from core.usecases.answers import Permitted
from core.usecases.reserve import reserve
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.post import deliveries

SHORT, LONG = SLICE, 8 * SLICE


def people(number: int) -> tuple[Contact, ...]:
    return tuple(Contact(RouteName.EMAIL, f"fan{n}@example.org", f"Fan {n}") for n in range(number))


async def booking(scene: Scene, day: int, audience: tuple[Contact, ...]) -> int:
    """Book for an audience; gives the octets that it took at most."""
    slot = Bench(scene).slot(timedelta(days=day))
    request = scene.request(slot=slot, audience=audience)
    tracemalloc.start()
    try:
        answer = await scene.desk.run(reserve, scene.actor, request)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(answer, Permitted), answer
    assert answer.telling == len(audience)
    return most


async def test_it_takes_the_memory_of_a_short_one(scene: Scene) -> None:
    scene.desk.limits = Limits(recipients=LONG)
    await booking(scene, 1, people(10))  # what is made once is made
    short = await booking(scene, 2, people(SHORT))
    long = await booking(scene, 3, people(LONG))

    # each address is remembered, so that none is listed twice: a tenth of what a recipient takes
    assert long < 1.5 * short, (short, long)


async def test_all_of_it_is_written_down_and_told_once(scene: Scene) -> None:
    """Beyond one slice, and with somebody in each slice who is not written to."""
    audience = people(2 * SLICE + 2)
    stopped = audience[0], audience[SLICE], audience[-1]
    for one in stopped:
        await scene.desk.run(_stop, one)

    answer = await scene.desk.run(reserve, scene.actor, scene.request(audience=audience))

    assert isinstance(answer, Permitted)
    assert set(stopped) == {one.contact for one in answer.skipped}
    told = await _told(scene, answer.reservation.id)
    wanted = [n for n, one in enumerate(audience, 1) if one not in stopped]
    assert wanted == sorted(one.number for one in told)


async def _told(scene: Scene, reservation_id: int) -> list[Delivery]:
    return [one for one in await scene.desk.read(deliveries, reservation_id) if one.number]


def _stop(store: Store, now: datetime, contact: Contact) -> None:
    store.suppressions.add(contact, ANY_HOLDER, "they asked", now)
