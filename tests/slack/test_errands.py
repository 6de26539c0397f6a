"""A form with a file is acknowledged before it is done: it is done all the same, once, and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from core.store.store import Store
from core.store.tables import ErrandRow
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.hindrances import held
from tests.slack.house import HTTP, SOCKET
from tests.slack.runs import Run, Town, open_town, reserve
from tests.slack.server import Heard, Person, ServerError, Stall, View

READING = "Reading your file"
LEASE = timedelta(seconds=60)
LEASE_OVER = LEASE + timedelta(seconds=1)
Fields = dict[str, object]
CSV = b"name,email\nAnn,ann@example.org\nBob,bob@example.org\n"


@pytest.fixture
async def town(sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock) -> AsyncIterator[Town]:
    async with open_town(sqlite_files.fresh(), tmp_path, clock) as opened:
        yield opened


async def hand_in(
    who: Person, content: bytes = CSV, name: str = "crew.csv", **fields: object
) -> Heard:
    """Hand in the form with a file; gives what was heard once that is acknowledged."""
    form = await (await who.type("/slot reserve fri 20:00 for 2h Studio")).opened()
    given = {"title": "Evening show", "policy": "at once", "file": who.upload(name, content)}
    heard = await who.submit(form, given | fields)
    assert READING in waiting(heard).words
    return heard


def waiting(heard: Heard) -> View:
    """Give the modal that a submission led to, as it was at first."""
    assert heard.error is None
    assert heard.view is not None
    return heard.view.versions[1] if len(heard.view.versions) > 1 else heard.view


async def told(heard: Heard, words: str, within: float = 5) -> View:
    """Wait until a modal says some words in the place of those that asked to wait."""
    assert heard.view is not None
    view = heard.view
    await heard.person.slack.until(lambda: words in view.words, within=within)
    return view


async def reserved_once(town: Town, run: Run) -> None:
    """See that there is one reservation, and that everybody was told of it once."""
    await run.deliver()
    assert ["Evening show"] == [one.title for one in await town.reservations(run)]
    assert ["Live stream"] == town.subjects("ann@example.org")
    assert ["Live stream"] == town.subjects("bob@example.org")
    assert 1 == len([m for m in town.hanna.direct_messages if "To be reconfirmed" in m.words])


async def test_a_file_is_read_after_the_form_is_acknowledged(town: Town) -> None:
    async with town.run() as run:
        heard = await hand_in(town.hanna)
        await told(heard, "Permitted")
        await reserved_once(town, run)


async def test_a_crash_before_the_file_is_read_costs_nothing(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town:
        fetching = town.slack.faults.add("files", Stall())
        async with town.run() as run:
            heard = await hand_in(town.hanna)
            await asyncio.wait_for(fetching.reached.wait(), 5)
            await run.die()
        town.slack.faults.clear()
        clock.move(LEASE_OVER)
        async with town.run() as run:
            await told(heard, "Permitted")
            await reserved_once(town, run)


async def test_a_crash_after_the_work_and_before_the_answer_does_nothing_twice(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town:
        telling = town.slack.faults.add("views.update", Stall())
        async with town.run() as run:
            heard = await hand_in(town.hanna)
            await asyncio.wait_for(telling.reached.wait(), 5)
            await run.die()
            assert 1 == len(await town.reservations(run))
        town.slack.faults.clear()
        clock.move(LEASE_OVER)
        async with town.run() as run:
            await told(heard, "Permitted")
            await reserved_once(town, run)


async def test_who_takes_over_and_who_wakes_up_again_act_once(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town, town.run() as slow:
        fetching = town.slack.faults.add("files", Stall(acting=True))
        heard = await hand_in(town.hanna)
        await asyncio.wait_for(fetching.reached.wait(), 5)
        clock.move(LEASE_OVER)
        async with town.run():
            await told(heard, "Permitted")
            before = len(town.slack.calls_of("views.update"))
            fetching.go_on()
            await town.slack.until(lambda: len(town.slack.calls_of("views.update")) > before)
            await reserved_once(town, slow)


async def test_whoever_closed_the_modal_is_told_directly(town: Town) -> None:
    async with town.run() as run:
        fetching = town.slack.faults.add("files", Stall(acting=True))
        heard = await hand_in(town.hanna)
        await asyncio.wait_for(fetching.reached.wait(), 5)
        await town.hanna.close(waiting(heard))
        fetching.go_on()
        await town.slack.until(lambda: town.hanna.direct_messages)
        assert "Permitted" in town.hanna.direct_messages[0].words
        await reserved_once(town, run)


async def test_a_closed_modal_hides_no_mistake_in_the_file(town: Town) -> None:
    async with town.run():
        fetching = town.slack.faults.add("files", Stall(acting=True))
        heard = await hand_in(town.hanna, b"email\nann at example.org\n")
        await asyncio.wait_for(fetching.reached.wait(), 5)
        await town.hanna.close(waiting(heard))
        fetching.go_on()
        await town.slack.until(lambda: town.hanna.direct_messages)
        assert "ann at example.org" in town.hanna.direct_messages[0].words


@pytest.mark.parametrize("transport", [SOCKET, HTTP])
async def test_a_submission_that_comes_twice_acts_once(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock, transport: str
) -> None:
    async with (
        open_town(sqlite_files.fresh(), tmp_path, clock, transport) as town,
        town.run() as run,
    ):
        fetching = town.slack.faults.add("files", Stall(acting=True))
        heard = await hand_in(town.hanna)
        await asyncio.wait_for(fetching.reached.wait(), 5)
        again = await town.slack.repeat(heard)
        fetching.go_on()
        await told(again, "Permitted")
        late = await town.slack.repeat(heard)
        await told(late, "Permitted")
        await reserved_once(town, run)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"email\nann at example.org\nbob@example.org\n", "crew.csv", "ann at example.org"),
        (b"", "crew.csv", "empty"),
        (b"\x00\x01\x02\xff" * 40, "crew.txt", "That is no text file"),
        (b"x" * 2_000_001, "crew.txt", "larger than 2 MB"),
    ],
)
async def test_a_file_that_will_not_do_is_said_so_and_nothing_typed_is_lost(
    town: Town, content: bytes, name: str, said: str
) -> None:
    async with town.run() as run:
        heard = await hand_in(
            town.hanna, content, name, channels=[town.general], description="All welcome"
        )
        form = await told(heard, said)
        assert [] == await town.reservations(run)
        assert "Evening show" == _standing(form, "title")
        assert "All welcome" == _standing(form, "description")

        upload: Fields = {_name(form, "file"): town.hanna.upload("good.csv", CSV)}
        mended = await town.hanna.submit(form, upload)
        await told(mended, "Permitted")
        await reserved_once(town, run)
        assert 1 == len(town.general.messages)


async def test_a_file_that_slack_does_not_give_is_said_so(town: Town) -> None:
    async with town.run() as run:
        town.slack.faults.add("files", ServerError())
        form = await told(await hand_in(town.hanna), "Slack did not give the file")
        town.team.scopes.remove("files:read")
        upload: Fields = {_name(form, "file"): town.hanna.upload("again.csv", CSV)}
        again = await town.hanna.submit(form, upload)
        form = await told(again, "Slack did not give the file")
        assert [] == await town.reservations(run)

        typed: Fields = {_name(form, "audience"): "ann@example.org, bob@example.org"}
        last = await town.hanna.submit(form, typed)
        await told(last, "Permitted")
        await reserved_once(town, run)


async def test_a_change_with_a_file_that_will_not_do_keeps_what_else_was_changed(
    town: Town,
) -> None:
    async with town.run() as run:
        code = await reserve(town.hanna, audience="ann@example.org")
        form = await (await town.hanna.type(f"/slot change {code}")).opened()
        heard = await town.hanna.submit(
            form,
            {
                "title": "Late show",
                "add": "cleo@example.org",
                "channels": [town.general],
                "file": town.hanna.upload("crew.csv", b"email\nno address\n"),
            },
        )
        again = await told(heard, "no address")
        good: Fields = {_name(again, "file"): town.hanna.upload("crew.csv", CSV)}
        await told(await town.hanna.submit(again, good), "Changed")
        await run.deliver()
        assert ["Late show"] == [one.title for one in await town.reservations(run)]
        for address in ("bob@example.org", "cleo@example.org"):
            assert ["Live stream"] == town.subjects(address)
        assert 1 == len(town.general.messages)


async def test_an_answer_that_slack_does_not_take_is_given_later(town: Town, clock: Clock) -> None:
    async with town.run() as run:
        for method in ("views.update", "chat.postMessage"):
            town.slack.faults.add(method, ServerError(), times=None)
        heard = await hand_in(town.hanna, b"email\nno address\n")
        await town.slack.until(
            lambda: [one for one in town.slack.calls_of("chat.postMessage") if one.outcome]
        )
        async with asyncio.timeout(5):
            while await run.app.desk.read(not_before) == clock.now + LEASE:
                pass  # it is being told of, and then put off
        town.slack.faults.clear()
        clock.move(LEASE_OVER)
        run.front.errands.wake()
        await told(heard, "no address")


def not_before(store: Store, _: datetime) -> datetime:
    return store.connection.execute(select(col(ErrandRow.not_before))).scalar_one()


async def test_an_import_is_done_once_whatever_happens(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town:
        fetching = town.slack.faults.add("files", Stall())
        async with town.run() as run:
            form = await (await town.hanna.type("/slot audience import crew")).opened()
            upload = town.hanna.upload("crew.csv", CSV)
            heard = await town.hanna.submit(form, {"file": upload})
            assert READING in waiting(heard).words
            await asyncio.wait_for(fetching.reached.wait(), 5)
            await run.die()
        town.slack.faults.clear()
        clock.move(LEASE_OVER)
        async with town.run():
            view = await told(heard, "crew")
            assert READING not in view.words
            shown = await (await town.hanna.type("/slot audience show crew")).message()
            assert 1 == shown.words.count("ann@example.org")
            assert 1 == shown.words.count("bob@example.org")


async def test_an_import_of_a_bad_file_is_said_so(town: Town) -> None:
    async with town.run():
        town.slack.faults.add("files", ServerError())
        form = await (await town.hanna.type("/slot audience import crew")).opened()
        heard = await town.hanna.submit(form, {"file": town.hanna.upload("crew.csv", CSV)})
        await told(heard, "Slack did not give the file")


async def test_a_form_with_a_file_is_not_taken_while_the_database_is_held(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town, town.run() as run:
        form = await (await town.hanna.type("/slot reserve fri 20:00 for 2h Studio")).opened()
        fields: Fields = {
            "title": "Evening show",
            "policy": "at once",
            "file": town.hanna.upload("crew.csv", CSV),
        }
        with held(database_url):
            heard = await town.hanna.submit(form, fields)
            assert heard.error is None
            assert "busy" in str(heard.errors)
        await told(await town.hanna.submit(form), "Permitted")
        await reserved_once(town, run)


def _name(view: View, field: str) -> str:
    """Give what a field's block is called now."""
    names: list[str] = [block["block_id"] for block in view.blocks]
    return next(name for name in names if name.partition("#")[0] == field)


def _standing(view: View, field: str) -> object:
    return view.value(_name(view, field))
