"""One process of each role is killed in the middle: it costs what it had in hand, for seconds."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from core.model.recipient import Contact, RouteName
from tests.machines.fleet import ROLES, SOON, Fleet, open_fleet
from tests.machines.reckoning import opened_books
from tests.machines.regulars import Regulars, open_regulars
from tests.machines.test_processes import only_postgresql, told, waiting

_CROWD = tuple(Contact(RouteName.EMAIL, f"fan{number}@example.org") for number in range(600))
_LEASE = 15.0  # seconds
_CONNECTIONS = 4  # of one worker to a mail server


@only_postgresql
async def test_one_process_of_each_role_is_killed_and_the_others_go_on(
    database_url: str, tmp_path: Path
) -> None:
    async with open_fleet(database_url, tmp_path) as fleet, open_regulars(fleet) as regulars:
        await regulars.run_out(10, after=8)
        async with regulars.at_work():
            await regulars.lived(6)
            crowded = await invite_crowd(regulars)
            killed_at = await kill_one_of_each(fleet)
            async with asyncio.timeout(SOON):
                while await waiting(regulars.bench.scene, crowded):  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.1)
            took = time.monotonic() - killed_at
            await regulars.lived(6, since=killed_at)
        books = await opened_books(regulars)
        assert took < _LEASE + 10  # a machine that is busy
        assert [] == books.amiss(in_hand_at=killed_at)
        assert [] == [one for one in regulars.lives if one.given_up and one.begun > killed_at]
        await see_crowd(regulars, crowded)
        fleet.nothing_wrong()


async def invite_crowd(regulars: Regulars) -> int:
    """Invite many, and wait until the first of them are told; gives the reservation."""
    bench, mailboxes = regulars.bench, regulars.fleet.town.mailboxes
    slot = bench.slot(timedelta(days=30))
    made = await bench.reserve(slot=slot, title="crowd", audience=_CROWD, reminders=())
    last = _CROWD[-1].address
    begun = len(mailboxes.received) + len(_CROWD) / 6
    await regulars.fleet.town.slack.until(lambda: len(mailboxes.received) >= begun, within=SOON)
    assert not mailboxes.mailbox(last)  # it is in the middle of it
    return made.id


async def kill_one_of_each(fleet: Fleet) -> float:
    """End one process of each role where it stands; gives when that was seen by all."""
    await asyncio.gather(*(fleet.running(role)[0].kill() for role in ROLES))
    await fleet.town.slack.until(lambda: fleet.town.slack.socket.open == 1, within=SOON)
    return time.monotonic()


async def see_crowd(regulars: Regulars, reservation_id: int) -> None:
    """See that each of the crowd was told once; a mail for each connection may be in doubt."""
    received = Counter(mail.recipient for mail in regulars.fleet.town.mailboxes.received)
    crowd = await told(regulars.bench.scene, reservation_id)
    doubtful = {_CROWD[one.number - 1].address for one in crowd if one.state.open}
    assert len(doubtful) <= _CONNECTIONS
    assert {one.address for one in _CROWD if not received[one.address]} <= doubtful
    assert {1} == {received[one.address] for one in _CROWD} - {0}
