"""Prose as Discord's markdown: what a person typed is shown as typed, and is never markup.

One function renders a `Line`, for notices and for the chat's answers. A backslash takes the
meaning from any sign but letters, digits and white space ("Markdown Text 101" in Discord's help
pages); within a number at the start of a line it is the full stop that makes a list. No text is
ever cut within an escape, a time or a code: what does not fit is left out whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from core.model.prose import At, During, Line, Link, Literal, Said, Span, Strong
from core.model.slot import Slot
from core.notices.as_slack_bounds import cut, isolated
from core.notices.said import cleaned
from core.notices.words import is_mailto, is_web

SPAN_LIMIT = 500  # characters of one thing that a person typed, so that it leaves room for the rest
WHOLE = 1_000_000
_LINK_LIMIT = 1_000
_UNAMBIGUOUS = timedelta(hours=12)  # up to here an end's clock alone says which day is meant

_SIGNS = "\\*_~|`>#+-[]()<@:"
_ESCAPES = {sign: f"\\{sign}" for sign in _SIGNS}
_ELLIPSIS = "…"
_OPEN, _CLOSE = "\u2068", "\u2069"
_APART = "\u200b"  # seen by nobody; keeps signs of theirs and of ours apart


def escaped(text: str) -> str:
    """Make one line of text inert wherever Discord reads markdown.

    Nothing in it formats, links, mentions, counts as a time or turns into an emoji.
    """
    return "".join(_started(_said(text, WHOLE)))


def markup(
    line: Line,
    limit: int,
    *,
    dead: bool = False,
    relative: bool = False,
    span: int = SPAN_LIMIT,
) -> str:
    """Render a line in `limit` UTF-16 code units at most, with an ellipsis where it was longer.

    Every reader sees instants in their own zone; `relative` adds how long that is from now.
    `dead` strikes the line through and takes the links out. A person's words are cut to `span`
    characters each. A line that shows nothing gives "".
    """
    pieces: list[str] = []
    for one in line:
        pieces += _pieces(one, span, dead=dead, relative=relative)
    if not dead:
        text = fitted(_started(pieces), limit)
        return text if text.strip() else ""
    text = fitted(pieces, limit - 5)  # the signs, and what keeps them apart from a tilde
    return f"~~{_apart(text)}~~" if text.strip() else ""


def fitted(pieces: Sequence[str], limit: int) -> str:
    """Put pieces together as far as they fit; none is ever broken."""
    if units("".join(pieces)) <= limit:
        return "".join(pieces)
    kept: list[str] = []
    room = limit - 2  # for the ellipsis, and an isolate that is left open
    for piece in pieces:
        room -= units(piece)
        if room < 0:
            break
        kept.append(piece)
    text = "".join(kept).rstrip()
    left_open = text.count(_OPEN) > text.count(_CLOSE)
    return f"{text}{_CLOSE if left_open else ''}{_ELLIPSIS}"


def stacked(lines: Iterable[str], limit: int) -> str:
    """Put rendered lines beneath each other as far as they fit, whole; `limit` in code units."""
    kept: list[str] = []
    room = limit - 2  # for a line with an ellipsis alone
    for line in lines:
        room -= units(line) + 1
        if room < 0:
            return "\n".join([*kept, _ELLIPSIS])
        kept.append(line)
    return "\n".join(kept)


def units(text: str) -> int:
    """Count UTF-16 code units: of the ways in which Discord may count, none counts more."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def stamp(instant: datetime, style: str) -> str:
    """Write an instant for the reader's own zone: style `F` whole, `t` clock, `R` from now."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def _pieces(span: Span, limit: int, *, dead: bool, relative: bool) -> list[str]:
    match span:
        case str():
            return _signs(span)
        case At(instant, date_only):
            return _at(instant, date_only=date_only, relative=relative)
        case During(slot):
            return _during(slot, relative=relative)
        case Said(text):
            return _said(text, limit)
        case Strong(text):
            return [f"**{''.join(_signs(text))}**"]
        case Literal(text):
            # signs in code are not escaped, and would end the line that is around it
            return _signs(cut(cleaned(text), limit)) if dead else _literal(text, limit)
        case Link(url, label):
            return _signs(cut(cleaned(label), limit)) if dead else _link(url, label, limit)


def _signs(text: str) -> list[str]:
    return [_ESCAPES.get(sign, sign) for sign in text]


def _said(text: str, limit: int) -> list[str]:
    return _signs(isolated(cut(cleaned(text), limit)))


def _started(pieces: list[str]) -> list[str]:
    """Take the meaning from a number that begins a line: `1.` would be shown as a list."""
    lead = list(takewhile(lambda piece: piece.isspace() or _is_figure(piece), pieces))
    at = len(lead)
    if any(map(_is_figure, lead)) and at < len(pieces) and pieces[at] == ".":
        return [*lead, "\\.", *pieces[at + 1 :]]
    return pieces


def _is_figure(piece: str) -> bool:
    return piece.isdigit() or piece in {_OPEN, _CLOSE}


def _apart(text: str) -> str:
    """Keep an escaped tilde at the end from running into the two that close the line.

    Discord looks for the first two, whatever stands before them.
    """
    return f"{text}{_APART}" if text.endswith("~") else text


def _at(instant: datetime, *, date_only: bool = False, relative: bool = False) -> list[str]:
    whole = stamp(instant, "D" if date_only else "F")
    return [f"{whole} ({stamp(instant, 'R')})" if relative and not date_only else whole]


def _during(slot: Slot, *, relative: bool) -> list[str]:
    """Show both ends: in which zones the readers live, and so on which days it ends, is unknown."""
    style = "F" if slot.length > _UNAMBIGUOUS else "t"
    both = f"{stamp(slot.starts_at, 'F')} – {stamp(slot.ends_at, style)}"
    return [f"{both} ({stamp(slot.starts_at, 'R')})" if relative else both]


def _literal(text: str, limit: int) -> list[str]:
    """Show what is to be copied as code; as text where its own backticks would end the code."""
    shown = cut(cleaned(text), limit)
    if not shown.strip() or shown != shown.strip() or "``" in shown:
        return _signs(shown)
    if "`" not in shown:
        return [f"`{shown}`"]
    return _signs(shown) if "`" in {shown[0], shown[-1]} else [f"``{shown}``"]


def _link(url: str, label: str, limit: int) -> list[str]:
    """Show a link of ours; one that Discord would not follow as what it is, to be copied."""
    shown = cut(cleaned(label), limit)
    if is_mailto(url):
        return _signs(shown)
    if not is_web(url) or not _holds(url):
        bare = _literal(url, limit)
        return bare if label in {"", url} else [*_signs(f"{shown} "), *bare]
    # Discord shows a link raw whose words are an address themselves
    if not shown.strip() or "://" in shown or "[" in shown or "]" in shown:
        return [f"<{url}>"]
    return [f"[{''.join(_signs(shown))}]({url})"]


def _holds(url: str) -> bool:
    """Tell whether nothing in an address ends a link early."""
    if len(url) > _LINK_LIMIT or any(sign.isspace() for sign in url):
        return False
    return not any(sign in url for sign in "()\\*`|")


def lines_of(
    lines: Iterable[Line], limit: int, *, dead: bool = False, relative: bool = False
) -> Iterator[str]:
    """Render lines one by one, empty ones left out, each within `limit`."""
    for line in lines:
        if text := markup(line, limit, dead=dead, relative=relative):
            yield text
