"""What a person types is answered in time, and once; by direct message where it came too late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.discord import hall as hall_module
from tests.discord.house import DiscordHouse
from tests.discord.server.faults import DropAfter, DropBefore, Fault, Garbage, ServerError
from tests.discord.server.heard import Heard
from tests.slack.hindrances import held

IN_TIME = 2.8  # seconds: Discord waits for three, its way there and back included
BUSY = "The desk is busy; nothing was written"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
LATE_SHOW = (
    "/slot reserve when:fri 20:00 for 2h server:Studio title:Late show"
    " audience:ann@example.org policy:at once"
)


def in_time(heard: Heard, within: float = IN_TIME) -> None:
    """See that somebody was answered, and soon enough."""
    assert heard.failed is None
    assert heard.answered_in is not None
    assert heard.answered_in < within


@contextmanager
def forgiven(house: DiscordHouse, *outcomes: str) -> Iterator[None]:
    """Leave out, in the end, the refusals that a test brought about."""
    yield
    calls = house.discord.calls
    assert {one.outcome for one in house.discord.refusals} == set(outcomes)
    calls[:] = [one for one in calls if not (one.refused and one.outcome in outcomes)]


@pytest.fixture(autouse=True)
def looks_at_once(house: DiscordHouse) -> None:
    """Let people look while the desk is still thinking."""
    house.discord.lingers = 0.0


async def test_what_is_quick_is_answered_with_the_first_answer(house: DiscordHouse) -> None:
    heard = await house.hanna.type(LATE_SHOW, house.general)
    in_time(heard, 1)
    assert 1 == len(heard.everything)
    assert not heard.thinking
    assert [CALLBACK] == [
        one.route for one in house.discord.calls if one.route.startswith(("POST /i", "PATCH /w"))
    ]


async def test_a_held_database_is_deferred_and_then_said(house: DiscordHouse) -> None:
    await house.hanna.type("/slot list", house.general)
    with held(house.app.settings.database):
        heard = await house.hanna.type(LATE_SHOW, house.general)
        in_time(heard)
        assert heard.thinking
        message = await heard.message()
        assert BUSY in message.words
        assert message.ephemeral
    assert [] == await house.reservations()
    assert "Permitted" in (await house.hanna.type(LATE_SHOW, house.general)).words


async def test_a_deferral_that_arrived_unheard_is_answered_all_the_same(
    house: DiscordHouse,
) -> None:
    await house.hanna.type("/slot list", house.general)
    house.discord.faults.add(CALLBACK, DropAfter())
    with forgiven(house, "40060"), held(house.app.settings.database):
        heard = await house.hanna.type(LATE_SHOW, house.general)
        assert heard.thinking
        assert BUSY in (await heard.message()).words
    assert [] == house.hanna.dm.messages
    answered_twice(house)


async def test_a_newcomer_is_told_too_that_the_desk_is_busy(house: DiscordHouse) -> None:
    with held(house.app.settings.database):
        heard = await house.hanna.type("/slot list", house.general)
        in_time(heard)
        assert BUSY in (await heard.message()).words


async def test_a_slow_database_is_waited_for_and_the_answer_follows(house: DiscordHouse) -> None:
    await house.hanna.type("/slot list", house.general)
    with held(house.app.settings.database):
        typing = asyncio.create_task(house.hanna.type(LATE_SHOW, house.general))
        await asyncio.sleep(hall_module.PATIENCE)  # until the desk has deferred its answer
        heard = await typing
        assert heard.thinking
    assert "Permitted" in (await heard.message()).words
    assert 1 == len(heard.messages)
    assert 1 == len(await house.reservations())


async def test_a_second_copy_of_a_command_does_nothing_and_says_nothing(
    house: DiscordHouse,
) -> None:
    hall = "/slot server add name:Hall kind:link watch_url:https://live.example.org/hall"
    await house.adam.type(f"{hall} max_streams:5", house.general)
    with forgiven(house, "40060"):
        words = LATE_SHOW.replace("Studio", "Hall")
        heard = await house.hanna.type(words, house.general, copies=3)
        await house.discord.until(lambda: 2 == len(house.discord.refusals))
        await house.front.drain()
    assert 1 == len(heard.messages)
    assert 1 == len(await house.reservations())
    assert [] == house.hanna.dm.messages
    await house.deliver()
    assert 1 == len(house.mails("ann@example.org"))


async def test_an_answer_that_comes_too_late_is_said_by_direct_message(
    house: DiscordHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house.discord.patience = 0.0
    with forgiven(house, "10062"), caplog.at_level(logging.INFO):
        heard = await house.hanna.type(LATE_SHOW, house.general)
        assert "The application did not respond" == heard.failed
        await house.discord.until(lambda: house.hanna.dm.messages)
    (message,) = house.hanna.dm.messages
    assert "Discord did not wait for this answer" in message.words
    assert "Permitted" in message.words
    assert 1 == len(await house.reservations())
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


async def test_a_late_command_that_comes_twice_is_said_once(house: DiscordHouse) -> None:
    house.discord.patience = 0.0
    with forgiven(house, "10062"):
        await house.hanna.type(LATE_SHOW, house.general, copies=2)
        await house.discord.until(lambda: 2 == len(house.discord.refusals))
        await house.discord.until(lambda: house.hanna.dm.messages)
        await house.front.drain()
    assert 1 == len(house.hanna.dm.messages)
    assert 1 == len(await house.reservations())


async def test_closed_direct_messages_are_logged_and_no_error(
    house: DiscordHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house.discord.patience = 0.0
    house.hanna.closes_dms()
    with forgiven(house, "10062", "50007"), caplog.at_level(logging.INFO):
        await house.hanna.type(LATE_SHOW, house.general)
        await house.discord.until(lambda: 2 == len(house.discord.refusals))
        await house.front.drain()
    lost = [one for one in caplog.records if one.message == "discord.not_shown"]
    assert ["10062", "50007"] == [one.__dict__["error"] for one in lost]
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.mark.parametrize("fault", [Garbage, DropBefore], ids=["garbage", "dropped"])
async def test_an_answer_that_got_lost_is_sent_again(
    house: DiscordHouse, fault: type[Fault]
) -> None:
    house.discord.faults.add(CALLBACK, fault())
    heard = await house.hanna.type(LATE_SHOW, house.general)
    in_time(heard, 1)
    assert "Permitted" in heard.words
    assert [] == house.hanna.dm.messages
    assert 1 == len(await house.reservations())


@pytest.mark.parametrize("fault", [Garbage, DropBefore], ids=["garbage", "dropped"])
async def test_one_that_gets_lost_for_good_is_said_by_direct_message(
    house: DiscordHouse, fault: type[Fault]
) -> None:
    house.discord.faults.add(CALLBACK, fault(), times=2)
    await house.hanna.type(LATE_SHOW, house.general)
    (message,) = await house.discord.until(lambda: house.hanna.dm.messages)
    assert "Permitted" in message.words
    assert 1 == len(await house.reservations())


async def test_an_answer_that_arrived_unheard_is_shown_once(house: DiscordHouse) -> None:
    house.discord.faults.add(CALLBACK, DropAfter())
    with forgiven(house, "40060"):
        heard = await house.hanna.type(LATE_SHOW, house.general)
        await house.discord.until(lambda: house.discord.refusals)
        await house.front.drain()
    assert 1 == len(heard.messages)
    assert [] == house.hanna.dm.messages
    answered_twice(house)


def answered_twice(house: DiscordHouse) -> None:
    """Take note that Discord saw a second answer: one cannot know that the first had arrived."""
    (complaint,) = house.discord.protocol_errors
    assert complaint.startswith("answered twice")
    house.discord.protocol_errors.clear()


async def test_an_error_of_discord_s_own_is_tried_again(house: DiscordHouse) -> None:
    house.discord.faults.add(CALLBACK, ServerError(503))
    heard = await house.hanna.type("/slot list", house.general)
    in_time(heard)
    assert "nothing reserved" in heard.words


async def test_a_failure_after_it_was_done_shows_one_answer(house: DiscordHouse) -> None:
    house.discord.faults.add(CALLBACK, ServerError(500, acting=True))
    with forgiven(house, "40060"):
        heard = await house.hanna.type(LATE_SHOW, house.general)
        await house.discord.until(lambda: house.discord.refusals)
        await house.front.drain()
    assert 1 == len(heard.messages)
    assert [] == house.hanna.dm.messages
    answered_twice(house)


async def test_what_was_begun_is_answered_before_the_desk_stops(house: DiscordHouse) -> None:
    await house.hanna.type("/slot list", house.general)
    with held(house.app.settings.database):
        typing = asyncio.create_task(house.hanna.type(LATE_SHOW, house.general))
        heard = await typing
        assert heard.thinking
        await house.front.drain()
        assert BUSY in heard.words
