"""The payloads that Slack sends to an app, field for field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.slack.server.errors import Json
from tests.slack.server.messages import Message
from tests.slack.server.places import Channel
from tests.slack.server.views import View

if TYPE_CHECKING:
    from tests.slack.server.person import Person
    from tests.slack.server.team import Team
    from tests.slack.server.world import World


def _user(person: Person) -> Json:
    return {
        "id": person.id,
        "username": person.username,
        "name": person.username,
        "team_id": person.team.id,
    }


def _interaction(world: World, person: Person, kind: str) -> Json:
    return {
        "type": kind,
        "team": person.team.as_json(),
        "user": _user(person),
        "api_app_id": world.app.id,
        "token": world.app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(world: World, person: Person, channel: Channel, name: str, text: str) -> Json:
    """Write the form fields of a slash command, without trigger and response URL."""
    return {
        "token": world.app.verification_token,
        "team_id": person.team.id,
        "team_domain": person.team.domain,
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.kind == "groups" else channel.name,
        "user_id": person.id,
        "user_name": person.username,
        "command": name,
        "text": text,
        "api_app_id": world.app.id,
        "is_enterprise_install": "false",
    }


def shortcut(world: World, person: Person, callback_id: str) -> Json:
    """Write a global shortcut, without its trigger."""
    payload = _interaction(world, person, "shortcut")
    return payload | {"callback_id": callback_id, "action_ts": world.next_ts()}


def action(world: World, person: Person, where: Message | View, done: Json) -> Json:
    """Write one block action in a message or view, without trigger and response URL."""
    payload = _interaction(world, person, "block_actions") | {"actions": [done]}
    if isinstance(where, View):
        return payload | {
            "container": {"type": "view", "view_id": where.id},
            "view": where.as_json(),
        }
    channel = person.team.channels[where.channel_id]
    container = {
        "type": "message",
        "message_ts": where.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(where.ephemeral_for),
    }
    if where.thread_ts:
        container["thread_ts"] = where.thread_ts
    payload |= {
        "container": container,
        "channel": {
            "id": channel.id,
            "name": "privategroup" if channel.kind == "groups" else channel.name,
        },
        "state": {"values": {}},
    }
    # Slack leaves an ephemeral message out of the payload
    return payload if where.ephemeral_for else payload | {"message": where.as_json()}


def submission(world: World, person: Person, view: View) -> Json:
    """Write the submission of a view, without its trigger."""
    payload = _interaction(world, person, "view_submission")
    return payload | {"view": view.as_json(), "response_urls": []}


def closing(world: World, person: Person, view: View, *, cleared: bool) -> Json:
    """Write that a view was closed."""
    payload = _interaction(world, person, "view_closed")
    return payload | {"view": view.as_json(), "is_cleared": cleared}


def suggestion(world: World, person: Person, view: View, at: tuple[str, str], typed: str) -> Json:
    """Write a question for the options of an external select, at (block_id, action_id)."""
    payload = _interaction(world, person, "block_suggestion")
    return payload | {
        "block_id": at[0],
        "action_id": at[1],
        "value": typed,
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_json(),
    }


def event(world: World, team: Team, inner: Json) -> Json:
    """Wrap an event as the Events API does."""
    return {
        "token": world.app.verification_token,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": world.app.id,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{world.number():010d}",
        "event_time": int(world.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": team.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{team.id}-{world.number()}",
    }
