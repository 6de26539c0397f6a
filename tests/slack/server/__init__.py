"""A Slack of our own on loopback that the real Bolt talks to, and that refuses what Slack does.

Inside `async with open_slack() as slack:` one builds workspaces (`slack.add_team`), people and
channels (`team.add_user`, `team.add_channel`), connects an app to `slack.api_url`, and lets people
act: `heard = await ann.type("/slot reserve", channel=general)`, `view = await heard.opened()`,
`heard = await ann.submit(view, {"title": "Evening show"})`. What they saw is in `heard`, what the
app called in `slack.calls`, what it did wrong in `slack.protocol_errors` and `slack.refusals`.
"""

from __future__ import annotations

from tests.slack.server.app import ALL_SCOPES, App
from tests.slack.server.errors import NeverHappenedError, NotSentError, NotThereError, Refusal
from tests.slack.server.faults import (
    DropAfter,
    DropBefore,
    Error,
    Fault,
    Garbage,
    RateLimited,
    ServerError,
    Stall,
)
from tests.slack.server.heard import Heard
from tests.slack.server.http_mode import HttpReply
from tests.slack.server.messages import Message
from tests.slack.server.person import Person
from tests.slack.server.places import Channel, SlackFile, UserGroup
from tests.slack.server.server import EventHeard, SlackServer, open_slack
from tests.slack.server.team import Team
from tests.slack.server.views import View
from tests.slack.server.world import ApiCall

__all__ = [
    "ALL_SCOPES",
    "ApiCall",
    "App",
    "Channel",
    "DropAfter",
    "DropBefore",
    "Error",
    "EventHeard",
    "Fault",
    "Garbage",
    "Heard",
    "HttpReply",
    "Message",
    "NeverHappenedError",
    "NotSentError",
    "NotThereError",
    "Person",
    "RateLimited",
    "Refusal",
    "ServerError",
    "SlackFile",
    "SlackServer",
    "Stall",
    "Team",
    "UserGroup",
    "View",
    "open_slack",
]
