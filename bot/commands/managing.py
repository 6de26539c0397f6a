"""The grammar of what has sub-commands of its own: audience lists and servers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.commands.commands import (
    AudienceAdd,
    AudienceDrop,
    AudienceExport,
    AudienceImport,
    AudienceRemove,
    AudienceShow,
    Command,
    Misunderstood,
    ServerAdd,
    ServerBlackout,
    ServerChange,
    ServerLift,
    ServerLines,
    ServerList,
    ServerShow,
)
from bot.commands.line import first_word, take_apart, unquoted
from bot.commands.names import BLACKOUT_FIELDS, SERVER_FIELDS
from bot.form.answers import suggest
from bot.form.characters import quoted

Reader = Callable[[str], Command | Misunderstood]


def audience(rest: str) -> Command | Misunderstood:
    """Read what follows `/slot audience`; nothing at all names the lists."""
    return _read("audience", rest, AUDIENCE, AudienceShow())


def server(rest: str) -> Command | Misunderstood:
    """Read what follows `/slot server`; nothing at all names the servers."""
    return _read("server", rest, SERVER, ServerList())


def _read(
    verb: str, rest: str, readers: Mapping[str, Reader], bare: Command
) -> Command | Misunderstood:
    word, *more = rest.split(None, 1) or [""]
    if not word:
        return bare
    reader = readers.get(word.casefold())
    if reader is None:
        hint = suggest(word, readers, cutoff=0.6)
        return Misunderstood(
            f"{quoted(word)} is nothing that {verb} does.{hint} It does {', '.join(readers)}.",
            f"/slot help {verb}",
        )
    return reader(more[0].strip() if more else "")


def _audience_show(rest: str) -> Command | Misunderstood:
    return AudienceShow(unquoted(rest))


def _audience_add(rest: str) -> Command | Misunderstood:
    return _named_contacts("add", rest, AudienceAdd)


def _audience_remove(rest: str) -> Command | Misunderstood:
    return _named_contacts("remove", rest, AudienceRemove)


def _named_contacts(
    does: str, rest: str, command: Callable[[str, str], Command]
) -> Command | Misunderstood:
    name, contacts = first_word(rest)
    example = f"/slot audience {does} regulars ann@example.org, bob@example.org"
    if not name:
        return Misunderstood("Which list, and which addresses?", example)
    if "@" in name:
        return Misunderstood(f"Which list? {quoted(name)} is an address.", example)
    if not contacts:
        return Misunderstood("Which addresses? They stand behind the list's name.", example)
    return command(name, unquoted(contacts))


def _audience_import(rest: str) -> Command | Misunderstood:
    name, filename = first_word(rest)
    if not name:
        return Misunderstood("Into which list?", "/slot audience import regulars guests.csv")
    return AudienceImport(name, unquoted(filename))


def _audience_export(rest: str) -> Command | Misunderstood:
    name, filename = first_word(rest)
    if not name:
        return Misunderstood("Which list?", "/slot audience export regulars")
    return AudienceExport(name, unquoted(filename))


def _audience_drop(rest: str) -> Command | Misunderstood:
    if not rest:
        return Misunderstood("Which list?", "/slot audience drop regulars")
    return AudienceDrop(unquoted(rest))


def _server_list(rest: str) -> Command | Misunderstood:
    if rest:
        return Misunderstood(f"{quoted(rest)} is more than list takes.", "/slot server show Studio")
    return ServerList()


def _server_show(rest: str) -> Command | Misunderstood:
    if not rest:
        return Misunderstood("Which server?", "/slot server show Studio")
    return ServerShow(unquoted(rest))


def _server_lines(rest: str) -> Command | Misunderstood:
    if not rest:
        return Misunderstood("Of which server?", "/slot server lines Studio")
    return ServerLines(unquoted(rest))


def _server_add(rest: str) -> Command | Misunderstood:
    example = "/slot server add Studio kind=link watch_url=https://live.example.org/studio"
    return _named_fields(rest, ServerAdd, "What shall the server be called?", example)


def _server_change(rest: str) -> Command | Misunderstood:
    example = "/slot server change Studio max_streams=2"
    return _named_fields(rest, ServerChange, "Which server?", example)


def _named_fields(
    rest: str, command: Callable[[str, Mapping[str, str]], Command], question: str, example: str
) -> Command | Misunderstood:
    line = take_apart(rest, SERVER_FIELDS)
    if isinstance(line, Misunderstood):
        return line
    return command(line.words, line.fields) if line.words else Misunderstood(question, example)


def _server_blackout(rest: str) -> Command | Misunderstood:
    line = take_apart(rest, BLACKOUT_FIELDS)
    if isinstance(line, Misunderstood):
        return line
    if not line.words:
        return Misunderstood("Which server, and when?", "/slot server blackout Studio fri 8pm-10pm")
    return ServerBlackout(line.words, line.fields)


def _server_lift(rest: str) -> Command | Misunderstood:
    name, _, number = rest.rpartition(" ")
    if not name.strip() or not re.fullmatch(r"\d{1,9}", number, re.ASCII):
        return Misunderstood(
            "Which server, and which blackout? /slot server show names their numbers.",
            "/slot server lift Studio 3",
        )
    return ServerLift(unquoted(name), int(number))


AUDIENCE: dict[str, Reader] = {
    "show": _audience_show,
    "add": _audience_add,
    "remove": _audience_remove,
    "import": _audience_import,
    "export": _audience_export,
    "drop": _audience_drop,
}
SERVER: dict[str, Reader] = {
    "list": _server_list,
    "show": _server_show,
    "lines": _server_lines,
    "add": _server_add,
    "change": _server_change,
    "blackout": _server_blackout,
    "lift": _server_lift,
}
