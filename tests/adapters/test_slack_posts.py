"""The Slack route: the contract, cards and what is said beneath them, and the pace of posting."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import ClassVar

import pytest

from core.model.delivery import Accepted, Deferred, Refused, Withdrawn
from core.model.recipient import Told
from core.notices.notice import NoticeKind
from core.outbox.route import Lane
from tests.adapters.route_contract import HandedOver, Harness, RouteContract
from tests.adapters.slack_harness import (
    ANN,
    BACKSTAGE,
    GENERAL,
    TEAM,
    SlackHarness,
    slack_harness,
)
from tests.notices.samples import FACTS, a_notice
from tests.slack.server import Error, RateLimited

CHANGE = a_notice(
    NoticeKind.CHANGE,
    facts=replace(FACTS, title="Winter concert"),
    before=FACTS,
    before_level=Told.CONFIRMED,
)
REMINDER = a_notice(NoticeKind.REMINDER)
DEADLINE = a_notice(NoticeKind.DEADLINE, Told.PROVISIONAL)


class TestSlackPosts(RouteContract):
    """The contract over a Slack of our own."""

    REFUSED_BEFORE_THE_HAND_OVER: ClassVar[bool] = False

    @pytest.fixture
    async def harness(self) -> AsyncIterator[Harness]:
        """Give a route to a workspace."""
        async with slack_harness() as harness:
            yield harness


@pytest.fixture
async def house() -> AsyncIterator[SlackHarness]:
    """Give a route to a workspace."""
    async with slack_harness() as harness:
        yield harness


async def _posted(house: SlackHarness, recipient: str = GENERAL) -> str:
    """Post a card, and say where it is."""
    outcome = await house.send(house.message(1, recipient, "Autumn concert"))
    assert isinstance(outcome, Accepted)
    return outcome.external_id


async def test_a_card_is_posted_and_said_where(house: SlackHarness) -> None:
    posted = await _posted(house)

    (card,) = house.general.messages
    assert f"C0001:{card.ts}" == posted
    assert "Autumn concert" in card.words
    assert not card.pings
    sent = {key: card.arguments[key] for key in ("parse", "link_names", "mrkdwn")}
    assert {"parse": "none", "link_names": False, "mrkdwn": False} == sent


async def test_a_change_edits_the_card_and_says_so_beneath_it(house: SlackHarness) -> None:
    posted = await _posted(house)

    outcome = await house.send(house.notice(CHANGE, 2, posted=posted))

    (card,) = house.general.messages
    assert Accepted(posted) == outcome
    assert "Winter concert" in card.words
    assert "Autumn concert" not in card.words
    (reply,) = card.replies
    assert "Title: Autumn concert → Winter concert" in reply.words
    assert not reply.arguments["reply_broadcast"]
    (edit,) = house.slack.calls_of("chat.update")
    assert "none" == edit.arguments["parse"]
    assert not {"unfurl_links", "unfurl_media", "mrkdwn"} & set(edit.arguments)


async def test_a_reminder_is_shown_in_the_channel_too_and_leaves_the_card(
    house: SlackHarness,
) -> None:
    posted = await _posted(house)

    outcome = await house.send(house.notice(REMINDER, 2, posted=posted))

    (card,) = house.general.messages
    assert Accepted(posted) == outcome
    assert house.calls("chat.update") == 0
    assert [True] == [reply.arguments["reply_broadcast"] for reply in card.replies]


async def test_what_stands_alone_is_no_card(house: SlackHarness) -> None:
    outcome = await house.send(house.notice(DEADLINE, 2, ANN))

    assert Accepted("") == outcome
    assert ["Please reconfirm"] == [one.text[:16] for one in house.ann.direct_messages]


async def test_a_person_s_card_is_in_the_direct_messages_and_is_edited_there(
    house: SlackHarness,
) -> None:
    posted = await _posted(house, ANN)

    await house.send(house.notice(CHANGE, 2, ANN, posted=posted))

    assert posted.startswith("D")
    (card,) = house.ann.direct_messages
    assert "Winter concert" in card.words
    assert len(card.replies) == 1


@pytest.mark.parametrize("word", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_a_card_that_cannot_be_edited_is_posted_anew(house: SlackHarness, word: str) -> None:
    posted = await _posted(house)
    house.slack.faults.add("chat.update", Error(word))

    outcome = await house.send(house.notice(CHANGE, 2, posted=posted))

    old, new = house.general.messages
    assert Accepted(f"C0001:{new.ts}") == outcome
    assert "Winter concert" in new.words
    assert [[], []] == [old.replies, new.replies]


async def test_a_reminder_whose_card_is_gone_stands_alone(house: SlackHarness) -> None:
    posted = await _posted(house)
    house.general.messages[0].deleted = True

    await house.send(house.notice(REMINDER, 2, posted=posted))

    assert ["Reminder"] == [one.text[:8] for one in house.general.messages]


async def test_a_reply_refused_for_good_is_let_go(house: SlackHarness) -> None:
    posted = await _posted(house)
    house.slack.faults.add("chat.postMessage", Error("restricted_action_thread_locked"))

    assert Accepted(posted) == await house.send(house.notice(CHANGE, 2, posted=posted))
    assert "Winter concert" in house.general.messages[0].words


async def test_a_reply_put_off_is_said_later_and_the_card_not_posted_twice(
    house: SlackHarness,
) -> None:
    posted = await _posted(house)
    house.slack.faults.add("chat.postMessage", RateLimited(30))
    message = house.notice(CHANGE, 2, posted=posted)

    first = await house.send(message)
    house.time.now += 30
    second = await house.send(message)

    assert Deferred("Slack asks to go slower (ratelimited)", 30) == first
    assert Accepted(posted) == second
    (card,) = house.general.messages
    assert len(card.replies) == 1


async def test_what_is_no_address_of_slack_s_is_refused_unasked(house: SlackHarness) -> None:
    for address in ("ada@example.org", "T0001", "T0001/", "T0001/c1", "T0001/C1/x", ""):
        message = replace(house.message(1), recipient=address)
        outcome = await house.send(message)
        assert Refused("that is no channel or person of Slack's", bad_address=True) == outcome
    assert [] == house.slack.calls


async def test_a_workspace_without_a_token_is_refused_unasked(house: SlackHarness) -> None:
    outcome = await house.send(house.message(1, "T0999/C0001"))

    assert isinstance(outcome, Refused)
    assert "install it there again" in outcome.reason
    assert [] == house.slack.calls


@pytest.mark.parametrize("word", ["account_inactive", "token_revoked"])
async def test_an_ended_installation_is_told_of(house: SlackHarness, word: str) -> None:
    house.team.token_error = word

    outcome = await house.send(house.message(1))

    assert isinstance(outcome, Refused)
    assert not outcome.bad_address
    assert [(TEAM, word)] == house.gone


async def test_one_workspace_s_token_is_used_for_no_other(house: SlackHarness) -> None:
    other = house.slack.add_team("T0002", name="Other")
    other.add_channel("C0001", name="general")

    await house.send(house.message(1))
    await house.send(house.message(2, "T0002/C0001"))

    tokens = [call.token for call in house.slack.calls]
    assert [house.team.bot_token, other.bot_token] == tokens


async def test_the_lanes_share_a_session_that_ends_with_the_last(house: SlackHarness) -> None:
    first, second = [await house.route.open() for _ in range(2)]
    session = house.route._session  # noqa: SLF001 - whether it leaks shows nowhere else
    assert session is not None

    await first.close()
    await first.close()
    outcome = await house.send(house.message(1), second)
    still_there = house.route._session is session  # noqa: SLF001 - as above
    await second.close()

    assert isinstance(outcome, Accepted)
    assert still_there
    assert session.closed
    assert isinstance(await house.send(house.message(2)), Accepted)


async def test_neither_tokens_nor_words_are_logged(
    house: SlackHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house.slack.faults.add("chat.postMessage", Error("is_archived"))

    await house.send(house.message(1, text="Very secret"))
    await house.send(house.message(2, text="Very secret"))

    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "is_archived" in logged
    for secret in (house.team.bot_token, "Very secret", "7HQ2KMW9XT"):
        assert secret not in logged


async def test_a_denied_hand_over_leaves_nothing_behind_in_slack(house: SlackHarness) -> None:
    lane: Lane = await house.route.open()

    outcome = await lane.send(house.message(1, BACKSTAGE), HandedOver(answer=False))
    await lane.close()

    assert Withdrawn() == outcome
    assert [] == house.slack.calls
