"""Slack over HTTP: requests are verified by Bolt; what cannot be one is refused before."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

EVENTS = "/slack/events"


def slack_routes(app: AsyncApp) -> Sequence[web.RouteDef]:
    """Give the route at which Slack hands in commands, clicks, forms and events."""

    async def handed_in(request: web.Request) -> web.Response:
        signed_at = request.headers.get("X-Slack-Request-Timestamp", "0")
        if not (signed_at.isascii() and signed_at.isdigit()):  # Bolt would stumble over it
            return web.Response(status=401, text="not signed by Slack\n")
        try:
            asked = await to_bolt_request(request)
        except UnicodeDecodeError:
            return web.Response(status=400, text="not readable\n")
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return [web.post(EVENTS, handed_in)]
