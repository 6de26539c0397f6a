"""A call of the Web API as a method sees it: who asks, and with which arguments."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tests.slack.server.errors import Json, Refusal, invalid
from tests.slack.server.places import Channel
from tests.slack.server.team import Team

if TYPE_CHECKING:
    from tests.slack.server.server import SlackServer

T = TypeVar("T")


@dataclass(frozen=True)
class Method:
    """A method: what answers it, the scope it needs, and the kind of token: bot, app or none."""

    answer: Callable[[Asked], Json]
    scope: str | None = None
    token: str = "bot"


@dataclass(frozen=True)
class Asked:
    """One call. `team` is the workspace that the token belongs to."""

    slack: SlackServer
    arguments: Json
    token: str | None
    bot_of: Team | None

    @property
    def team(self) -> Team:
        """The workspace that the bot's token belongs to."""
        if self.bot_of is None:
            raise AssertionError
        return self.bot_of

    def text(self, name: str) -> str | None:
        """Give an argument as text, None if it is missing or empty."""
        value = self.arguments.get(name)
        return None if value in (None, "") else str(value)

    def need(self, name: str) -> str:
        """Give an argument as text. Raises Refusal if it is missing."""
        value = self.text(name)
        if value is None:
            raise invalid("invalid_arguments", [(f"/{name}", f"missing required field: {name}")])
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give an argument as yes or no, in any of the spellings that Slack takes."""
        value = self.arguments.get(name)
        if value is None:
            return default
        return value in (True, 1) or str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """Give an argument as a number. Raises Refusal if it is none."""
        try:
            return int(self.arguments.get(name) or default)
        except (TypeError, ValueError):
            raise invalid("invalid_arguments", [(f"/{name}", "must be an integer")]) from None

    def nested(self, name: str, error: str) -> object:
        """Give an argument that is JSON, or a string of JSON. Raises Refusal(error) otherwise."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(error) from None

    def require(self, scope: str) -> None:
        """Raise Refusal unless the bot has this scope."""
        require_scope(self.team, scope)

    def channel(self, name: str = "channel") -> Channel:
        """Give the channel with the id in an argument. Raises Refusal if the bot sees none."""
        return visible(self.team, self.need(name))

    def page(self, items: list[T], *, default: int = 100) -> tuple[list[T], Json]:
        """Give the part that `limit` and `cursor` ask for, and metadata with the next cursor."""
        limit = self.number("limit", default)
        start = _offset(self.text("cursor"))
        rest = start + limit < len(items)
        following = base64.b64encode(f"next:{start + limit}".encode()).decode() if rest else ""
        return items[start : start + limit], {"next_cursor": following}


def visible(team: Team, channel_id: str) -> Channel:
    """Give a channel that the bot can see. Raises Refusal for another."""
    channel = team.channels.get(channel_id)
    if channel is None or (channel.private and not channel.bot_is_member):
        raise Refusal("channel_not_found")
    return channel


def require_scope(team: Team, scope: str) -> None:
    """Raise Refusal unless the bot has this scope."""
    if scope not in team.scopes:
        provided = ",".join(sorted(team.scopes))
        raise Refusal("missing_scope", needed=scope, provided=provided)


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except ValueError:
        raise Refusal("invalid_cursor") from None
