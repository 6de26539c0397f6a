"""Who the bot is, and where the gateway is."""

from __future__ import annotations

from tests.discord.server.access import own_application
from tests.discord.server.errors import UNKNOWN_USER, refusal
from tests.discord.server.rest import Answer, Asked, Rest


def add_routes(rest: Rest) -> None:
    """Let the REST API answer these."""
    rest.add("GET /gateway", gateway, authorized=False)
    rest.add("GET /gateway/bot", gateway_bot)
    rest.add("GET /users/@me", me)
    rest.add("GET /users/{user}", user)
    rest.add("GET /oauth2/applications/@me", application)
    rest.add("GET /applications/@me", application)
    rest.add("GET /applications/{application}", named_application)


def gateway(asked: Asked) -> Answer:
    """Tell where the gateway is."""
    return Answer({"url": _url(asked)})


def gateway_bot(asked: Asked) -> Answer:
    """Tell where the gateway is, with how many shards, and how often one may begin a session."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    body = {"url": _url(asked), "shards": asked.world.shards, "session_start_limit": limit}
    return Answer(body)


def me(asked: Asked) -> Answer:
    """Describe the bot."""
    more = {"verified": True, "mfa_enabled": True, "locale": "en-US", "flags": 0, "email": None}
    return Answer(asked.world.bot.as_json() | more)


def user(asked: Asked) -> Answer:
    """Describe somebody."""
    found = asked.world.users.get(asked.id("user"))
    if found is None:
        raise refusal(UNKNOWN_USER)
    return Answer(found.as_json())


def application(asked: Asked) -> Answer:
    """Describe the application."""
    return Answer(asked.world.application.as_json(asked.world.bot))


def named_application(asked: Asked) -> Answer:
    """Describe the application, by its id."""
    own_application(asked)
    return application(asked)


def _url(asked: Asked) -> str:
    return f"{asked.world.base_url.replace('http', 'ws', 1)}/gateway"
