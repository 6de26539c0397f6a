"""Here-documents: `audience=<<END` takes the lines that follow, up to `END`, as its value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.commands.line import quote

_QUOTED = re.compile(
    r'(?<==)"(?:\\.|[^"\\])*"|(?<==)[\u201c-\u201f\u00ab\u00bb][^\u201c-\u201f\u00ab\u00bb]*',
    re.DOTALL,
)
_DOCUMENT = re.compile(r"(?<!\S)((?:[A-Za-z][A-Za-z_-]{0,30}=)?)<<([A-Za-z][A-Za-z0-9_]*)(?!\S)")


def documents(line: str) -> tuple[str, ...]:
    """Name the ends of the documents that a line asks for, in the order in which they follow."""
    return tuple(found[2] for found in _found(line))


def with_documents(line: str, bodies: Sequence[str]) -> str:
    """Put the documents, one for each that the line asks for, in their places as quoted values."""
    parts: list[str] = []
    position = 0
    for found, body in zip(_found(line), bodies, strict=True):
        parts += [line[position : found.start()], found[1], quote(body)]
        position = found.end()
    return "".join([*parts, line[position:]])


def _found(line: str) -> Iterator[re.Match[str]]:
    """Find them outside of quoted values."""
    blank = _QUOTED.sub(lambda hidden: "." * len(hidden[0]), line)
    yield from _DOCUMENT.finditer(blank)
