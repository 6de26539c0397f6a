"""The process: what runs together, how it stops, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import getpass
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TypeAlias

from bot.commands.run import handle_text
from bot.console.app import ConsoleApp
from bot.console.console import run_console
from bot.console.inbox import Inbox, compose_notice
from bot.console.render import render_reply
from bot.logs import log_to_file, log_to_stderr
from bot.settings import Settings, SettingsError, load_settings
from bot.slack.manifest import manifest_text
from bot.stopping import stop_on_signals
from bot.web.gate import gate_door
from bot.web.health import health_routes
from bot.web.pages import site_routes
from bot.web.server import serve
from bot.web.site import Known, Site
from bot.wiring import (
    App,
    SchemaBehindError,
    meet_slack,
    open_app,
    open_database_of,
    open_path,
)
from bot.wiring_gate import DIALECTS
from core.access.vault import SealBrokenError
from core.model.people import Role, WorkspaceKind
from core.store.bell import listen
from core.store.database import BusyError, NoDatabaseError
from core.store.occupied import OccupiedError, occupying
from core.store.schema import SchemaUnknownError, upgrade
from core.usecases.settings import Account, enter

log = logging.getLogger(__name__)

_WRONG = 2
_LACKING = {
    "discord": "set CALLBOARD_DISCORD_TOKEN first",
    "slack": "set CALLBOARD_SLACK_BOT_TOKEN and CALLBOARD_SLACK_APP_TOKEN first",
}
Part: TypeAlias = Coroutine[None, None, None]
_MENDABLE = (  # what the operator can put right, once it is said in words
    SchemaBehindError,
    SchemaUnknownError,
    BusyError,
    NoDatabaseError,
    SealBrokenError,
    OccupiedError,
    OSError,
)


def guarded(command: Callable[[], int]) -> int:
    """Run a command; what the operator can mend is said in words, without a trace."""
    try:
        return command()
    except BrokenPipeError:  # whoever read along has seen enough
        raise
    except SettingsError as error:
        sys.stderr.write("callboard cannot start: settings are missing or wrong.\n")
        for problem in error.problems:
            sys.stderr.write(f"  {problem}\n")
    except _MENDABLE as error:
        sys.stderr.write(f"callboard cannot start: {error}\n")
    return _WRONG


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
    async with open_app(settings) as app:
        if app.slack is not None:
            await meet_slack(app)
        parts = running(app, roles or roles_of(settings), stop)
        log.info("desk.ready", extra={"roles": ",".join(roles or roles_of(settings))})
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
    settings = app.settings
    parts: list[Part] = []
    if lacking := [role for role in roles if role not in roles_of(settings)]:
        raise SettingsError([f"--only {role}: {_LACKING[role]}" for role in lacking])
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
        slack_routes = app.slack.routes if app.slack is not None else ()
        site = Site(app.desk, Known(settings.public_url))
        health = health_routes(app.desk, app.gate.counts)
        routes = [*site_routes(site), *health, *site.beside(slack_routes)]
        doors = gate_door(app.gate, DIALECTS)
        parts += [
            serve(routes, doors, settings.http_host, settings.http_port, stop),
            app.gate.memory.run(stop),
        ]
        if app.slack is not None and "slack" not in roles and slack_routes:
            parts.append(app.slack.errands.run(stop))  # what is handed in over HTTP is done here
    return parts


def console() -> int:
    """Serve the person at the console, or the script on standard input."""
    return guarded(lambda: asyncio.run(_console()))


async def _console() -> int:
    settings = load_settings()
    inbox = Inbox()
    async with open_app(settings, console=(inbox, compose_notice)) as app:
        log_to_file(settings.data / "console.log")
        stop = asyncio.Event()
        beside = asyncio.gather(app.clock.run(stop), app.dispatcher.run(stop))
        front = ConsoleApp(
            desk=app.desk,
            enter=partial(app.desk.run, enter, _operator()),
            stdin=sys.stdin,
            stdout=sys.stdout,
            inbox=inbox,
            history_path=settings.data / "history",
            colours="NO_COLOR" not in os.environ,
        )
        try:
            return await run_console(front)
        finally:
            stop.set()
            await beside
            # what the last command queued goes out before the program ends
            await app.dispatcher.deliver_due()


def command(words: Sequence[str]) -> int:
    """Carry out one command of the console, given as the words of a command line."""
    return guarded(lambda: asyncio.run(_command(" ".join(_quoted(word) for word in words))))


async def _command(text: str) -> int:
    async with open_app(load_settings()) as app:
        actor = await app.desk.run(enter, _operator())
        reply = await handle_text(app.desk, actor, text)
    for line in render_reply(reply, actor.zone):
        sys.stdout.write(f"{line}\n")
    return 1 if reply.tone.failed else 0


def _quoted(word: str) -> str:
    """Quote a word as the commands' grammar wants it: the shell has taken the quotes away."""
    name, equals, value = word.partition("=")
    if equals and any(character.isspace() for character in value):
        return f'{name}="{value}"'
    return word


def _operator() -> Account:
    """Say who sits here: whoever can read the database can do anything with it anyway."""
    user = getpass.getuser()
    return Account(WorkspaceKind.CONSOLE, "local", "Console", user, user, Role.OPERATOR)


def slack_manifest() -> int:
    """Print the Slack app's manifest."""

    def printed() -> int:
        sys.stdout.write(manifest_text(load_settings()))
        return 0

    return guarded(printed)


def upgrade_database() -> int:
    """Bring the database to this release."""

    def upgraded() -> int:
        database = open_database_of(load_settings())
        try:
            upgrade(database)
        finally:
            database.dispose()
        sys.stdout.write("the database is at this release\n")
        return 0

    return guarded(upgraded)
