"""The one Slack app that everything here is about: what its configuration says."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.slack.server.errors import Json

ALL_SCOPES = frozenset(
    {
        "chat:write",
        "chat:write.public",
        "commands",
        "im:write",
        "im:history",
        "im:read",
        "channels:read",
        "groups:read",
        "channels:history",
        "groups:history",
        "channels:join",
        "users:read",
        "users:read.email",
        "usergroups:read",
        "files:read",
        "files:write",
    }
)


@dataclass(eq=False)
class App:
    """The app's id and secrets, and what is switched on for it.

    `commands` and `events` list what it has declared: others do not reach it, as in Slack;
    None lets everything through.
    """

    id: str = "A0CALLBOARD"
    name: str = "callboard"
    client_id: str = "1111.2222"
    client_secret: str = "client-secret"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    verification_token: str = "verification-token"
    token: str = "xapp-1-A0CALLBOARD-1-level"
    token_scopes: set[str] = field(default_factory=lambda: {"connections:write"})
    redirect_uri: str | None = None
    home_enabled: bool = True
    commands: set[str] | None = None
    events: set[str] | None = None
    manifest: Json = field(default_factory=dict)
