"""The page that text is set on: prose as pieces with a style, wrapped to a width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from prompt_toolkit.utils import get_cwidth

from core.model.prose import During, Line, Link, Literal, Span, Strong
from core.notices.as_console import render_line
from core.notices.said import cleaned
from core.notices.times import slot_words

# ECMA-48, section 8.3.117: select graphic rendition
_COLOURS = {
    "bold": "1",
    "dim": "2",
    "code": "36",
    "link": "4",
    "red": "1;31",
    "green": "1;32",
    "yellow": "1;33",
}


class Piece(NamedTuple):
    """A piece of text with the name of its style, or ""."""

    text: str
    style: str = ""


@dataclass(slots=True)
class Page:
    """Sets lines in a zone, to a width in columns (None: as wide as they come).

    A slot names the zone where it is another than was named last: once for a whole reply, mostly.
    """

    zone: ZoneInfo
    width: int | None = None
    colours: bool = False
    _named_zone: str = field(default="", init=False)

    def safe(self, text: str) -> str:
        """Clean a text of all that could steer a terminal."""
        return cleaned(text)

    def pieces(self, line: Line) -> list[Piece]:
        """Make pieces of a line's spans."""
        return [self._piece(span) for span in line]

    def name_zone(self, line: Line) -> str:
        """Name the zone of a slot in this line, "" for none: what follows need not repeat it."""
        for span in line:
            if isinstance(span, During):
                self._named_zone = slot_words(span.slot, self.zone).zone
                return self._named_zone
        return ""

    def _piece(self, span: Span) -> Piece:
        match span:
            case During(slot):
                words = slot_words(slot, self.zone)
                known, self._named_zone = self._named_zone, words.zone
                return Piece(words.span if known == words.zone else str(words))
            case Strong():
                return Piece(render_line((span,), self.zone), "bold")
            case Literal():
                return Piece(render_line((span,), self.zone), "code")
            case Link():
                return Piece(render_line((span,), self.zone), "link")
            case _:
                return Piece(render_line((span,), self.zone))

    def paragraph(
        self, line: Line | Sequence[Piece], *, first: str = "", rest: str = ""
    ) -> Iterator[str]:
        """Set a line, wrapped; `first` stands before it, and `rest` before what follows."""
        pieces = [one if isinstance(one, Piece) else self._piece(one) for one in line]
        room = None if self.width is None else max(1, self.width - len(rest))
        lead = first
        for words in _wrapped(pieces, room):
            yield f"{lead}{''.join(self._painted(piece) for piece in _joined(words))}".rstrip()
            lead = rest

    def filled(self, pieces: Sequence[Piece], wide: int) -> str:
        """Set pieces in a column of a table."""
        used = sum(get_cwidth(piece.text) for piece in pieces)
        return "".join(self._painted(piece) for piece in pieces) + " " * (wide - used)

    def _painted(self, piece: Piece) -> str:
        if not self.colours or piece.style not in _COLOURS or not piece.text.strip():
            return piece.text
        return f"\x1b[{_COLOURS[piece.style]}m{piece.text}\x1b[0m"


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join neighbours of one style, and drop the blanks at the end."""
    kept = list(pieces)
    while kept and not kept[-1].text.strip():
        kept.pop()
    for style, run in groupby(kept, key=attrgetter("style")):
        yield Piece("".join(piece.text for piece in run), style)


def _wrapped(pieces: Sequence[Piece], room: int | None) -> Iterator[list[Piece]]:
    """Break pieces into lines at their blanks; a word longer than a line stays whole."""
    if room is None:
        yield list(pieces)
        return
    line: list[Piece] = []
    used = 0
    for word in _words(pieces):
        wide = sum(get_cwidth(piece.text) for piece in word)
        if line and used + wide > room and word[0].text.strip():
            yield line
            line, used = [], 0
        if line or word[0].text.strip():
            line += word
            used += wide
    yield line


def _words(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Give runs that hold together: a blank ends one, a change of style does not."""
    word: list[Piece] = []
    for piece in pieces:
        for part in re.findall(r" +|[^ ]+", piece.text):
            if part.isspace():
                if word:
                    yield word
                yield [Piece(part, piece.style)]
                word = []
            else:
                word.append(Piece(part, piece.style))
    if word:
        yield word
