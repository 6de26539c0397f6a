"""The Web API: reads a call, lets faults strike, checks the token, asks the method, keeps a log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from tests.slack.server.asking import Asked, Method, require_scope
from tests.slack.server.errors import Json, Refusal
from tests.slack.server.faults import Faults, rate_limited
from tests.slack.server.methods_auth import METHODS as AUTH
from tests.slack.server.methods_chat import METHODS as CHAT
from tests.slack.server.methods_conversations import METHODS as CONVERSATIONS
from tests.slack.server.methods_files import METHODS as FILES
from tests.slack.server.methods_people import METHODS as PEOPLE
from tests.slack.server.methods_views import METHODS as VIEWS
from tests.slack.server.pace import Pace
from tests.slack.server.team import Team
from tests.slack.server.world import ApiCall

if TYPE_CHECKING:
    from tests.slack.server.server import SlackServer

METHODS: dict[str, Method] = {**AUTH, **CHAT, **CONVERSATIONS, **FILES, **PEOPLE, **VIEWS}


class WebApi:
    """Answers `/api/METHOD`."""

    def __init__(self, slack: SlackServer, faults: Faults, pace: Pace) -> None:
        self._slack, self._faults, self._pace = slack, faults, pace

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call."""
        name = request.match_info["method"]
        arguments, token = await _read(request)
        call = ApiCall(name, arguments, self._team_of(token), self._slack.clock.now(), token)
        self._slack.calls.append(call)
        self._slack.tell()
        channel = arguments.get("channel")
        fault = self._faults.take(name, channel)
        try:
            if fault is not None:
                return await fault.strike(request, lambda: self._answer(call))
            wait = self._pace.wait(name, call.team, channel)
            if wait:
                call.outcome = "ratelimited"
                return rate_limited(wait)
            return self._answer(call)
        finally:
            if fault is not None:
                call.outcome = fault.name
            self._slack.tell()

    def _answer(self, call: ApiCall) -> web.Response:
        try:
            body = {"ok": True, **self._asked(call)}
            call.outcome = "ok"
        except Refusal as refusal:
            body = refusal.as_json()
            call.outcome = refusal.error
        scopes = ",".join(sorted(call.team.scopes)) if call.team else ""
        return web.json_response(body, headers={"X-OAuth-Scopes": scopes})

    def _asked(self, call: ApiCall) -> Json:
        method = METHODS.get(call.method)
        if method is None:
            raise Refusal("unknown_method", req_method=call.method)
        if method.token == "bot":
            self._check_bot(call)
            if call.team is not None and method.scope:
                require_scope(call.team, method.scope)
        elif method.token == "app":
            self._check_app(call)
        return method.answer(Asked(self._slack, call.arguments, call.token, call.team))

    def _check_bot(self, call: ApiCall) -> None:
        if not call.token:
            raise Refusal("not_authed")
        if call.token == self._slack.app.token:
            raise Refusal("not_allowed_token_type")
        if call.team is None:
            raise Refusal(self._slack.dead_tokens.get(call.token, "invalid_auth"))
        if call.team.token_error:
            raise Refusal(call.team.token_error)

    def _check_app(self, call: ApiCall) -> None:
        if not call.token:
            raise Refusal("not_authed")
        if call.team is not None:
            raise Refusal("not_allowed_token_type")
        if call.token != self._slack.app.token:
            raise Refusal("invalid_auth")
        scopes = self._slack.app.token_scopes
        if "connections:write" not in scopes:
            raise Refusal(
                "missing_scope", needed="connections:write", provided=",".join(sorted(scopes))
            )

    def _team_of(self, token: str | None) -> Team | None:
        for team in self._slack.teams.values():
            if token and team.bot_token == token:
                return team
        return None


async def _read(request: web.Request) -> tuple[Json, str | None]:
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            body = {}
        arguments |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        arguments |= dict(await request.post())
    given = arguments.pop("token", None)
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        return arguments, bearer.strip() or given
    if scheme == "Basic":
        arguments["_basic"] = bearer
    return arguments, given
