"""The whole program for long: ten bookings a second, chats that reconnect, and nothing that grows.

Two minutes on SQLite; with CALLBOARD_TEST_SOAK=SECONDS for so long on either database; with
`--stress` eight hours. On a machine that others keep busy (machine.py) fewer bookings are begun
and answers may come late; how often that was so is logged. On any other nothing is let pass.
"""

from __future__ import annotations

import gc
import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlmodel import select

from bot.settings import Settings
from bot.wiring import open_app
from core.store.store import Store
from core.store.tables import ReservationRow
from tests.desks import SECRET
from tests.discord.server.errors import UNKNOWN_INTERACTION
from tests.under_fire.bookings import DISCORD, Booking, Cut, Outcome, told_of
from tests.under_fire.ledger import LATE
from tests.under_fire.machine import Machine, watched
from tests.under_fire.program import running
from tests.under_fire.soaking import Lag, Size, each_minute, explained, lag_now, quiet, reconnecting
from tests.under_fire.town import Town, open_town

log = logging.getLogger(__name__)

A_SECOND = 10.0  # bookings
SOAK, WARM_UP = 120.0, 60.0  # seconds
ASKED = os.environ.get("CALLBOARD_TEST_SOAK", "")  # seconds
KINDS = ["sqlite", "postgresql"] if ASKED else ["sqlite"]
EIGHT_HOURS = 8 * 3600.0
GROWS = 1.05
MAIL_CONNECTIONS = 4  # as many as the desk opens unless it is told otherwise
BEHIND = 1.0  # seconds by which a booking may be begun late
TOO_LATE = str(UNKNOWN_INTERACTION)  # for an answer


def seconds_of(*, stress: bool) -> float:
    """Say for how long to soak."""
    return EIGHT_HOURS if stress else float(ASKED or SOAK)


def servers_of(database_url: str) -> list[int]:
    """List the processes that are our database."""
    if database_url.startswith("sqlite"):
        return []
    folder = Path(str(make_url(database_url).query["host"]))
    return [int((folder / "data" / "postmaster.pid").read_text().split()[0])]


@pytest.fixture
def _undisturbed() -> Iterator[None]:
    """Have nothing that other tests left looked through again and again: both chats would stop."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_undisturbed")
@pytest.mark.parametrize("database_url", KINDS, indirect=True)
async def test_a_long_day(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, stress: bool
) -> None:
    caplog.set_level(logging.INFO, __name__)
    seconds = seconds_of(stress=stress)
    lags: list[Lag] = []
    cuts: list[Cut] = []
    async with open_town(database_url, tmp_path) as town:
        async with running(tmp_path, database_url, town.settings()) as program:
            servers = servers_of(database_url)
            async with watched(tmp_path, program.process.pid, servers) as machine:

                async def minute() -> None:
                    lags.append(await lag_now(town, machine))
                    town.ledger.count()

                await town.connected()
                await town.metrics()  # from now on its lag is measured
                async with reconnecting(town, cuts):
                    await town.book_for(max(WARM_UP, seconds / 8), A_SECOND, machine)
                before = await quiet(town, program)
                async with reconnecting(town, cuts), each_minute(minute):
                    await town.book_for(seconds, A_SECOND, machine)
                after = await quiet(town, program, before)
        town.ledger.count(everything=True)
        tell(town, lags, cuts, machine, (before, after))
        assert [] == program.errors()
        nothing_grew(before, after, f"to port {town.ledger.mailboxes.port}")
        in_time(town, lags, machine)
        all_answered(town, cuts, machine)
        nothing_refused(town)
        await all_told(town, database_url, tmp_path)


def nothing_grew(before: Size, after: Size, mail: str) -> None:
    """See that the program has no more in hand than it had; of `mail` connections, a few at most.

    Those are opened as there is something to send, and kept for the next.
    """
    assert after.memory <= before.memory * GROWS
    assert after.descriptors[mail] <= MAIL_CONNECTIONS
    more = after.descriptors - before.descriptors
    assert [] == [kind for kind in more if kind != mail], more


def in_time(town: Town, lags: Iterable[Lag], machine: Machine) -> None:
    """See that ten bookings a second were begun, and what the desk was late by."""
    assert [] == [lag for lag in lags if lag.p99 > lag.allowed]
    assert town.behind < BEHIND or any(one.hinders for one in machine.seconds)


def all_answered(town: Town, cuts: Sequence[Cut], machine: Machine) -> None:
    """See that every booking was permitted, or why it was not."""
    assert [] == [went for went in town.amiss if not explained(went, cuts, machine)]
    assert {200} == set(town.pages)


def nothing_refused(town: Town) -> None:
    """See that neither chat had anything to complain of, but late answers where some came late."""
    refused = town.discord.refusals
    assert [] == [one for one in refused if one.outcome != TOO_LATE]
    late = {one.ids["interaction"] for one in refused}
    assert len(late) <= sum(one.booking.chat == DISCORD for one in town.amiss)
    assert [] == town.slack.refusals
    assert [] == town.slack.protocol_errors + town.discord.protocol_errors


async def all_told(town: Town, database_url: str, folder: Path) -> None:
    """See that each booking was made once, and everybody told of it once."""
    settings = Settings(data=folder, database_url=database_url, secret_key=SECRET)
    async with open_app(settings) as app:
        made = Counter(await app.desk.read(titles))
    every = {booking.title: booking for booking in map(Booking, range(town.begun))}
    assert {1} == set(made.values())
    assert {one.title for one in town.permitted} - set(made) == set(), "acknowledged, and not there"
    put_off = {one.booking.title for one in town.amiss if one.outcome is Outcome.PUT_OFF}
    assert put_off & set(made) == set(), "told that nothing was written, and there"
    wanted, told = told_of(every[title] for title in made), town.ledger.told
    assert Counter() == wanted - told, "not told"
    late = Counter({one: count for one, count in told.items() if one[2] == LATE})
    assert late.total() <= sum(one.booking.chat == DISCORD for one in town.amiss)
    assert late == told - wanted, "told twice, or what is not so"


def titles(store: Store, _: datetime) -> list[str]:
    """List what is booked."""
    return list(store.connection.execute(select(ReservationRow.title)).scalars())


def tell(
    town: Town, lags: list[Lag], cuts: list[Cut], machine: Machine, sizes: tuple[Size, Size]
) -> None:
    """Write the figures to the log."""
    hindered = sum(one.hinders for one in machine.seconds)
    log.info(
        "%d begun, %d permitted, %d held back while others kept the machine busy (%d of %d s)",
        *(town.begun, len(town.permitted), town.held_back, hindered, len(machine.seconds)),
    )
    for size in sizes:
        log.info("%.1f MiB, %s", size.memory / 2**20, dict(size.descriptors))
    for lag in lags:
        words = "lag: %.4f s (median), %.4f s (p99), %.4f s (most); %.4f s (p99) allowed"
        log.info(words, lag.median, lag.p99, lag.worst, lag.allowed)
    for cut in cuts:
        log.info("%s cut off for %.2f s", cut.chat, cut.ended - cut.begun)
    went = Counter((one.booking.chat, one.outcome.value, one.words) for one in town.amiss)
    log.info("not permitted: %s", dict(went))
