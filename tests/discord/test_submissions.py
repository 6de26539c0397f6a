"""Modals handed in twice, late, or of forms that are forgotten: one thing done, nothing lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from core.usecases.drafts import MOST_DRAFTS
from tests.discord.filling import form_of, heard_again, listed, open_from, reserve, status_of
from tests.discord.house import DiscordHouse
from tests.discord.server.messages import Message
from tests.discord.server.modals import Modal
from tests.slack.hindrances import held

GIVEN: dict[str, object] = {"title": "Late show", "audience": "ann@example.org"}


def _opened_before(house: DiscordHouse, form: Modal) -> None:
    """Put a modal before Hanna again, as if she had never got an answer."""
    form.open, house.hanna.modal = True, form


async def test_one_submit_delivered_twice_does_one_thing(house: DiscordHouse) -> None:
    form = await form_of(house)
    heard = await house.hanna.submit(form, GIVEN, copies=2)
    assert "Permitted" in (await heard.message()).words
    await heard_again(house)
    assert 1 == len(await house.reservations())


async def test_a_form_handed_in_twice_gives_the_same_answer(house: DiscordHouse) -> None:
    form = await form_of(house)
    first = await (await house.hanna.submit(form, GIVEN)).message()
    _opened_before(house, form)
    second = await (await house.hanna.submit(form)).message()
    assert first.words == second.words
    assert 1 == len(await house.reservations())


async def test_a_form_handed_in_again_with_something_else_makes_no_second_one(
    house: DiscordHouse,
) -> None:
    form = await form_of(house)
    await house.hanna.submit(form, GIVEN)
    (reservation,) = await house.reservations()
    _opened_before(house, form)
    message = await (await house.hanna.submit(form, {"title": "Other"})).message()
    assert f"handed in already, as reservation {reservation.code}" in message.words
    assert ["Late show"] == [one.title for one in await house.reservations()]
    change = await open_from(house.hanna, message, "Change it")
    assert "Late show" == change.value("title")


async def test_what_was_denied_may_be_permitted_later(house: DiscordHouse) -> None:
    code = await reserve(house, "Mine")
    form = await form_of(house)
    denied = await (await house.hanna.submit(form, GIVEN)).message()
    assert "Denied" in denied.words
    await house.hanna.type(f"/slot cancel code:{code}", house.general)
    again = await open_from(house.hanna, denied, "Fill in again")
    heard = await house.hanna.submit(again)
    assert "Permitted" in (await heard.message()).words


async def test_a_forgotten_form_comes_back_with_what_was_typed(house: DiscordHouse) -> None:
    form = await form_of(house)
    house.clock.move(timedelta(hours=25))
    message = await (await house.hanna.submit(form, GIVEN)).message()
    assert "not kept any more" in message.words
    assert [] == await house.reservations()
    again = await open_from(house.hanna, message, "Fill in again")
    assert ("Late show", "ann@example.org") == (again.value("title"), again.value("audience"))
    heard = await house.hanna.submit(again, {"start": "sat 20:00 for 2h"})
    assert "Permitted" in (await heard.message()).words


async def test_a_forgotten_change_undoes_nothing(house: DiscordHouse) -> None:
    code = await reserve(house)
    form = await form_of(house, f"/slot change code:{code}")
    for _ in range(MOST_DRAFTS):
        house.clock.move(timedelta(seconds=1))
        await form_of(house)
    await house.hanna.type(f"/slot change code:{code} title:Night show", house.general)
    _opened_before(house, form)
    message = await (await house.hanna.submit(form, {"add": "bob@example.org"})).message()
    assert "not kept any more" in message.words
    assert ["ann@example.org"] == await listed(house, code)
    assert "Night show" == (await house.reservations())[0].title
    again = await open_from(house.hanna, message, "Fill in again")
    assert "bob@example.org" == again.value("add")


async def test_two_sheets_handed_in_at_once_are_both_kept(house: DiscordHouse) -> None:
    form = await form_of(house)
    message = await (await house.hanna.submit(form, {**GIVEN, "More first": True})).message()
    about = await open_from(house.hanna, message, "About it")
    watching = await open_from(house.hanna, message, "Watching")

    async def handed_in(form: Modal, **given: object) -> Message:
        _opened_before(house, form)
        return await (await house.hanna.submit(form, given)).message()

    last, _ = await asyncio.gather(
        handed_in(about, description="Songs"), handed_in(watching, viewers="40")
    )
    await house.hanna.click(last, "Reserve")
    (reservation,) = await house.reservations()
    assert ("Songs", 40) == (reservation.description, reservation.viewers)


async def test_a_desk_that_is_held_gives_back_what_was_typed(house: DiscordHouse) -> None:
    form = await form_of(house)
    with held(house.app.settings.database_url):
        heard = await house.hanna.submit(form, GIVEN)
        message = await heard.message()
    assert "nothing was written" in message.words
    (file,) = message.attachments
    assert b"ann@example.org" in file.content
    assert [] == await house.reservations()


async def test_a_desk_that_is_held_opens_no_form_and_says_so_in_time(
    house: DiscordHouse,
) -> None:
    await form_of(house)  # what the desk notes of a first command is written by then
    with held(house.app.settings.database_url):
        heard = await house.hanna.type("/slot reserve when:fri 20:00 for 2h", house.general)
        message = await heard.message()
    assert "nothing was written" in message.words
    assert heard.answered_in is not None
    assert heard.answered_in < 2  # sooner than the desk itself gives up


async def test_a_form_for_a_reservation_that_was_cancelled_meanwhile_says_so(
    house: DiscordHouse,
) -> None:
    code = await reserve(house)
    form = await form_of(house, f"/slot change code:{code}")
    await house.adam.type(f"/slot cancel code:{code}", house.general)
    heard = await house.hanna.submit(form, {"title": "B"})
    assert "cancelled" in (await heard.message()).words
    assert "cancelled" == (await status_of(house, code)).value
