"""By HLS each file is asked for: what was decided a moment ago holds while it would be again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.gate.case import case_of
from core.gate.standings import GOOD_FOR, Standings
from core.model.gate import Admit, Asked, Reason
from core.model.request import CredentialWish
from tests.desks import Scene
from tests.gate.house import AWAY, GateHouse, away, open_house

SECOND = timedelta(seconds=1)


@pytest.fixture
async def house(scene: Scene) -> GateHouse:
    return await open_house(scene)


def file_of(house: GateHouse) -> Asked:
    """Make what nginx asks for each file of a stream's."""
    return house.to_watch(stream="", path=house.stream.rpartition("/")[2], client="")


async def kept(house: GateHouse, asked: Asked) -> tuple[Standings, Admit]:
    """Have a question decided, and what was decided kept in mind at second 0."""
    standings = Standings(house.gate.memory.board)
    admit = await house.admitted(asked)
    keep(standings, house, asked, admit)
    return standings, admit


def keep(standings: Standings, house: GateHouse, asked: Asked, admit: Admit) -> None:
    """Keep what was decided of a question."""
    board = house.gate.memory.board
    case = case_of(house.desk, house.server, asked, house.clock.now)
    opening = board.find(house.server.id, case.path, house.ticks.now)
    assert opening is not None
    standings.keep(case, admit, opening, house.ticks.now)


async def test_what_was_decided_of_a_file_holds_for_some_seconds(house: GateHouse) -> None:
    standings, admit = await kept(house, file_of(house))

    def found(seconds: float) -> Admit | None:
        now = house.ticks.now + seconds
        return standings.find(house.server.id, file_of(house), house.clock.now, now)

    assert [admit, admit, None] == [found(0), found(GOOD_FOR - 0.001), found(GOOD_FOR)]
    assert standings.find(house.server.id + 1, file_of(house), house.clock.now, 0) is None


async def test_a_connection_is_decided_on_each_time(house: GateHouse) -> None:
    standings, _ = await kept(house, house.to_watch())

    now = house.ticks.now
    assert standings.find(house.server.id, house.to_watch(), house.clock.now, now) is None


async def test_more_than_can_be_remembered_are_forgotten(
    house: GateHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.gate.standings._REMEMBERED", 3)
    files = [file_of(house)._replace(address=f"127.0.1.{n}") for n in range(4)]
    standings, admit = await kept(house, files[0])
    for file in files[1:]:
        keep(standings, house, file, admit)

    now = house.ticks.now
    found = [standings.find(house.server.id, one, house.clock.now, now) for one in files]
    assert [None, None, None, admit] == found


async def test_another_question_is_another(house: GateHouse) -> None:
    file = file_of(house)
    await house.admitted(file)

    for other in (
        file._replace(secret="guessed"),
        file._replace(user="other"),
        file._replace(secret=""),
        file._replace(path="000000"),
        file._replace(secret="guessed", address=AWAY),
    ):
        assert await house.refused(other) is not None


async def test_it_ends_with_the_slot_to_the_second(house: GateHouse) -> None:
    house.clock.now = house.reservation.slot.ends_at - SECOND
    await house.gate.memory.refresh()
    await house.admitted(file_of(house))

    house.clock.move(SECOND - timedelta(microseconds=1))
    await house.admitted(file_of(house))
    house.clock.move(timedelta(microseconds=1))
    assert await house.refused(file_of(house)) is Reason.OVER


async def test_a_clock_set_back_before_the_start_shuts_it(house: GateHouse) -> None:
    await house.admitted(file_of(house))

    house.clock.move(-SECOND)

    assert await house.refused(file_of(house)) is Reason.EARLY


async def test_new_credentials_and_a_cancelled_slot_end_it_at_once(house: GateHouse) -> None:
    await house.admitted(file_of(house))
    changed = await house.bench.change(house.reservation.code, credentials=CredentialWish())
    await house.gate.memory.refresh()
    assert await house.refused(file_of(house)) is Reason.WRONG

    anew = file_of(house)._replace(secret=changed.passcode)
    await house.admitted(anew)
    await house.bench.cancel(house.reservation.code)
    await house.gate.memory.refresh()
    assert await house.refused(anew) is Reason.CANCELLED


async def test_it_does_not_outlive_what_is_in_mind(house: GateHouse) -> None:
    await house.admitted(file_of(house))
    with away(house.desk):
        for _ in range(5):
            house.ticks.now += GOOD_FOR / 2
            await house.admitted(file_of(house))
        house.ticks.now += GOOD_FOR
        assert await house.refused(file_of(house)) is Reason.AWAY
