"""Tokens: the desk's own for one workspace, or those it was given where it was installed."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime

from aiohttp import ClientSession, ClientTimeout
from slack_sdk.web.async_client import AsyncWebClient

from core.store.database import BusyError
from core.store.desk import Desk
from core.store.installations import Installation
from core.usecases.installations import (
    end_installation,
    installation_of,
    keep_installation,
)

log = logging.getLogger(__name__)

# the SDK writes whole payloads to a logger that has no level of its own
_QUIET = logging.getLogger("callboard.slack_sdk")
_QUIET.setLevel(logging.WARNING)

_TIMEOUT = 3  # seconds: nobody waits for an answer longer
_HURRY = 0.15  # seconds
_KEPT = 5.0  # seconds that a token is taken for right: another process may have ended it


class Tokens:
    """Gives the bot token of a workspace, and clients that carry it."""

    def __init__(self, desk: Desk, own: str, api_url: str) -> None:
        self._desk = desk
        self._own = own
        self._api_url = api_url
        self._session: ClientSession | None = None
        self._known: dict[str, tuple[float, str | None]] = {}
        self.own_team = ""  # whose own token is, once Slack was asked

    async def token_of(self, team: str) -> str | None:
        """Give the token for a workspace; None where the desk is not installed, or not any more.

        Raises `BusyError` where the store cannot be asked and no token was known before.
        """
        at, token = self._known.get(team, (-_KEPT, None))
        if time.monotonic() - at < _KEPT:
            return token
        own = self._own if self.own_team in {"", team} else ""
        before = token or own
        try:
            # whoever waits for an answer has no time to lose where a token is known
            async with asyncio.timeout(_HURRY if before else None):
                found = await self._desk.read(installation_of, team)
        except (BusyError, TimeoutError):
            if before:  # a person who asks now is to be told so: by what was right just before
                return before
            raise
        gone = found is not None and found.ended_at is not None
        token = None if gone else (found.token if found else "") or own or None
        self._known[team] = (time.monotonic(), token)
        return token

    async def installed(self, installation: Installation) -> None:
        """Keep that the desk was added to a workspace, in place of what was known of it."""
        await self._desk.run_patiently(keep_installation, installation)
        self._known.pop(installation.team_id, None)

    async def ended(self, team: str, reason: str, at: datetime | None = None) -> None:
        """Keep that the desk was removed from a workspace; nothing happens the second time.

        `at` is when that was: what Slack says late must not end a newer installation.
        """
        if await self._desk.run_patiently(end_installation, team, at):
            log.warning("slack.removed", extra={"team": team, "reason": reason})
        self._known.pop(team, None)

    async def refused(self, team: str, token: str, reason: str) -> None:
        """Keep that a token is dead, unless another one is in its place by now."""
        self._known.pop(team, None)
        if await self.token_of(team) == token:
            await self.ended(team, reason)

    async def client_of(self, team: str) -> AsyncWebClient | None:
        """Give a client for a workspace, or None."""
        token = await self.token_of(team)
        return self.client(token) if token else None

    def client(self, token: str = "") -> AsyncWebClient:
        """Make a client; it repeats nothing by itself: a call repeated may act twice."""
        if self._session is None:
            # the client's own time-out counts only for sessions that it opens itself
            self._session = ClientSession(timeout=ClientTimeout(total=_TIMEOUT))
        return AsyncWebClient(
            token=token or None,
            base_url=self._api_url,
            timeout=_TIMEOUT,
            session=self._session,
            retry_handlers=[],
            logger=_QUIET,
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
