"""The form as modals: which is opened, filled in with what, and what is said where none can be.

discord.py forgets its modals at a restart. Ours are known by their custom_ids, which name a draft
in the database, so that whichever process runs by then takes what is handed in.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

import discord

from bot.answers.reply import FormAsked, Reply, Tone
from bot.commands.run import guarded
from bot.discord.answering import ANSWERED_ALREADY, Given, defer, tell
from bot.discord.form_asking import draft_of, offered, opening
from bot.discord.form_draft import Kept, begin, found, keep
from bot.discord.form_fields import Sheet
from bot.discord.form_picks import hidden_in
from bot.discord.form_sheets import FIRST, SAID, START, sheets
from bot.discord.form_values import Modal
from bot.discord.hall import ASKING, NOT_ANSWERING, Hall, Interaction, word_of
from bot.discord.handing import Origin, known_for
from bot.form.filling import FormContext
from bot.form.instants import say_span
from bot.form.when import When, parse_when
from core.model.people import Actor
from core.notices.said import shortened

log = logging.getLogger(__name__)

LONGEST_TITLE = 45  # of a modal, by Discord's documentation
FORGOTTEN = Reply(
    Tone.MISTAKE,
    (
        ("That form is not kept any more: it is a day old, or there were many after it.",),
        ("Nothing was written. Please begin anew.",),
    ),
)
T = TypeVar("T")
Drawn = discord.ui.Modal
Draw = Callable[[Actor], Awaitable[Drawn | Reply]]


async def open_form(
    hall: Hall, interaction: Interaction, asked: FormAsked, reply: Reply | None = None
) -> None:
    """Open the form that somebody is to fill in, with what is known of it already.

    Where something typed is wrong, or it is too late for a modal, that is said first, with buttons
    that lead into the form. `reply` is what asks for it, if that says more than the form itself.
    Never raises but on cancellation.
    """
    actor = await guarded(hall.actor(interaction), "Actor")
    if isinstance(actor, Reply):
        await tell(interaction, Given(actor))
        return
    wrong = any(asked.values.get(name) for name in asked.problems)
    if wrong or reply is not None or interaction.response.is_done():
        said = replace(reply or _asking(wrong=wrong), form=asked)
        work = offered(hall, actor, said, in_guild=_in_guild(interaction))
        reply = await _in_time(hall, interaction, guarded(work, "Form"))
        await tell(interaction, Given(reply, actor.zone))
        return

    async def drawn() -> Drawn | Reply:
        form = draft_of(asked)
        # a field that is simply still empty needs no reproach
        form = replace(form, problems={}, hidden=hidden_in(form, interaction.guild))
        in_guild = _in_guild(interaction)
        *first, _ = sheets(form, asked.context, in_guild=in_guild)[FIRST]
        kept = await begin(hall, actor, replace(form, first=tuple(first)))
        return modal_of(kept, FIRST, asked.context, in_guild=in_guild)

    made = await _in_time(hall, interaction, guarded(drawn(), "Form"))
    await show(interaction, made, actor.zone)


async def open_sheet(hall: Hall, interaction: Interaction, draft_id: str, sheet: str) -> None:
    """Open a sheet of a form that is kept, filled in; never raises but on cancellation."""

    async def drawn(actor: Actor) -> Drawn | Reply:
        kept = await found(hall, actor, draft_id)
        if kept is None:
            return FORGOTTEN
        origin = await origin_of(hall, interaction, actor)
        if isinstance(origin, Reply):
            return origin
        known = await known_for(hall, origin, kept)
        if isinstance(known, Reply):
            return known
        hidden = hidden_in(kept.form, interaction.guild)
        if hidden != kept.form.hidden:
            again = await keep(hall, actor, draft_id, lambda form: replace(form, hidden=hidden))
            kept = again or kept
        return modal_of(kept, sheet, known.context, in_guild=origin.in_guild)

    await open_drawn(hall, interaction, drawn)


async def open_drawn(hall: Hall, interaction: Interaction, draw: Draw) -> None:
    """Open the modal that `draw` makes for whoever acts, in time, or say what it says instead."""
    hall.stay()
    zone = ZoneInfo("UTC")

    async def work() -> Drawn | Reply:
        nonlocal zone
        actor = await hall.actor(interaction)
        if isinstance(actor, Reply):
            return actor
        zone = actor.zone
        return await draw(actor)

    task, done = await hall.soon(guarded(work(), "Modal"))
    if not done:
        await defer(interaction)
    await show(interaction, await task, zone)


async def _in_time(hall: Hall, interaction: Interaction, work: Awaitable[T]) -> T:
    """Do some work after what was asked has taken its time already; defer where it takes long."""
    task = hall.beside(work)
    done, _ = await asyncio.wait({task}, timeout=ASKING)
    if not done:
        await defer(interaction)
    return await task


async def show(interaction: Interaction, drawn: Drawn | Reply, zone: ZoneInfo) -> None:
    """Open a modal or, in its place or where that is too late, say something."""
    if isinstance(drawn, Reply):
        await tell(interaction, Given(drawn, zone))
        return
    if not interaction.response.is_done():
        try:
            await interaction.response.send_modal(drawn)
        except NOT_ANSWERING as error:
            word = word_of(error)
            if word == str(ANSWERED_ALREADY):
                return  # a second copy of the same press: the first one opened it
            log.warning("discord.not_shown", extra={"what": "modal", "error": word})
        else:
            return
    await tell(interaction, Given(opening(drawn.custom_id), zone))


def modal_of(kept: Kept, sheet: str, context: FormContext, *, in_guild: bool) -> Drawn:
    """Draw a sheet of a form."""
    form = kept.form
    on_sheets = sheets(form, context, in_guild=in_guild)
    modal = make_modal(
        _title(kept, sheet, context, told=START in on_sheets[FIRST]),
        Modal(kept.id, sheet, kept.draft.revision, form.code).custom_id,
    )
    page = Sheet(form, context)
    for name in on_sheets[sheet]:
        modal.add_item(page.label(name))
    return modal


def make_modal(title: str, custom_id: str) -> Drawn:
    """Make an empty modal that discord.py does not keep: what is handed in is heard by its id."""
    modal: Drawn = discord.ui.Modal(
        title=shortened(title, LONGEST_TITLE), custom_id=custom_id, timeout=None
    )
    modal.stop()
    return modal


async def origin_of(hall: Hall, interaction: Interaction, actor: Actor) -> Origin | Reply:
    """Say whose form it is, and in which guild."""
    place = await hall.place(interaction)
    if isinstance(place, Reply):
        return place
    return Origin(actor, place.guild_id, _in_guild(interaction))


def _in_guild(interaction: Interaction) -> bool:
    return interaction.guild_id is not None


def _title(kept: Kept, sheet: str, context: FormContext, *, told: bool) -> str:
    form = kept.form
    if sheet != FIRST:
        return f"{form.code}: {SAID[sheet]}" if form.code else SAID[sheet]
    if form.code:
        return f"Change {form.code}"
    found = parse_when(form.shown("when"), zone=context.zone, now=context.now)
    if told or not isinstance(found, When):
        return "Reserve a slot"
    return f"Reserve {say_span(found.starts_at, None, context.zone)}"


def _asking(*, wrong: bool) -> Reply:
    if wrong:
        return Reply(Tone.MISTAKE, (("Nothing was written. Please look at this again:",),))
    return Reply(Tone.INFO, (("The form is ready:",),))
