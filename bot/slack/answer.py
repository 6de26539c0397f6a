"""A reply as Slack shows it to the person alone: blocks, buttons, a notification's line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from bot.answers.acts import PICK
from bot.answers.reply import Action, Attachment, Reply, Section, Table, Tone
from bot.slack.blocks import MOST_IN_MESSAGE, Block, actions, button, modal
from core.model.prose import Line
from core.notices.as_console import render_line
from core.notices.as_rich_text import (
    block,
    bulleted,
    bullets,
    elements,
    notification_text,
    paragraph,
    preformatted,
    rows,
    section,
)

_SIGNS = {
    Tone.OK: "white_check_mark",
    Tone.DENIED: "no_entry",
    Tone.MISTAKE: "pencil2",
    Tone.TROUBLE: "warning",
}
_STYLES = {"reconfirm": "primary", "reserve": "primary", "cancel": "danger"}
_MOST_ROWS = 40
_LONGEST_FILE = 2500  # characters shown in the answer; Slack cuts a block at 3,000
_GAP = " \N{MIDDLE DOT} "


def render_reply(reply: Reply, zone: ZoneInfo, *, most: int = MOST_IN_MESSAGE) -> list[Block]:
    """Render a reply as blocks, at most so many; times show in every reader's own zone."""
    made = list(_blocks(reply, zone))
    if len(made) <= most:
        return made
    more = block(paragraph((("There is more than fits here.",),), zone))
    return [*made[: most - 1], *more]


def reply_message(reply: Reply, zone: ZoneInfo) -> Block:
    """Render a reply as the body of a message: `text` and `blocks`."""
    first = reply.lines[0] if reply.lines else ("",)
    return {"text": notification_text(first, zone), "blocks": render_reply(reply, zone)}


def reply_view(reply: Reply, zone: ZoneInfo, *, title: str = "") -> Block:
    """Render a reply as a modal that has nothing left to hand in."""
    words = title or ("Not done" if reply.tone.failed else "Done")
    return modal("slot_told", words, render_reply(reply, zone, most=95))


def _blocks(reply: Reply, zone: ZoneInfo) -> Iterator[Block]:
    yield from _headline(reply, zone)
    for part in reply.sections:
        yield from _section(part, zone)
    if reply.attachment:
        yield from _file(reply.attachment)
    yield from actions(list(action_buttons(reply.actions, zone)))


def _headline(reply: Reply, zone: ZoneInfo) -> list[Block]:
    first, *rest = reply.lines or ((),)
    sign = _SIGNS.get(reply.tone)
    inline = elements(first, zone)
    if sign and inline:
        inline = [{"type": "emoji", "name": sign}, {"type": "text", "text": " "}, *inline]
    made = [{"type": "rich_text_section", "elements": inline}] if inline else []
    return block(made, paragraph(rest, zone))


def _section(part: Section, zone: ZoneInfo) -> list[Block]:
    title = section((part.title,), zone, bold=True) if part.title else []
    return block(
        title,
        paragraph(part.lines, zone),
        rows([(row.label, row.line) for row in part.rows], zone),
        _table(part.table, zone) if part.table else [],
        bulleted(part.items, zone),
    )


def _table(table: Table, zone: ZoneInfo) -> list[Block]:
    """Show a table as a list: on a phone, columns would break up."""
    shown = table.rows[:_MOST_ROWS]
    made = bullets(_row(row, zone) for row in shown)
    if more := len(table.rows) - len(shown):
        made += section((f"and {more} more",), zone)
    return made


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
        return []
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
