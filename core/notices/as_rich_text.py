"""Prose as Slack's `rich_text`: what a person typed is the value of a text element, no more.

Such a value is never interpreted: it pings nobody, formats nothing and links nowhere. Shared by
notices and by the chat's answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, TypeAlias

from core.model.prose import At, During, Line, Link, Literal, Said, Span, Strong
from core.model.slot import Slot
from core.notices.as_console import render_line
from core.notices.as_slack_bounds import Budget, Element, cut, isolated, merged, weight, within
from core.notices.said import cleaned, shortened
from core.notices.times import clock_words, day_words, instant_words
from core.notices.words import is_mailto, is_web

__all__ = [
    "Block",
    "Element",
    "block",
    "bulleted",
    "bullets",
    "elements",
    "escaped",
    "joined",
    "notification_text",
    "of_elements",
    "paragraph",
    "plain",
    "preformatted",
    "quote",
    "rows",
    "section",
    "weight",
    "within",
]

Block: TypeAlias = dict[str, Any]

BLOCK_LIMIT = 3_000  # characters of text in one block
SPAN_LIMIT = 500  # of one thing that a person typed, so that it leaves room for the rest
NOTIFICATION_LIMIT = 150
_LINK_LIMIT = 3_000
_PLAIN_EMPTY = "–"

_DAY = "{date_short_pretty}"
_CLOCK = "{time}"
_INSTANT = f"{_DAY} at {_CLOCK}"
_UNAMBIGUOUS = timedelta(hours=12)  # up to here an end's clock alone says which day is meant

_FORMATTING = str.maketrans(dict.fromkeys("*_~`", " "))
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def elements(
    line: Line, zone: tzinfo, *, dead: bool = False, bold: bool = False, limit: int = SPAN_LIMIT
) -> list[Element]:
    """Render a line as inline elements, for a `rich_text_section` or a quote.

    Every reader sees instants in their own zone; `zone` is for clients that cannot show them so.
    `dead` strikes it through and takes the links out, `bold` makes it stand out. A person's words
    are cut to `limit` characters. An empty line gives no elements: Slack refuses empty ones.
    """
    style = {name: True for name, on in (("bold", bold), ("strike", dead)) if on}
    made: list[Element] = []
    for span in line:
        made += _span(span, zone, style, limit)
    return made


def joined(
    lines: Iterable[Line],
    zone: tzinfo,
    *,
    dead: bool = False,
    bold: bool = False,
    limit: int = SPAN_LIMIT,
) -> list[Element]:
    """Render lines beneath each other as inline elements, with breaks between them."""
    made: list[Element] = []
    for number, line in enumerate(lines):
        made += [_text("\n")] if number else []
        made += elements(line, zone, dead=dead, bold=bold, limit=limit)
    return merged(made)


def of_elements(inline: Sequence[Element]) -> list[Element]:
    """Make a section of inline elements; nothing of none, as Slack refuses an empty one."""
    return [{"type": "rich_text_section", "elements": list(inline)}] if inline else []


def section(line: Line, zone: tzinfo, *, dead: bool = False, bold: bool = False) -> list[Element]:
    """Make a section of one line; nothing of an empty one."""
    return of_elements(elements(line, zone, dead=dead, bold=bold))


def paragraph(lines: Iterable[Line], zone: tzinfo, *, dead: bool = False) -> list[Element]:
    """Make one section of several lines beneath each other."""
    return of_elements(joined(lines, zone, dead=dead))


def quote(lines: Iterable[Line], zone: tzinfo, *, limit: int = SPAN_LIMIT) -> list[Element]:
    """Make a quotation, which sets a person's own lines apart from ours."""
    inline = joined(lines, zone, limit=limit)
    return [{"type": "rich_text_quote", "elements": inline}] if inline else []


def rows(
    labelled: Iterable[tuple[str, Line]], zone: tzinfo, *, dead: Collection[str] = ()
) -> list[Element]:
    """Make one section of labelled lines, as `When: …`, the labels (ours) in bold.

    `dead` names the labels of those that hold no more.
    """
    inline: list[Element] = []
    for label, line in labelled:
        inline += [_text("\n")] if inline else []
        inline += [
            _text(f"{label}: ", {"bold": True}),
            *elements(line, zone, dead=label in dead),
        ]
    return of_elements(inline)


def bulleted(lines: Iterable[Line], zone: tzinfo) -> list[Element]:
    """Make a list with bullets; empty lines are left out."""
    return bullets(elements(line, zone) for line in lines)


def bullets(items: Iterable[Sequence[Element]]) -> list[Element]:
    """Make a list with bullets of inline elements."""
    sections = [made for item in items for made in of_elements(item)]
    if not sections:
        return []
    return [{"type": "rich_text_list", "style": "bullet", "elements": sections}]


def preformatted(text: str) -> list[Element]:
    """Make a block of letters of one width, its lines kept, to be read or copied as they are."""
    kept = "\n".join(cleaned(line) for line in text.splitlines())
    if not kept.strip():
        return []
    return [{"type": "rich_text_preformatted", "elements": [_text(kept)]}]


def block(*parts: Sequence[Element], limit: int = BLOCK_LIMIT) -> list[Block]:
    """Make a `rich_text` block of sections, lists, quotes; none where there is nothing in it.

    What goes beyond `limit` characters is cut off with an ellipsis.
    """
    budget = Budget(limit)
    kept = [fit for part in parts for element in part for fit in budget.fitted(element)]
    return [{"type": "rich_text", "elements": kept}] if kept else []


def plain(text: str, limit: int) -> Element:
    """Make a `plain_text` object, for labels and titles: never empty, never over `limit`."""
    shown = shortened(text, limit) or _PLAIN_EMPTY
    if shown != within(shown, limit):
        shown = f"{within(shown, limit - 1).rstrip()}…"
    return {"type": "plain_text", "text": shown, "emoji": False}


def escaped(text: str) -> str:
    """Make text inert where Slack reads mrkdwn: it pings nobody, formats nothing, links nowhere.

    `& < >` are escaped, as Slack asks. The characters that format have no escape there. An
    invisible character beside them helps in some of Slack's clients and not in others, and
    look-alikes would alter words that people search for; so they become spaces.
    """
    return cleaned(text).translate(_FORMATTING).translate(_ESCAPES)


def notification_text(line: Line, zone: tzinfo, limit: int = NOTIFICATION_LIMIT) -> str:
    """Make a message's top-level `text`: what a notification and a screen reader say, one line.

    It is shortened before it is escaped, so that no escape is cut in two; its times are in `zone`,
    which it names, as nothing can tell the reader's there.
    """
    words = render_line(line, zone).translate(_FORMATTING)
    return escaped(shortened(words, limit)) or _PLAIN_EMPTY


def _span(span: Span, zone: tzinfo, style: dict[str, bool], limit: int) -> list[Element]:
    match span:
        case str():
            return _texts(span, style)
        case At(instant, date_only):
            return [_at(instant, zone, style, date_only=date_only)]
        case During(slot):
            return list(_during(slot, zone, style))
        case Said(text):
            return _texts(isolated(cut(cleaned(text), limit)), style)
        case Strong(text):
            return _texts(text, style | {"bold": True})
        case Literal(text):
            return _texts(cut(cleaned(text), limit), style | {"code": True})
        case Link(url, label):
            return _link(url, label, style, limit)


def _link(url: str, label: str, style: dict[str, bool], limit: int) -> list[Element]:
    shown = cut(cleaned(label), limit)
    if "strike" in style:
        return _texts(shown, style)
    if (is_web(url) or is_mailto(url)) and len(url) <= _LINK_LIMIT:
        link = {"type": "link", "url": url, **({"text": shown} if shown.strip() else {})}
        return [link | ({"style": style} if style else {})]
    target = _texts(cut(cleaned(url), limit), style | {"code": True})
    if not shown.strip() or label == url:
        return target
    return [*_texts(f"{shown} ", style), *target]


def _at(
    instant: datetime, zone: tzinfo, style: dict[str, bool], *, date_only: bool = False
) -> Element:
    words = day_words if date_only else instant_words
    return _date(instant, _DAY if date_only else _INSTANT, words(instant, zone), style)


def _during(slot: Slot, zone: tzinfo, style: dict[str, bool]) -> Iterator[Element]:
    """Show both ends: in which zones the readers live, and so on which days it ends, is unknown."""
    yield _at(slot.starts_at, zone, style)
    yield _text(" – ", style)
    if slot.length > _UNAMBIGUOUS:
        yield _at(slot.ends_at, zone, style)
        return
    starts, ends = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    near = starts.date() == ends.date() and starts.utcoffset() == ends.utcoffset()
    words = clock_words(ends, zone) if near else instant_words(ends, zone)
    yield _date(slot.ends_at, _CLOCK, words, style)


def _date(instant: datetime, tokens: str, fallback: str, style: dict[str, bool]) -> Element:
    date: Element = {
        "type": "date",
        "timestamp": int(instant.timestamp()),
        "format": tokens,
        "fallback": fallback,
    }
    return date | ({"style": style} if style else {})


def _text(text: str, style: dict[str, bool] | None = None) -> Element:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _texts(text: str, style: dict[str, bool]) -> list[Element]:
    return [_text(text, style)] if text else []
