"""Slack's other addresses: response URLs, file downloads, the page that asks to install."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from tests.slack.server.answers import show_answer
from tests.slack.server.elements import Naming
from tests.slack.server.errors import Json, Refusal
from tests.slack.server.faults import Faults
from tests.slack.server.grants import ResponseUrl, use_response_url
from tests.slack.server.messages import Message
from tests.slack.server.validation import check_message
from tests.slack.server.world import ApiCall

if TYPE_CHECKING:
    from tests.slack.server.server import SlackServer


class Doors:
    """Answers what is not the Web API."""

    def __init__(self, slack: SlackServer, faults: Faults) -> None:
        self._slack, self._faults = slack, faults

    async def respond(self, request: web.Request) -> web.Response:
        """Take a post to a response URL."""
        try:
            body = json.loads(await request.text())
        except ValueError:
            body = {}
        granted = self._slack.response_urls.get(request.path)
        call = self._log("response_url", body, granted)
        channel = granted.channel.id if granted else None

        def act() -> web.Response:
            return self._respond(request.path, call)

        fault = self._faults.take("response_url", channel)
        try:
            return await fault.strike(request, act) if fault else act()
        finally:
            call.outcome = fault.name if fault else call.outcome
            self._slack.tell()

    def _log(self, method: str, arguments: Json, granted: ResponseUrl | None) -> ApiCall:
        team = granted.team if granted else None
        call = ApiCall(method, arguments, team, self._slack.clock.now())
        self._slack.calls.append(call)
        return call

    def _respond(self, path: str, call: ApiCall) -> web.Response:
        try:
            granted = use_response_url(self._slack, path)
            self._carry_out(granted, call.arguments)
        except Refusal as refusal:
            call.outcome = refusal.error
            status = 400 if refusal.error.startswith(("invalid_b", "no_text")) else 404
            return web.json_response(refusal.as_json(), status=status)
        call.outcome = "ok"
        return web.Response(text="ok")

    def _carry_out(self, granted: ResponseUrl, body: Json) -> None:
        source = granted.source
        if body.get("delete_original"):
            if source is not None:
                _take_away(granted, source)
            return
        check_message(body)
        if source is not None and "replace_original" not in body:
            # Slack does not state what happens then, and has done either
            self._slack.accuse("answered a click without replace_original")
        if source is not None and body.get("replace_original"):
            source.edit(
                ts=self._slack.next_ts(),
                text=str(body.get("text") or ""),
                blocks=Naming().name(body.get("blocks") or []),
            )
            granted.heard.messages.append(source)
            return
        show_answer(self._slack, granted.heard, granted.channel, body)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give a file to a bot of its workspace, and a sign-in page to everybody else."""
        team_id, _, file_id = request.match_info["file"].partition("-")
        team = self._slack.teams.get(team_id)
        call = ApiCall("files", {"file": file_id}, team, self._slack.clock.now())
        self._slack.calls.append(call)
        file = team.files.get(file_id) if team else None
        fault = self._faults.take("files", None)

        def act() -> web.Response:
            allowed = (
                team is not None
                and request.headers.get("Authorization") == f"Bearer {team.bot_token}"
                and not team.token_error
                and "files:read" in team.scopes
            )
            if not allowed:
                call.outcome = "signed_out"
                return web.Response(status=302, headers={"Location": "/signin"})
            if file is None or file.deleted:
                call.outcome = "file_not_found"
                return web.Response(status=404, text="not found")
            call.outcome = "ok"
            return web.Response(body=file.content, content_type=file.mimetype)

        if fault is None:
            return act()
        answer = await fault.strike(request, act)
        call.outcome = fault.name
        return answer

    async def upload(self, request: web.Request) -> web.Response:
        """Take what a file holds, at the address that was given for it."""
        team = self._slack.teams.get(request.match_info["team"])
        file = team.files.get(request.match_info["file"]) if team else None
        content = await request.read()
        if file is None or file.content or not content:
            return web.Response(status=400, text="cannot be uploaded")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def sign_in(self, request: web.Request) -> web.Response:  # noqa: ARG002
        """Show the page that somebody without a session gets."""
        return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")

    async def authorize(self, request: web.Request) -> web.Response:
        """Install at once for `slack.installs_for`, and lead back to the app."""
        asked = request.query
        if asked.get("client_id") != self._slack.app.client_id:
            return web.Response(text="Invalid client_id parameter")
        back = asked.get("redirect_uri") or self._slack.app.redirect_uri
        if back is None or self._slack.installs_for is None:
            return web.Response(text="Invalid redirect_uri, or nobody to install it")
        person = self._slack.installs_for
        scopes = {scope for scope in asked.get("scope", "").split(",") if scope}
        code = self._slack.oauth_code(person, scopes, redirect_uri=asked.get("redirect_uri"))
        query = urlencode({"code": code, "state": asked.get("state", "")})
        return web.Response(status=302, headers={"Location": f"{back}?{query}"})


def _take_away(granted: ResponseUrl, message: Message) -> None:
    message.deleted = True
    person = granted.heard.person
    if message in person.ephemeral:
        person.ephemeral.remove(message)
