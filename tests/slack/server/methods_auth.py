"""Methods about tokens and connections."""

from __future__ import annotations

import base64
from urllib.parse import unquote

from tests.slack.server.asking import Asked, Method
from tests.slack.server.errors import Json, Refusal


def _api_test(asked: Asked) -> Json:
    if error := asked.text("error"):
        raise Refusal(error, args=asked.arguments)
    return {"args": asked.arguments}


def _auth_test(asked: Asked) -> Json:
    team = asked.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": asked.slack.app.name,
        "team_id": team.id,
        "user_id": team.bot_user_id,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def _auth_revoke(asked: Asked) -> Json:
    if not asked.flag("test"):
        asked.team.token_error = "token_revoked"
    return {"revoked": not asked.flag("test")}


def _connections_open(asked: Asked) -> Json:
    return {"url": asked.slack.socket.ticket_url()}


def _oauth_access(asked: Asked) -> Json:
    app = asked.slack.app
    client_id, secret = _client(asked)
    if client_id != app.client_id:
        raise Refusal("invalid_client_id")
    if secret != app.client_secret:
        raise Refusal("bad_client_secret")
    code = asked.slack.oauth_codes.get(asked.need("code"))
    if code is None:
        raise Refusal("invalid_code")
    if code.exchanged:
        raise Refusal("code_already_used")
    if asked.text("redirect_uri") not in (None, code.redirect_uri):
        raise Refusal("bad_redirect_uri")
    code.exchanged = True
    team = code.team
    asked.slack.install(team, code.scopes)
    return {
        "access_token": team.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(team.scopes)),
        "bot_user_id": team.bot_user_id,
        "app_id": app.id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "authed_user": {"id": code.installer},
        "is_enterprise_install": False,
    }


def _client(asked: Asked) -> tuple[str | None, str | None]:
    basic = asked.text("_basic")
    if basic is None:
        return asked.text("client_id"), asked.text("client_secret")
    client_id, _, secret = base64.b64decode(basic).decode().partition(":")
    return unquote(client_id), unquote(secret)


METHODS = {
    "api.test": Method(_api_test, token="none"),
    "auth.test": Method(_auth_test),
    "auth.revoke": Method(_auth_revoke),
    "apps.connections.open": Method(_connections_open, token="app"),
    "oauth.v2.access": Method(_oauth_access, token="none"),
}
