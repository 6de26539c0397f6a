"""Small modals: the question before a cancellation, the file for an audience list, and waiting."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from bot.form.text import LONGEST_LIST_NAME, LONGEST_REASON
from bot.slack.blocks import UPLOAD_HINT, Block, entry, modal, text_input, upload
from core.model.prose import Line, Literal, Said
from core.notices.as_rich_text import block, paragraph

CANCEL, IMPORT, WAIT = "slot_cancel", "slot_import", "slot_wait"
_UTC = ZoneInfo("UTC")


def cancel_view(code: str, title: str) -> Block:
    """Ask back before a reservation is cancelled, and for a reason that is passed on."""
    question: Line = ("Cancel ", Said(title), " (", Literal(code), ")? The slot is given back,")
    told: Line = ("and everybody who was told of it hears that it is off.",)
    reason = text_input(longest=LONGEST_REASON, multiline=True)
    return modal(
        CANCEL,
        f"Cancel {code}",
        [
            *block(paragraph((question, told), _UTC)),
            entry("reason", "Reason", reason, hint="Passed on as you write it; may stay empty"),
        ],
        submit="Cancel the slot",
        close="Keep it",
        metadata=json.dumps({"code": code}),
    )


def import_view(name: str) -> Block:
    """Ask for the file whose addresses are to be put on an audience list."""
    return modal(
        IMPORT,
        "Import addresses",
        [
            entry(
                "name",
                "Audience list",
                text_input(name, longest=LONGEST_LIST_NAME),
                hint="It is made if there is none of that name",
                optional=False,
            ),
            entry("file", "File", upload(), hint=UPLOAD_HINT, optional=False),
        ],
        submit="Import",
        close="Cancel",
        metadata="{}",
    )


def waiting_view(words: str) -> Block:
    """Say that something goes on that takes longer than Slack waits; the answer takes its place."""
    later: Line = ("You may close this: then what comes of it is sent to you directly.",)
    return modal(WAIT, "One moment", block(paragraph(((words,), later), _UTC)), close="Close")
