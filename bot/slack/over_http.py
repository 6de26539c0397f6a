"""Slack over HTTP: requests are verified by Bolt; what cannot be one is refused before."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.slack.manifest import EVENTS

log = logging.getLogger(__name__)

_LONGEST_TIMESTAMP = 12  # digits
# what Bolt stumbles over in a body that is none of Slack's: it reads bodies before it verifies them
_MALFORMED = (ValueError, LookupError, AttributeError, TypeError, RecursionError)


def slack_routes(app: AsyncApp) -> Sequence[web.RouteDef]:
    """Give the route at which Slack hands in commands, clicks, forms and events."""

    async def handed_in(request: web.Request) -> web.Response:
        if not _can_be_signed(request):
            return web.Response(status=401, text="not signed by Slack\n")
        try:
            answer = await app.async_dispatch(await to_bolt_request(request))
        except _MALFORMED as error:
            log.warning("slack.not_readable", extra={"error": type(error).__name__})
            return web.Response(status=400, text="not readable\n")
        return await to_aiohttp_response(answer)

    return [web.post(EVENTS, handed_in)]


def _can_be_signed(request: web.Request) -> bool:
    """Tell whether the headers are such as Bolt can compare with what they should be."""
    signed_at = request.headers.get("X-Slack-Request-Timestamp", "0")
    number = signed_at.isascii() and signed_at.isdigit() and len(signed_at) <= _LONGEST_TIMESTAMP
    return number and request.headers.get("X-Slack-Signature", "").isascii()
