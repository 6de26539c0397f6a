"""A submission that arrives twice is carried out once; its answer is kept, and sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from core.model.request import CredentialWish
from core.model.server import Rules
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.answers import Denied, Permitted, ReserveAnswer
from core.usecases.cancel import cancel
from core.usecases.look import list_all, show
from core.usecases.reserve import reserve
from core.usecases.tick import beat
from tests.desks import Clock, Scene, open_desk, set_scene

PASSCODE = "OPEN-SESAME-4711"
COPIES = 12


@pytest.fixture
async def roomy(desk: Desk, clock: Clock) -> Scene:
    """Give a scene whose server has room for every copy of a submission."""
    return await set_scene(desk, clock, rules=Rules(max_streams=2 * COPIES))


@pytest.fixture
def other_desk(database_url: str, clock: Clock) -> Iterator[Desk]:
    """Give the desk of another process on the same database."""
    with open_desk(database_url, clock) as opened:
        yield opened


async def submit(scene: Scene, key: str, desk: Desk | None = None, **given: object) -> Permitted:
    """Submit a request that is permitted."""
    answer = await (desk or scene.desk).run_once(key, reserve, scene.actor, scene.request(**given))
    assert isinstance(answer, Permitted), answer
    return answer


async def booked(scene: Scene) -> int:
    """Count what is booked."""
    return len(await scene.desk.read(list_all, scene.actor))


async def test_a_second_copy_is_given_the_same_answer(roomy: Scene) -> None:
    first = await submit(roomy, "key")

    assert await submit(roomy, "key") == first
    assert await booked(roomy) == 1


async def test_another_submission_is_another_reservation(roomy: Scene) -> None:
    first = await submit(roomy, "key")

    assert await submit(roomy, "another key") != first
    assert await booked(roomy) == 2


async def test_copies_that_arrive_together_book_once(roomy: Scene, other_desk: Desk) -> None:
    desks = [roomy.desk, other_desk]

    answers = await asyncio.gather(
        *(submit(roomy, "key", desks[number % 2]) for number in range(COPIES))
    )

    assert answers == [answers[0]] * COPIES
    assert await booked(roomy) == 1


async def test_a_denial_is_an_answer_too(scene: Scene) -> None:
    taken = await submit(scene, "first")
    denied = await scene.desk.run_once("second", reserve, scene.actor, scene.request())
    await scene.desk.run(cancel, scene.actor, taken.reservation.code)

    again = await scene.desk.run_once("second", reserve, scene.actor, scene.request())

    assert isinstance(denied, Denied)
    assert again == denied


async def test_a_submission_that_failed_may_come_again(roomy: Scene) -> None:
    def fail(store: Store, now: datetime) -> ReserveAnswer:
        reserve(store, now, roomy.actor, roomy.request())
        raise LookupError("in the middle")

    with pytest.raises(LookupError):
        await roomy.desk.run_once("key", fail)
    await submit(roomy, "key")

    assert await booked(roomy) == 1


async def test_answers_are_forgotten_after_a_day(roomy: Scene) -> None:
    await submit(roomy, "key")
    roomy.clock.move(timedelta(hours=23))
    await roomy.desk.run(beat)
    await submit(roomy, "key")
    assert await booked(roomy) == 1

    roomy.clock.move(timedelta(hours=2))
    await roomy.desk.run(beat)
    await submit(roomy, "key")

    assert await booked(roomy) == 2


async def test_no_secret_is_readable_in_the_database(database_url: str, clock: Clock) -> None:
    with ExitStack() as stack:
        desk = stack.enter_context(open_desk(database_url, clock))
        scene = await set_scene(desk, clock)
        answer = await submit(scene, "key", credentials=CredentialWish(passcode=PASSCODE))
        shown = await desk.read(show, scene.actor, answer.reservation.code)
        secrets = [PASSCODE, shown.secrets.stream_key]  # type: ignore[union-attr]
        assert answer.passcode == PASSCODE
        stored = await desk.read(everything_stored)
    files = files_of(database_url)

    assert all(secrets)
    for secret in secrets:
        assert secret not in stored
        assert secret.encode() not in files
    assert "Evening show" in stored  # it is where secrets would be found


def everything_stored(store: Store, _: datetime) -> str:
    """Read every row of every table."""
    return "\n".join(
        str(tuple(row))
        for table in SQLModel.metadata.sorted_tables
        for row in store.connection.execute(table.select())
    )


def files_of(url: str) -> bytes:
    """Read a database's own files, also what was deleted in them; b"" for PostgreSQL."""
    if not url.startswith("sqlite"):
        return b""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
