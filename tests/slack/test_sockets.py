"""Connections that break, are refreshed or are several: nothing acknowledged is without effect."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.logs import EventFormatter
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.house import HTTP
from tests.slack.runs import SOON, Town, open_town, reserve
from tests.slack.server import DropBefore, Error, Fault, Person, Stall, payloads

NOTICED = 4.0  # seconds: a ping every 1.5, and the way back
FORM: dict[str, object] = {
    "title": "Late show",
    "audience": "ann@example.org",
    "policy": "at once",
}


@pytest.fixture
async def town(sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock) -> AsyncIterator[Town]:
    async with open_town(sqlite_files.fresh(), tmp_path, clock) as opened:
        yield opened


async def listed(who: Person, name: str = "crew") -> Counter[str]:
    """Count the addresses on an audience list."""
    shown = await (await who.type(f"/slot audience show {name}")).message()
    return Counter(word.strip("<>,") for word in shown.words.split() if "@example.org" in word)


async def test_a_connection_lost_without_a_word_is_made_anew_within_seconds(town: Town) -> None:
    async with town.run():
        await town.hanna.type("/slot list")
        before, started = town.slack.socket.connected, time.monotonic()
        town.slack.socket.drop()
        await town.slack.socket.wait_reconnected(after=before, within=NOTICED)
        assert time.monotonic() - started < NOTICED

        heard = await town.hanna.type("/slot audience add crew ann@example.org")
        assert heard.error is None
        assert Counter({"ann@example.org": 1}) == await listed(town.hanna)


async def test_a_refresh_is_followed_at_once(town: Town) -> None:
    async with town.run():
        await town.slack.socket.warn()
        before, started = town.slack.socket.connected, time.monotonic()
        await town.slack.socket.refresh()
        await town.slack.socket.wait_reconnected(after=before)
        assert time.monotonic() - started < 1
        heard = await town.hanna.type("/slot list")
        assert heard.error is None
        assert "reserved" in heard.words


async def test_a_refusal_to_connect_is_not_the_end(town: Town) -> None:
    async with town.run():
        before = town.slack.socket.connected
        town.slack.app.token_scopes.clear()
        town.slack.socket.drop()
        await town.slack.until(
            lambda: [one for one in town.slack.refusals if one.outcome == "missing_scope"]
        )
        town.slack.app.token_scopes.add("connections:write")
        await town.slack.socket.wait_reconnected(after=before, within=15)
        assert (await town.hanna.type("/slot list")).error is None


@pytest.mark.parametrize(
    ("fault", "times", "said"),
    [
        (DropBefore(), 2, ("WARNING", "slack.connection_trouble")),  # the SDK asks once more
        (Error("invalid_auth"), 1, ("ERROR", "Failed to retrieve WSS URL")),
    ],
)
async def test_what_the_network_does_to_a_connection_is_no_error_of_ours(
    town: Town, caplog: pytest.LogCaptureFixture, fault: Fault, times: int, said: tuple[str, str]
) -> None:
    async with town.run():
        before = town.slack.socket.connected
        town.slack.faults.add("apps.connections.open", fault, times=times)
        town.slack.socket.drop()
        await town.slack.socket.wait_reconnected(after=before, within=2 * NOTICED)
    assert times == fault.hits
    first, *_ = [one for one in caplog.records if one.levelno >= logging.WARNING]
    level, words = said
    assert level == first.levelname
    assert first.getMessage().startswith(words)
    if level == "WARNING":
        written = EventFormatter().format(first)
        assert written.endswith(" warning slack.connection_trouble reason=ServerDisconnectedError")


async def test_what_is_acknowledged_over_thirty_reconnections_has_its_effect(town: Town) -> None:
    town.slack.patience = 1.0
    acknowledged, tries = [], 0
    async with town.run():
        for number in range(30):
            address = f"fan{number}@example.org"
            before = town.slack.socket.connected
            command = asyncio.create_task(town.hanna.type(f"/slot audience add crew {address}"))
            for _ in range(number % 6):  # somewhere on its way, each time farther
                await asyncio.wait({command}, timeout=0.002)
            if number % 10 == 9:
                town.slack.socket.drop()
            else:
                await town.slack.socket.refresh()
            if (await command).error is None:
                acknowledged.append(address)
            await town.slack.socket.wait_reconnected(after=before, within=NOTICED)
            # the client connects twice over at a refresh: what falls in between is refused visibly
            again = f"/slot audience add crew then{number}@example.org"
            heard = [await town.hanna.type(again)]
            if heard[0].error is not None:
                heard.append(await town.hanna.type(again))
            assert heard[-1].error is None
            tries += len(heard)
            acknowledged.append(f"then{number}@example.org")
        found = await listed(town.hanna)
    assert [] == [one for one in acknowledged if found[one] != 1]
    assert 1 == max(found.values())
    assert tries <= 36


async def test_what_breaks_before_it_can_be_acknowledged_is_done_and_no_error(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    town.slack.patience = 1.0
    async with town.run():
        newcomer = town.team.add_user("U0003", name="Nora")
        asked = town.slack.faults.add("users.info", Stall(acting=True))
        typing = asyncio.create_task(newcomer.type("/slot audience add crew ann@example.org"))
        await asyncio.wait_for(asked.reached.wait(), SOON)
        before = town.slack.socket.connected
        town.slack.socket.drop()
        asked.go_on()
        assert (await typing).timed_out
        await town.slack.socket.wait_reconnected(after=before, within=NOTICED)
        assert Counter({"ann@example.org": 1}) == await listed(town.hanna)
    told = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert [("slack.not_acknowledged", "WARNING")] == [
        (one.getMessage(), one.levelname) for one in told
    ]
    written = EventFormatter().format(told[0])
    assert written.endswith(" kind=slash_commands reason=ClientConnectionResetError")
    assert "ann@example.org" not in written


async def test_the_same_envelope_twice_acts_once_and_is_answered_the_same(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town, town.run() as run:
        hanna, slack = town.hanna, town.slack
        form = await (await hanna.type("/slot reserve fri 20:00 for 2h Studio")).opened()
        first = await hanna.submit(form, FORM)
        second = await slack.repeat(first)
        assert first.response == second.response
        assert "Permitted" in str(second.response)
        await run.deliver()
        assert 1 == len(await town.reservations(run))
        assert ["Live stream"] == town.subjects("ann@example.org")

        (permission,) = hanna.direct_messages
        pressed = await hanna.click(permission, "slot:reconfirm")
        answer = await pressed.message()
        again = await slack.repeat(pressed)
        assert answer.words == (await again.message()).words

        typed = await hanna.type("/slot audience add crew ann@example.org, bob@example.org")
        copy = await slack.repeat(typed)
        assert typed.response == copy.response
        assert Counter({"ann@example.org": 1, "bob@example.org": 1}) == await listed(hanna)

        question = await (await hanna.click(permission, "slot:cancel")).opened()
        cancelled = await hanna.submit(question, {"reason": "ill"})
        late = await slack.repeat(cancelled)
        assert cancelled.response == late.response
        await run.deliver()
        assert ["Live stream", "Cancelled"] == town.subjects("ann@example.org")


async def test_copies_that_come_at_the_same_moment_act_once(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock, HTTP) as town, town.run() as run:
        form = await (await town.hanna.type("/slot reserve fri 20:00 for 2h Studio")).opened()
        town.hanna.fill(form, FORM)
        payload = payloads.submission(town.slack, town.hanna, form) | {"trigger_id": "7.7.7"}
        copies = await asyncio.gather(*(town.slack.http.send(payload) for _ in range(6)))
        assert {(200, copies[0].body)} == {(one.status, one.body) for one in copies}
        assert "Permitted" in copies[0].body
        assert 1 == len(await town.reservations(run))


async def test_an_event_that_is_sent_again_does_no_harm(town: Town) -> None:
    async with town.run():
        await reserve(town.hanna)
        event = {"type": "app_home_opened", "user": "U0001", "channel": "D1", "tab": "home"}
        sent = await town.slack.send_event(town.team, event)
        again = await town.slack.repeat_event(sent)
        assert again.acknowledged
        await town.slack.until(lambda: town.hanna.homes_published)
        assert town.hanna.home is not None
        assert 1 == town.hanna.home.words.count("Evening show")


async def test_two_processes_share_what_people_do(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town, town.run(), town.run():
        assert 2 == town.slack.socket.open
        heard = [
            await town.hanna.type(f"/slot audience add crew fan{number}@example.org")
            for number in range(6)
        ]
        assert [None] * 6 == [one.error for one in heard]
        assert Counter({f"fan{number}@example.org": 1 for number in range(6)}) == await listed(
            town.hanna
        )
