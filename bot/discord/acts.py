"""Buttons and what they are called: everything a press needs stands in its custom_id.

A custom_id says which button it was, never what may be done: that is asked of the desk again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import discord

from bot.answers.acts import PICK
from bot.answers.reply import Action
from core.model.prose import During
from core.model.server import Server
from core.model.slot import Slot
from core.notices.as_console import render_line
from core.notices.said import shortened

LONGEST_ID = 100  # characters of a custom_id, by Discord's documentation of components
LONGEST_LABEL = 80

# On a draft, by its id: fill in one of its sheets, hand it in, or take one of several meanings.
FORM, CONFIRM, TAKE = "form", "confirm", "take"
# Under the question who would be one person: yes to it, by the code that the question gave.
LINK = "link"

PRESSED = re.compile(r"slot:(?P<act>[a-z_]{1,20})(?::(?P<about>[A-Za-z0-9_:-]{0,76}))?")

_UTC = ZoneInfo("UTC")
_PICKED = re.compile(r"([A-Za-z0-9-]*):(\d{1,12}):(\d{1,6}):([0-9a-f]{10})", re.ASCII)
_AGREED = re.compile(r"link ([A-Za-z0-9_-]+) yes", re.ASCII)
_STYLES = {
    "reconfirm": discord.ButtonStyle.success,
    "reserve": discord.ButtonStyle.primary,
    "cancel": discord.ButtonStyle.danger,
    CONFIRM: discord.ButtonStyle.success,
}


@dataclass(frozen=True, slots=True)
class Picked:
    """A free slot that was offered, and the reservation that is to be moved there, or ""."""

    code: str
    starts: int
    minutes: int
    server: str

    def among(self, servers: tuple[Server, ...]) -> str:
        """Name its server, or "" where the person sees it no more."""
        return next((one.name for one in servers if _digest(one.name) == self.server), "")


def button_of(action: Action, zone: ZoneInfo = _UTC) -> discord.ui.Button[Any]:
    """Make the button of what can be done next; a time in its label is in the reader's zone."""
    label = shortened(render_line(action.label, zone), LONGEST_LABEL)
    style = _STYLES.get(action.name, discord.ButtonStyle.secondary)
    return discord.ui.Button(label=label or "?", style=style, custom_id=id_of(action))


def id_of(action: Action) -> str:
    """Write a button's custom_id."""
    if action.name == PICK and (slot := _slot_of(action)) is not None:
        minutes = int(slot.length.total_seconds()) // 60
        server = _digest(action.values.get("server", ""))
        about = f"{action.code}:{int(slot.starts_at.timestamp())}:{minutes}:{server}"
        return f"slot:{PICK}:{about}"
    if agreed := _AGREED.fullmatch(action.code):  # words, as typed in a chat without buttons
        return f"slot:{LINK}:{agreed[1]}"
    return f"slot:{action.name}:{action.code}" if action.code else f"slot:{action.name}"


def read_pick(about: str) -> Picked | None:
    """Read which free slot a button offered; None for one that we do not make any more."""
    found = _PICKED.fullmatch(about)
    if found is None:
        return None
    return Picked(found[1], int(found[2]), int(found[3]), found[4])


def _slot_of(action: Action) -> Slot | None:
    return next((span.slot for span in action.label if isinstance(span, During)), None)


def _digest(name: str) -> str:
    # a server's name may be longer than what fits beside the rest
    return sha256(name.encode()).hexdigest()[:10]
