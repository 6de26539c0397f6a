"""Files that come with a form: fetched after a visible deferral, once, within bounds."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.discord.uploads import fetched
from bot.form.files import MOST_BYTES
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.filling import form_of, listed, open_from
from tests.discord.house import SOON, DiscordHouse
from tests.discord.restarting import open_runs
from tests.discord.server.faults import Refused, ServerError, Stall
from tests.discord.server.heard import Heard
from tests.discord.server.modals import Modal

_CDN = "GET /attachments/{attachment}/{filename}"
_ANSWER = "PATCH /webhooks/{webhook}/{token}/messages/{message_or_original}"
CSV = b"email,name\ncarol@example.org,Carol\ndora@example.org,Dora\n"


async def _sheet(house: DiscordHouse, **given: object) -> Modal:
    form = await form_of(house)
    first = {"title": "Late show", "More first": True, **given}
    message = await (await house.hanna.submit(form, first)).message()
    return await open_from(house.hanna, message, "Who is told")


async def _with_file(house: DiscordHouse, sheet: Modal, name: str, content: bytes) -> Heard:
    return await house.hanna.submit(sheet, {"file": [house.hanna.upload(name, content)]})


@pytest.fixture(autouse=True)
def looks_at_once(house: DiscordHouse) -> None:
    """Let people look while the desk is still thinking."""
    house.discord.lingers = 0.0


async def test_a_file_is_read_after_a_visible_deferral(house: DiscordHouse) -> None:
    sheet = await _sheet(house, audience="ann@example.org, dora@example.org")
    heard = await _with_file(house, sheet, "guests.csv", CSV)
    message = await heard.message()
    assert heard.interaction is not None
    assert 5 == heard.interaction.answered  # "thinking", before the file was fetched
    assert message.ephemeral
    assert "2 addresses from guests.csv" in message.words
    done = await house.hanna.click(message, "Reserve")
    assert "Permitted" in (await done.message()).words
    (reservation,) = await house.reservations()
    assert ["ann@example.org", "carol@example.org", "dora@example.org"] == (
        await listed(house, reservation.code)
    )


async def test_a_file_alone_is_audience_enough(house: DiscordHouse) -> None:
    form = await form_of(house)
    message = await (await house.hanna.submit(form, {"title": "Late show"})).message()
    sheet = await open_from(house.hanna, message, "Who is told")
    message = await (await _with_file(house, sheet, "guests.csv", CSV)).message()
    await house.hanna.click(message, "Reserve")
    (reservation,) = await house.reservations()
    assert 2 == len(await listed(house, reservation.code))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("guests.csv", b"email\nnobody\n", "nobody"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "That is an image"),
        ("large.csv", b"a@x.org\n" * (MOST_BYTES // 8 + 1), "more than 2 MB"),
    ],
    ids=["bad", "image", "large"],
)
async def test_a_file_that_cannot_be_used_is_said_there_and_nothing_is_lost(
    house: DiscordHouse, name: str, content: bytes, said: str
) -> None:
    sheet = await _sheet(house, audience="ann@example.org")
    given: dict[str, object] = {"reply_to": "hanna@example.org"}
    given["file"] = [house.hanna.upload(name, content)]
    message = await (await house.hanna.submit(sheet, given)).message()
    assert "A file of addresses: " in message.words
    assert said in message.words
    again = await open_from(house.hanna, message, "Who is told: fill in again")
    assert "hanna@example.org" == again.value("reply_to")
    message = await (await _with_file(house, again, "guests.csv", CSV)).message()
    await house.hanna.click(message, "Reserve")
    (reservation,) = await house.reservations()
    assert ("Late show", 3) == (
        reservation.title,
        len(await listed(house, reservation.code)),
    )


async def test_a_file_that_discord_does_not_give_is_said(house: DiscordHouse) -> None:
    sheet = await _sheet(house, audience="ann@example.org")
    house.discord.faults.add(_CDN, ServerError(500))
    message = await (await _with_file(house, sheet, "guests.csv", CSV)).message()
    assert "did not give the file" in message.words
    assert [] == await house.reservations()


async def test_a_file_survives_a_crash_before_it_was_read(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> None:
    async with open_runs(sqlite_files.fresh(), tmp_path, clock) as runs:
        async with runs.running() as house:
            sheet = await _sheet(house, audience="ann@example.org")
            stall = runs.discord.faults.add(_CDN, Stall())
            heard = await _with_file(house, sheet, "guests.csv", CSV)
            assert heard.thinking
            await asyncio.wait_for(stall.reached.wait(), SOON)
        runs.discord.faults.clear()
        assert heard.thinking
        clock.move(timedelta(seconds=61))
        async with runs.running() as house:
            message = await heard.message()
            assert "2 addresses from guests.csv" in message.words


async def test_no_more_is_fetched_than_is_taken(house: DiscordHouse) -> None:
    file = house.hanna.upload("guests.csv", b"x" * 100)
    url = file.as_json()["url"]
    assert b"x" * 100 == await fetched(url, 100)
    assert await fetched(url, 99) is None


async def test_an_upload_in_direct_messages_is_taken_as_well(house: DiscordHouse) -> None:
    await house.hanna.type("/slot list", house.general)
    form = await (await house.hanna.type("/slot reserve when:fri 20:00 for 2h")).opened()
    given: dict[str, object] = {"title": "Late show", "More first": True}
    given["audience"] = "ann@example.org"
    message = await (await house.hanna.submit(form, given)).message()
    sheet = await open_from(house.hanna, message, "Who is told")
    message = await (await _with_file(house, sheet, "guests.csv", CSV)).message()
    await house.hanna.click(message, "Reserve")
    (reservation,) = await house.reservations()
    assert 3 == len(await listed(house, reservation.code))


async def test_what_cannot_be_answered_there_is_told_directly(house: DiscordHouse) -> None:
    sheet = await _sheet(house, audience="ann@example.org")
    house.discord.faults.add(_ANSWER, Refused(10015))
    await _with_file(house, sheet, "guests.csv", CSV)
    await house.discord.until(lambda: house.hanna.dm.messages)
    (message,) = house.hanna.dm.messages
    assert "2 addresses from guests.csv" in message.words
