"""Buttons: what is pressed becomes a command, whoever presses it and however old the button is.

Each is known by its custom_id, so that it works after a restart; who may, and whether it is not
too late, the desk says every time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import discord

from bot.answers.acts import CANCEL, PICK
from bot.answers.reply import Reply
from bot.answers.wording import type_instant
from bot.commands import commands as c
from bot.commands.asking import Asking
from bot.commands.context import load_known
from bot.commands.run import handle
from bot.discord.acts import CONFIRM, FORM, LINK, PRESSED, TAKE, Picked, read_pick
from bot.discord.answering import answer
from bot.discord.contacts import contact_of
from bot.discord.form import (
    FORGOTTEN,
    Drawn,
    open_drawn,
    open_form,
    open_sheet,
    origin_of,
)
from bot.discord.form_draft import FormDraft, Kept, found, keep
from bot.discord.form_picks import problems_of
from bot.discord.form_sheets import FIRST, SAID
from bot.discord.hall import Hall, Interaction, submission_key
from bot.discord.handing import hand_in, refuse
from bot.discord.small_modals import cancel_modal
from bot.discord.submissions import Submissions
from bot.discord.uploads import Uploads
from bot.discord.whereabouts import hall_for
from bot.form.answers import Mistake
from bot.form.length import say_length
from core.model.people import Actor

BUTTONS = "discord:buttons"

_ON_A_CODE: dict[str, Callable[[str], c.Command]] = {
    "reconfirm": c.Reconfirm,
    "again": c.SendAgain,
    "change": c.Change,
    "show": c.Show,
}
_ABOUT_A_CODE = frozenset({*_ON_A_CODE, CANCEL, "remind", "stop"})
_OF_A_DRAFT = re.compile(
    r"(?P<draft>[A-Za-z0-9_-]{1,40}):(?P<what>[a-z0-9]{1,10})(?::(?P<revision>\d{1,9}))?", re.ASCII
)


def register(client: discord.Client, hall: Hall) -> None:
    """Let a client hear of presses and of modals that are handed in, and do what they left over.

    To be called before it logs in. What was left over is done from then on, until it is closed.
    """
    uploads = Uploads(hall, client)
    submissions = Submissions(hall, uploads.later)
    client.add_dynamic_items(make_button(hall))
    begin, close = client.setup_hook, client.close

    async def on_interaction(interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            await submissions.on_modal(interaction)

    async def setup_hook() -> None:
        await begin()
        uploads.start()

    async def closed() -> None:
        await uploads.stop()
        await close()

    client.event(on_interaction)
    client.setup_hook = setup_hook  # type: ignore[method-assign]  # of this one client
    client.close = closed  # type: ignore[method-assign]  # likewise


def make_button(hall: Hall) -> type[discord.ui.DynamicItem[Any]]:
    """Make what hears of presses."""

    class SlotButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=PRESSED):
        """Any button of ours."""

        @classmethod
        async def from_custom_id(
            cls, _: Interaction, item: discord.ui.Item[Any], __: re.Match[str], /
        ) -> SlotButton:
            """Make it of the button that was pressed."""
            if not isinstance(item, discord.ui.Button):
                raise TypeError("what is pressed is a button")
            return cls(item)

        async def callback(self, interaction: Interaction) -> None:
            """Hear the press."""
            await Press(hall, interaction, self.item.custom_id or "").done()

    return SlotButton


class Press:
    """One press of a button."""

    def __init__(self, hall: Hall, interaction: Interaction, custom_id: str) -> None:
        self._hall = hall
        self._interaction = interaction
        found_in = PRESSED.fullmatch(custom_id)
        self._act = found_in["act"] if found_in else ""
        self._about = (found_in["about"] or "") if found_in else ""

    async def done(self) -> None:
        """Do what the button stands for, and answer; never raises but on cancellation."""
        self._hall.stay()
        self._hall.heard(BUTTONS)
        if self._act in _ABOUT_A_CODE:
            self._hall = await hall_for(self._hall, self._interaction, self._about)
        if self._act == CANCEL:
            await open_drawn(self._hall, self._interaction, self._question)
        elif self._act == FORM:
            draft, sheet, _ = self._of_a_draft()
            sheet = sheet if sheet in SAID else FIRST
            await open_sheet(self._hall, self._interaction, draft, sheet)
        elif self._act in {CONFIRM, TAKE}:
            await answer(self._hall, self._interaction, self._handed_in)
        else:
            await answer(self._hall, self._interaction, self._work, open_form)

    async def _question(self, actor: Actor) -> Drawn | Reply:
        return await cancel_modal(self._hall, actor, self._about)

    async def _work(self, actor: Actor) -> Reply:
        command = await self._command(actor)
        if isinstance(command, Reply):
            return command
        key = submission_key(self._interaction)
        reply = await handle(self._hall.desk, actor, command, submission_key=key)
        if self._act == LINK:
            self._hall.forget()  # who they are
        return reply

    async def _command(self, actor: Actor) -> c.Command | Reply:
        """Say which command it is; the custom_id names a reservation and is trusted no further."""
        if self._act in _ON_A_CODE and self._about:
            return _ON_A_CODE[self._act](self._about)
        if self._act == PICK and (picked := read_pick(self._about)) is not None:
            return await self._picked(actor, picked)
        if self._act in {"remind", "stop"}:
            return await self._for_reader(actor)
        if self._act == LINK:
            return c.Link(self._about, yes=True)
        return c.Reserve()

    async def _for_reader(self, actor: Actor) -> c.Command | Reply:
        """Remind whoever presses, or write to them no more."""
        origin = await origin_of(self._hall, self._interaction, actor)
        if isinstance(origin, Reply):
            return origin
        presser = contact_of(origin.guild_id, str(self._interaction.user.id), f"@{actor.name}")
        if self._act == "stop":
            return c.StopTellingMe(self._about, presser)
        seen_in = contact_of(origin.guild_id, f"#{self._interaction.channel_id}")
        return c.RemindMe(self._about, presser, seen_in)

    async def _picked(self, actor: Actor, picked: Picked) -> c.Command:
        """Reserve, or move to, a free slot that was offered; what is missing is asked."""
        known = await load_known(Asking(self._hall.desk, actor))
        start = datetime.fromtimestamp(picked.starts, UTC)
        values = {
            "when": type_instant(start, actor.zone),
            "length": say_length(timedelta(minutes=picked.minutes)),
            "server": picked.among(known.context.servers),
        }
        values = {name: value for name, value in values.items() if value}
        if picked.code:
            return c.Change(picked.code, fields=values)
        return c.Reserve(fields=values)

    async def _handed_in(self, actor: Actor) -> Reply:
        """Hand in a form that is kept, or first put in what was offered for it."""
        draft_id, what, revision = self._of_a_draft()
        kept: Kept | None = await found(self._hall, actor, draft_id)
        if kept is None:
            return FORGOTTEN
        origin = await origin_of(self._hall, self._interaction, actor)
        if isinstance(origin, Reply):
            return origin
        if self._act == TAKE:
            taken = _offer(kept.form, what)
            if taken is None:
                return FORGOTTEN
            kept = await keep(self._hall, actor, draft_id, taken) or kept
        if problems := problems_of(kept.form, {}, self._interaction):
            told = {name: Mistake(why) for name, why in problems.items()}
            return await refuse(self._hall, origin, kept, told)
        return await hand_in(self._hall, origin, kept, revision)

    def _of_a_draft(self) -> tuple[str, str, int]:
        """Read which draft it is about, what of it, and which revision the button was made of."""
        said = _OF_A_DRAFT.fullmatch(self._about)
        if said is None:
            return "", "", 0
        if self._act == CONFIRM:
            return said["draft"], "", int(said["what"]) if said["what"].isdigit() else 0
        return said["draft"], said["what"], int(said["revision"] or 0)


def _offer(form: FormDraft, number: str) -> Callable[[FormDraft], FormDraft] | None:
    """Put in one of the sets of values that were offered; None where there is none of it."""
    if not number.isdigit() or int(number) >= len(form.offers):
        return None
    offered = form.offers[int(number)]
    return lambda now: now.with_values(offered)
