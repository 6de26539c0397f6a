"""The form in Discord: modals in two steps, filled in with what is known, handed in once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.reservation import CredentialMode, NotificationPolicy
from tests.discord.filling import form_of, listed, open_from, reserve
from tests.discord.house import DiscordHouse
from tests.discord.server.errors import NotSentError

MORE = "More first"


async def test_what_the_command_says_is_not_asked_once_more(house: DiscordHouse) -> None:
    form = await form_of(house)
    assert ["Title", "E-mail addresses", "Channels", "People", MORE] == [*form.labels.values()]
    assert form.title.startswith("Reserve Fri 4 Dec 2026, 20:00")
    assert "" == form.value("title")


async def test_a_form_is_handed_in_at_once_where_that_is_all(house: DiscordHouse) -> None:
    form = await form_of(house)
    heard = await house.hanna.submit(
        form, {"Title": "Late show", "E-mail addresses": "ann@example.org, Bob <bob@example.org>"}
    )
    message = await heard.message()
    assert message.ephemeral
    assert "Permitted" in message.words
    (reservation,) = await house.reservations()
    assert "Late show" == reservation.title
    assert timedelta(hours=2) == reservation.slot.length
    assert CredentialMode.SHARED is reservation.credential_mode
    assert ["ann@example.org", "bob@example.org"] == await listed(house, reservation.code)


async def test_start_and_server_are_asked_where_nobody_said_them(house: DiscordHouse) -> None:
    await house.adam.type(
        "/slot server add name:Hall kind:link watch_url:https://x.org/hall", house.general
    )
    form = await form_of(house, "/slot reserve")
    assert ["Title", "Start and length", "Server", "E-mail addresses", MORE] == [
        *form.labels.values()
    ]
    await house.hanna.submit(
        form,
        {"title": "A", "start": "sat 18:00-19:30", "server": "Hall", "audience": "a@example.org"},
    )
    (reservation,) = await house.reservations()
    assert timedelta(minutes=90) == reservation.slot.length


async def test_a_start_without_a_length_shows_the_length_that_is_meant(
    house: DiscordHouse,
) -> None:
    form = await form_of(house, "/slot reserve when:fri 20:00")
    assert "fri 20:00 for 1 h" == form.value("start")
    assert "your times are in Europe/Berlin" in form.words


async def test_channels_and_people_are_picked_by_name(house: DiscordHouse) -> None:
    form = await form_of(house)
    heard = await house.hanna.submit(
        form, {"title": "A", "channels": [house.general], "people": [house.adam]}
    )
    assert "Permitted" in (await heard.message()).words
    (reservation,) = await house.reservations()
    assert [f"{house.guild.id}/#{house.general.id}", f"{house.guild.id}/{house.adam.id}"] == (
        await listed(house, reservation.code)
    )


async def test_channels_that_the_command_named_are_picked_in_the_form(house: DiscordHouse) -> None:
    heard = await house.hanna.type(
        "/slot reserve when:fri 20:00 for 2h audience:ann@example.org",
        house.general,
        {"channel": house.general, "person": house.adam},
    )
    form = await heard.opened()
    assert [str(house.general.id)] == form.value("channels")
    assert [str(house.adam.id)] == form.value("people")
    assert "ann@example.org" == form.value("audience")
    await house.hanna.submit(form, {"title": "A", "channels": None})
    (reservation,) = await house.reservations()
    assert [f"{house.guild.id}/{house.adam.id}", "ann@example.org"] == (
        await listed(house, reservation.code)
    )


async def test_the_second_step_loses_nothing_of_the_first(house: DiscordHouse) -> None:
    await house.adam.type(
        "/slot audience add list:regulars addresses:dora@example.org", house.general
    )
    form = await form_of(house)
    first = {"title": "Evening show", "audience": "ann@example.org", "people": [house.adam]}
    heard = await house.hanna.submit(form, {**first, MORE: True})
    message = await heard.message()
    assert "Nothing is done yet" in message.words
    assert "Evening show" in message.words
    assert [] == await house.reservations()

    who = await open_from(house.hanna, message, "Who is told")
    heard = await house.hanna.submit(who, {"lists": ["regulars"], "reply_to": "hanna@example.org"})
    about = await open_from(house.hanna, await heard.message(), "About it")
    heard = await house.hanna.submit(
        about, {"description": "Songs\nand more", "policy": "At once", "reminders": "2h"}
    )
    watching = await open_from(house.hanna, await heard.message(), "Watching")
    heard = await house.hanna.submit(
        watching, {"viewers": "40", "user": "choir", "passcode": "open-sesame-1"}
    )
    assert [] == await house.reservations()
    done = await house.hanna.click(await heard.message(), "Reserve")

    words = (await done.message()).words
    assert "Permitted" in words
    assert "open-sesame-1" in words
    (reservation,) = await house.reservations()
    assert ("Evening show", "Songs\nand more", 40) == (
        reservation.title,
        reservation.description,
        reservation.viewers,
    )
    assert NotificationPolicy.ON_PERMIT is reservation.notification_policy
    assert (timedelta(hours=2),) == reservation.reminders
    assert "hanna@example.org" == reservation.reply_to
    assert [f"{house.guild.id}/{house.adam.id}", "ann@example.org", "dora@example.org"] == (
        await listed(house, reservation.code)
    )


async def test_the_first_sheet_comes_back_as_it_was_filled_in(house: DiscordHouse) -> None:
    form = await form_of(house)
    given = {"title": "Evening show", "audience": "ann@example.org", "channels": [house.general]}
    heard = await house.hanna.submit(form, {**given, MORE: True})
    again = await open_from(house.hanna, await heard.message(), "The form")
    assert "Evening show" == again.value("title")
    assert "ann@example.org" == again.value("audience")
    assert [str(house.general.id)] == again.value("channels")


@pytest.mark.parametrize("mode", list(CredentialMode))
async def test_credentials_are_as_they_were_chosen(
    house: DiscordHouse, mode: CredentialMode
) -> None:
    form = await form_of(house)
    given = {"title": "A", "audience": "ann@example.org", MORE: True}
    heard = await house.hanna.submit(form, given)
    watching = await open_from(house.hanna, await heard.message(), "Watching")
    assert "shared" == watching.value("credentials")
    heard = await house.hanna.submit(watching, {"credentials": mode.value})
    await house.hanna.click(await heard.message(), "Reserve")
    (reservation,) = await house.reservations()
    assert mode is reservation.credential_mode


async def test_a_title_is_asked_by_discord_itself(house: DiscordHouse) -> None:
    form = await form_of(house)
    with pytest.raises(NotSentError):
        await house.hanna.submit(form, {"audience": "ann@example.org"})


async def test_in_direct_messages_there_are_no_channels_to_pick(house: DiscordHouse) -> None:
    await house.hanna.type("/slot list", house.general)
    heard = await house.hanna.type("/slot reserve when:fri 20:00 for 2h")
    form = await heard.opened()
    assert ["Title", "E-mail addresses", MORE] == [*form.labels.values()]
    await house.hanna.submit(form, {"title": "A", "audience": "ann@example.org"})
    assert 1 == len(await house.reservations())


async def test_the_change_form_shows_what_holds(house: DiscordHouse) -> None:
    code = await reserve(house, people=[house.adam], channels=[house.general])
    form = await form_of(house, f"/slot change code:{code}")
    assert f"Change {code}" == form.title
    assert "Late show" == form.value("title")
    assert "2026-12-04 20:00 for 2 h" == form.value("start")
    assert [str(house.general.id)] == form.value("channels")


async def test_only_what_differs_is_changed(house: DiscordHouse) -> None:
    code = await reserve(house, channels=[house.general])
    form = await form_of(house, f"/slot change code:{code}")
    await house.hanna.type(
        f"/slot change code:{code} title:Night show description:Songs", house.general
    )
    heard = await house.hanna.submit(form, {"start": "2026-12-04 21:00 for 2 h"})
    assert "Changed" in (await heard.message()).words
    (reservation,) = await house.reservations()
    assert ("Night show", "Songs") == (reservation.title, reservation.description)
    assert timedelta(hours=2) == reservation.slot.length
    assert 20 == reservation.slot.starts_at.hour  # UTC
    assert 2 == len(await listed(house, code))


async def test_unchanged_it_says_so(house: DiscordHouse) -> None:
    code = await reserve(house)
    form = await form_of(house, f"/slot change code:{code}")
    heard = await house.hanna.submit(form)
    assert "nothing was changed" in (await heard.message()).words


async def test_what_the_first_sheet_had_no_room_for_stays_where_it_was_put(
    house: DiscordHouse,
) -> None:
    form = await form_of(house, "/slot reserve when:fri 20:00 server:Studio")
    heard = await house.hanna.submit(
        form, {"title": "Evening show", "start": "fri 20:00 for 2h", MORE: True}
    )
    who = await open_from(house.hanna, await heard.message(), "Who is told")
    heard = await house.hanna.submit(who, {"people": [house.adam]})
    await (await house.hanna.click(await heard.message(), "Reserve")).message()

    (reservation,) = await house.reservations()
    assert [f"{house.guild.id}/{house.adam.id}"] == await listed(house, reservation.code)


async def test_channels_are_taken_off_and_people_added_by_the_change_form(
    house: DiscordHouse,
) -> None:
    code = await reserve(house, channels=[house.general])
    form = await form_of(house, f"/slot change code:{code}")
    heard = await house.hanna.submit(form, {"channels": None, MORE: True})
    who = await open_from(house.hanna, await heard.message(), "Who is told")
    heard = await house.hanna.submit(who, {"people": [house.adam], "remove": "ann@example.org"})
    heard = await house.hanna.click(await heard.message(), "Change it")
    assert "Changed" in (await heard.message()).words
    assert [f"{house.guild.id}/{house.adam.id}"] == await listed(house, code)


async def test_a_channel_that_is_gone_meanwhile_does_not_stand_in_the_way(
    house: DiscordHouse,
) -> None:
    gone = house.guild.add_channel("gone")
    code = await reserve(house, channels=[house.general, gone])
    house.guild.delete_channel(gone)
    form = await form_of(house, f"/slot change code:{code}")
    assert [str(house.general.id)] == form.value("channels")
    await house.hanna.submit(form, {"title": "B"})
    assert 3 == len(await listed(house, code))
