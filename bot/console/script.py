"""Commands from a script on standard input: one a line, answers as plain text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.answers.reply import Reply, Tone
from bot.commands.documents import documents, with_documents
from bot.commands.run import guarded
from bot.console.app import ConsoleApp
from bot.console.conversation import answer_line
from bot.console.render import render_reply
from core.notices.said import cleaned
from core.store.patience import one_patience

PROMPT = "slot> "
_CONTINUED = "    > "
_UTC = ZoneInfo("UTC")
_MOST_LINES = 50_000  # of one here-document
_USER = re.compile(r"://\S*@")  # what is printed of a script is kept, and its passwords are not


@dataclass(frozen=True, slots=True)
class Typed:
    """A command with the lines it was typed on; `unclosed` names a here-document without end."""

    text: str
    lines: tuple[str, ...]
    unclosed: str = ""


async def run_script(app: ConsoleApp) -> int:
    """Carry out every line; gives 1 if any was not understood, was refused or went wrong.

    Empty lines and those that begin with # are passed over. It goes on after a failure, unless
    the app says to stop there.
    """
    failed = False
    async for typed in _commands(app.stdin):
        first, *more = (_USER.sub("://\N{HORIZONTAL ELLIPSIS}@", line) for line in typed.lines)
        _print(app.stdout, [f"{PROMPT}{first}"])
        _print(app.stdout, (f"{_CONTINUED}{line}" for line in more))
        reply, zone = await _answered(app, typed)
        _print(app.stdout, render_reply(reply, zone))
        _print(app.stdout, [""])
        _print_notices(app)
        if reply.tone.failed or reply.form is not None:
            failed = True
            if app.stop_at_failure:
                break
    _print_notices(app)
    return 1 if failed else 0


async def _answered(app: ConsoleApp, typed: Typed) -> tuple[Reply, ZoneInfo]:
    """Answer a command, in the zone of who gave it."""
    if typed.unclosed:
        words = f"The text that {typed.unclosed} should end goes on to the end of the script."
        return Reply(Tone.MISTAKE, ((words,),)), _UTC
    with one_patience():
        actor = await guarded(app.enter(), "Actor")
        if isinstance(actor, Reply):
            return actor, _UTC
        return await answer_line(app.desk, actor, typed.text), actor.zone


async def _commands(stdin: TextIO) -> AsyncIterator[Typed]:
    """Read commands, each with its here-documents."""
    while line := await _read(stdin):
        text = line.rstrip("\r\n")
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        yield await with_bodies(text, stdin)


async def with_bodies(text: str, stdin: TextIO) -> Typed:
    """Read the here-documents that a line asks for."""
    shown, bodies = [text], []
    for end in documents(text):
        body: list[str] = []
        while (line := await _read(stdin)) and len(body) < _MOST_LINES:
            shown.append(line.rstrip("\r\n"))
            if shown[-1].strip() == end:
                break
            body.append(shown[-1])
        else:
            return Typed(text, tuple(shown), unclosed=end)
        bodies.append("\n".join(body))
    return Typed(with_documents(text, bodies), tuple(shown))


async def _read(stdin: TextIO) -> str:
    """Read a line without holding up what runs beside us; "" at the end."""
    return await asyncio.to_thread(stdin.readline)


def _print(stdout: TextIO, lines: Iterable[str]) -> None:
    stdout.writelines(f"{line if line.isprintable() else cleaned(line)}\n" for line in lines)
    stdout.flush()


def _print_notices(app: ConsoleApp) -> None:
    for notice in app.inbox.take():
        _print(app.stdout, (f"  | {line}" for line in ["", *notice.splitlines(), ""]))
