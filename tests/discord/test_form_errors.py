"""What the form in Discord asks back: each problem by its field, a way back in, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.discord.filling import button_with, form_of, open_from, reserve
from tests.discord.house import DiscordHouse
from tests.discord.server.permissions import Permission

AGAIN = "Fill in again"


async def test_problems_are_named_by_field_and_everything_typed_comes_back(
    house: DiscordHouse,
) -> None:
    form = await form_of(house)
    typed: dict[str, object] = {
        "title": "See http://evil.example",
        "audience": "nobody\nann@example.org",
        "channels": [house.general],
        "people": [house.adam],
    }
    message = await (await house.hanna.submit(form, typed)).message()
    assert message.ephemeral
    assert "Nothing was written" in message.words
    assert "Title: " in message.words
    assert "E-mail addresses: Line 1" in message.words
    assert [] == await house.reservations()

    again = await open_from(house.hanna, message, AGAIN)
    assert "See http://evil.example" == again.value("title")
    assert "nobody\nann@example.org" == again.value("audience")
    assert [str(house.general.id)] == again.value("channels")
    assert [str(house.adam.id)] == again.value("people")
    assert "web address" in again.words  # beside the title, as far as there is room
    heard = await house.hanna.submit(again, {"title": "A", "audience": "ann@example.org"})
    assert "Permitted" in (await heard.message()).words
    assert 1 == len(await house.reservations())


async def test_problems_of_the_second_step_lead_back_to_their_sheet(house: DiscordHouse) -> None:
    form = await form_of(house)
    given: dict[str, object] = {"title": "A", "audience": "ann@example.org", "More first": True}
    message = await (await house.hanna.submit(form, given)).message()
    watching = await open_from(house.hanna, message, "Watching")
    message = await (
        await house.hanna.submit(
            watching, {"viewers": "many", "passcode": "short", "credentials": "none"}
        )
    ).message()
    assert "Viewers: " in message.words
    assert "Passcode for watchers: " in message.words
    assert "short" not in message.words
    again = await open_from(house.hanna, message, "Watching: fill in again")
    assert ("many", "short", "none") == (
        again.value("viewers"),
        again.value("passcode"),
        again.value("credentials"),
    )
    mended: dict[str, object] = {"viewers": "4", "passcode": None}
    message = await (await house.hanna.submit(again, mended)).message()
    heard = await house.hanna.click(message, "Reserve")
    assert "Permitted" in (await heard.message()).words
    (reservation,) = await house.reservations()
    assert ("A", 4) == (reservation.title, reservation.viewers)


async def test_an_audience_of_nobody_is_said_at_the_addresses(house: DiscordHouse) -> None:
    form = await form_of(house)
    message = await (await house.hanna.submit(form, {"title": "A"})).message()
    assert "list an address" in message.words
    again = await open_from(house.hanna, message, AGAIN)
    await house.hanna.submit(again, {"audience": "ann@example.org"})
    assert 1 == len(await house.reservations())


async def test_a_slot_that_was_taken_meanwhile_is_denied_with_buttons_for_what_is_free(
    house: DiscordHouse,
) -> None:
    form = await form_of(house)
    await house.adam.type(
        "/slot reserve when:fri 20:00 for 2h title:Mine audience:bob@example.org", house.general
    )
    message = await (
        await house.hanna.submit(form, {"title": "Late show", "audience": "ann@example.org"})
    ).message()
    assert "Denied" in message.words
    assert "Mine" not in message.words
    heard = await house.hanna.click(message, button_with(message, "18:00"))
    assert "Permitted" in (await heard.message()).words
    mine = [one for one in await house.reservations() if one.title == "Late show"]
    assert [17] == [one.slot.starts_at.hour for one in mine]  # UTC


async def test_a_denied_form_can_be_given_another_start(house: DiscordHouse) -> None:
    form = await form_of(house)
    await house.adam.type(
        "/slot reserve when:fri 20:00 for 2h title:Mine audience:bob@example.org", house.general
    )
    message = await (
        await house.hanna.submit(form, {"title": "Late show", "audience": "ann@example.org"})
    ).message()
    again = await open_from(house.hanna, message, AGAIN)
    assert "20:00 for 2" in again.value("start")
    await house.hanna.submit(again, {"start": "sat 20:00 for 1h"})
    assert 2 == len(await house.reservations())


async def test_a_line_for_a_taken_slot_is_denied_and_leads_into_the_form(
    house: DiscordHouse,
) -> None:
    await reserve(house)
    line = "/slot reserve when:fri 20:00 for 2h title:My show audience:ann@example.org"
    heard = await house.adam.type(line, house.general)
    message = await heard.message()
    assert "Denied" in message.words
    again = await open_from(house.adam, message, AGAIN)
    assert "My show" == again.value("title")


@pytest.mark.parametrize(
    ("when", "choice"), [("2027-10-31 02:30", "02:30"), ("2027-03-28 02:30", "03:30")]
)
async def test_a_time_with_two_meanings_is_chosen_by_a_button(
    house: DiscordHouse, when: str, choice: str
) -> None:
    house.clock.now = _a_week_before(when)
    form = await form_of(house, "/slot reserve")
    message = await (
        await house.hanna.submit(
            form, {"title": "A", "audience": "ann@example.org", "start": f"{when} for 1h"}
        )
    ).message()
    assert "Which do you mean?" in message.words
    assert [] == await house.reservations()
    heard = await house.hanna.click(message, button_with(message, choice))
    assert "Permitted" in (await heard.message()).words


async def test_only_channels_that_both_may_use_are_taken(house: DiscordHouse) -> None:
    stage = house.guild.add_channel("stage")
    stage.overwrite(house.discord.bot, deny=Permission.SEND_MESSAGES)
    form = await form_of(house)
    given: dict[str, object] = {
        "title": "A",
        "audience": "ann@example.org",
        "channels": [house.general, stage],
    }
    message = await (await house.hanna.submit(form, given)).message()
    assert "Channels: I may not post in #stage: I lack Send Messages" in message.words
    assert [] == await house.reservations()
    again = await open_from(house.hanna, message, AGAIN)
    assert "#stage" in again.words
    heard = await house.hanna.submit(again, {"channels": [house.general]})
    assert "Permitted" in (await heard.message()).words


async def test_an_app_is_nobody_to_write_to(house: DiscordHouse) -> None:
    form = await form_of(house)
    given: dict[str, object] = {
        "title": "A",
        "audience": "ann@example.org",
        "people": [house.discord.bot],
    }
    message = await (await house.hanna.submit(form, given)).message()
    assert "is an app, and reads no messages" in message.words
    assert [] == await house.reservations()


async def test_the_change_form_comes_back_with_everything_typed(house: DiscordHouse) -> None:
    code = await reserve(house)
    form = await form_of(house, f"/slot change code:{code}")
    given: dict[str, object] = {"start": "frday 20:00", "title": "B", "add": "bob@"}
    message = await (await house.hanna.submit(form, given)).message()
    assert "Start and length: " in message.words
    again = await open_from(house.hanna, message, AGAIN)
    assert ("B", "bob@") == (again.value("title"), again.value("add"))
    assert again.value("start").startswith("frday 20:00")
    given = {"start": "fri 21:00 for 1h", "add": "bob@example.org"}
    heard = await house.hanna.submit(again, given)
    assert "Changed" in (await heard.message()).words


async def test_somebody_elses_reservation_is_not_changed(house: DiscordHouse) -> None:
    house.guild.add_member(carol := house.discord.add_person("Carol"))
    code = await reserve(house)
    heard = await carol.type(f"/slot change code:{code}", house.general)
    assert heard.modal is None
    assert "There is no reservation" in heard.words or "Only its holder" in heard.words


def _a_week_before(when: str) -> datetime:
    return datetime.fromisoformat(when).replace(tzinfo=UTC) - timedelta(days=7)
