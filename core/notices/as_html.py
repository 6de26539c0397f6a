"""A notice in words → an HTML page that every mail program shows: no script, nothing remote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from core.model.prose import At, During, Line, Link, Literal, Said, Span, Strong
from core.notices.as_console import render_line
from core.notices.said import cleaned
from core.notices.times import day_words, instant_words, slot_words
from core.notices.words import Action, Mark, Wording, is_mailto, is_web

_CODE = Markup(
    '<code class="code ink" style="padding:1px 5px;border-radius:4px;background-color:#eceff3;'
    "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,Liberation Mono,monospace;"
    'font-size:0.92em;color:#1c2128;overflow-wrap:anywhere">{}</code>'
)
_LINK = Markup('<a class="link" href="{}" style="color:#1857b8;text-decoration:underline">{}</a>')
_SPAN = Markup('<span style="white-space:nowrap">{}</span>')


@dataclass(frozen=True, slots=True)
class _Colours:
    """A badge: its letters (and the band above the card), and the tint behind them."""

    ink: str
    tint: str


# every pair keeps a contrast of 4.5 or more (WCAG 2.2, 1.4.3): letters on tint, light then dark
_BLUE = _Colours("#1857b8", "#e4eefc"), _Colours("#85b8ff", "#1f3350")
_GREEN = _Colours("#196c3a", "#e0f3e6"), _Colours("#6fd394", "#1b3b28")
_AMBER = _Colours("#7d4e00", "#fff0cc"), _Colours("#f2b84b", "#40300f")
_VIOLET = _Colours("#5b3fa8", "#eee8fb"), _Colours("#bda7f5", "#33294f")
_RED = _Colours("#a82424", "#fde7e7"), _Colours("#ff9a94", "#4a2222")
_GREY = _Colours("#48525d", "#e9edf1"), _Colours("#b7c1cc", "#2f3842")
_COLOURS = {
    Mark.INVITATION: _BLUE,
    Mark.PROVISIONAL: _AMBER,
    Mark.CONFIRMED: _GREEN,
    Mark.CHANGED: _VIOLET,
    Mark.CANCELLED: _RED,
    Mark.REMOVED: _GREY,
    Mark.REMINDER: _BLUE,
    Mark.TO_RECONFIRM: _AMBER,
    Mark.LAPSED: _RED,
    Mark.STREAM_KEY: _GREY,
    Mark.REPORT: _GREY,
    Mark.NO_SHOW: _AMBER,
}
_URGED = {"join", "reconfirm", "again"}  # what a reader was sent this for; the rest is an offer


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    value: Markup
    zone: str = ""


@dataclass(frozen=True, slots=True)
class _Change:
    label: str
    old: Markup
    new: Markup


@dataclass(frozen=True, slots=True)
class _Page:
    """What the layout shows; `Markup` is rendered already, the layout escapes the rest."""

    brand: str
    mark: str
    light: _Colours
    dark: _Colours
    off: bool
    subject: str
    preview: str
    headline: Markup
    intro: tuple[Markup, ...]
    changes: tuple[_Change, ...]
    facts: tuple[_Row, ...]
    access_title: str
    access: tuple[_Row, ...]
    access_note: Markup
    description: tuple[Markup, ...]
    details_title: str
    details: tuple[Markup, ...]
    button: Action | None
    urged: bool
    typed: tuple[Action, ...]
    closing: tuple[Markup, ...]
    footer: tuple[Markup, ...]


def render_html(words: Wording, zone: tzinfo, brand: str) -> str:
    """Render a notice as a whole HTML page, its times in `zone`, under the name of the sender."""
    light, dark = _COLOURS[words.mark]
    button = next((action for action in words.actions if is_web(action.url)), None)
    page = _Page(
        brand=cleaned(brand),
        mark=words.mark,
        light=light,
        dark=dark,
        off=words.mark in {Mark.CANCELLED, Mark.LAPSED},
        subject=render_line(words.subject, zone),
        preview=_preview(words, zone),
        headline=_marked_up(words.headline, zone),
        intro=_all(words.intro, zone),
        changes=tuple(
            _Change(change.label, _marked_up(change.old, zone), _marked_up(change.new, zone))
            for change in words.changes
        ),
        facts=tuple(_row(row.label, row.line, zone) for row in words.facts),
        access_title=words.access_title,
        access=tuple(_Row(row.label, escape(render_line(row.line, zone))) for row in words.access),
        access_note=_marked_up(words.access_note, zone),
        description=_all(words.description, zone),
        details_title=words.details_title,
        details=_all(words.details, zone),
        button=button,
        urged=button is not None and button.name in _URGED,
        typed=tuple(action for action in words.actions if action.command),
        closing=_all(words.closing, zone),
        footer=_all(words.footer, zone),
    )
    return _layout().render(page=page) + "\n"


@cache
def _layout() -> Template:
    loader = PackageLoader("core.notices", "")
    engine = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    return engine.get_template("layout.html")


def _preview(words: Wording, zone: tzinfo) -> str:
    """Make the line that a list of mails shows beside the subject: when it is, then the news."""
    slots = [span for row in words.facts for span in row.line if isinstance(span, During)]
    when = [str(slot_words(span.slot, zone)) for span in slots[:1]]
    return " · ".join([*when, *(render_line(line, zone) for line in words.intro[:1])])


def _row(label: str, line: Line, zone: tzinfo) -> _Row:
    match line:
        case (During(slot),):
            words = slot_words(slot, zone, offset=True)
            return _Row(label, _unbroken(words.span), words.zone)
        case _:
            return _Row(label, _marked_up(line, zone))


def _unbroken(span: str) -> Markup:
    """Keep a slot's clock on one line: it may break after a day, and nowhere else."""
    day, *clocks = span.split(", ")
    return Markup(", ").join([escape(day), *(_SPAN.format(clock) for clock in clocks)])


def _all(lines: Iterable[Line], zone: tzinfo) -> tuple[Markup, ...]:
    return tuple(_marked_up(line, zone) for line in lines)


def _marked_up(line: Line, zone: tzinfo) -> Markup:
    return Markup().join(_span(span, zone) for span in line)


def _span(span: Span, zone: tzinfo) -> Markup:
    match span:
        case str():
            return escape(span)
        case At(instant, date_only):
            shown = day_words(instant, zone) if date_only else instant_words(instant, zone)
            return _SPAN.format(shown)
        case During(slot):
            return escape(str(slot_words(slot, zone)))
        case Said(text):
            # isolated, so that right-to-left words leave ours where they are
            return Markup("<bdi>{}</bdi>").format(cleaned(text))
        case Strong(text):
            return Markup("<strong>{}</strong>").format(text)
        case Literal(text):
            return _CODE.format(cleaned(text))
        case Link(url, label) if is_web(url) or is_mailto(url):
            return _LINK.format(url, label)
        case Link(url, label):
            return Markup("{} {}").format(label, _CODE.format(cleaned(url)))
