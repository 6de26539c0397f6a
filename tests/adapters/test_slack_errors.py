"""What Slack refuses a delivery with, row by row; and a delivery in doubt is looked for."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from core.model.delivery import Deferred, Doubtful, Outcome, Refused, RouteDown
from core.model.recipient import Told
from core.notices.notice import NoticeKind
from tests.adapters.route_contract import HandedOver
from tests.adapters.slack_harness import (
    ANN,
    BACKSTAGE,
    SlackHarness,
    slack_harness,
)
from tests.notices.samples import FACTS, a_notice
from tests.slack.server import (
    ALL_SCOPES,
    DropAfter,
    DropBefore,
    Error,
    Garbage,
    RateLimited,
    ServerError,
    Stall,
)

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


@dataclass(frozen=True)
class Row:
    """What Slack says to a post, and what is made of it: a kind, a piece of the words, a wait."""

    word: str
    kind: type[Outcome]
    words: str
    wait: float | None = None
    edit: type[Outcome] | None = None  # where an edit fares otherwise than a post


# every row of the table that Slack itself can say, and the reason in the words people read
ROWS = (
    Row("fatal_error", Doubtful, "trouble of its own", edit=Deferred),
    Row("internal_error", Doubtful, "trouble of its own", edit=Deferred),
    Row("ratelimited", Deferred, "go slower", 30),
    Row("service_unavailable", Deferred, "out of service", 30),
    Row("request_timeout", Deferred, "did not get the whole message", 30),
    Row("team_added_to_org", Deferred, "being moved", 30),
    Row("invalid_auth", Deferred, "run `callboard doctor`", 600),
    Row("not_authed", Deferred, "run `callboard doctor`", 600),
    Row("token_expired", Deferred, "run `callboard doctor`", 600),
    Row("missing_scope", Deferred, "install Callboard there again", 600),
    Row("no_permission", Deferred, "install Callboard there again", 600),
    Row("org_login_required", Deferred, "ask an admin", 600),
    Row("ekm_access_denied", Deferred, "ask an admin", 600),
    Row("access_denied", Deferred, "ask an admin", 600),
    Row("account_inactive", Refused, "not installed"),
    Row("token_revoked", Refused, "not installed"),
    Row("app_uninstalled", Refused, "not installed"),
    Row("channel_not_found", Refused, "/invite @Callboard"),
    Row("not_in_channel", Refused, "/invite @Callboard"),
    Row("is_archived", Refused, "unarchive it, or list another"),
    Row("restricted_action", Refused, "ask an admin there to let @Callboard post"),
    Row("restricted_action_read_only_channel", Refused, "ask an admin there"),
    Row("cannot_dm_bot", Refused, "that is a bot"),
    Row("user_disabled", Refused, "switched off"),
    Row("messages_tab_disabled", Refused, "messages tab"),
    Row("cannot_reply_to_message", Refused, "takes no replies"),
    Row("msg_too_long", Refused, "its operator finds out why"),
    Row("invalid_blocks", Refused, "its operator finds out why"),
    Row("a_word_of_tomorrow", Refused, "Slack refused it (a_word_of_tomorrow)"),
)


def _check(row: Row, kind: type[Outcome], outcome: Outcome) -> None:
    assert isinstance(outcome, Deferred | Refused | Doubtful)
    assert kind is type(outcome)
    assert row.words in outcome.reason
    assert row.word in outcome.reason
    if isinstance(outcome, Deferred) and kind is row.kind:
        assert row.wait == outcome.retry_after
    if isinstance(outcome, Refused):
        assert not outcome.bad_address


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.word)
async def test_what_a_refused_post_comes_to(house: SlackHarness, row: Row) -> None:
    house.slack.faults.add("chat.postMessage", Error(row.word))
    lane, hand_over = await house.route.open(), HandedOver()

    outcome = await lane.send(house.message(1), hand_over)
    await lane.close()

    _check(row, row.kind, outcome)
    assert hand_over.times == 1
    assert bool(house.gone) is (row.words == "not installed")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.word)
async def test_what_a_refused_edit_comes_to(house: SlackHarness, row: Row) -> None:
    house.slack.faults.add("chat.update", Error(row.word))

    outcome = await house.send(house.notice(_CHANGE, 2, posted="C0001:1.1"))

    _check(row, row.edit or row.kind, outcome)
    assert house.calls("chat.postMessage") == 0


@pytest.mark.parametrize("word", ["channel_not_found", "user_not_found"])
async def test_a_person_whom_slack_does_not_know_is_a_bad_address(
    house: SlackHarness, word: str
) -> None:
    house.slack.faults.add("chat.postMessage", Error(word))

    outcome = await house.send(house.message(1, ANN))

    assert Refused(f"there is no such person in that Slack workspace ({word})", True) == outcome  # noqa: FBT003


async def test_a_missing_scope_is_named(house: SlackHarness) -> None:
    house.team.scopes = set(ALL_SCOPES) - {"chat:write"}

    outcome = await house.send(house.message(1))

    assert isinstance(outcome, Deferred)
    assert "missing_scope, chat:write" in outcome.reason


async def test_a_private_channel_tells_how_to_let_callboard_in(house: SlackHarness) -> None:
    house.backstage.bot_is_member = False

    outcome = await house.send(house.message(1, BACKSTAGE))

    assert isinstance(outcome, Refused)
    assert "type /invite @Callboard there and send again" in outcome.reason
    assert not outcome.bad_address


async def test_a_429_says_itself_how_long_to_wait(house: SlackHarness) -> None:
    house.slack.faults.add("chat.postMessage", RateLimited(7))

    assert Deferred("Slack asks to go slower (ratelimited)", 7) == await house.send(
        house.message(1)
    )


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (DropBefore(), "broke before it answered"),
        (DropAfter(), "broke before it answered"),
        (ServerError(500), "broke before it answered (HTTP 500)"),
        (ServerError(503), "broke before it answered (HTTP 503)"),
        (Garbage(), "could not be read"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_a_post_without_an_answer_is_in_doubt_and_an_edit_done_again(
    house: SlackHarness, fault: ServerError, words: str
) -> None:
    house.slack.faults.add("chat.postMessage", fault)
    house.slack.faults.add("chat.update", fault)

    post = await house.send(house.message(1))
    edit = await house.send(house.notice(_CHANGE, 2, posted="C0001:1.1"))

    assert isinstance(post, Doubtful)
    assert words in post.reason
    assert isinstance(edit, Deferred)
    assert words in edit.reason


async def test_a_slack_that_does_not_answer_is_waited_for_and_then_in_doubt(
    house: SlackHarness,
) -> None:
    house.slack.faults.add("chat.postMessage", Stall())
    house.route = house.route_to(house.slack.api_url, seconds=0.2)

    outcome = await house.send(house.message(1))

    assert isinstance(outcome, Doubtful)
    assert "it did not answer in time" in outcome.reason


async def test_where_nothing_listens_the_route_is_down_and_nothing_handed_in(
    house: SlackHarness,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        house.route = house.route_to(f"http://127.0.0.1:{taken.getsockname()[1]}/api/")
        outcome = await house.send(house.message(1))

    assert RouteDown("Slack cannot be reached (nothing listens there)") == outcome


async def test_what_answers_but_is_not_slack_takes_the_route_down(house: SlackHarness) -> None:
    house.route = house.route_to(f"{house.slack.base_url}/elsewhere/")

    outcome = await house.send(house.message(1))

    assert isinstance(outcome, RouteDown)
    assert "HTTP 404 instead of Slack" in outcome.reason
