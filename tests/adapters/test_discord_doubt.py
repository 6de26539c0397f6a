"""A delivery to Discord in doubt is looked for, and found is not posted twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.delivery import Accepted, Deferred, Doubtful
from core.notices.notice import Notice
from tests.adapters.discord_harness import (
    CHANGE,
    DEADLINE,
    EDIT,
    HISTORY,
    POST,
    REMINDER,
    DiscordHarness,
    discord_harness,
    skewed,
)
from tests.adapters.route_contract import HandedOver
from tests.discord.server import (
    DropAfter,
    DropBefore,
    Fault,
    Permission,
    RateLimited,
    Refused,
    ServerError,
)

LATER = 600.0  # seconds: by then Discord has forgotten every nonce


@pytest.fixture
async def house() -> AsyncIterator[DiscordHarness]:
    """Give a route to a guild."""
    async with discord_harness() as harness:
        yield harness


@pytest.mark.parametrize("person", [False, True], ids=["channel", "person"])
@pytest.mark.parametrize("fault", [DropAfter, lambda: ServerError(502, acting=True)])
async def test_a_post_whose_answer_was_cut_is_found_and_not_posted_twice(
    house: DiscordHarness, person: bool, fault: type[Fault]
) -> None:
    house.discord.faults.add(POST, fault())
    place = house.ann.dm if person else house.general
    message = house.message(1, house.to(house.ann if person else house.general))

    first = await house.send(message)
    house.discord.clock.advance(LATER)
    second = await house.send(replace(message, in_doubt=True))

    assert isinstance(first, Doubtful)
    (post,) = place.messages
    assert Accepted(f"{place.id}:{post.id}") == second
    assert (1, 1) == (house.calls(POST), house.calls(EDIT))


async def test_a_post_repeated_within_minutes_is_one_post(house: DiscordHarness) -> None:
    house.discord.faults.add(POST, DropAfter())
    message = house.message(1)

    await house.send(message)
    outcome = await house.send(message)

    (post,) = house.general.messages
    assert Accepted(f"{house.general.id}:{post.id}") == outcome


async def test_card_and_reply_of_one_delivery_are_told_apart(house: DiscordHarness) -> None:
    sent = await house.send(house.message(1))
    assert isinstance(sent, Accepted)
    house.general.messages[0].deleted = True
    house.discord.faults.add(POST, DropAfter())
    message = house.notice(CHANGE, 2, posted=sent.external_id)

    await house.send(message)
    outcome = await house.send(replace(message, in_doubt=True))

    (card,) = house.general.messages
    assert Accepted(f"{house.general.id}:{card.id}") == outcome


async def test_a_post_that_never_arrived_is_posted_when_it_was_looked_for(
    house: DiscordHarness,
) -> None:
    house.discord.faults.add(POST, DropBefore())
    message = house.message(1)

    await house.send(message)
    outcome = await house.send(replace(message, in_doubt=True))

    (post,) = house.general.messages
    assert Accepted(f"{house.general.id}:{post.id}") == outcome


@pytest.mark.parametrize("notice", [CHANGE, REMINDER], ids=["change", "reminder"])
async def test_a_reply_whose_answer_was_cut_is_found(house: DiscordHarness, notice: Notice) -> None:
    sent = await house.send(house.message(1))
    assert isinstance(sent, Accepted)
    house.discord.faults.add(POST, DropAfter())
    message = house.notice(notice, 2, posted=sent.external_id)

    first = await house.send(message)
    house.discord.clock.advance(LATER)
    second = await house.send(replace(message, in_doubt=True))

    assert isinstance(first, Doubtful)
    assert sent == second
    assert 2 == len(house.general.messages)


@pytest.mark.parametrize("hours", [-5, 0, 5])
async def test_a_post_is_found_behind_many_others_whatever_our_clock_says(
    house: DiscordHarness, hours: int
) -> None:
    message = skewed(house.message(1), timedelta(hours=hours))
    house.discord.faults.add(POST, DropAfter())
    await house.send(house.message(2))
    await house.send(house.message(3))
    house.discord.faults.add(POST, DropAfter())
    await house.send(message)
    for number in range(60 if hours > 0 else 250):
        house.ann.says(f"Hello {number}", house.general)
    house.discord.clock.advance(LATER)

    outcome = await house.send(replace(message, in_doubt=True))

    assert Accepted(f"{house.general.id}:{house.general.messages[2].id}") == outcome
    assert 3 == house.calls(POST)


async def test_the_words_of_somebody_else_are_none_of_ours(house: DiscordHarness) -> None:
    message = house.message(1)
    await house.send(message)
    post = house.general.messages[0]
    post.author = house.ann
    house.discord.clock.advance(LATER)

    outcome = await house.send(replace(message, in_doubt=True))

    assert isinstance(outcome, Accepted)
    assert 2 == len(house.general.messages)
    assert 0 == house.calls(EDIT)


@pytest.mark.parametrize("fault", [RateLimited(9), DropBefore(), ServerError()])
async def test_nothing_is_posted_while_it_cannot_be_looked_for(
    house: DiscordHarness, fault: Fault
) -> None:
    house.discord.faults.add(HISTORY, fault, times=None)
    lane, hand_over = await house.route.open(), HandedOver()

    outcome = await lane.send(replace(house.message(1), in_doubt=True), hand_over)
    await lane.close()

    assert isinstance(outcome, Deferred)
    assert hand_over.times == 0
    assert [] == house.general.messages


async def test_where_looking_is_never_possible_it_is_posted(house: DiscordHarness) -> None:
    house.guild.change_role(house.guild.bot_role, Permission.NONE)
    house.general.overwrite(house.guild.everyone, deny=Permission.READ_MESSAGE_HISTORY)

    outcome = await house.send(replace(house.message(1), in_doubt=True))

    assert isinstance(outcome, Accepted)
    assert len(house.general.messages) == 1


async def test_where_looking_is_refused_it_is_posted(house: DiscordHarness) -> None:
    house.discord.faults.add(HISTORY, Refused(50001))

    outcome = await house.send(replace(house.message(1), in_doubt=True))

    assert isinstance(outcome, Accepted)
    assert len(house.general.messages) == 1


async def test_what_was_said_elsewhere_is_found_there(house: DiscordHarness) -> None:
    house.ann.dms_closed = True
    house.discord.faults.add(POST, DropAfter(), where=house.stage.id)
    fallback = str(house.stage.id)
    message = house.notice(DEADLINE, 2, house.to(house.ann), fallback=fallback)

    first = await house.send(message)
    house.discord.clock.advance(LATER)
    second = await house.send(replace(message, in_doubt=True))

    assert isinstance(first, Doubtful)
    assert Accepted("") == second
    assert 1 == len(house.stage.messages)
