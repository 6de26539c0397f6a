"""The app's manifest, to be pasted in where Slack asks for one.

The fields are those of https://docs.slack.dev/reference/app-manifest.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from bot.guarded import guarded
from bot.settings import Settings, load_settings

EVENTS = "/slack/events"  # where Slack hands things in over HTTP
SHORTCUT = "slot_reserve"
SCOPES = (
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
)
EVENTS_HEARD = ("app_home_opened", "app_uninstalled", "tokens_revoked")
# what the doctor asks after: kinds of things that Slack sends only if it was told to
COMMANDS, CLICKS, HOME = "slack:commands", "slack:interactivity", "slack:app_home_opened"
OAUTH_BACK = "/slack/oauth_redirect"


def manifest(settings: Settings) -> dict[str, Any]:
    """Make the manifest: for HTTP given a public address and no app token, else for sockets."""
    over_http = bool(settings.public_url) and not settings.slack_app_token
    url = f"{settings.public_url}{EVENTS}"
    made: dict[str, Any] = {
        "display_information": {
            "name": "Callboard",
            "description": "Reserve streaming slots, and have everybody told",
            "background_color": "#22313f",
        },
        "features": _features(url if over_http else ""),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS_HEARD)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not over_http,
            "token_rotation_enabled": False,
        },
    }
    if over_http:
        made["settings"]["event_subscriptions"]["request_url"] = url
        made["settings"]["interactivity"]["request_url"] = url
    if settings.public_url:
        made["oauth_config"]["redirect_urls"] = [f"{settings.public_url}{OAUTH_BACK}"]
    return made


def _features(url: str) -> dict[str, Any]:
    command = {
        "command": "/slot",
        "description": "Reserve a streaming slot, see yours, find what is free",
        "usage_hint": "reserve fri 20:00 for 2h | list | free | help",
        "should_escape": True,
    }
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": "Callboard", "always_online": True},
        "shortcuts": [
            {
                "name": "Reserve a streaming slot",
                "type": "global",
                "callback_id": SHORTCUT,
                "description": "Opens the form of the reservation desk",
            }
        ],
        "slash_commands": [command | ({"url": url} if url else {})],
    }


def manifest_text(settings: Settings) -> str:
    """Write the manifest as JSON, which Slack takes as it does YAML."""
    return f"{json.dumps(manifest(settings), indent=2)}\n"


def print_manifest() -> int:
    """Print the manifest."""

    def printed() -> int:
        sys.stdout.write(manifest_text(load_settings()))
        return 0

    return guarded(printed)
