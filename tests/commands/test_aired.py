"""What went out, as the holder and the admins are shown it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.answers.reply import Tone
from core.model.gate import Access
from core.model.reservation import Reservation
from core.store.connections import Admitted, Departed
from core.store.store import Store
from core.usecases.gate import gate_beat, note_departed
from tests.commands.typing import Typist
from tests.desks import Scene
from tests.life.bench import Bench

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def mine(scene: Scene, olga: Typist) -> Reservation:
    """Give a slot, Fri 4 Dec 2026, 20:00 to 22:00, on a server that asks the gate."""
    await scene.desk.run(gate_beat, [scene.server.id])
    reservation = await olga.reserve("reminders=none")
    await olga.read(f"reconfirm {reservation.code}", Tone.OK)
    return reservation


async def departs(scene: Scene) -> None:
    """Have the server say that the holder has gone."""
    gone = Departed(scene.server.id, Access.PUBLISH, "holder", scene.clock.now)
    await scene.desk.run(note_departed, [gone])


async def test_says_since_when_it_is_on_the_air(
    scene: Scene, olga: Typist, mine: Reservation
) -> None:
    scene.clock.now = mine.slot.starts_at + 3 * MINUTE
    await scene.desk.run(_connect, mine, Access.PUBLISH, "holder")

    shown = await olga.read(f"show {mine.code}")

    assert "Went out:" in shown
    assert "since Fri 4 Dec 2026, 20:03 UTC, and still on the air" in shown
    assert "nobody" in _row(shown, "Watched by")


async def test_says_from_when_to_when_it_went_out_and_how_many_watched(
    scene: Scene, olga: Typist, mine: Reservation
) -> None:
    scene.clock.now = mine.slot.starts_at + 3 * MINUTE
    await scene.desk.run(_connect, mine, Access.PUBLISH, "holder")
    for number in range(3):
        await scene.desk.run(_connect, mine, Access.WATCH, f"watcher-{number}")
    scene.clock.now = mine.slot.ends_at - 2 * MINUTE
    await departs(scene)

    shown = await olga.read(f"show {mine.code}")

    assert "Fri 4 Dec 2026, 20:03\u201321:58" == _row(shown, "Went out")
    assert "3" in _row(shown, "Watched by")


async def test_says_of_a_moment_when_it_was(scene: Scene, olga: Typist, mine: Reservation) -> None:
    scene.clock.now = mine.slot.starts_at + 3 * MINUTE
    await scene.desk.run(_connect, mine, Access.PUBLISH, "holder")
    await departs(scene)

    shown = await olga.read(f"show {mine.code}")

    assert _row(shown, "Went out").endswith("Fri 4 Dec 2026, 20:03 UTC")


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (-MINUTE, ""),
        (0 * MINUTE, "nothing yet: nobody has published"),
        (119 * MINUTE, "nothing yet: nobody has published"),
        (120 * MINUTE, "nothing: nobody published"),
        (timedelta(days=2), "nothing: nobody published"),
    ],
    ids=str,
)
async def test_says_that_nobody_published_once_somebody_could_have(
    scene: Scene, olga: Typist, mine: Reservation, after: timedelta, says: str
) -> None:
    await Bench(scene).awake_until(mine.slot.starts_at + after)

    shown = await olga.read(f"show {mine.code}")

    assert says == _row(shown, "Went out")
    assert "" == _row(shown, "Watched by")


async def test_says_nothing_of_what_was_called_off(
    scene: Scene, olga: Typist, mine: Reservation
) -> None:
    await olga.read(f"cancel {mine.code}", Tone.OK)
    scene.clock.now = mine.slot.ends_at

    assert "" == _row(await olga.read(f"show {mine.code}"), "Went out")


async def test_says_what_went_out_before_it_was_called_off(
    scene: Scene, olga: Typist, mine: Reservation
) -> None:
    scene.clock.now = mine.slot.starts_at + 3 * MINUTE
    await scene.desk.run(_connect, mine, Access.PUBLISH, "holder")
    await olga.read(f"cancel {mine.code}", Tone.OK)

    assert "20:03" in _row(await olga.read(f"show {mine.code}"), "Went out")


async def test_says_nothing_for_a_server_that_has_never_asked(scene: Scene, olga: Typist) -> None:
    reservation = await olga.reserve()
    scene.clock.now = reservation.slot.ends_at

    assert "" == _row(await olga.read(f"show {reservation.code}"), "Went out")


async def test_says_nothing_for_a_link(scene: Scene, olga: Typist, mine: Reservation) -> None:
    await olga.read("server change Studio kind=link", Tone.OK)
    scene.clock.now = mine.slot.ends_at

    assert "" == _row(await olga.read(f"show {mine.code}"), "Went out")


async def test_a_slot_that_has_ended_is_over_and_offers_nothing_to_change(
    scene: Scene, olga: Typist, mine: Reservation
) -> None:
    """Though it is kept until its tear-down has passed."""
    before = await olga.type(f"show {mine.code}")
    scene.clock.now = mine.slot.ends_at

    reply = await olga.type(f"show {mine.code}")

    assert ["change", "cancel"] == [action.name for action in before.actions]
    assert () == reply.actions
    assert "over" == _row(await olga.read(f"show {mine.code}"), "Status")


def _row(shown: str, label: str) -> str:
    """Give what stands beside a label; "" where it is not shown."""
    lines = [line.partition(":") for line in shown.splitlines()]
    return next((said.strip() for name, _, said in lines if name.strip() == label), "")


def _connect(
    store: Store, now: datetime, reservation: Reservation, access: Access, client: str
) -> None:
    admitted = Admitted(
        server_id=reservation.server_id,
        reservation_id=reservation.id,
        access=access,
        client=client,
        number=None,
        access_serial=0,
        address_digest=client,
        at=now,
    )
    store.connections.sight([admitted])
