"""What Slack grants an app for a while: triggers, response URLs, OAuth codes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.slack.server.errors import Refusal
from tests.slack.server.heard import Heard
from tests.slack.server.messages import Message
from tests.slack.server.places import Channel
from tests.slack.server.views import View

if TYPE_CHECKING:
    from tests.slack.server.team import Team
    from tests.slack.server.world import World

TRIGGER_SECONDS = 3
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5


@dataclass(eq=False)
class Trigger:
    """A trigger_id: good for three seconds and for one view."""

    id: str
    team: Team
    heard: Heard
    issued_at: float
    from_view: View | None = None
    exchanged: bool = False


@dataclass(eq=False)
class ResponseUrl:
    """A response URL: good for thirty minutes and for five posts."""

    url: str
    team: Team
    heard: Heard
    channel: Channel
    issued_at: float
    source: Message | None = None
    uses: int = 0


@dataclass(eq=False)
class OAuthCode:
    """A code that the app may exchange for a token, once."""

    team: Team
    installer: str
    scopes: set[str]
    redirect_uri: str | None
    exchanged: bool = False


def grant_trigger(world: World, heard: Heard, from_view: View | None = None) -> str:
    """Make a trigger_id for what a person did, in the format that Slack uses."""
    number = world.number()
    mark = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    trigger_id = f"{number:012d}.{int(world.clock.now())}.{mark}"
    team = heard.person.team
    world.triggers[trigger_id] = Trigger(trigger_id, team, heard, world.clock.now(), from_view)
    return trigger_id


def exchange_trigger(world: World, team: Team, trigger_id: str) -> Trigger:
    """Take a trigger_id for a view. Raises Refusal for a strange, used or old one."""
    trigger = world.triggers.get(trigger_id)
    if trigger is None or trigger.team is not team:
        raise Refusal("invalid_trigger_id")
    if trigger.exchanged:
        raise Refusal("exchanged_trigger_id")
    if world.clock.now() - trigger.issued_at > TRIGGER_SECONDS:
        raise Refusal("expired_trigger_id")
    return trigger


def grant_response_url(
    world: World, heard: Heard, channel: Channel, source: Message | None = None
) -> str:
    """Make a response URL for what a person did in a channel, with the message they clicked."""
    number = world.number()
    secret = hashlib.sha256(f"response {number}".encode()).hexdigest()[:24]
    path = f"/respond/{heard.person.team.id}/{number}/{secret}"
    url = f"{world.base_url}{path}"
    world.response_urls[path] = ResponseUrl(
        url, heard.person.team, heard, channel, world.clock.now(), source
    )
    return url


def use_response_url(world: World, path: str) -> ResponseUrl:
    """Take a response URL for one post. Raises Refusal for a strange, old or used-up one."""
    granted = world.response_urls.get(path)
    if granted is None:
        raise Refusal("invalid_url")
    if world.clock.now() - granted.issued_at > RESPONSE_SECONDS:
        raise Refusal("expired_url")
    if granted.uses >= RESPONSE_USES:
        raise Refusal("used_url")
    granted.uses += 1
    return granted
