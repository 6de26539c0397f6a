"""What Slack's payloads say of who did something, and where; commands and clicks say it apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Body: TypeAlias = Mapping[str, Any]


def team_of(body: Body) -> str:
    """Give the workspace in which something was done: where the desk was met, not where from.

    A visitor in a shared channel hands modals in with their own workspace as `team`.
    """
    if installed := _view(body).get("app_installed_team_id"):
        return str(installed)
    team = body.get("team")
    if isinstance(team, Mapping):
        return str(team.get("id", ""))
    return str(body.get("team_id") or _view(body).get("team_id") or "")


def user_of(body: Body) -> str:
    """Give who did it."""
    user = body.get("user")
    if isinstance(user, Mapping):
        return str(user.get("id", ""))
    return str(body.get("user_id", ""))


def home_of(body: Body) -> str:
    """Give the workspace that whoever did it belongs to; "" where Slack does not say."""
    user = body.get("user")
    return str(user.get("team_id", "")) if isinstance(user, Mapping) else ""


def channel_of(body: Body) -> str:
    """Give the channel in which it was done, "" outside of any and in direct messages."""
    channel = body.get("channel")
    found = channel.get("id") if isinstance(channel, Mapping) else body.get("channel_id")
    found = found or _container(body).get("channel_id") or ""
    return "" if str(found).startswith("D") else str(found)


def submission_key(body: Body) -> str | None:
    """Name what was handed in: a second copy of the same payload has the same trigger."""
    trigger = body.get("trigger_id")
    return f"slack:{team_of(body)}:{trigger}" if trigger else None


def _view(body: Body) -> Body:
    view = body.get("view")
    return view if isinstance(view, Mapping) else {}


def _container(body: Body) -> Body:
    container = body.get("container")
    return container if isinstance(container, Mapping) else {}


def team_name_of(body: Body) -> str:
    """Give what that workspace is called, "" where Slack does not say."""
    team = body.get("team")
    if isinstance(team, Mapping):
        return str(team.get("name") or team.get("domain") or "")
    return str(body.get("team_domain") or "")
