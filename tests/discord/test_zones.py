"""Time zones in Discord: asked once, where one is needed; kept; and gone on with what was typed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands.run import handle_text
from core.model.people import Role, WorkspaceKind
from core.usecases.settings import Account, enter
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.house import GUILD_ID, DiscordHouse, open_discord_house
from tests.discord.server.heard import Heard

FREE = "/slot free day:fri length:2h"
SELECT = "slot_zone:"


@pytest.fixture
async def zoneless(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[DiscordHouse]:
    """Give a house in whose guild nobody has said yet which zone they mean."""
    async with open_discord_house(sqlite_files.fresh(), tmp_path, clock) as house:
        account = Account(WorkspaceKind.DISCORD, str(GUILD_ID), "Stage", "1", "Setter", Role.ADMIN)
        setter = await house.desk.run(enter, account)
        await handle_text(house.desk, setter, "settings workspace zone=UTC")
        yield house
        house.nothing_refused()


async def choose(house: DiscordHouse, heard: Heard, zone: str = "Europe/Berlin") -> Heard:
    """Let Hanna choose a zone in the question that she was asked."""
    return await house.hanna.choose(await heard.message(), SELECT, zone)


async def test_it_is_asked_where_one_is_needed_and_the_command_goes_on(
    zoneless: DiscordHouse,
) -> None:
    heard = await zoneless.hanna.type(FREE, zoneless.general)
    assert "In which time zone" in heard.words
    answer = await choose(zoneless, heard)
    # Friday in Berlin begins an hour before it does in UTC
    assert "Free 2026-12-03T23:00:00Z" in answer.words


async def test_it_is_asked_once_and_kept(zoneless: DiscordHouse) -> None:
    await choose(zoneless, await zoneless.hanna.type(FREE, zoneless.general))
    again = await zoneless.hanna.type(FREE, zoneless.general)
    assert "Free 2026-12-03T23:00:00Z" in again.words
    settings = await zoneless.hanna.type("/slot settings", zoneless.general)
    assert "Time zone: Europe/Berlin" in settings.words


async def test_it_is_not_asked_where_no_time_is_typed(zoneless: DiscordHouse) -> None:
    for words in ("list", "free", "server list", "settings", "help"):
        heard = await zoneless.hanna.type(f"/slot {words}", zoneless.general)
        assert "In which time zone" not in heard.words


async def test_nor_where_one_holds_for_all_in_the_guild(house: DiscordHouse) -> None:
    heard = await house.hanna.type(FREE, house.general)
    assert "Free 2026-12-03T23:00:00Z" in heard.words


async def test_the_form_opens_once_it_is_known(zoneless: DiscordHouse) -> None:
    heard = await zoneless.hanna.type("/slot reserve when:fri 20:00", zoneless.general)
    modal = await (await choose(zoneless, heard)).opened()
    assert "Europe/Berlin" in modal.words or "fri 20:00" in modal.words


async def test_it_can_be_given_with_the_command(zoneless: DiscordHouse) -> None:
    words = "/slot reserve when:fri 20:00 for 2h title:Late audience:a@b.org zone:new york"
    heard = await zoneless.hanna.type(words, zoneless.general)
    assert "Permitted" in heard.words
    (reservation,) = await zoneless.reservations()
    assert "2026-12-05T01:00:00+00:00" == reservation.slot.starts_at.isoformat()
    settings = await zoneless.hanna.type("/slot settings", zoneless.general)
    assert "Time zone: America/New_York" in settings.words


async def test_one_that_is_none_is_said_and_nothing_is_done(zoneless: DiscordHouse) -> None:
    words = "/slot reserve when:fri 20:00 for 2h title:Late audience:a@b.org zone:Mars"
    heard = await zoneless.hanna.type(words, zoneless.general)
    assert "no time zone" in heard.words
    assert [] == await zoneless.reservations()


async def test_the_question_works_after_a_restart(
    zoneless: DiscordHouse,
) -> None:
    heard = await zoneless.hanna.type(FREE, zoneless.general)
    long = await zoneless.adam.type(FREE, zoneless.general, {"server": "x" * 100})
    front = zoneless.front
    await zoneless.restart()
    assert front is not zoneless.front
    answer = await choose(zoneless, heard)
    assert "Free 2026-12-03T23:00:00Z" in answer.words
    question = await long.message()
    kept = await zoneless.adam.choose(question, SELECT, "Europe/Berlin")
    assert "Your time zone is kept" in kept.words


async def test_what_is_long_goes_on_too_as_long_as_the_desk_runs(zoneless: DiscordHouse) -> None:
    title = "A title that is far too long to stand in any custom_id"
    words = "/slot reserve when:fri 20:00 for 2h audience:ann@example.org"
    heard = await zoneless.hanna.type(words, zoneless.general, {"title": title})
    assert "Permitted" in (await choose(zoneless, heard)).words
    (reservation,) = await zoneless.reservations()
    assert title == reservation.title


async def test_while_it_is_unknown_the_completion_says_so(zoneless: DiscordHouse) -> None:
    hanna, general = zoneless.hanna, zoneless.general
    (choice,) = await hanna.completes("/slot reserve", "when", "fri 8pm", channel=general)
    assert "UTC" in choice["name"]
    assert "not your time zone?" in choice["name"]
    (given,) = await hanna.completes(
        "/slot reserve", "when", "fri 8pm", channel=general, others={"zone": "Europe/Berlin"}
    )
    assert "Europe/Berlin" in given["name"]
    assert "free on Studio" in given["name"]


async def test_another_person_s_choice_is_their_own(zoneless: DiscordHouse) -> None:
    await choose(zoneless, await zoneless.hanna.type(FREE, zoneless.general))
    heard = await zoneless.adam.type(FREE, zoneless.general)
    assert "In which time zone" in heard.words
