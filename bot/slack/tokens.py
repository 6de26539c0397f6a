"""Tokens: the desk's own for one workspace, or those it was given where it was installed."""

from __future__ import annotations

from aiohttp import ClientSession
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.installations import installation_of

_TIMEOUT = 3  # seconds: nobody waits for an answer longer


class Tokens:
    """Gives the bot token of a workspace, and clients that carry it."""

    def __init__(self, desk: Desk, own: str, api_url: str) -> None:
        self._desk = desk
        self._own = own
        self._api_url = api_url
        self._session: ClientSession | None = None
        self._last: dict[str, str] = {}

    async def token_of(self, team: str) -> str | None:
        """Give the token for a workspace; None where the desk is not installed, or not any more."""
        try:
            found = await self._desk.read(installation_of, team)
        except BusyError:
            # a person who asks now is to be told so: by the token that was right just before
            return self._last.get(team) or self._own or None
        if found is not None and found.ended_at is not None:
            self._last.pop(team, None)
            return None
        token = (found.token if found else "") or self._own
        if token:
            self._last[team] = token
        return token or None

    async def client_of(self, team: str) -> AsyncWebClient | None:
        """Give a client for a workspace, or None."""
        token = await self.token_of(team)
        return self.client(token) if token else None

    def client(self, token: str = "") -> AsyncWebClient:
        """Make a client; it repeats nothing by itself: a call repeated may act twice."""
        if self._session is None:
            self._session = ClientSession()
        return AsyncWebClient(
            token=token or None,
            base_url=self._api_url,
            timeout=_TIMEOUT,
            session=self._session,
            retry_handlers=[],
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class Authorizing(AsyncAuthorize):
    """Tells Bolt by which token it acts."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def __call__(  # noqa: PLR0913 - what Bolt hands over
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 - likewise
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,  # noqa: ARG002 - likewise
        actor_team_id: str | None = None,  # noqa: ARG002 - likewise
        actor_user_id: str | None = None,  # noqa: ARG002 - likewise
    ) -> AuthorizeResult | None:
        """Give the workspace's token, or None where the desk is not installed."""
        token = await self._tokens.token_of(team_id or enterprise_id or "")
        if token is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=token, user_id=user_id
        )
