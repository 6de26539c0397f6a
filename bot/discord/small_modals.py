"""Small modals: the question before a reservation is cancelled, and for a reason to pass on."""

from __future__ import annotations

import re
from typing import Any

from discord import ui

from bot.answers import standing
from bot.answers.refusals import refused
from bot.answers.reply import Reply
from bot.commands.asking import Asking
from bot.commands.context import Known, load_known_for_change
from bot.discord.form import Drawn, make_modal
from bot.discord.form_widgets import text_input
from bot.discord.hall import Hall
from bot.form.text import LONGEST_REASON
from core.model.people import Actor
from core.notices.said import shortened
from core.usecases.answers import Ended

REASON = "reason"
_CANCEL = re.compile(r"slot:cancel:(?P<code>[A-Za-z0-9-]{1,20})", re.ASCII)
_LONGEST_QUESTION = 100  # of a label's description, by Discord's documentation of components


def cancelled_code(custom_id: str) -> str:
    """Give the reservation that a modal asks to be cancelled, "" for another modal."""
    found = _CANCEL.fullmatch(custom_id)
    return found["code"] if found else ""


async def cancel_modal(hall: Hall, actor: Actor, code: str, reason: str = "") -> Drawn | Reply:
    """Ask back before anything is cancelled; not of somebody who may not, nor too late."""
    found = await load_known_for_change(Asking(hall.desk, actor), code)
    if isinstance(found, Ended):
        return standing.ended(found)
    if not isinstance(found, Known):
        return refused(found)
    modal = make_modal(f"Cancel {code}", f"slot:cancel:{code}")
    question = f"Whoever was told of it hears that it is off: {found.defaults['title']}"
    label: ui.Label[Any] = ui.Label(
        text="Give the slot back? A reason, passed on:",
        description=shortened(question, _LONGEST_QUESTION),
        component=text_input(REASON, reason, longest=LONGEST_REASON, several_lines=True),
    )
    modal.add_item(label)
    return modal
