"""The process: what runs together, how it stops, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeAlias

from bot.guarded import guarded
from bot.logs import log_to_stderr
from bot.settings import Settings, SettingsError, load_settings
from bot.stopping import stop_on_signals
from bot.wiring import App, meet_slack, open_app, open_path
from core.store.bell import listen
from core.store.occupied import occupying

log = logging.getLogger(__name__)

_LACKING = {
    "discord": "set CALLBOARD_DISCORD_TOKEN first",
    "slack": "set CALLBOARD_SLACK_BOT_TOKEN and CALLBOARD_SLACK_APP_TOKEN first",
}
Part: TypeAlias = Coroutine[None, None, None]


def run(roles: Sequence[str]) -> int:
    """Run the desk until it is told to stop (SIGTERM, SIGINT), which takes ten seconds at most."""
    return guarded(lambda: asyncio.run(_run(roles)))


async def _run(roles: Sequence[str]) -> int:
    log_to_stderr()
    stop = asyncio.Event()
    stop_on_signals(stop)
    settings = load_settings()
    with _alone(settings):
        await _serve(settings, roles, stop)
    log.info("desk.stopped")
    return 0


def _alone(settings: Settings) -> AbstractContextManager[None]:
    """Have an SQLite file for this process; on PostgreSQL any number may run."""
    path = open_path(settings)
    if path is None:
        return nullcontext()
    path.parent.mkdir(parents=True, exist_ok=True)
    return occupying(path)


async def _serve(settings: Settings, roles: Sequence[str], stop: asyncio.Event) -> None:
    chosen = roles or roles_of(settings)
    async with open_app(settings, roles=chosen) as app:
        await meet_slack(app)
        parts = running(app, chosen, stop)
        log.info("desk.ready", extra={"roles": ",".join(chosen)})
        await _all(parts, stop)


async def _all(parts: Sequence[Part], stop: asyncio.Event) -> None:
    """Run all parts; where one breaks down the others are stopped before that is said."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.gather(*tasks)
    finally:
        stop.set()
        await asyncio.gather(*tasks, return_exceptions=True)


def roles_of(settings: Settings) -> tuple[str, ...]:
    """Say what a process runs that was not told: whatever has its settings."""
    wanted = {
        "worker": True,
        "slack": settings.has_slack,
        "discord": settings.has_discord,
        "web": True,
    }
    return tuple(role for role, has in wanted.items() if has)


def running(app: App, roles: Sequence[str], stop: asyncio.Event) -> list[Part]:
    """Begin what a process is to do; raises `SettingsError` for a role without its settings."""
    lacking = [role for role in roles if role not in roles_of(app.settings)]
    if lacking:
        raise SettingsError([f"--only {role}: {_LACKING[role]}" for role in lacking])
    parts: list[Part] = []
    if "worker" in roles:
        parts += [app.clock.run(stop), app.dispatcher.run(stop), app.usher.run(stop)]
        parts.append(listen(app.desk.database, app.desk.on_work, stop))
        if app.mirror is not None:
            parts.append(app.mirror.run(stop))
    if "slack" in roles and app.slack is not None:
        parts.append(app.slack.run(stop))
    if "discord" in roles and app.discord is not None:
        parts.append(app.discord.run(stop))
    if "web" in roles:
        from bot.web.parts import web_parts  # noqa: PLC0415 - pages, for whoever serves them alone

        parts += web_parts(app, stop)
        if app.slack is not None and "slack" not in roles:
            parts.append(app.slack.errands.run(stop))  # what is handed in over HTTP is done here
    return parts
