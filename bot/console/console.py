"""The console's way in: a terminal where a person sits, a script where none does."""

from __future__ import annotations

from io import TextIOWrapper
from typing import TextIO

from bot.console.app import ConsoleApp
from bot.console.script import run_script
from bot.console.terminal import run_terminal


async def run_console(app: ConsoleApp) -> int:
    """Serve the person at the console, or the script on standard input; gives the exit code."""
    # bytes that are no text are refused with the field they stand in, not with a trace
    _forgive(app.stdin, "surrogateescape")
    _forgive(app.stdout, "replace")
    actor = await app.enter()
    app.inbox.belongs_to(actor.person_id)
    if not app.interactive:
        return await run_script(app)
    return await run_terminal(app)


def _forgive(stream: TextIO, errors: str) -> None:
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors=errors)
