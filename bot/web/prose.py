"""Sentences and replies → HTML; whatever a person typed is shown, never interpreted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from markupsafe import Markup

from core.model.prose import At, During, Line, Link, Literal, Said, Span, Strong
from core.notices.said import cleaned
from core.notices.times import day_words, instant_words, slot_words
from core.notices.words import is_web

_TIME = Markup('<time datetime="{}">{}</time>')
_PLAIN_LINK = Markup('<a href="{}" rel="noreferrer">{}</a>')


def line_maker(zone: tzinfo) -> Callable[[Line], Markup]:
    """Give what writes lines for a reader in that zone."""
    return lambda line: line_html(line, zone)


def line_html(line: Line, zone: tzinfo) -> Markup:
    """Write a line, its times in `zone` and, where scripts run, in the reader's own."""
    return Markup().join(_span(span, zone) for span in line)


def instant_html(at: At, zone: tzinfo) -> Markup:
    """Write an instant; a mere day stays the server's, for it has no clock to go by."""
    if at.date_only:
        return Markup("{}").format(day_words(at.instant, zone))
    return _TIME.format(at.instant.isoformat(timespec="seconds"), instant_words(at.instant, zone))


def _span(span: Span, zone: tzinfo) -> Markup:
    match span:
        case At():
            return instant_html(span, zone)
        case During(slot):
            return Markup("{}").format(str(slot_words(slot, zone)))
        case Said(text):
            return Markup("{}").format(cleaned(text))
        case Strong(text):
            return Markup("<strong>{}</strong>").format(cleaned(text))
        case Literal(text) if is_web(text):
            return _PLAIN_LINK.format(text, cleaned(text))
        case Literal(text):
            return Markup("<code>{}</code>").format(cleaned(text))
        case Link(url, label):
            return _PLAIN_LINK.format(url, label) if is_web(url) else Markup("{}").format(label)
        case text:
            return Markup("{}").format(text)
