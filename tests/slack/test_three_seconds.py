"""Whatever a person does is answered within three seconds, whatever else goes wrong meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.model.reservation import Status
from tests.databases import PostgresDatabases, SqliteFiles
from tests.desks import Clock
from tests.slack.hindrances import held, shut
from tests.slack.house import HTTP, SOCKET
from tests.slack.runs import Run, Town, open_town, reserve
from tests.slack.server import Fault, Heard, ServerError, Stall
from tests.smtp_faults import Fault as SmtpFault
from tests.smtp_faults import FaultySmtpServer, Point

IN_TIME = 2.8  # seconds: Slack waits for three, its way there and back included
AT_ONCE = 1.5
BUSY = "The desk is busy; nothing was written"
FORM: dict[str, object] = {
    "title": "Late show",
    "audience": "ann@example.org",
    "policy": "at once",
}


@pytest.fixture(params=[SOCKET, HTTP])
async def town(
    request: pytest.FixtureRequest, sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[Town]:
    async with open_town(sqlite_files.fresh(), tmp_path, clock, request.param) as opened:
        yield opened


def in_time(*heard: Heard, within: float = IN_TIME) -> None:
    """See that everything was acknowledged, and soon enough."""
    for one in heard:
        assert one.error is None
        assert one.acknowledged_in is not None
        assert one.acknowledged_in < within


async def read_at_last(heard: Heard, words: str) -> None:
    """Wait until somebody reads some words: in an answer, beside a field or in a modal."""

    def said() -> bool:
        view = heard.view.words if heard.view else ""
        return words in "\n".join([heard.words, view, *heard.errors.values()])

    await heard.person.slack.until(said)


async def test_a_held_database_is_said_in_time_and_nothing_is_written(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town, town.run() as run:
        hanna, adam = town.hanna, town.adam
        newcomer = town.team.add_user("U0003", name="Nora")
        await reserve(hanna)
        await run.deliver()
        (permission,) = hanna.direct_messages
        form = await (await adam.type("/slot reserve sat 20:00 for 2h Studio")).opened()
        asked = await (await hanna.click(permission, "slot:cancel")).opened()
        before = await town.reservations(run)

        with held(database_url):
            heard = await asyncio.gather(
                hanna.click(permission, "slot:reconfirm"),
                hanna.submit(asked, {"reason": "ill"}),
                adam.submit(form, FORM),
                adam.type("/slot settings zone=Europe/Paris"),
                newcomer.type("/slot list"),
            )
            in_time(*heard)
            for one in heard:
                await read_at_last(one, BUSY)
            assert before == await town.reservations(run)

        heard_again = await hanna.click(permission, "slot:reconfirm")
        in_time(heard_again)
        await read_at_last(heard_again, "Reconfirmed")
        in_time(told := await newcomer.type("/slot list"))
        assert BUSY not in told.words


async def test_what_was_typed_into_a_form_is_not_lost_to_a_held_database(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town, town.run() as run:
        adam = town.adam
        form = await (await adam.type("/slot reserve sat 20:00 for 2h Studio")).opened()
        with held(database_url):
            heard = await adam.submit(form, {**FORM, "channels": [town.general]})
            in_time(heard)
            await read_at_last(heard, BUSY)

        again = heard.view or form
        told = await (await adam.submit(again)).opened()
        assert "Permitted" in told.words
        (reservation,) = await town.reservations(run)
        assert "Late show" == reservation.title
        await run.deliver()
        assert 1 == len(town.general.messages)
        assert ["Live stream"] == town.subjects("ann@example.org")


async def test_the_shortcut_says_that_the_desk_is_busy(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    async with open_town(database_url, tmp_path, clock) as town, town.run():
        with held(database_url):  # nobody knows Hanna yet: she is to be written down first
            heard = await town.hanna.use_shortcut("slot_reserve")
            in_time(heard)
            await town.slack.until(
                lambda: (
                    any(BUSY in one.words for one in town.hanna.direct_messages)
                    or (heard.view and BUSY in heard.view.words)
                )
            )
        view = await (await town.hanna.use_shortcut("slot_reserve")).opened()
        assert "Reserve a slot" == view.title


async def test_nobody_waits_for_a_database_that_cannot_even_be_read(
    postgres_databases: PostgresDatabases, tmp_path: Path, clock: Clock
) -> None:
    url = postgres_databases.fresh()
    async with open_town(url, tmp_path, clock) as town, town.run() as run:
        await reserve(town.hanna)
        await run.deliver()
        (permission,) = town.hanna.direct_messages
        form = await (await town.adam.type("/slot reserve sat 20:00 for 2h Studio")).opened()
        with shut(url):
            heard = await asyncio.gather(
                town.hanna.type("/slot list"),
                town.hanna.click(permission, "slot:reconfirm"),
                town.adam.submit(form, FORM),
            )
            in_time(*heard)
            for one in heard:
                await read_at_last(one, "busy")
        (reservation,) = await town.reservations(run)
        assert Status.PERMITTED is reservation.status
    postgres_databases.give_back(url)


@asynccontextmanager
async def _with_mail(
    point: Point, fault: SmtpFault, folder: Path, url: str
) -> AsyncIterator[tuple[Town, Run]]:
    """Open a town whose mail has got stuck, with a reservation to tell of."""
    clock = Clock()
    async with FaultySmtpServer(point, fault, always=True) as smtp:
        smtp_url = f"smtp://127.0.0.1:{smtp.port}"
        async with open_town(url, folder, clock, smtp_url=smtp_url) as town, town.run() as run:
            run.work()
            await reserve(town.hanna, audience="ann@example.org")
            if fault is SmtpFault.STALL:
                await asyncio.wait_for(smtp.stalled.wait(), 10)
            yield town, run
            smtp.go_on.set()
            await smtp.hang_up()


@pytest.mark.parametrize(
    ("point", "fault"),
    [
        (Point.CONNECT, SmtpFault.STALL),
        (Point.DOT, SmtpFault.STALL),
        (Point.CONNECT, SmtpFault.CLOSE),
        (Point.EHLO, SmtpFault.GARBAGE),
    ],
)
async def test_failing_mail_makes_nobody_wait(
    point: Point, fault: SmtpFault, sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    async with _with_mail(point, fault, tmp_path, sqlite_files.fresh()) as (town, _):
        (permission,) = await town.slack.until(lambda: town.hanna.direct_messages)
        opened = await town.adam.type("/slot reserve sat 20:00 for 2h Studio")
        submitted = await town.adam.submit(await opened.opened(), FORM)
        clicked = await town.hanna.click(permission, "slot:reconfirm")
        in_time(opened, submitted, clicked, within=AT_ONCE)
        assert "Permitted" in (await submitted.opened()).words
        assert "Reconfirmed" in (await clicked.message()).words


@pytest.mark.parametrize("fault", [Stall, ServerError])
async def test_slack_not_telling_who_somebody_is_makes_nobody_wait(
    town: Town, fault: type[Fault]
) -> None:
    hanna, adam = town.hanna, town.adam
    async with town.run() as run:
        code = await reserve(hanna)
        await adam.type("/slot list")
    async with town.run() as run:  # what was known of people is forgotten
        town.slack.faults.add("users.info", fault(), times=None)
        listed = await hanna.type("/slot list")
        meddled = await adam.type(f"/slot cancel {code} reason=no")
        added = await adam.type("/slot server add Hall kind=icecast watch_url=https://live.example")
        in_time(listed, meddled, added)
        for one in (listed, meddled, added):
            await one.message()
        assert code in listed.words
        (reservation,) = await town.reservations(run)
        assert Status.PERMITTED is reservation.status
        assert not (await adam.type("/slot server list")).words.count("Hall")

        town.slack.faults.clear()
        await reserve(hanna, "sat 20:00", title="Second show", audience="ann@example.org")
        await run.deliver()
        (mail,) = town.mails("ann@example.org")
        assert "Hanna" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        cancelled = await adam.type(f"/slot cancel {code} reason=yes")
        await read_at_last(cancelled, "Cancelled")


async def test_twenty_people_at_once_are_all_answered_and_one_of_them_gets_the_slot(
    database_url: str, tmp_path: Path
) -> None:
    async with _with_mail(Point.DOT, SmtpFault.STALL, tmp_path, database_url) as (town, run):
        crowd = [town.team.add_user(f"U1{n:03}", name=f"Guest {n}") for n in range(20)]

        opened = await asyncio.gather(
            *(one.type("/slot reserve sat 20:00 for 2h Studio") for one in crowd)
        )
        in_time(*opened)
        forms = [await one.opened() for one in opened]
        handed_in = await asyncio.gather(
            *(one.submit(form, FORM) for one, form in zip(crowd, forms, strict=True))
        )
        in_time(*handed_in)
        await town.slack.until(lambda: all(one.errors or one.view for one in handed_in))
        told = Counter("taken" if one.errors else "reserved" for one in handed_in)
        assert Counter(reserved=1, taken=19) == told
        assert 2 == len(await town.reservations(run))
        assert all("Free instead" in str(one.errors) for one in handed_in if one.errors)
