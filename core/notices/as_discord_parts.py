"""The parts that a notice to Discord is made of: an embed, its buttons, and their bounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from core.model.prose import Line, Link
from core.notices.as_console import render_lines
from core.notices.as_discord_markup import WHOLE, fitted, lines_of, markup, stacked, units
from core.notices.as_slack_blocks import OFF
from core.notices.said import shortened
from core.notices.words import Changed, Mark, Row, Wording, is_web

Part: TypeAlias = dict[str, Any]

# bounds of Discord's: "Embed Limits" and "Component Reference" in its documentation
_TITLE, _DESCRIPTION, _FIELD, _ALTOGETHER = 256, 4_096, 1_024, 6_000
_LABEL, _BUTTON_URL, _EMBED_URL, _IN_A_ROW = 80, 512, 2_048, 5
# ours, so that what matters always fits: together they leave room for a description
_FACT, _FOOTER = 520, 400
_INTRO, _CHANGES, _CLOSING = 600, 800, 200
_CHANGE = 150  # of either side: the card shows the rest
_DETAIL = 190  # one of twenty that could not be told, with the reason
_HINT = 1_150  # a link to the join page is part of it
_NOTHING = "–"

_ACTION_ROW, _BUTTON = 1, 2
_PRIMARY, _SECONDARY, _LINK = 1, 2, 5
_TIMES = frozenset({"When", "Length"})
_LOOKS: dict[Mark, tuple[str, int]] = {
    Mark.INVITATION: ("📅", 0x3B82F6),
    Mark.PROVISIONAL: ("⏳", 0xF59E0B),
    Mark.CONFIRMED: ("✅", 0x22C55E),
    Mark.CHANGED: ("✏️", 0x8B5CF6),
    Mark.CANCELLED: ("❌", 0xEF4444),
    Mark.REMOVED: ("\N{HEAVY MINUS SIGN}", 0x6B7280),
    Mark.REMINDER: ("⏰", 0x06B6D4),
    Mark.TO_RECONFIRM: ("⏳", 0xF59E0B),
    Mark.LAPSED: ("❌", 0xEF4444),
    Mark.STREAM_KEY: ("🔑", 0x14B8A6),
    Mark.REPORT: ("📋", 0x64748B),
    Mark.NO_SHOW: ("⚠️", 0xF97316),
}


def button(
    act: str, label: str, *, code: str = "", url: str = "", primary: bool = False
) -> list[Part]:
    """Make the button of an act, as `slot:reconfirm:K7Q-2MF`, or one that opens `url`.

    None of a link that no browser opens, or that is longer than Discord takes.
    """
    made: Part = {"type": _BUTTON, "label": shortened(label, _LABEL) or _NOTHING}
    if not url:
        style = _PRIMARY if primary else _SECONDARY
        return [made | {"style": style, "custom_id": f"slot:{act}:{code}"}]
    if not leads_somewhere(url, _BUTTON_URL):
        return []
    return [made | {"style": _LINK, "url": url}]


def leads_somewhere(url: str, limit: int = _EMBED_URL) -> bool:
    """Tell whether Discord takes an address for a link."""
    if not is_web(url) or units(url) > limit or any(sign.isspace() for sign in url):
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def rows(buttons: Sequence[Part]) -> list[Part]:
    """Put buttons in rows; none of none."""
    return [
        {"type": _ACTION_ROW, "components": list(buttons[first : first + _IN_A_ROW])}
        for first in range(0, len(buttons), _IN_A_ROW)
    ]


def card_embed(words: Wording, zone: tzinfo, at: datetime, join_link: str = "") -> Part:
    """Make the embed that says all of a notice.

    What is off has its title and its times struck through. `join_link` is where the title leads,
    and where a description that is too long here can be read; `zone` is for what is below, where
    Discord shows nobody their own.
    """
    off = words.mark in OFF
    made = _head(words, at)
    if leads_somewhere(join_link) and not off:
        made["url"] = join_link
    made["fields"] = [
        *(_field(row, dead=off and row.label in _TIMES, near=not off) for row in words.facts),
        *_access(words),
        *_details(words),
    ]
    if words.footer:
        below = "\n".join(render_lines(words.footer, zone))
        made["footer"] = {"text": fitted(below, _FOOTER)}
    room = min(_DESCRIPTION, _ALTOGETHER - weight(made))
    made["description"] = _described(words, join_link if made.get("url") else "", room)
    return {name: value for name, value in made.items() if value}


def short_embed(words: Wording, at: datetime) -> Part:
    """Make the embed that says what is new, for beneath the card that says the rest."""
    made = _head(words, at)
    news = [*lines_of(words.intro, _INTRO, relative=True), *_changes(words.changes)]
    made["description"] = stacked(news, _DESCRIPTION)
    return {name: value for name, value in made.items() if value}


def weight(embed: Part) -> int:
    """Count what Discord counts of an embed against its limit for all of it."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("author") or {}).get("name"), (embed.get("footer") or {}).get("text")]
    for field in embed.get("fields") or ():
        texts += [field["name"], field["value"]]
    return sum(units(text) for text in texts if text)


def _head(words: Wording, at: datetime) -> Part:
    emoji, colour = _LOOKS[words.mark]
    return {
        "author": {"name": f"{emoji} {words.mark.value}"},
        "title": markup(words.headline, _TITLE, dead=words.mark in OFF) or _NOTHING,
        "color": colour,
        "timestamp": at.isoformat(),
    }


def _field(row: Row, *, dead: bool = False, near: bool = False, inline: bool = True) -> Part:
    value = markup(row.line, _FACT, dead=dead, relative=near)
    return {"name": row.label, "value": value or _NOTHING, "inline": inline}


def _access(words: Wording) -> list[Part]:
    if not words.access:
        return []
    made = [_field(row) for row in words.access]
    if note := markup(words.access_note, _FIELD):
        # the note stands under the heading, so that both are read before what they are about
        return [{"name": words.access_title, "value": note, "inline": False}, *made]
    return made


def _details(words: Wording) -> list[Part]:
    made: list[Part] = []
    held: list[str] = []
    for line in lines_of(words.details, _DETAIL):
        if held and units("\n".join([*held, line])) + 2 > _FIELD - 2 * len(held):
            made.append(_listed(words.details_title, held))
            held = []
        held.append(line)
    return [*made, _listed(words.details_title, held)] if held else made


def _listed(title: str, lines: Iterable[str]) -> Part:
    return {"name": title, "value": "\n".join(f"- {line}" for line in lines), "inline": False}


def _changes(changes: Iterable[Changed]) -> Iterable[str]:
    for change in changes:
        old, new = markup(change.old, _CHANGE, dead=True), markup(change.new, _CHANGE)
        yield f"- **{change.label}:** {old} → {new}"


def _described(words: Wording, join_link: str, room: int) -> str:
    """Say the news first, then quote the holder's text: set apart, so that none takes it for ours.

    What does not fit of it is left out, with a word about where it can be read.
    """
    parts = [
        stacked(lines_of(words.intro, _INTRO, relative=True), _INTRO),
        stacked(_changes(words.changes), _CHANGES),
        stacked(lines_of(words.closing, _CLOSING), _CLOSING),
    ]
    above = "\n".join(part for part in parts if part)
    quoted = [markup(line, WHOLE, span=WHOLE) for line in words.description]
    room -= units(above) + 2
    whole = _quote(quoted)
    if not quoted or units(whole) <= room:
        return "\n".join(part for part in (above, whole) if part)
    more = _more(join_link)
    return f"{above}\n{_cut_quote(words.description, room - units(more) - 1)}{more}"


def _quote(lines: Iterable[str]) -> str:
    return "\n".join(f"> {line}" for line in lines)


def _cut_quote(lines: Iterable[Line], room: int) -> str:
    kept: list[str] = []
    for line in lines:
        left = room - units(_quote(kept)) - 4
        if left < 20:  # noqa: PLR2004 - a few letters say nothing
            break
        kept.append(markup(line, left, span=WHOLE))
    return f"{_quote(kept)}\n" if kept else ""


def _more(join_link: str) -> str:
    more: Line = ("The description goes on; the rest is left out here.",)
    if join_link:
        more = ("The description goes on: ", Link(join_link, "read it all on the join page"), ".")
    return markup(more, _HINT)
