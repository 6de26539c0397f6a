"""The doctor's check of Slack: which token or scope is wrong, and how to mend it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest

from adapters.slack_check import SlackChecked, try_slack
from bot.slack.manifest import SCOPES
from tests.slack.server import ALL_SCOPES, Error, SlackServer, Team, open_slack


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """Give a Slack."""
    async with open_slack() as opened:
        yield opened


@pytest.fixture
def team(slack: SlackServer) -> Team:
    """Give a workspace."""
    return slack.add_team("T0001", name="Stage")


async def _problems(slack: SlackServer, bot: str, app: str = "") -> tuple[str, ...]:
    return (await try_slack(bot, app, slack.api_url, scopes=SCOPES)).problems


async def test_all_is_well(slack: SlackServer, team: Team) -> None:
    checked = await try_slack(team.bot_token, team.app_token, slack.api_url, scopes=SCOPES)

    assert SlackChecked("T0001", "Stage", "callboard") == checked


async def test_what_is_not_set_is_not_tried(slack: SlackServer) -> None:
    assert SlackChecked() == await try_slack("", "", slack.api_url, scopes=SCOPES)
    assert [] == slack.calls


async def test_the_missing_scopes_are_named(slack: SlackServer, team: Team) -> None:
    team.scopes = set(ALL_SCOPES) - {"im:write", "channels:join"}

    (problem,) = await _problems(slack, team.bot_token)

    assert "scopes that the bot lacks: channels:join, im:write:" in problem
    assert "reinstall the app" in problem


async def test_scopes_that_are_not_wanted_are_not_missed(slack: SlackServer, team: Team) -> None:
    team.scopes = {"chat:write"}

    checked = await try_slack(team.bot_token, "", slack.api_url, scopes=["chat:write"])

    assert () == checked.problems


def test_the_scopes_are_what_slack_calls_them() -> None:
    assert set(SCOPES) <= ALL_SCOPES


@pytest.mark.parametrize(
    ("bot", "app", "said"),
    [
        ("xoxb-wrong", "", "CALLBOARD_SLACK_BOT_TOKEN: Slack does not take it (invalid_auth): "),
        ("xapp-1-a", "", "CALLBOARD_SLACK_BOT_TOKEN: that is no bot token: copy the Bot User"),
        ("", "xapp-wrong", "CALLBOARD_SLACK_APP_TOKEN: Slack does not take it (invalid_auth): "),
        ("", "xoxb-a", "CALLBOARD_SLACK_APP_TOKEN: that is no app-level token: make an App-Level"),
    ],
)
async def test_a_wrong_token_is_told_with_how_to_get_a_right_one(
    slack: SlackServer, bot: str, app: str, said: str
) -> None:
    (problem,) = await _problems(slack, bot, app)

    assert problem.startswith(said)
    assert "in the app's settings at Slack" in problem
    assert "wrong" not in problem  # no part of the token is shown


async def test_an_app_token_without_its_scope(slack: SlackServer, team: Team) -> None:
    slack.app.token_scopes = set()

    (problem,) = await _problems(slack, "", team.app_token)

    assert "it lacks the scope connections:write: make an App-Level Token" in problem


async def test_socket_mode_that_is_switched_off(slack: SlackServer, team: Team) -> None:
    slack.faults.add("apps.connections.open", Error("socket_mode_disabled"))

    (problem,) = await _problems(slack, "", team.app_token)

    assert "switch on Socket Mode" in problem


@pytest.mark.parametrize("word", ["ratelimited", "service_unavailable", "fatal_error"])
async def test_trouble_of_slack_s_own_is_no_wrong_token(
    slack: SlackServer, team: Team, word: str
) -> None:
    slack.faults.add("auth.test", Error(word))

    (problem,) = await _problems(slack, team.bot_token)

    assert problem.startswith(f"{slack.api_url}: Slack ")
    assert "try again in a minute" in problem


async def test_a_slack_that_is_not_there_is_said_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/api/"
        checked = await try_slack("xoxb-a", "xapp-a", url, scopes=SCOPES)

    words = "Slack cannot be reached (nothing listens there): look at CALLBOARD_SLACK_API_URL"
    assert (f"{url}: {words} and the network",) == checked.problems
