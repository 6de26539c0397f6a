"""How the Slack route behaves towards others: the pace in a channel, and where else it tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.slack_pace import Pace
from core.model.delivery import Accepted, Deferred, Refused
from core.model.recipient import Told
from core.notices.notice import NoticeKind
from core.outbox.route import Message
from tests.adapters.route_contract import HandedOver
from tests.adapters.slack_harness import ANN, STAGE, SlackHarness, Ticking, slack_harness
from tests.notices.samples import FACTS, a_notice
from tests.slack.server import RateLimited

_CHANGE = a_notice(
    NoticeKind.CHANGE,
    facts=replace(FACTS, title="Winter concert"),
    before=FACTS,
    before_level=Told.CONFIRMED,
)
_REMINDER = a_notice(NoticeKind.REMINDER)
_DEADLINE = a_notice(NoticeKind.DEADLINE, Told.PROVISIONAL)


@pytest.fixture
async def house() -> AsyncIterator[SlackHarness]:
    """Give a route to a workspace."""
    async with slack_harness() as harness:
        yield harness


async def test_a_pause_holds_up_one_channel_and_no_other(house: SlackHarness) -> None:
    house.slack.faults.add("chat.postMessage", RateLimited(20), channel="C0001")
    lanes = [await house.route.open() for _ in range(2)]
    await house.send(house.message(1), lanes[0])

    hand_over = HandedOver()
    held = await lanes[1].send(house.message(2), hand_over)
    other = await house.send(house.message(3, STAGE), lanes[1])
    house.time.now += 20
    later = await house.send(house.message(4), lanes[0])
    await asyncio.gather(*(lane.close() for lane in lanes))

    assert Deferred("Slack asked to go slower in that channel", 20) == held
    assert hand_over.times == 0
    assert [Accepted, Accepted] == [type(other), type(later)]
    assert house.calls("chat.postMessage") == 3


async def test_posts_to_a_channel_keep_slack_s_pace(house: SlackHarness) -> None:
    house.slack.pace.on = True
    outcomes = [await house.send(house.message(number)) for number in range(1, 4)]
    slept = list(house.time.slept)
    house.slack.pace.on = False  # its clock is not the test's
    outcomes.append(await house.send(house.message(4)))

    assert [Accepted] * 4 == [type(one) for one in outcomes]
    assert [] == slept
    assert [1.0] == house.time.slept


async def test_a_turn_that_takes_long_is_left_for_later() -> None:
    time = Ticking()

    async def nobody_waits(seconds: float) -> None:
        time.slept.append(seconds)

    pace = Pace(time, nobody_waits)
    waits = [await pace.turn("a") for _ in range(6)]

    assert [0, 0, 0, 0, 2, 2] == waits
    assert [1.0] == time.slept
    assert 0 == await pace.turn("b")
    time.now += 60
    assert 0 == await pace.turn("a")


async def test_an_edit_alone_takes_no_turn(house: SlackHarness) -> None:
    sent = await house.send(house.message(1))
    assert isinstance(sent, Accepted)
    posted = sent.external_id
    for number in range(2, 8):
        await house.send(house.notice(_REMINDER, number, STAGE))
    house.time.slept.clear()

    data = house.notice(_CHANGE, 9, STAGE, posted=posted).data.replace(b'"reply":{', b'"r":{')
    data = data.replace(b'"broadcast"', b'"reply":null,"broadcast"')
    outcome = await house.send(Message(9, STAGE, data))

    assert Accepted(posted) == outcome
    assert [] == house.time.slept


@pytest.mark.parametrize("word", ["cannot_dm_bot", "messages_tab_disabled", "user_disabled"])
async def test_a_holder_who_gets_no_direct_messages_is_met_where_they_were(
    house: SlackHarness, word: str
) -> None:
    house.ann.dm_refused = word

    outcome = await house.send(house.notice(_DEADLINE, 2, ANN, fallback="C0001"))

    assert Accepted("") == outcome
    (shown,) = house.ann.ephemeral
    assert "Please reconfirm" in shown.text
    assert house.general.bot_is_member  # the channel was open to all, so it could join
    assert [] == house.general.messages


async def test_a_holder_who_cannot_be_met_anywhere_is_refused_with_the_first_reason(
    house: SlackHarness,
) -> None:
    house.ann.dm_refused = "messages_tab_disabled"
    message = house.notice(_DEADLINE, 2, ANN, fallback="C0002")

    outcome = await house.send(message)

    assert isinstance(outcome, Refused)
    assert "messages_tab_disabled" in outcome.reason
    assert house.calls("chat.postEphemeral") == 2
    assert [] == house.ann.ephemeral


async def test_another_try_elsewhere_that_passes_is_made_again(house: SlackHarness) -> None:
    house.ann.dm_refused = "messages_tab_disabled"
    house.slack.faults.add("chat.postEphemeral", RateLimited(5))

    outcome = await house.send(house.notice(_DEADLINE, 2, ANN, fallback="C0001"))

    assert isinstance(outcome, Deferred)
    assert [] == house.ann.ephemeral
