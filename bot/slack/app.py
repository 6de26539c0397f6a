"""The Bolt application: which listener hears what."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.authorizing import Authorizing
from bot.slack.buttons import Buttons
from bot.slack.commands import Commands
from bot.slack.errands import SlackErrands
from bot.slack.form_view import FORM
from bot.slack.hall import Hall
from bot.slack.home import Home
from bot.slack.manifest import CLICKS, COMMANDS, HOME, SHORTCUT
from bot.slack.small_views import CANCEL, IMPORT
from bot.slack.submissions import Submissions
from bot.slack.tokens import Tokens

log = logging.getLogger(__name__)

_NOT_INSTALLED = (
    "Callboard is not installed in this workspace, or not any more: ask whoever runs it to add it"
    " again. Nothing was written."
)


def make_app(
    hall: Hall, tokens: Tokens, errands: SlackErrands, signing_secret: str = ""
) -> AsyncApp:
    """Make the application; without a signing secret it can be reached by Socket Mode alone."""
    app = AsyncApp(
        name="callboard",
        logger=_quiet_logger(),
        client=tokens.client(),
        authorize=Authorizing(tokens),  # type: ignore[arg-type]  # Bolt knows it by its class
        signing_secret=signing_secret,
        request_verification_enabled=bool(signing_secret),
        user_facing_authorize_error_message=_NOT_INSTALLED,
    )
    home = Home(hall)
    commands, buttons = Commands(hall), Buttons(hall, home)
    submissions = Submissions(hall, errands, home)
    app.command("/slot")(commands.on_slot)
    app.shortcut(SHORTCUT)(commands.on_shortcut)
    app.action(re.compile(r"^slot:\w+(:\d+)?$"))(buttons.on_press)
    app.view(FORM)(submissions.on_form)
    app.view(CANCEL)(submissions.on_cancel)
    app.view(IMPORT)(submissions.on_import)
    _note_kinds(app, hall)
    _hear_events(app, hall, home, tokens)
    app.error(_on_error)
    return app


def _note_kinds(app: AsyncApp, hall: Hall) -> None:
    """Note what arrives at all, beside whatever is done with it."""

    @app.use
    async def noted(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        if "trigger_id" in body:
            hall.heard(COMMANDS if "command" in body else CLICKS)
        await next_()


def _hear_events(app: AsyncApp, hall: Hall, home: Home, tokens: Tokens) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        hall.stay()
        hall.heard(HOME)
        if event.get("tab") == "home":
            await home.open({**body, "user_id": event["user"]}, client)

    @app.event("app_uninstalled")
    async def uninstalled(body: dict[str, Any]) -> None:
        await tokens.ended(str(body.get("team_id", "")), "app_uninstalled", _sent_at(body))

    @app.event("tokens_revoked")
    async def revoked(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tokens", {}).get("bot"):
            await tokens.ended(str(body.get("team_id", "")), "tokens_revoked", _sent_at(body))


def _sent_at(body: dict[str, Any]) -> datetime | None:
    """Say when an event came about; Slack sends it again for minutes. Seconds are cut off."""
    seconds = body.get("event_time")
    if not isinstance(seconds, int):
        return None
    return datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=1)


async def _on_error(error: Exception) -> None:
    # what was typed stays out of the log, and an error's words may hold it: class and place do
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error("slack.failed", extra={"error": type(error).__name__, "where": where})


def _quiet_logger() -> logging.Logger:
    """Give Bolt a logger that keeps its mouth shut about what people typed.

    It writes whole payloads of requests that it cannot verify, or that nobody listens to.
    """
    logger = logging.getLogger("callboard.slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger
