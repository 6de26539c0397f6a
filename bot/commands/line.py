"""A command's line taken apart: the words first, then `field=value` pairs, quoted or not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from bot.commands.commands import Misunderstood
from bot.form.answers import suggest
from bot.form.characters import quoted

_KEY = re.compile(r"(?<!\S)([A-Za-z][A-Za-z_-]{0,30})=")
# what may open a quotation, and what then closes it; phones turn straight quotes into curly ones
_CURLY = "\u201c\u201d\u201e\u201f\u00ab\u00bb"
_CLOSING = {'"': '"'} | dict.fromkeys(_CURLY, _CURLY)


@dataclass(frozen=True, slots=True)
class Line:
    """The words of a line, and its fields by name in lower case."""

    words: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quoted piece of a text: what it says, and where the text goes on behind it."""

    content: str
    end: int


_NO_QUOTES = str.maketrans("", "", '"“”„')


def take_apart(text: str, known: Collection[str]) -> Line | Misunderstood:
    """Split a line into words and fields; `known` are the names that may stand before a `=`.

    A value without quotes goes on to the next `name=`. Takes time in proportion to the text.
    """
    first = _KEY.search(text)
    if first is None:
        return Line(_words(text))
    fields: dict[str, str] = {}
    for name, value in _pairs(text, first.start()):
        if isinstance(value, Misunderstood):
            return value
        if name not in known:
            return Misunderstood(f"There is no field {quoted(name)} here.{_meant(name, known)}")
        if name in fields:
            return Misunderstood(f"{name}= stands here twice. Write it once.")
        fields[name] = value
    return Line(_words(text[: first.start()]), fields)


def _words(text: str) -> str:
    """Take the quotes off free words: whoever knows shells writes `"fri 20:00" 2h`."""
    return unquoted(text).translate(_NO_QUOTES).strip()


def _meant(name: str, known: Collection[str]) -> str:
    if not known:
        return " This command takes none."
    return suggest(name, known) or f" There is {', '.join(sorted(known))}."


def _pairs(text: str, position: int) -> Iterator[tuple[str, str | Misunderstood]]:
    """Give each field with its value, or with what is wrong with it."""
    while found := _KEY.match(text, position):
        name = found[1].lower().replace("-", "_")
        begins = re.compile(r"[ \t]*").match(text, found.end())
        start = begins.end() if begins else found.end()
        quotation = read_quotation(text, start)
        if quotation is None:
            after = _KEY.search(text, found.end())
            position = after.start() if after else len(text)
            yield name, text[found.end() : position].strip()
            continue
        if isinstance(quotation, Misunderstood):
            yield name, Misunderstood(f"{name}= {quotation.message}")
            return
        position = len(text) - len(text[quotation.end :].lstrip())
        yield name, quotation.content
        if position < len(text) and not _KEY.match(text, position):
            stray = text[position:].split("\n", 1)[0]
            yield (
                name,
                Misunderstood(
                    f"{quoted(stray)} stands behind {name}=\u2026 and belongs to no field. "
                    'Words come before the fields; a quotation mark within quotes is written \\"'
                ),
            )
            return


def read_quotation(text: str, start: int) -> Quotation | Misunderstood | None:
    r"""Read a quotation that begins here; None where none does.

    Within it `\"` stands for a quotation mark and `\\` for a backslash.
    """
    closing = _CLOSING.get(text[start : start + 1])
    if closing is None:
        return None
    kept: list[str] = []
    position = start + 1
    for found in re.compile(rf"\\[\\\"{_CURLY}]|[{closing}]").finditer(text, position):
        kept.append(text[position : found.start()])
        position = found.end()
        if found[0] in closing:
            return Quotation("".join(kept), position)
        kept.append(found[0][1])
    return Misunderstood("has quotation marks that are opened and never closed.")


def unquoted(text: str) -> str:
    """Take off the quotation marks around the whole of a text, if there are any."""
    bare = text.strip()
    match read_quotation(bare, 0):
        case Quotation(content, end) if end == len(bare):
            return content.strip()
    return bare


def first_word(text: str) -> tuple[str, str]:
    """Split off the first word, or the first quotation; gives it and the rest."""
    bare = text.strip()
    match read_quotation(bare, 0):
        case Quotation(content, end) if content.strip() and not bare[end : end + 1].strip():
            return content.strip(), bare[end:].strip()
    word, *rest = bare.split(None, 1) or [""]
    return word, rest[0].strip() if rest else ""


def quote(text: str) -> str:
    """Write a text so that `read_quotation` gives it back."""
    escaped = re.sub(r'[\\"]', r"\\\g<0>", text)
    return f'"{escaped}"'
