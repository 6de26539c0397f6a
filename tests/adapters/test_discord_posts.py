"""The Discord route: the contract, cards and what is said beneath them, tokens and lanes."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from aiohttp import web

from core.model.delivery import Accepted, Deferred, Refused, RouteDown, Withdrawn
from core.outbox.route import RouteUnavailable
from tests.adapters.discord_harness import (
    CHANGE,
    DEADLINE,
    EDIT,
    ME,
    OPEN_DIRECT,
    POST,
    REMINDER,
    DiscordHarness,
    discord_harness,
)
from tests.adapters.route_contract import HandedOver, Harness, RouteContract
from tests.discord.server import Channel, DropBefore, Permission, Person
from tests.discord.server import Refused as RefusedBy
from tests.ports import free_port


class TestDiscordPosts(RouteContract):
    """The contract over a Discord of our own."""

    REFUSED_BEFORE_THE_HAND_OVER: ClassVar[bool] = False

    @pytest.fixture
    async def harness(self) -> AsyncIterator[Harness]:
        """Give a route to a guild."""
        async with discord_harness() as harness:
            yield harness


@pytest.fixture
async def house() -> AsyncIterator[DiscordHarness]:
    """Give a route to a guild."""
    async with discord_harness() as harness:
        yield harness


async def _posted(house: DiscordHarness, place: Channel | Person | None = None) -> str:
    """Post a card, and say where it is."""
    recipient = house.to(place or house.general)
    outcome = await house.send(house.message(1, recipient, "Autumn concert"))
    assert isinstance(outcome, Accepted)
    return outcome.external_id


def _body(house: DiscordHarness, route: str) -> dict[str, Any]:
    """Give what was sent with the last call of a route."""
    body = house.discord.calls_of(route)[-1].body
    assert isinstance(body, dict)
    return body


async def test_a_card_is_posted_and_said_where(house: DiscordHarness) -> None:
    posted = await _posted(house)

    (card,) = house.general.messages
    assert f"{house.general.id}:{card.id}" == posted
    assert "Autumn concert" in card.words
    assert "7HQ2KMW9XT" in card.words
    assert set() == card.pings
    sent = _body(house, POST)
    assert ("cb1.c", True) == (sent["nonce"], sent["enforce_nonce"])
    assert {"parse": [], "replied_user": False} == sent["allowed_mentions"]


async def test_a_change_edits_the_card_and_says_so_beneath_it(house: DiscordHarness) -> None:
    posted = await _posted(house)

    outcome = await house.send(house.notice(CHANGE, 2, posted=posted))

    card, reply = house.general.messages
    assert Accepted(posted) == outcome
    assert "Winter concert" in card.words
    assert "Autumn concert" not in card.words
    assert card is reply.reference
    assert "Title: Autumn concert → Winter concert" in reply.words
    assert (set(), set()) == (card.pings, reply.pings)
    assert not _body(house, POST)["message_reference"]["fail_if_not_exists"]


async def test_a_reminder_answers_the_card_and_leaves_it(house: DiscordHarness) -> None:
    posted = await _posted(house)

    outcome = await house.send(house.notice(REMINDER, 2, posted=posted))

    card, reminder = house.general.messages
    assert Accepted(posted) == outcome
    assert card is reminder.reference
    assert 0 == house.calls(EDIT)


async def test_what_stands_alone_is_no_card(house: DiscordHarness) -> None:
    outcome = await house.send(house.notice(DEADLINE, 2, house.to(house.ann)))

    assert Accepted("") == outcome
    (said,) = house.ann.direct_messages
    assert "still waits for your word" in said.words


async def test_a_person_s_card_is_in_the_direct_messages_and_is_edited_there(
    house: DiscordHarness,
) -> None:
    posted = await _posted(house, house.ann)

    await house.send(house.notice(CHANGE, 2, house.to(house.ann), posted=posted))

    card, reply = house.ann.direct_messages
    assert f"{house.ann.dm.id}:{card.id}" == posted
    assert "Winter concert" in card.words
    assert card is reply.reference
    await house.send(house.notice(DEADLINE, 3, house.to(house.ann)))
    assert 3 == len(house.ann.direct_messages)
    assert 1 == house.calls(OPEN_DIRECT)  # it is known by then


async def test_a_deleted_card_is_posted_anew(house: DiscordHarness) -> None:
    posted = await _posted(house)
    house.general.messages[0].deleted = True

    outcome = await house.send(house.notice(CHANGE, 2, posted=posted))

    (new,) = house.general.messages
    assert Accepted(f"{house.general.id}:{new.id}") == outcome
    assert "Winter concert" in new.words


async def test_somebody_else_s_post_is_left_alone(house: DiscordHarness) -> None:
    theirs = house.ann.says("Hello", house.general)

    outcome = await house.send(house.notice(CHANGE, 2, posted=f"{house.general.id}:{theirs.id}"))

    assert "Hello" == theirs.content
    assert Accepted(f"{house.general.id}:{house.general.messages[-1].id}") == outcome


async def test_a_reminder_whose_card_is_gone_stands_alone(house: DiscordHarness) -> None:
    posted = await _posted(house)
    house.general.messages[0].deleted = True

    await house.send(house.notice(REMINDER, 2, posted=posted))

    (reminder,) = house.general.messages
    assert reminder.reference is None
    assert "Reminder" in reminder.words


async def test_a_reply_refused_for_good_is_let_go(house: DiscordHarness) -> None:
    posted = await _posted(house)
    house.discord.faults.add(POST, RefusedBy(50013))

    assert Accepted(posted) == await house.send(house.notice(CHANGE, 2, posted=posted))
    assert "Winter concert" in house.general.messages[0].words


async def test_a_thread_that_was_archived_meanwhile_is_opened_by_the_news(
    house: DiscordHarness,
) -> None:
    thread = house.guild.add_thread(house.general, "Concerts", by=house.ann)
    posted = await _posted(house, thread)
    thread.archived = True

    outcome = await house.send(house.notice(CHANGE, 2, house.to(thread), posted=posted))

    card, reply = thread.messages
    assert Accepted(posted) == outcome
    assert "Winter concert" in card.words
    assert card is reply.reference
    assert 2 == house.calls(POST)


class SecondTime(DropBefore):
    """The connection is cut at the second call alone."""

    async def strike(self, request: web.Request, act: Callable[[], web.Response]) -> web.Response:
        """Do it once."""
        return act() if self.hits == 1 else await super().strike(request, act)


async def test_news_that_was_said_leaves_no_doubt_about_the_edit_after_it(
    house: DiscordHarness,
) -> None:
    thread = house.guild.add_thread(house.general, "Concerts", by=house.ann)
    posted = await _posted(house, thread)
    thread.archived = True
    house.discord.faults.add(EDIT, SecondTime(), times=2)
    message = house.notice(CHANGE, 2, house.to(thread), posted=posted)

    first = await house.send(message)
    second = await house.send(message)

    assert isinstance(first, Deferred)
    assert Accepted(posted) == second
    assert 2 == len(thread.messages)


async def test_what_is_no_address_of_discord_s_is_refused_unasked(house: DiscordHarness) -> None:
    lane = await house.route.open()
    asked = len(house.discord.calls)
    for address in (
        "ada@example.org",
        "1",
        "1/",
        "1/@2",
        "1/#",
        "0/#1",
        "1/#2/3",
        "\uff11/\uff12",
        "",
    ):
        outcome = await house.send(replace(house.message(1), recipient=address), lane)
        assert Refused("that is no channel or person of Discord's", bad_address=True) == outcome
    await lane.close()

    assert asked == len(house.discord.calls)


async def test_a_refused_token_is_said_before_anything_is_sent(house: DiscordHarness) -> None:
    house.discord.application.token_good = False

    with pytest.raises(RouteUnavailable, match="does not take Callboard's token: run `callboard"):
        await house.route.open()


async def test_a_token_refused_later_breaks_the_route(house: DiscordHarness) -> None:
    lane = await house.route.open()
    house.discord.application.token_good = False

    outcome = await house.send(house.message(1), lane)
    await lane.close()

    assert isinstance(outcome, RouteDown)
    assert "run `callboard doctor`" in outcome.reason


async def test_a_discord_that_cannot_be_reached_is_said(
    house: DiscordHarness,
) -> None:
    route = house.route_to(f"http://127.0.0.1:{free_port()}/api/v10")

    with pytest.raises(RouteUnavailable, match=r"cannot be reached \(nothing listens there\)"):
        await route.open()


async def test_the_lanes_log_in_once_and_share_a_session(house: DiscordHarness) -> None:
    first, second = [await house.route.open() for _ in range(2)]
    session = house.route._session  # noqa: SLF001 - whether it leaks shows nowhere else
    assert session is not None

    await first.close()
    await first.close()
    with pytest.raises(RuntimeError, match="closed"):
        await house.send(house.message(1), first)
    outcome = await house.send(house.message(1), second)
    still_there = house.route._session is session  # noqa: SLF001 - as above
    await second.close()

    assert isinstance(outcome, Accepted)
    assert still_there
    assert session.closed
    assert 1 == house.calls(ME)
    assert isinstance(await house.send(house.message(2)), Accepted)


async def test_neither_tokens_nor_words_are_logged(
    house: DiscordHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house.discord.faults.add(POST, RefusedBy(50013))

    await house.send(house.message(1, text="Very secret"))
    await house.send(house.message(2, text="Very secret"))

    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "50013" in logged
    for secret in (house.discord.application.token, "Very secret", "7HQ2KMW9XT"):
        assert secret not in logged


async def test_a_denied_hand_over_leaves_nothing_behind_in_discord(house: DiscordHarness) -> None:
    lane = await house.route.open()

    outcome = await lane.send(house.message(1, house.to(house.ann)), HandedOver(answer=False))
    await lane.close()

    assert Withdrawn() == outcome
    assert [ME] == [call.route for call in house.discord.calls]


async def test_what_the_route_needs_is_four_permissions(house: DiscordHarness) -> None:
    needed = (
        Permission.VIEW_CHANNEL
        | Permission.SEND_MESSAGES
        | Permission.EMBED_LINKS
        | Permission.READ_MESSAGE_HISTORY
    )
    house.general.overwrite(house.guild.everyone, deny=~needed & Permission(2**54 - 1))

    posted = await _posted(house)
    outcome = await house.send(house.notice(CHANGE, 2, posted=posted))

    assert Accepted(posted) == outcome
    assert 2 == len(house.general.messages)
