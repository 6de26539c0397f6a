"""How the Discord route behaves towards others: pauses, and where else it tries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from adapters.discord_pace import EVERYWHERE, Pace
from core.model.delivery import Accepted, Deferred, Refused
from core.notices.notice import AUDIENCE_KINDS
from tests.adapters.discord_harness import (
    CHANGE,
    DEADLINE,
    POST,
    DiscordHarness,
    discord_harness,
)
from tests.adapters.route_contract import HandedOver
from tests.adapters.slack_harness import Ticking
from tests.discord.server import Permission, RateLimited
from tests.notices.samples import SAMPLES


@pytest.fixture
async def house() -> AsyncIterator[DiscordHarness]:
    """Give a route to a guild."""
    async with discord_harness() as harness:
        yield harness


async def test_a_pause_holds_up_one_channel_and_no_other(house: DiscordHarness) -> None:
    house.discord.faults.add(POST, RateLimited(20), where=house.general.id)
    lanes = [await house.route.open() for _ in range(2)]
    await house.send(house.message(1), lanes[0])

    hand_over = HandedOver()
    held = await lanes[1].send(house.message(2), hand_over)
    other = await house.send(house.message(3, house.to(house.stage)), lanes[1])
    house.time.now += 20
    later = await house.send(house.message(4), lanes[0])
    await asyncio.gather(*(lane.close() for lane in lanes))

    assert Deferred("Discord asked to go slower there", 20) == held
    assert hand_over.times == 0
    assert [Accepted, Accepted] == [type(other), type(later)]
    assert 3 == house.calls(POST)
    assert [] == house.time.slept


async def test_a_pause_for_everything_holds_up_every_channel(house: DiscordHarness) -> None:
    house.discord.faults.add(POST, RateLimited(20, scope="global"))
    await house.send(house.message(1))

    other = await house.send(house.message(2, house.to(house.stage)))

    assert Deferred("Discord asked to go slower there", 20) == other
    assert 1 == house.calls(POST)


async def test_what_discord_says_of_its_limits_keeps_the_route_within_them(
    house: DiscordHarness,
) -> None:
    house.discord.pace.limit(POST, 2, 5.0)
    outcomes = [await house.send(house.message(number)) for number in range(1, 4)]

    assert [Accepted, Accepted, Deferred] == [type(one) for one in outcomes]
    assert isinstance(outcomes[2], Deferred)
    assert 4 < (outcomes[2].retry_after or 0) <= 5
    assert 2 == house.calls(POST)


async def test_a_short_pause_is_waited_for_and_a_long_one_is_not() -> None:
    time = Ticking()
    pace = Pace(time, time.sleep)
    pace.hold("a", 0.5)
    pace.hold("b", 5)

    assert (0, 5, 0) == (await pace.turn("a"), await pace.turn("b") + 0.5, await pace.turn("c"))
    assert [0.5] == time.slept
    pace.hold(EVERYWHERE, 60)
    assert 60 == await pace.turn("c")
    for number in range(1_100):
        pace.hold(str(number), 1)
    time.now += 61
    assert 0 == await pace.turn("c")


async def test_an_edit_alone_takes_no_turn(house: DiscordHarness) -> None:
    sent = await house.send(house.message(1))
    assert isinstance(sent, Accepted)
    house.discord.faults.add(POST, RateLimited(20))
    await house.send(house.message(2))
    message = house.notice(CHANGE, 3, posted=sent.external_id)
    data = json.loads(message.data) | {"reply": None}

    outcome = await house.send(type(message)(3, message.recipient, json.dumps(data).encode()))

    assert sent == outcome


async def test_a_holder_whose_direct_messages_are_closed_is_met_where_they_were(
    house: DiscordHarness,
) -> None:
    house.ann.dms_closed = True
    message = house.notice(DEADLINE, 2, house.to(house.ann), fallback=str(house.stage.id))

    outcome = await house.send(message)

    assert Accepted("") == outcome
    (said,) = house.stage.messages
    assert {house.ann.id} == said.pings
    assert "still waits for your word" in said.words
    assert "allow direct messages from members of this server" in said.words
    assert [] == house.ann.direct_messages


_SECRETS = ("7HQ2KMW9XT", "8sT-1Yb_0oR4mWq7zXc2vKd9LhPf3uEa", "://", "reader1@")


_TO_HOLDER = [name for name, one in SAMPLES.items() if one.notice.kind not in AUDIENCE_KINDS]


@pytest.mark.parametrize("name", _TO_HOLDER)
async def test_nothing_that_opens_a_door_is_said_in_sight_of_others(
    house: DiscordHarness, name: str
) -> None:
    house.ann.dms_closed = True
    opening = ("ingest_url", "stream_key", "ingest_user", "holder_link", "join_link")
    given = {one: getattr(SAMPLES[name].personal, one) for one in opening}

    await house.send(
        house.notice(
            SAMPLES[name].notice, 2, house.to(house.ann), fallback=str(house.stage.id), **given
        )
    )

    (said,) = house.stage.messages
    shown = json.dumps(said.payload)
    assert [] == [secret for secret in _SECRETS if secret in shown]
    assert {house.ann.id} == said.pings
    assert "Autumn concert" in said.words or "Winter concert" in said.words


async def test_a_recipient_who_is_no_holder_is_told_nowhere_else(house: DiscordHarness) -> None:
    house.ann.dms_closed = True

    message = house.notice(CHANGE, 2, house.to(house.ann), fallback=str(house.stage.id))
    outcome = await house.send(message)

    assert isinstance(outcome, Refused)
    assert "(50007)" in outcome.reason
    assert [] == house.stage.messages


async def test_a_holder_who_cannot_be_met_anywhere_is_refused_with_the_first_reason(
    house: DiscordHarness,
) -> None:
    house.ann.dms_closed = True
    house.stage.overwrite(house.guild.bot_role, deny=Permission.SEND_MESSAGES)

    outcome = await house.send(
        house.notice(DEADLINE, 2, house.to(house.ann), fallback=str(house.stage.id))
    )

    assert isinstance(outcome, Refused)
    assert "(50007)" in outcome.reason
    assert 2 == house.calls(POST)


async def test_another_try_elsewhere_that_passes_is_made_again(house: DiscordHarness) -> None:
    house.ann.dms_closed = True
    house.discord.faults.add(POST, RateLimited(5), where=house.stage.id)

    outcome = await house.send(
        house.notice(DEADLINE, 2, house.to(house.ann), fallback=str(house.stage.id))
    )

    assert isinstance(outcome, Deferred)
    assert [] == house.stage.messages
