"""A reply as text for a terminal: aligned, wrapped, in colours where there are any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from prompt_toolkit.utils import get_cwidth

from bot.answers.acts import PICK
from bot.answers.reply import Action, Reply, Section, Table, Tone
from bot.console.page import Page, Piece
from core.model.prose import Line
from core.notices.words import Row

_INDENT = "  "
_BULLET = "  - "
_GAP = 2
_NARROWEST = 20  # columns: a last column is not squeezed into less
_TONES = {
    Tone.OK: "green",
    Tone.INFO: "bold",
    Tone.DENIED: "red",
    Tone.MISTAKE: "yellow",
    Tone.TROUBLE: "red",
}


def render_reply(
    reply: Reply, zone: ZoneInfo, *, width: int | None = None, colours: bool = False
) -> list[str]:
    """Render a reply as lines, its times in `zone`; `width` columns, or as wide as it comes.

    Nothing that a person typed can steer the terminal: only our own colours are in it.
    """
    return list(_Rendering(Page(zone, width, colours=colours), reply.tone).reply(reply))


def render_sections(
    sections: Sequence[Section], zone: ZoneInfo, *, width: int | None = None, colours: bool = False
) -> list[str]:
    """Render parts of a reply alone, as `render_reply` does."""
    rendering = _Rendering(Page(zone, width, colours=colours), Tone.INFO)
    return [line for section in sections for line in rendering.section(section)]


@dataclass(slots=True)
class _Rendering:
    """One reply on its page."""

    page: Page
    tone: Tone

    def reply(self, reply: Reply) -> Iterator[str]:
        """Give the lines, the sections apart from each other by empty ones."""
        for number, line in enumerate(reply.lines):
            yield from self.page.paragraph(self._first(line) if not number else line)
        for section in reply.sections:
            yield ""
            yield from self.section(section)
        yield from self._actions(reply.actions)

    def _first(self, line: Line) -> list[Piece]:
        """Colour what the first line says above all: its strong words, or all of it if refused."""
        colour = _TONES[self.tone]
        return [
            Piece(piece.text, colour if piece.style == "bold" or self.tone.failed else piece.style)
            for piece in self.page.pieces(line)
        ]

    def section(self, section: Section) -> Iterator[str]:
        """Give a part of a reply under its title."""
        if section.title:
            yield from self.page.paragraph([Piece(self.page.safe(section.title), "bold")])
        for line in section.lines:
            yield from self.page.paragraph(line)
        yield from self._rows(section.rows)
        if section.table is not None:
            yield from self._table(section.table)
        for item in section.items:
            yield from self.page.paragraph(item, first=_BULLET, rest=" " * len(_BULLET))
        # as it is: what is copied from here must not hold breaks, indents or colours of ours
        yield from map(self.page.safe, section.verbatim.splitlines())

    def _rows(self, rows: Sequence[Row]) -> Iterator[str]:
        wide = max((len(row.label) for row in rows), default=0) + _GAP
        for row in rows:
            first = f"{_INDENT}{f'{row.label}:':<{wide}}"
            yield from self.page.paragraph(row.line, first=first, rest=" " * len(first))

    def _table(self, table: Table) -> Iterator[str]:
        """Align columns; the last one takes what room is left, over several lines if need be."""
        head = [[Piece(word, "dim")] for word in self._head(table)]
        rows = [head, *([self.page.pieces(cell) for cell in row] for row in table.rows)]
        widths = [
            max(sum(get_cwidth(piece.text) for piece in row[column]) for row in rows)
            for column in range(len(table.head) - 1)
        ]
        for row in rows if any(table.head) else rows[1:]:
            *cells, last = row
            first = _INDENT + "".join(
                self.page.filled(cell, wide + _GAP)
                for cell, wide in zip(cells, widths, strict=True)
            )
            left = len(_INDENT) + sum(widths) + _GAP * len(widths)
            if self.page.width is not None and self.page.width - left < _NARROWEST:
                yield first.rstrip()
                first, left = _INDENT * 3, len(_INDENT * 3)
            yield from self.page.paragraph(last, first=first, rest=" " * left)

    def _head(self, table: Table) -> Iterator[str]:
        """Give the head; over slots it names the zone, so that the rows need not."""
        for column, word in enumerate(table.head):
            zone = self.page.name_zone(table.rows[0][column]) if table.rows else ""
            yield f"{word}, {zone}" if zone else word

    def _actions(self, actions: Sequence[Action]) -> Iterator[str]:
        """Offer free slots one by one, numbered; and other commands on one line."""
        picks = [action for action in actions if action.name == PICK]
        for number, action in enumerate(picks, start=1):
            lead = f"{_INDENT}{number}  "
            yield from self.page.paragraph(action.label, first=lead, rest=" " * len(lead))
            command = [Piece(self.page.safe(action.command), "code")]
            yield from self.page.paragraph(
                command, first=" " * len(lead), rest=" " * (len(lead) + 2)
            )
        others = [action for action in actions if action.name != PICK]
        if others:
            yield ""
            line = [Piece("Next: ", "dim")]
            for number, action in enumerate(others):
                line += [
                    Piece(", " if number else ""),
                    Piece(self.page.safe(action.command), "code"),
                ]
            yield from self.page.paragraph(line)
