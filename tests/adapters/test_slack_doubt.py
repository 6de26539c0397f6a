"""A delivery to Slack in doubt is looked for, and found is not posted twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.model.delivery import Accepted, Deferred, Doubtful
from core.model.recipient import Told
from core.notices.notice import Notice, NoticeKind
from tests.adapters.route_contract import HandedOver
from tests.adapters.slack_harness import ANN, BACKSTAGE, GENERAL, SlackHarness, slack_harness
from tests.notices.samples import FACTS, a_notice
from tests.slack.server import ALL_SCOPES, DropAfter, DropBefore, RateLimited, ServerError

_CHANGE = a_notice(
    NoticeKind.CHANGE,
    facts=replace(FACTS, title="Winter concert"),
    before=FACTS,
    before_level=Told.CONFIRMED,
)
_REMINDER = a_notice(NoticeKind.REMINDER)


@pytest.fixture
async def house() -> AsyncIterator[SlackHarness]:
    """Give a route to a workspace."""
    async with slack_harness() as harness:
        yield harness


@pytest.mark.parametrize("recipient", [GENERAL, BACKSTAGE, ANN])
async def test_a_post_whose_answer_was_cut_is_found_and_not_posted_twice(
    house: SlackHarness, recipient: str
) -> None:
    house.slack.faults.add("chat.postMessage", DropAfter())
    message = house.message(1, recipient)

    first = await house.send(message)
    second = await house.send(replace(message, in_doubt=True))

    assert isinstance(first, Doubtful)
    posts = [post for one in house.team.channels.values() for post in one.messages]
    assert [Accepted(f"{posts[0].channel_id}:{posts[0].ts}")] == [second]
    assert len(posts) == 1
    assert house.calls("chat.postMessage") == 1


async def test_a_post_that_never_arrived_is_posted_when_it_was_looked_for(
    house: SlackHarness,
) -> None:
    house.slack.faults.add("chat.postMessage", DropBefore())
    message = house.message(1)

    await house.send(message)
    outcome = await house.send(replace(message, in_doubt=True))

    (post,) = house.general.messages
    assert Accepted(f"C0001:{post.ts}") == outcome


@pytest.mark.parametrize("notice", [_CHANGE, _REMINDER], ids=["change", "reminder"])
async def test_a_reply_whose_answer_was_cut_is_found_in_the_thread(
    house: SlackHarness, notice: Notice
) -> None:
    sent = await house.send(house.message(1))
    assert isinstance(sent, Accepted)
    house.slack.faults.add("chat.postMessage", DropAfter())
    message = house.notice(notice, 2, posted=sent.external_id)

    first = await house.send(message)
    second = await house.send(replace(message, in_doubt=True))

    assert isinstance(first, Doubtful)
    assert sent == second
    (card,) = house.general.messages
    assert len(card.replies) == 1


async def test_a_card_posted_anew_in_doubt_is_found(house: SlackHarness) -> None:
    house.slack.faults.add("chat.postMessage", DropAfter())
    message = house.notice(_CHANGE, 2, posted="C0001:1.1")

    first = await house.send(message)
    second = await house.send(replace(message, in_doubt=True))

    assert isinstance(first, Doubtful)
    (card,) = house.general.messages
    assert Accepted(f"C0001:{card.ts}") == second
    assert [] == card.replies


async def test_a_post_is_found_behind_many_others_and_none_of_another_delivery(
    house: SlackHarness,
) -> None:
    house.general.bot_is_member = True
    message = house.message(1)
    await house.send(house.message(2))
    house.slack.faults.add("chat.postMessage", DropAfter())
    await house.send(message)
    for number in range(3, 210):
        house.time.now += 1
        await house.send(house.message(number))

    outcome = await house.send(replace(message, in_doubt=True))

    assert Accepted(f"C0001:{house.general.messages[1].ts}") == outcome
    assert house.calls("conversations.history") == 3
    assert len(house.general.messages) == 209


@pytest.mark.parametrize("fault", [RateLimited(9), DropBefore(), ServerError()])
async def test_nothing_is_posted_while_it_cannot_be_looked_for(
    house: SlackHarness, fault: RateLimited
) -> None:
    house.general.bot_is_member = True
    house.slack.faults.add("conversations.history", fault, times=None)
    lane, hand_over = await house.route.open(), HandedOver()

    outcome = await lane.send(replace(house.message(1), in_doubt=True), hand_over)
    await lane.close()

    assert isinstance(outcome, Deferred)
    assert hand_over.times == 0
    assert [] == house.general.messages


async def test_where_looking_is_never_possible_it_is_posted(house: SlackHarness) -> None:
    house.team.scopes = set(ALL_SCOPES) - {"channels:history"}

    outcome = await house.send(replace(house.message(1), in_doubt=True))

    assert isinstance(outcome, Accepted)
    assert len(house.general.messages) == 1
