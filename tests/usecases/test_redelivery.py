"""The same submission arriving again: carried out once, and answered alike each time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.model.request import ChangeRequest
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reconfirm import reconfirm
from core.usecases.resend import send_again
from core.usecases.reserve import reserve
from tests.desks import Scene, open_desk
from tests.life.bench import ANN, Bench, everything


@pytest.mark.parametrize("copies", [1, 4])
async def test_a_reservation_is_made_once(scene: Scene, database_url: str, copies: int) -> None:
    """Also where the copies arrive at once, in two processes."""
    bench = Bench(scene)
    request = scene.request()

    with open_desk(database_url, scene.clock) as other:
        desks = [scene.desk, other] * copies
        answers = await asyncio.gather(
            *(desk.run_once("key", reserve, scene.actor, request) for desk in desks)
        )
    await bench.post.deliver()

    assert 1 == len({repr(answer) for answer in answers})
    assert 1 == len(bench.post.mail.sent)


@pytest.mark.parametrize(
    ("use_case", "make"),
    [
        (change, lambda code: ChangeRequest(code, title="Late show")),
        (reconfirm, str),
        (cancel, str),
        (send_again, str),
    ],
)
async def test_every_command_says_the_same_again_and_does_nothing_more(
    scene: Scene,
    use_case: Any,  # noqa: ANN401 - any of the commands
    make: Any,  # noqa: ANN401 - what it is given
) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()
    given = make(reservation.code)

    first = await scene.desk.run_once("key", use_case, scene.actor, given)
    before = await scene.desk.read(everything)
    again = await scene.desk.run_once("key", use_case, scene.actor, given)

    assert first == again
    assert before == await scene.desk.read(everything)


async def test_a_denial_is_repeated_though_the_slot_be_free_by_now(scene: Scene) -> None:
    bench = Bench(scene)
    standing = await bench.reserve()
    denied = await scene.desk.run_once("key", reserve, scene.actor, scene.request())
    await bench.cancel(standing.code)

    again = await scene.desk.run_once("key", reserve, scene.actor, scene.request())

    assert denied == again
    assert [] == bench.post.to(ANN.address)
