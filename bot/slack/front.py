"""Slack as a front end: made of the settings, run by socket or by HTTP, drained when it stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.settings import Settings
from bot.slack.app import make_app
from bot.slack.errands import SlackErrands
from bot.slack.hall import Hall, Lookup
from bot.slack.oauth import oauth_routes
from bot.slack.over_http import slack_routes
from bot.slack.over_socket import listen
from bot.slack.tokens import Tokens
from core.store.desk import Desk

log = logging.getLogger(__name__)

_LAST_ANSWERS = 8.0  # seconds for what was acknowledged and not yet answered


@dataclass(frozen=True, slots=True)
class SlackFront:
    """Slack's side of the desk."""

    settings: Settings
    hall: Hall
    tokens: Tokens
    errands: SlackErrands
    app: AsyncApp

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        """Give what it serves over HTTP."""
        routes = list(slack_routes(self.app)) if self.settings.slack_signing_secret else []
        if self.settings.slack_client_id:
            routes += oauth_routes(self.hall.desk, self.settings, self.tokens)
        return routes

    async def run(self, stop: asyncio.Event) -> None:
        """Do errands and, where there is an app token, listen; until told to stop."""
        parts = [self.errands.run(stop)]
        if self.settings.slack_app_token:
            parts.append(listen(self.app, self.settings.slack_app_token, stop, self.drain))
        await asyncio.gather(*parts)

    async def drain(self) -> None:
        """Finish what people still wait for."""
        if self.hall.running:
            await asyncio.wait(self.hall.running, timeout=_LAST_ANSWERS)

    async def close(self) -> None:
        """Finish what people still wait for, and close the connections to Slack."""
        await self.drain()
        await self.tokens.close()


def make_front(settings: Settings, desk: Desk, lookup: Lookup, tokens: Tokens) -> SlackFront:
    """Put the front end together."""
    hall = Hall(desk, lookup, settings.slack_admin_group)
    errands = SlackErrands(hall, tokens.client_of)
    app = make_app(hall, tokens, errands, settings.slack_signing_secret)
    return SlackFront(settings, hall, tokens, errands, app)
