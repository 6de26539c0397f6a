"""Adding the desk to a workspace: Slack's OAuth, with the token sealed in our own store."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import ClientError, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation as Granted
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.settings import Settings
from bot.slack.manifest import OAUTH_BACK, SCOPES
from bot.slack.tokens import Tokens
from core.store.database import BusyError
from core.store.desk import Desk
from core.store.installations import Installation
from core.usecases.installations import issue_state, use_state

INSTALL = "/slack/install"
_STATE_SECONDS = 600
_AGAIN = "Slack or the database did not answer: please begin anew in a moment.\n"


class _Kept(AsyncInstallationStore):
    """Keeps what Slack grants."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def async_save(self, installation: Granted) -> None:
        """Keep an installation, in place of an older one of the same workspace."""
        kept = Installation(
            team_id=installation.team_id or installation.enterprise_id or "",
            team_name=installation.team_name or installation.enterprise_name or "",
            token=installation.bot_token or "",
            enterprise_id=installation.enterprise_id or "",
            app_id=installation.app_id or "",
            bot_id=installation.bot_id or "",
            bot_user_id=installation.bot_user_id or "",
            scopes=",".join(installation.bot_scopes or ()),
            installed_by=installation.user_id,
        )
        await self._tokens.installed(kept)


class _States(AsyncOAuthStateStore):
    """Makes and takes back the states of installations under way."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def logger(self) -> logging.Logger:
        """Give the logger."""
        return logging.getLogger(__name__)

    async def async_issue(self, *_: object, **__: object) -> str:
        """Make a state."""
        return await self._desk.read(issue_state)

    async def async_consume(self, state: str) -> bool:
        """Take a state back, once."""
        return await self._desk.run(use_state, state)


def oauth_routes(desk: Desk, settings: Settings, tokens: Tokens) -> Sequence[web.RouteDef]:
    """Give the pages by which the desk is added to a workspace."""
    flow = AsyncOAuthFlow(
        client=tokens.client(),
        settings=AsyncOAuthSettings(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret,
            scopes=list(SCOPES),
            redirect_uri=f"{settings.public_url}{OAUTH_BACK}",
            install_path=INSTALL,
            redirect_uri_path=OAUTH_BACK,
            installation_store=_Kept(tokens),
            state_store=_States(desk),
            state_expiration_seconds=_STATE_SECONDS,
        ),
    )
    return [
        web.get(INSTALL, _page(flow.handle_installation)),
        web.get(OAUTH_BACK, _page(flow.handle_callback)),
    ]


def _page(
    handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def page(request: web.Request) -> web.Response:
        try:
            shown = await to_aiohttp_response(await handle(await to_bolt_request(request)))
        except (ClientError, TimeoutError, BusyError):
            shown = web.Response(status=503, text=_AGAIN)
        shown.headers["Cache-Control"] = "no-store"
        shown.headers["Referrer-Policy"] = "no-referrer"
        return shown

    return page
