"""Naming one of several: a server, audience lists, a word from a few; in any case, or begun."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from bot.form.answers import AskBack, Choice, Mistake, either, suggest
from bot.form.characters import quoted, tidy
from bot.form.fields import MOST_LISTS
from bot.form.filling import FormContext
from core.model.server import Server

MOST_NAMED = 8  # in a message
T = TypeVar("T")


def parse_server(text: str, context: FormContext) -> Server | Mistake | AskBack:
    """Find a server by its name; nothing stands for the default, or the only one there is."""
    servers = {each.name: each for each in context.servers if not each.retired}
    if not servers:
        return Mistake("There is no server yet: ask an admin to add one (/slot server add)")
    if text.strip():
        return choose(text, servers, "server")
    default = context.default_server
    if default is None and len(servers) == 1:
        default = next(iter(servers.values()))
    return default or Mistake(f"Which server? Write {_some(servers)}")


def parse_lists(text: str, context: FormContext) -> tuple[str, ...] | Mistake:
    """Find audience lists by their names, with commas or lines between; each once."""
    names = [name for piece in re.split(r"[,;\n]", text) if (name := tidy(piece))]
    if len(names) > MOST_LISTS:
        return Mistake(f"At most {MOST_LISTS} lists at once")
    known = {tidy(each).casefold(): each for each in context.list_names}
    if unknown := [name for name in names if name.casefold() not in known]:
        hint = suggest(unknown[0], context.list_names)
        if not hint:
            hint = f" There is {_some(known.values())}." if known else " You have none yet."
        return Mistake(f"There is no list {_some(map(quoted, unknown[:MOST_NAMED]))}.{hint}")
    return tuple(dict.fromkeys(known[name.casefold()] for name in names))


def choose(text: str, known: Mapping[str, T], what: str) -> T | Mistake | AskBack:
    """Find what a word names: the whole name, or the beginning of just one, in any case."""
    wanted = _folded(text)
    found = [name for name in known if _folded(name) == wanted]
    found = found or [name for name in known if _folded(name).startswith(wanted)]
    if len(found) == 1 and wanted:
        return known[found[0]]
    if found and wanted:
        choices = tuple(Choice(name, name) for name in found)
        return AskBack(f"{quoted(text)} can be {_some(found)}. Which do you mean?", choices)
    hint = suggest(wanted, known) or f" There is {_some(known)}."
    return Mistake(f"There is no {what} {quoted(text)}.{hint}")


def _folded(name: str) -> str:
    """Make names comparable: one blank where there are blanks or underscores, in lower case."""
    return tidy(name.replace("_", " ").replace("\n", " ")).casefold()


def _some(names: Iterable[str]) -> str:
    """Name a few of several."""
    every = list(names)
    if len(every) <= MOST_NAMED:
        return either(every)
    return f"{', '.join(every[:MOST_NAMED])} or {len(every) - MOST_NAMED} others"
