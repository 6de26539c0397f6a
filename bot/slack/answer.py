"""A reply as Slack shows it to the person alone: blocks, buttons, a notification's line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import accumulate
from zoneinfo import ZoneInfo

from bot.answers.acts import PICK
from bot.answers.reply import Action, Attachment, Reply, Section, Tone
from bot.slack.blocks import MOST_IN_MESSAGE, Block, actions, button, modal
from core.model.prose import Line
from core.notices.as_console import render_line
from core.notices.as_rich_text import (
    BLOCK_LIMIT,
    block,
    bullets,
    elements,
    notification_text,
    paragraph,
    preformatted,
    rows,
    section,
    weight,
)

_SIGNS = {
    Tone.OK: "white_check_mark",
    Tone.DENIED: "no_entry",
    Tone.MISTAKE: "pencil2",
    Tone.TROUBLE: "warning",
}
_STYLES = {"reconfirm": "primary", "reserve": "primary", "cancel": "danger"}
_LONGEST_ANSWER = 10_500  # characters: of more, in all blocks of a message, Slack takes none
_LONGEST_LIST = 7_000
_SPARE = 50
_LONGEST_PIECE = 2_500  # characters of verbatim text in a block, which has a title, too
_LONGEST_FILE = 2500  # characters shown in the answer; Slack cuts a block at 3,000
_GAP = " \N{MIDDLE DOT} "


def render_reply(reply: Reply, zone: ZoneInfo, *, most: int = MOST_IN_MESSAGE) -> list[Block]:
    """Render a reply as blocks, at most so many; times show in every reader's own zone.

    What is too long is left out with a hint at it; the buttons stay.
    """
    body = list(_body(reply, zone))
    buttons = actions(list(action_buttons(reply.actions, zone)))
    kept = _fitting(body, most - len(buttons))
    more = block(paragraph((("There is more than fits here.",),), zone))
    return [*kept, *(more if len(kept) < len(body) else ()), *buttons]


def _fitting(body: list[Block], most: int) -> list[Block]:
    """Keep the first blocks that fit, with room for one that says so where there are more."""
    weights = list(accumulate(map(weight, body)))
    if len(body) <= most and (not body or weights[-1] <= _LONGEST_ANSWER):
        return body
    return [one for one, so_far in zip(body, weights, strict=True) if so_far <= _LONGEST_ANSWER][
        : most - 1
    ]


def reply_message(reply: Reply, zone: ZoneInfo) -> Block:
    """Render a reply as the body of a message: `text` and `blocks`."""
    first = reply.lines[0] if reply.lines else ("",)
    return {"text": notification_text(first, zone), "blocks": render_reply(reply, zone)}


def reply_view(reply: Reply, zone: ZoneInfo, *, title: str = "") -> Block:
    """Render a reply as a modal that has nothing left to hand in."""
    words = title or ("Not done" if reply.tone.failed else "Done")
    return modal("slot_told", words, render_reply(reply, zone, most=95))


def _body(reply: Reply, zone: ZoneInfo) -> Iterator[Block]:
    yield from _headline(reply, zone)
    for part in reply.sections:
        yield from _section(part, zone)
    if reply.attachment:
        yield from _file(reply.attachment)


def _headline(reply: Reply, zone: ZoneInfo) -> list[Block]:
    first, *rest = reply.lines or ((),)
    sign = _SIGNS.get(reply.tone)
    inline = elements(first, zone)
    if sign and inline:
        inline = [{"type": "emoji", "name": sign}, {"type": "text", "text": " "}, *inline]
    made = [{"type": "rich_text_section", "elements": inline}] if inline else []
    return block(made, paragraph(rest, zone))


def _section(part: Section, zone: ZoneInfo) -> Iterator[Block]:
    """Make a section, with what is listed in it in several blocks where it is long."""
    head = [
        *(section((part.title,), zone, bold=True) if part.title else ()),
        *paragraph(part.lines, zone),
        *rows([(row.label, row.line) for row in part.rows], zone),
    ]
    left, chunk = BLOCK_LIMIT - _SPARE - weight(head), list[list[Block]]()
    for item in _listed(part, zone):
        left -= weight(item)
        if left < 0:
            yield from block(head, bullets(chunk))
            left, head, chunk = BLOCK_LIMIT - _SPARE - weight(item), [], []
        chunk.append(item)
    if not part.verbatim:
        yield from block(head, bullets(chunk))
        return
    first, *more = _pieces(part.verbatim)
    yield from block(head, bullets(chunk), preformatted(first))
    for piece in more:
        yield from block(preformatted(piece))


def _pieces(text: str) -> list[str]:
    """Cut a text that is copied between its lines, where it is too long for one block."""
    pieces = [""]
    for line in text.splitlines(keepends=True):
        if len(pieces[-1]) + len(line) > _LONGEST_PIECE:
            pieces.append("")
        pieces[-1] += line
    return pieces


def _listed(part: Section, zone: ZoneInfo) -> list[list[Block]]:
    """Give what is listed as far as it fits; a list's last item may say where the rest is.

    A table is shown as a list: on a phone, columns would break up.
    """
    if part.table:
        return _shortened([_row(row, zone) for row in part.table.rows], [])
    items = [elements(line, zone) for line in part.items]
    return _shortened(items[:-1], items[-1:])


def _shortened(items: list[list[Block]], last: list[list[Block]]) -> list[list[Block]]:
    fit = sum(so_far <= _LONGEST_LIST for so_far in accumulate(map(weight, items)))
    more = len(items) - fit
    hint: list[list[Block]] = [[{"type": "text", "text": f"and {more:,} more"}]] if more else []
    return [*items[:fit], *hint, *last]


def _row(row: Sequence[Line], zone: ZoneInfo) -> list[Block]:
    inline: list[Block] = []
    for cell in row:
        shown = elements(cell, zone)
        if shown:
            inline += [{"type": "text", "text": _GAP}] if inline else []
            inline += shown
    return inline


def _file(attachment: Attachment) -> list[Block]:
    """Show a file's text, to be copied; a long one is sent as a file beside it."""
    text = attachment.data.decode(errors="replace")
    if is_long(attachment):
        sent: Line = ("It is sent to you as a file, in your direct messages with Callboard.",)
        return block(section(sent, ZoneInfo("UTC")))
    return block(section((attachment.filename,), ZoneInfo("UTC")), preformatted(text))


def is_long(attachment: Attachment) -> bool:
    """Tell whether a file is too long to be shown in an answer."""
    return len(attachment.data) > _LONGEST_FILE


def action_buttons(acts: Sequence[Action], zone: ZoneInfo) -> Iterator[Block]:
    """Make the buttons of what can be done next."""
    for number, act in enumerate(acts):
        label = render_line(act.label, zone)
        if act.name == PICK:
            value = json.dumps({"code": act.code, **act.values})
            yield button(f"slot:{PICK}:{number}", label, value)
        else:
            yield button(f"slot:{act.name}", label, act.code, _STYLES.get(act.name, ""))
