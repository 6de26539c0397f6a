"""The console as a process: a person's, a script's, or one command of a command line."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Sequence
from functools import partial

from bot.commands.run import handle_text
from bot.console.app import ConsoleApp
from bot.console.console import run_console
from bot.console.inbox import Inbox, compose_notice
from bot.console.render import render_reply
from bot.guarded import guarded
from bot.logs import log_to_file
from bot.settings import load_settings
from bot.wiring import open_app
from core.model.people import Role, WorkspaceKind
from core.usecases.settings import Account, enter


def console() -> int:
    """Serve the person at the console, or the script on standard input."""
    return guarded(lambda: asyncio.run(_console()))


async def _console() -> int:
    settings = load_settings()
    inbox = Inbox()
    async with open_app(settings, roles=("worker",), console=(inbox, compose_notice)) as app:
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
    async with open_app(load_settings(), roles=()) as app:
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
