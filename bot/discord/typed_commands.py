"""Commands in our answers, written as they are typed in Discord: `/slot show code:K7Q-2MF`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.commands import commands as c
from bot.commands.catalogue import TOPICS
from bot.commands.grammar import parse

_SLOT = "/slot "
_USAGES = {f"{_SLOT}{topic.usage}": f"{_SLOT}{topic.name}" for topic in TOPICS}
_FIELD = re.compile(r"^(\w+)=(.*)$", re.DOTALL)


def in_discord(text: str, *, fields: bool = False) -> str:
    """Write a command with its options named; whatever is none stays as it is.

    `fields`: what reads `name=value` is to be typed, too.
    """
    if fields and (field := _FIELD.match(text)):
        return f"{field[1]}:{field[2]}"
    if not text.startswith(_SLOT):
        return text
    if text in _USAGES:  # Discord itself shows which options there are
        return _USAGES[text]
    command = parse(text)
    if isinstance(command, c.Misunderstood):
        return text
    path, *options = _spelt(command)
    given = [f"{name}:{value}" for name, value in _pairs(options) if value]
    return f"{_SLOT}{' '.join([path, *given])}"


def _pairs(options: list[str]) -> Iterator[tuple[str, str]]:
    names, values = options[::2], options[1::2]
    return zip(names, values, strict=True)


def _spelt(command: c.Command) -> list[str]:  # noqa: C901, PLR0911, PLR0912 - one line for each command
    """Give the path, and then names and values of options by turns."""
    match command:
        case c.Reserve(words, fields):
            return ["reserve", "when", words, *_flat(fields)]
        case c.ListSlots(everybody):
            return ["list", "whose", "all" if everybody else ""]
        case c.Show(code):
            return ["show", "code", code]
        case c.Free(words, fields):
            return ["free", "day", words, *_flat(fields)]
        case c.Reconfirm(code):
            return ["reconfirm", "code", code]
        case c.Change(code, words, fields):
            return ["change", "code", code, "when", words, *_flat(fields)]
        case c.Cancel(code, reason):
            return ["cancel", "code", code, "reason", reason]
        case c.SendAgain(code):
            return ["again", "code", code]
        case c.StreamKey(code):
            return ["key", "code", code]
        case c.AudienceShow(name):
            return ["audience show", "list", name]
        case c.AudienceAdd(name, contacts):
            return ["audience add", "list", name, "addresses", contacts]
        case c.AudienceRemove(name, contacts):
            return ["audience remove", "list", name, "addresses", contacts]
        case c.AudienceImport(name):
            return ["audience import", "list", name, "file", "\N{HORIZONTAL ELLIPSIS}"]
        case c.AudienceExport(name):
            return ["audience export", "list", name]
        case c.AudienceDrop(name):
            return ["audience drop", "list", name]
        case c.ServerList():
            return ["server list"]
        case c.ServerShow(name):
            return ["server show", "server", name]
        case c.ServerLines(name):
            return ["server lines", "server", name]
        case c.ServerAdd(name, fields):
            return ["server add", "name", name, *_flat(fields)]
        case c.ServerChange(name, fields):
            return ["server change", "server", name, *_flat(fields)]
        case c.ServerBlackout(words, fields):
            server, _, when = words.partition(" ")
            return ["server blackout", "server", server, "when", when, *_flat(fields)]
        case c.ServerLift(name, number):
            return ["server lift", "server", name, "number", str(number)]
        case c.Settings(fields, workspace):
            return ["settings", *_flat(fields), "workspace", "True" if workspace else ""]
        case c.Link(code, yes):
            return ["link", "code", code, "yes", "True" if yes else ""]
        case c.Unlink():
            return ["link", "off", "True"]
        case c.Stop(address):
            return ["stop", "address", address]
        case c.Help(topic):
            return ["help", "topic", topic]
        case _:
            return ["help"]


def _flat(fields: Mapping[str, str]) -> list[str]:
    return [piece for pair in fields.items() for piece in pair]
