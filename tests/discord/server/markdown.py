"""Discord's markdown, taken apart as its clients do.

Rules and their order: "Markdown Text 101" in Discord's help pages, "Message Formatting" in its
documentation; what these leave open follows what the clients show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Piece:
    """A part of a text: its kind, what one reads, and for links where it leads.

    Kinds: `text`, `escape`, `bold`, `italic`, `underline`, `strike`, `spoiler`, `code`,
    `code block`, `quote`, `heading`, `subtext`, `list`, `link` (masked), `url` (a bare address),
    `mention`, `everyone`, `emoji`, `time`. What is inside another part is in `inner`.
    """

    kind: str
    words: str
    target: str = ""
    inner: tuple[Piece, ...] = field(default=())

    @property
    def read(self) -> str:
        """What one reads."""
        return "".join(one.read for one in self.inner) if self.inner else self.words


_AT_LINE_START = [
    ("quote", re.compile(r">>> (.*)|> ([^\n]*)", re.DOTALL)),
    ("heading", re.compile(r"#{1,3} +(?=\S)([^\n]*)")),
    ("subtext", re.compile(r"-# +(?=\S)([^\n]*)")),
    ("list", re.compile(r" *(?:[-*]|\d+\.) +(?=\S)([^\n]*)")),
]
_ADDRESS = r"https?://[^\s<]+[^<.,:;\"'\]\s]"
_INLINE = [
    ("escape", re.compile(r"\\([^0-9A-Za-z\s])")),
    (
        "code block",
        re.compile(r"```(?:[a-zA-Z0-9_+\-.#]*?\n)?\n*([^\n].*?)\n*```", re.DOTALL),
    ),
    ("code", re.compile(r"(?<!`)(`{1,2})(?!`)(.*?[^`])\1(?!`)", re.DOTALL)),
    ("mention", re.compile(r"<(@[!&]?\d+|#\d+|id:\w+|/[^:>\n]+:\d+)>")),
    ("emoji", re.compile(r"<a?(:\w{2,32}:)\d{1,20}>")),
    ("time", re.compile(r"<t:(-?\d{1,17})(?::[tTdDfFsSR])?>")),
    ("url", re.compile(rf"<({_ADDRESS})>|({_ADDRESS})", re.IGNORECASE)),
    (
        "link",
        re.compile(
            r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))+)\]"
            r"\(\s*<?((?:https?|discord)://[^\s)>]*)>?(?:\s+['\"].*?['\"])?\s*\)",
            re.DOTALL | re.IGNORECASE,
        ),
    ),
    ("everyone", re.compile(r"@(everyone|here)")),
    ("bold", re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)),
    ("underline", re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL)),
    (
        "italic",
        re.compile(
            r"\*(?=\S)((?:\*\*|\\.|[^*\\])+?)\*(?!\*)|\b_((?:__|\\.|[^_\\])+?)_(?!\w)", re.DOTALL
        ),
    ),
    ("strike", re.compile(r"~~((?:\\.|[^\\])+?)~~(?!_)", re.DOTALL)),
    ("spoiler", re.compile(r"\|\|((?:\\.|[^\\])+?)\|\|", re.DOTALL)),
]


def parse(text: str, *, line_start: bool = True) -> tuple[Piece, ...]:
    """Take a text apart. `line_start`: whether it begins a line, where quotes and lists may be."""
    pieces: list[Piece] = []
    plain, at = "", 0
    while at < len(text):
        found = _at(text, at, line_start=text[at - 1] == "\n" if at else line_start)
        if found is None:
            plain += text[at]
            at += 1
            continue
        if plain:
            pieces.append(Piece("text", plain))
            plain = ""
        piece, at = found
        pieces.append(piece)
    return (*pieces, Piece("text", plain)) if plain else tuple(pieces)


def _at(text: str, at: int, *, line_start: bool) -> tuple[Piece, int] | None:
    if line_start:
        for kind, pattern in _AT_LINE_START:
            if match := pattern.match(text, at):
                words = next((one for one in match.groups() if one is not None), "")
                inner = parse(words, line_start=kind in ("quote", "list"))
                return Piece(kind, words, inner=inner), match.end()
    for kind, pattern in _INLINE:
        if match := pattern.match(text, at):
            return _piece(kind, match), match.end()
    return None


def _piece(kind: str, match: re.Match[str]) -> Piece:
    match kind:
        case "code":
            return Piece(kind, match[2].strip() or match[2])
        case "link":
            return Piece(kind, match[1], match[2], parse(match[1], line_start=False))
        case "url":
            return Piece(kind, match[1] or match[2], match[1] or match[2])
        case "everyone":
            return Piece(kind, match[0], match[1])
        case "time":
            return Piece(kind, _instant(int(match[1])), match[1])
        case "emoji" | "code block" | "escape" | "mention":
            return Piece(kind, match[1], match[1])
    words = next(one for one in match.groups() if one is not None)
    return Piece(kind, words, inner=parse(words, line_start=False))


def _instant(seconds: int) -> str:
    """Give an instant in one form, whatever the style: a person reads it in their own zone."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return "Invalid Date"


def walk(pieces: tuple[Piece, ...]) -> list[Piece]:
    """List all parts, the inner ones after those around them."""
    return [one for piece in pieces for one in (piece, *walk(piece.inner))]
