"""By which token Bolt acts: a workspace's own."""

from __future__ import annotations

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack.tokens import Tokens
from core.store.database import BusyError


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
        try:
            token = await self._tokens.token_of(team_id or enterprise_id or "")
        except BusyError:
            token = ""  # the listener finds the same, and says so
        if token is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=token, user_id=user_id
        )
