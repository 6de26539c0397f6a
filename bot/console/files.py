"""Files that commands name at a console: a list to import, a place to export to."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from bot.answers.reply import Attachment, Reply, Section, Tone
from bot.commands.commands import AudienceImport, Command, Misunderstood
from bot.form.characters import quoted
from bot.form.files import MOST_BYTES
from core.model.prose import Line, Said

_EXAMPLE = "/slot audience import regulars guests.csv"


async def with_file(command: Command | Misunderstood) -> Command | Misunderstood:
    """Read the file that an import names; any other command stays as it is."""
    if not isinstance(command, AudienceImport) or not command.filename:
        return command
    try:
        data = await asyncio.to_thread(_read, command.filename)
    except (OSError, ValueError, RuntimeError) as error:
        return Misunderstood(f"{quoted(command.filename)} cannot be read: {_why(error)}.", _EXAMPLE)
    if data is None:
        return Misunderstood(f"{quoted(command.filename)} is no file.", _EXAMPLE)
    return replace(command, data=data)


def _read(filename: str) -> bytes | None:
    """Read a file, one byte more than is allowed at most; None for what is no plain file."""
    path = Path(filename).expanduser()
    if path.exists() and not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


async def with_saved(reply: Reply) -> Reply:
    """Write a reply's attachment where it was asked for; without a place, show its text instead.

    A file that is there already is left alone.
    """
    attachment = reply.attachment
    if attachment is None:
        return reply
    tone, lines = reply.tone, _shown(attachment)
    if attachment.wanted:
        try:
            path = await asyncio.to_thread(_write, attachment)
            lines = (("Written to ", Said(str(path)), "."),)
        except (OSError, ValueError, RuntimeError) as error:
            tone = Tone.MISTAKE
            lines = (("Not written to ", Said(quoted(attachment.wanted)), f": {_why(error)}."),)
    sections = (*reply.sections, Section(lines=lines))
    return replace(reply, tone=tone, sections=sections, attachment=None)


def _shown(attachment: Attachment) -> tuple[Line, ...]:
    return tuple((Said(line),) for line in attachment.data.decode().splitlines())


def _write(attachment: Attachment) -> Path:
    path = Path(attachment.wanted).expanduser()
    if path.is_dir():
        path /= attachment.filename
    # addresses: for their owner's eyes alone
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(attachment.data)
    return path


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "that is no path"
