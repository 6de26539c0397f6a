"""The veto behind the use cases: it stops who forgot to lock, and nobody who asked first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy.exc import DBAPIError

from core.model.request import ChangeRequest
from core.model.server import Rules
from core.model.slot import Slot
from core.store.database import Database, open_database
from core.store.desk import Desk
from core.usecases.answers import Cancelled, Changed, Permitted, Reconfirmed
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reconfirm import reconfirm
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, change_server
from tests.desks import Clock, set_scene
from tests.store.rows import Place, add_place, add_reservation, hours, is_veto, live_rows, peak

THREADS = 8


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_does_not_trust_a_transaction_that_cannot_see_the_others(database: Database) -> None:
    with database.writing(patience=5) as connection:
        place = add_place(connection)

    with (
        pytest.raises(DBAPIError, match="read committed"),
        database.writer.connect().execution_options(isolation_level="REPEATABLE READ") as wrong,
        wrong.begin(),
    ):
        add_reservation(wrong, place, hours(0, 1))


@pytest.mark.parametrize("max_streams", [1, 3])
def test_forgotten_locks_never_overbook(
    database: Database, database_url: str, max_streams: int
) -> None:
    with database.writing(patience=5) as connection:
        place = add_place(connection, max_streams)
    together = Barrier(THREADS)

    def insert_many(first: int) -> list[bool]:
        with closing(_Own(database_url)) as own:
            together.wait()
            return [own.try_to_write(place, hours(at % 5, at % 5 + 2)) for at in (first, 0, 2, 4)]

    with ThreadPoolExecutor(THREADS) as pool:
        kept = [one for many in pool.map(insert_many, range(THREADS)) for one in many]

    with database.reading(patience=5) as connection:
        rows = live_rows(connection, place.server_id)
    assert kept.count(True) == len(rows)
    assert peak(rows) == (max_streams, 0)


class _Own:
    """A database connection of a thread's own, with no lock but the database's."""

    def __init__(self, url: str) -> None:
        self._database = open_database(url)

    def close(self) -> None:
        self._database.dispose()

    def try_to_write(self, place: Place, busy: Slot) -> bool:
        try:
            with self._database.writing(patience=20) as connection:
                add_reservation(connection, place, busy)
        except DBAPIError as error:
            if not is_veto(error):
                raise
            return False
        return True


async def test_nobody_is_vetoed_for_what_they_have_when_limits_were_lowered(
    desk: Desk, clock: Clock
) -> None:
    scene = await set_scene(desk, clock, rules=Rules(max_streams=2, max_viewers=100))
    codes = []
    for _ in range(2):
        permitted = await desk.run(reserve, scene.actor, scene.request(viewers=50))
        assert isinstance(permitted, Permitted)
        codes.append(permitted.reservation.code)
    smaller = replace(scene.server, rules=Rules(max_streams=1, max_viewers=10))
    assert isinstance(await desk.run(change_server, scene.actor, smaller), ServerKept)

    reworded = await desk.run(change, scene.actor, ChangeRequest(codes[0], title="New"))
    reconfirmed = await desk.run(reconfirm, scene.actor, codes[0])
    cancelled = await desk.run(cancel, scene.actor, codes[1])

    assert isinstance(reworded, Changed)
    assert isinstance(reconfirmed, Reconfirmed)
    assert isinstance(cancelled, Cancelled)
