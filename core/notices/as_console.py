"""Prose and notices as plain text: for a terminal, and for the text part of a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo

from core.model.prose import At, During, Line, Link, Literal, Said, Span, Strong
from core.notices.said import cleaned
from core.notices.times import day_words, instant_words, slot_words
from core.notices.words import Action, Changed, Row, Wording

_INDENT = "  "
_ARROW = "->"


def render_line(line: Line, zone: tzinfo) -> str:
    """Render one line as text, its times in `zone`, without anything that steers a terminal."""
    return "".join(_render_span(span, zone) for span in line)


def render_lines(lines: Iterable[Line], zone: tzinfo) -> tuple[str, ...]:
    """Render several lines as text."""
    return tuple(render_line(line, zone) for line in lines)


def render_wording(words: Wording, zone: tzinfo, *, for_elsewhere: bool = False) -> tuple[str, ...]:
    """Render a notice as lines of text, blocks apart by an empty line.

    `for_elsewhere` is for readers who may live in another zone than `zone`: slots then name
    their distance from UTC and stand in UTC as well.
    """
    page = _Page(zone, for_elsewhere)
    blocks = (
        [f"[{words.mark}] {page.text(words.headline)}"],
        render_lines(words.intro, zone),
        page.changes(words.changes),
        page.rows(words.facts),
        page.actions(words.actions),
        page.access(words),
        page.details(words),
        render_lines(words.description, zone),
        render_lines(words.closing, zone),
        render_lines(words.footer, zone),
    )
    return tuple(_apart(list(block) for block in blocks if block))


@dataclass(frozen=True, slots=True)
class _Page:
    """How times are shown on it."""

    zone: tzinfo
    for_elsewhere: bool

    def text(self, line: Line) -> str:
        return render_line(line, self.zone)

    def rows(self, rows: tuple[Row, ...]) -> list[str]:
        wide = max((len(row.label) for row in rows), default=0) + 2
        lines = []
        for row in rows:
            first, *rest = self._shown(row.line)
            lines.append(f"{_INDENT}{f'{row.label}:':<{wide}} {first}")
            lines += [f"{_INDENT}{'':<{wide}} {more}" for more in rest]
        return lines

    def changes(self, changes: tuple[Changed, ...]) -> list[str]:
        if not changes:
            return []
        lines = ["What changed:"]
        for change in changes:
            lead = f"{_INDENT}{change.label}: "
            arrow = f"{_ARROW:>{len(lead) - 1}} "
            lines += [lead + self.text(change.old), arrow + self._shown(change.new)[0]]
        return lines

    def actions(self, actions: tuple[Action, ...]) -> list[str]:
        return [f"{action.label}: {' or type '.join(_ways(action))}" for action in actions]

    def access(self, words: Wording) -> list[str]:
        if not words.access:
            return []
        note = [self.text(words.access_note)] if words.access_note else []
        return [f"{words.access_title}:", *self.rows(words.access), *note]

    def details(self, words: Wording) -> list[str]:
        if not words.details:
            return []
        return [f"{words.details_title}:", *(f"- {self.text(line)}" for line in words.details)]

    def _shown(self, line: Line) -> tuple[str, ...]:
        """Render the value of a row; a slot takes a second line where readers live elsewhere."""
        match line:
            case (During(slot),) if self.for_elsewhere:
                here = slot_words(slot, self.zone, offset=True)
                there = slot_words(slot, UTC)
                return (str(here),) if str(here) == str(there) else (str(here), str(there))
            case _:
                return (self.text(line),)


def _ways(action: Action) -> Iterator[str]:
    if action.url:
        yield cleaned(action.url)
    if action.command:
        yield action.command


def _apart(blocks: Iterable[list[str]]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        if number:
            yield ""
        yield from block


def _render_span(span: Span, zone: tzinfo) -> str:
    match span:
        case str():
            return span
        case At(instant, date_only):
            return day_words(instant, zone) if date_only else instant_words(instant, zone)
        case During(slot):
            return str(slot_words(slot, zone))
        case Said(text) | Literal(text):
            return cleaned(text)
        case Strong(text):
            return text
        case Link(url, label):
            shown, target = cleaned(label), cleaned(url)
            plain = target == shown or target.startswith("mailto:")
            return shown if plain else f"{shown} <{target}>"
