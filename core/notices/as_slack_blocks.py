"""The blocks that a notice to Slack is made of: a card, a short word beneath it, its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from core.model.prose import Line, Link, Strong
from core.notices.as_rich_text import (
    Block,
    Element,
    block,
    bullets,
    elements,
    of_elements,
    paragraph,
    plain,
    quote,
    rows,
    section,
    weight,
)
from core.notices.words import Changed, Mark, Row, Wording, is_web

_BUTTON_LIMIT = 75
_URL_LIMIT = 3_000
_MESSAGE_LIMIT = 10_000  # Slack names none for all blocks together, and refuses at some 11,000
_DESCRIPTION_LIMIT = 2_500
_WHOLE = 1_000_000
_CHANGE_LIMIT = 150  # of either side: the card shows the rest
_DETAIL_LIMIT = 160
_DETAILS_IN_A_BLOCK = 8

_TIMES = frozenset({"When", "Length"})
OFF = frozenset({Mark.CANCELLED, Mark.REMOVED, Mark.LAPSED})
_EMOJI = {
    Mark.INVITATION: "calendar",
    Mark.PROVISIONAL: "hourglass_flowing_sand",
    Mark.CONFIRMED: "white_check_mark",
    Mark.CHANGED: "pencil2",
    Mark.CANCELLED: "x",
    Mark.REMOVED: "heavy_minus_sign",
    Mark.REMINDER: "alarm_clock",
    Mark.TO_RECONFIRM: "hourglass_flowing_sand",
    Mark.LAPSED: "x",
    Mark.STREAM_KEY: "key",
    Mark.REPORT: "clipboard",
    Mark.NO_SHOW: "warning",
}


def button(
    act: str, label: str, *, code: str = "", url: str = "", primary: bool = False
) -> list[Element]:
    """Make the button of an act, as `slot:reconfirm` on a reservation, or one that opens `url`.

    None of a link that no browser opens.
    """
    made: Element = {
        "type": "button",
        "action_id": f"slot:{act}",
        "text": plain(label, _BUTTON_LIMIT),
    }
    if url:
        if not is_web(url) or len(url) > _URL_LIMIT:
            return []
        made["url"] = url
    else:
        made["value"] = code
    return [made | ({"style": "primary"} if primary else {})]


def actions(buttons: Sequence[Element]) -> list[Block]:
    """Put buttons in a row; nothing where there are none."""
    return [{"type": "actions", "elements": list(buttons)}] if buttons else []


def card_blocks(
    words: Wording, zone: tzinfo, buttons: Sequence[Element], join_link: str = ""
) -> list[Block]:
    """Make the blocks that say all of a notice, with its buttons beneath.

    What is off has its title and its times struck through. `join_link` is where a description
    that is too long here can be read.
    """
    head = [
        *block(
            _badge(words.mark, (), zone),
            section(words.headline, zone, bold=True, dead=words.mark in OFF),
            paragraph(words.intro, zone),
        ),
        *_changes(words.changes, zone),
        *_facts(words, zone),
        *_access(words, zone),
    ]
    rest = [*_details(words, zone), *block(paragraph((*words.closing, *words.footer), zone))]
    room = min(_DESCRIPTION_LIMIT, _MESSAGE_LIMIT - weight([*head, *rest]))
    *details, last = rest
    return [
        *head,
        *_described(words, zone, join_link, room),
        *details,
        *actions(buttons),
        last,
    ]


def short_blocks(words: Wording, zone: tzinfo, buttons: Sequence[Element] = ()) -> list[Block]:
    """Make the blocks that say what is new, for beneath the card that says the rest."""
    return [
        *block(
            _badge(words.mark, (": ", *words.headline), zone),
            paragraph(words.intro, zone),
        ),
        *_changes(words.changes, zone),
        *actions(buttons),
    ]


def _badge(mark: Mark, line: Line, zone: tzinfo) -> list[Element]:
    emoji = {"type": "emoji", "name": _EMOJI[mark]}
    word = {"type": "text", "text": f" {mark.value}", "style": {"bold": True}}
    return of_elements([emoji, word, *elements(line, zone)])


def _facts(words: Wording, zone: tzinfo) -> list[Block]:
    dead = _TIMES if words.mark in OFF else ()
    return block(rows(_labelled(words.facts), zone, dead=dead))


def _labelled(facts: Sequence[Row]) -> list[tuple[str, Line]]:
    return [(row.label, row.line) for row in facts]


def _changes(changes: Sequence[Changed], zone: tzinfo) -> list[Block]:
    return block(bullets(_changed(change, zone) for change in changes))


def _changed(change: Changed, zone: tzinfo) -> list[Element]:
    return [
        {"type": "text", "text": f"{change.label}: ", "style": {"bold": True}},
        *elements(change.old, zone, dead=True, limit=_CHANGE_LIMIT),
        {"type": "text", "text": " → "},
        *elements(change.new, zone, limit=_CHANGE_LIMIT),
    ]


def _access(words: Wording, zone: tzinfo) -> list[Block]:
    if not words.access:
        return []
    return block(
        section((Strong(words.access_title),), zone),
        rows(_labelled(words.access), zone),
        section(words.access_note, zone),
    )


def _described(words: Wording, zone: tzinfo, join_link: str, room: int) -> list[Block]:
    """Quote the holder's text: set apart, so that nobody takes it for words of ours."""
    quoted = quote(words.description, zone, limit=_WHOLE)
    if not quoted or weight(quoted) <= room:
        return block(quoted)
    more: Line = ("The description goes on; the rest is left out here.",)
    if join_link:
        more = ("The description goes on: ", Link(join_link, "read it all on the join page"), ".")
    return [*block(quoted, limit=room), *block(section(more, zone))]


def _details(words: Wording, zone: tzinfo) -> list[Block]:
    if not words.details:
        return []
    items = [elements(line, zone, limit=_DETAIL_LIMIT) for line in words.details]
    made = block(section((Strong(words.details_title),), zone))
    for first in range(0, len(items), _DETAILS_IN_A_BLOCK):
        made += block(bullets(items[first : first + _DETAILS_IN_A_BLOCK]))
    return made
