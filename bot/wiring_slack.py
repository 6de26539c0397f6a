"""Wiring of Slack: its route, its tokens and its front end. Imported only where Slack is set up."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from adapters.slack_check import SlackChecked, try_slack
from adapters.slack_lookup import SlackLookup
from adapters.slack_posts import SlackPosts
from bot.settings import Settings, SettingsError
from bot.slack.manifest import SCOPES
from bot.slack.tokens import Tokens
from core.notices.as_slack import compose
from core.notices.notice import Notice, Personal
from core.outbox.outlet import Fill, Outlet
from core.outbox.route import Message
from core.store.desk import Desk
from core.store.installations import Installation

if TYPE_CHECKING:
    from bot.slack.front import SlackFront

log = logging.getLogger(__name__)


def slack_tokens(settings: Settings, desk: Desk) -> Tokens:
    """Make what gives the workspaces' tokens."""
    return Tokens(desk, settings.slack_bot_token, settings.slack_api_url)


def slack_front(settings: Settings, desk: Desk, tokens: Tokens) -> SlackFront:
    """Make the front end in Slack."""
    from bot.slack.front import make_front  # noqa: PLC0415 - Bolt, for whoever listens alone

    lookup = SlackLookup(settings.slack_api_url, tokens.client_of)
    return make_front(settings, desk, lookup, tokens)


def slack_outlet(settings: Settings, tokens: Tokens) -> Outlet:
    """Make the route to Slack's channels and people."""
    route = SlackPosts(tokens.token_of, settings.slack_api_url, tokens.refused)

    def composed(notice: Notice) -> Fill:
        fill = compose(notice)

        def filled(delivery_id: int, personal: Personal) -> Message:
            post = fill(delivery_id, personal)
            return Message(delivery_id, post.recipient, post.data)

        return filled

    return Outlet(route, composed)


async def slack_works(settings: Settings) -> SlackChecked:
    """Really ask Slack about the tokens; gives what they are for and what is wrong."""
    return await try_slack(
        settings.slack_bot_token,
        settings.slack_app_token,
        settings.slack_api_url,
        scopes=SCOPES,
    )


async def meet(settings: Settings, tokens: Tokens) -> None:
    """See whom the desk's own token is for; raises `SettingsError` for tokens Slack refuses.

    What Slack cannot be asked just now is no reason not to start.
    """
    checked = await slack_works(settings)
    refused = [one for one in checked.problems if one.startswith("CALLBOARD_SLACK_")]
    if refused and not checked.gone:  # removed since: the mail of everybody else must go on
        raise SettingsError(refused)
    for problem in checked.problems:
        log.warning("slack.trouble", extra={"reason": problem})
    if settings.slack_bot_token and checked.team_id:
        found = Installation(checked.team_id, checked.team_name, token="")  # it is in the settings
        tokens.own_team = checked.team_id
        await tokens.installed(found)
