"""Whether Slack would have us: both tokens and every scope tried for real, for the doctor."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from adapters.chat_verdicts import CUT, GARBLED, UNREACHABLE, Fate
from adapters.slack_call import SLACK_API_URL, call, client, new_session
from adapters.slack_errors import SlackFailure, judge

_GONE = frozenset({"account_inactive", "token_revoked"})
_TIMEOUT = 5.0  # seconds for each call
_BOT, _APP = "CALLBOARD_SLACK_BOT_TOKEN", "CALLBOARD_SLACK_APP_TOKEN"
_SETTINGS = "in the app's settings at Slack"


@dataclass(frozen=True, slots=True)
class SlackChecked:
    """What Slack says of the tokens: whose they are, and what is wrong, a line each.

    `gone`: the token was right once, and the app was removed from the workspace since.
    """

    team_id: str = ""
    team_name: str = ""
    bot_name: str = ""
    problems: tuple[str, ...] = field(default=())
    gone: bool = False


async def try_slack(
    bot_token: str,
    app_token: str = "",
    api_url: str = SLACK_API_URL,
    *,
    scopes: Iterable[str],
) -> SlackChecked:
    """Try a bot token with its scopes, and an app token (Socket Mode) where there is one.

    A token that is "" is not tried. Nothing is posted or changed. Never raises for what it meets.
    """
    answer: dict[str, Any] = {}
    problems: list[str] = []
    async with new_session(_TIMEOUT) as session:
        if bot_token:
            answer, problems = await _bot(bot_token, api_url, session, tuple(scopes))
        if app_token:
            problems += await _app(app_token, api_url, session)
    return SlackChecked(
        team_id=str(answer.get("team_id", "")),
        team_name=str(answer.get("team", "")),
        bot_name=str(answer.get("user", "")),
        problems=tuple(dict.fromkeys(problems)),
        gone=bool(answer.get("gone")),
    )


async def _bot(
    token: str, api_url: str, session: aiohttp.ClientSession, scopes: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    if not token.startswith("xoxb-"):
        mend = f"copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions {_SETTINGS}"
        return {}, [f"{_BOT}: that is no bot token: {mend}"]
    try:
        answer, headers = await call(client(token, api_url, session), "auth.test", {})
    except SlackFailure as failure:
        mend = f"copy the Bot User OAuth Token again from OAuth & Permissions {_SETTINGS}"
        return {"gone": failure.word in _GONE}, [_trouble(_BOT, failure, api_url, mend)]
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    missing = [scope for scope in scopes if scope not in granted]
    if not missing:
        return answer, []
    mend = f"add them under OAuth & Permissions {_SETTINGS} (or paste `callboard slack-manifest`)"
    named = ", ".join(missing)
    return answer, [f"scopes that the bot lacks: {named}: {mend}, then reinstall the app"]


async def _app(token: str, api_url: str, session: aiohttp.ClientSession) -> list[str]:
    mend = (
        "make an App-Level Token (xapp-…) with the scope connections:write under Basic Information"
        f" {_SETTINGS}"
    )
    if not token.startswith("xapp-"):
        return [f"{_APP}: that is no app-level token: {mend}"]
    try:
        await call(client(token, api_url, session), "apps.connections.open", {})
    except SlackFailure as failure:
        if failure.word in {"not_allowed", "socket_mode_disabled"}:
            mend = f"switch on Socket Mode {_SETTINGS}"
        return [_trouble(_APP, failure, api_url, mend)]
    return []


def _trouble(setting: str, failure: SlackFailure, api_url: str, mend: str) -> str:
    """Say what is wrong: with the token, or with the way to Slack."""
    verdict = judge(failure)
    if failure.word in {UNREACHABLE, CUT, GARBLED}:
        return f"{api_url}: {verdict.reason}: look at CALLBOARD_SLACK_API_URL and the network"
    if verdict.fate in {Fate.DOUBT, Fate.LATER}:
        return f"{api_url}: {verdict.reason}: try again in a minute"
    if failure.word == "missing_scope":
        return f"{setting}: it lacks the scope {failure.needed}: {mend}"
    return f"{setting}: Slack does not take it ({failure.word}): {mend}"
