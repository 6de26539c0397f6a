"""Buttons in Discord: once in effect, however old, and only for those who may."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.answers.acts import pick
from bot.answers.reply import Action
from bot.discord.acts import LONGEST_ID, PRESSED, button_of, id_of, read_pick
from core.model.reservation import Status
from core.model.slot import Slot
from tests.desks import START
from tests.discord.filling import (
    button_with,
    buttons,
    form_of,
    heard_again,
    open_from,
    reserve,
    status_of,
)
from tests.discord.house import DiscordHouse
from tests.discord.server.messages import Message
from tests.discord.server.person import Person

BERLIN = ZoneInfo("Europe/Berlin")


async def _card(house: DiscordHouse, code: str, person: Person | None = None) -> Message:
    heard = await (person or house.hanna).type(f"/slot show code:{code}", house.general)
    return await heard.message()


def _posted(house: DiscordHouse, *labelled: tuple[str, str]) -> Message:
    """Put a post with buttons into the channel, as the desk's own are."""
    row = {
        "type": 1,
        "components": [
            {"type": 2, "style": 2, "label": label, "custom_id": custom_id}
            for label, custom_id in labelled
        ],
    }
    message = Message(house.discord.clock.snowflake(), house.general, house.discord.bot, "A post")
    message.components = [row]
    house.general.everything.append(message)
    return message


def test_every_button_has_an_id_that_is_heard() -> None:
    slot = Slot.of(START + timedelta(days=300), timedelta(hours=2))
    long_name = "Großer Saal " * 7
    for action in (
        Action("reconfirm", ("Reconfirm",), "", "K7Q-2MF"),
        Action("reserve", ("Reserve anew",), ""),
        pick(slot, long_name[:80], BERLIN),
        pick(slot, long_name[:80], BERLIN, "K7Q-2MF"),
    ):
        custom_id = id_of(action)
        assert len(custom_id) <= LONGEST_ID
        assert PRESSED.fullmatch(custom_id)


def test_a_pick_says_where_and_when() -> None:
    slot = Slot.of(START + timedelta(days=3), timedelta(minutes=90))
    found = PRESSED.fullmatch(id_of(pick(slot, "Studio", BERLIN, "K7Q-2MF")))
    assert found is not None
    picked = read_pick(found["about"])
    assert picked is not None
    assert ("K7Q-2MF", slot.starts_at.timestamp(), 90) == (
        picked.code,
        picked.starts,
        picked.minutes,
    )
    assert read_pick("nonsense") is None


def test_a_button_shows_a_time_in_the_readers_zone() -> None:
    slot = Slot.of(START + timedelta(days=3), timedelta(minutes=90))
    here, there = (
        button_of(pick(slot, "Studio", zone), zone).label or ""
        for zone in (BERLIN, ZoneInfo("Asia/Tokyo"))
    )
    assert here != there
    assert "Berlin" in here


async def test_reconfirm_is_done_once(house: DiscordHouse) -> None:
    code = await reserve(house)
    card = await _card(house, code)
    assert ["Reconfirm", "Change", "Cancel"] == buttons(card)[:3]
    first, second = await asyncio.gather(
        house.hanna.click(card, "Reconfirm", copies=2), house.hanna.click(card, "Reconfirm")
    )
    assert "Reconfirmed" in (await first.message()).words
    assert "econfirmed" in (await second.message()).words
    await heard_again(house)
    (reservation,) = await house.reservations()
    assert Status.CONFIRMED is reservation.status


async def test_buttons_are_only_for_those_who_may(house: DiscordHouse) -> None:
    house.guild.add_member(carol := house.discord.add_person("Carol"))
    code = await reserve(house)
    post = _posted(
        house,
        *((act, f"slot:{act}:{code}") for act in ("reconfirm", "change", "cancel", "again")),
    )
    for act in ("reconfirm", "change", "cancel", "again"):
        heard = await carol.click(post, act)
        assert heard.modal is None
        assert "holder" in heard.words or "There is no reservation" in heard.words
    (reservation,) = await house.reservations()
    assert Status.PERMITTED is reservation.status
    heard = await house.adam.click(post, "reconfirm")  # an admin
    assert "Reconfirmed" in (await heard.message()).words


async def test_ids_that_nobody_made_do_nothing(house: DiscordHouse) -> None:
    made_up = ("slot:confirm:abc:1", "slot:take:abc:0:1", "slot:form:abc:first")
    post = _posted(house, *((custom_id, custom_id) for custom_id in made_up))
    for custom_id in made_up:
        heard = await house.hanna.click(post, custom_id)
        assert "not kept any more" in (await heard.message()).words
    assert [] == await house.reservations()


async def test_somebody_elses_form_is_not_opened(house: DiscordHouse) -> None:
    form = await form_of(house)
    given = {"title": "Secret", "audience": "ann@example.org", "More first": True}
    message = await (await house.hanna.submit(form, given)).message()
    found = next(
        one["custom_id"]
        for row in message.components
        for one in row["components"]
        if one["custom_id"].startswith("slot:form:")
    )
    post = _posted(house, ("Open", found), ("Done", found.replace("form", "confirm")))
    for label in ("Open", "Done"):
        heard = await house.adam.click(post, label)
        assert heard.modal is None
        assert "Secret" not in heard.words
    assert [] == await house.reservations()


async def test_cancel_asks_for_a_reason_first(house: DiscordHouse) -> None:
    code = await reserve(house)
    question = await open_from(house.hanna, await _card(house, code), "Cancel")
    assert "Late show" in question.words
    assert 1 == len(await house.reservations())
    heard = await house.hanna.submit(question, {"reason": "The band\nis ill"}, copies=2)
    assert "Cancelled" in (await heard.message()).words
    await heard_again(house)
    assert Status.CANCELLED is await status_of(house, code)


async def test_cancel_says_at_once_when_it_is_too_late(house: DiscordHouse) -> None:
    code = await reserve(house)
    card = await _card(house, code)
    question = await open_from(house.hanna, card, "Cancel")
    await house.hanna.submit(question, {})
    heard = await house.hanna.click(card, "Cancel")
    assert heard.modal is None
    assert "cancelled" in (await heard.message()).words


async def test_change_opens_the_form_filled_in(house: DiscordHouse) -> None:
    code = await reserve(house)
    form = await open_from(house.hanna, await _card(house, code), "Change")
    assert "Late show" == form.value("title")


async def test_a_free_slot_that_is_offered_opens_the_form_with_it(house: DiscordHouse) -> None:
    heard = await house.hanna.type("/slot free day:fri length:2h", house.general)
    message = await heard.message()
    label = button_with(message, "Fri 4 Dec")
    form = await open_from(house.hanna, message, label)
    assert form.title.startswith("Reserve Fri 4 Dec")
    await house.hanna.submit(form, {"title": "A", "audience": "ann@example.org"})
    assert 1 == len(await house.reservations())


async def test_anybody_in_a_channel_is_reminded_if_they_want(house: DiscordHouse) -> None:
    house.guild.add_member(carol := house.discord.add_person("Carol"))
    code = await reserve(house, channels=[house.general])
    post = _posted(house, ("Remind me", f"slot:remind:{code}"))
    heard = await carol.click(post, "Remind me", copies=2)
    message = await heard.message()
    assert message.ephemeral
    assert "emind" in message.words
    await heard_again(house)


async def test_a_form_is_handed_in_once_however_often_it_is_pressed(house: DiscordHouse) -> None:
    form = await form_of(house)
    given = {"title": "A", "audience": "ann@example.org", "More first": True}
    message = await (await house.hanna.submit(form, given)).message()
    heard = await asyncio.gather(
        *(house.hanna.click(message, "Reserve", copies=copies) for copies in (1, 1, 2))
    )
    (reservation,) = await house.reservations()
    for one in heard:
        words = (await one.message()).words
        assert "Permitted" in words
        assert reservation.code in words
    await heard_again(house)
    assert 1 == len(await house.reservations())


async def test_a_button_in_a_direct_message_acts_in_the_guild_of_its_reservation(
    house: DiscordHouse,
) -> None:
    other = house.discord.add_guild("Other", owner=house.adam)
    other.add_member(house.hanna)
    lobby = other.add_channel("lobby")
    code = await reserve(house)
    await house.hanna.type("/slot list", lobby)  # last met elsewhere
    post = _posted(house, ("Change", f"slot:change:{code}"), ("Cancel", f"slot:cancel:{code}"))
    house.general.everything.remove(post)
    post.channel = house.hanna.dm
    house.hanna.dm.everything.append(post)
    form = await open_from(house.hanna, post, "Change")
    assert "Late show" == form.value("title")
    heard = await house.hanna.submit(form, {"title": "Night show"})
    assert "Changed" in (await heard.message()).words
    question = await open_from(house.hanna, post, "Cancel")
    heard = await house.hanna.submit(question, {})
    assert "Cancelled" in (await heard.message()).words
