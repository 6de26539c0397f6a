"""From a reply to what a person sees: in time, once, and by direct message where it comes too late.

Discord waits three seconds for a first answer, and fifteen minutes for what follows a deferral
("Receiving and Responding" in its documentation).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import discord

from bot.answers.reply import FormAsked, Reply, Tone
from bot.commands.run import guarded
from bot.discord.answer import Shown, render_reply
from bot.discord.hall import NOT_ANSWERING, Hall, Interaction, word_of
from core.model.people import Actor
from core.store.patience import one_patience

log = logging.getLogger(__name__)

Work = Callable[[Actor], Awaitable[Reply]]
ViewOf = Callable[[Reply], discord.ui.View | None]
OpenForm = Callable[[Hall, Interaction, FormAsked, Reply | None], Awaitable[None]]

# Discord's codes, from "Opcodes and Status Codes" in its documentation
UNKNOWN_INTERACTION, ANSWERED_ALREADY = 10062, 40060
_NO_ANSWER = "no answer"
_DEFERRED = "callboard.deferred"
_UTC = ZoneInfo("UTC")
_TOO_LATE = "Discord did not wait for this answer, so it comes here."


@dataclass(frozen=True, slots=True)
class Given:
    """A reply to somebody, in their zone; `view` are components in place of its buttons."""

    reply: Reply
    zone: ZoneInfo = _UTC
    view: discord.ui.View | None = None


def _no_view(_: Reply) -> discord.ui.View | None:
    return None


async def answered(hall: Hall, interaction: Interaction, work: Work) -> Given:
    """Find out who asks, and do the work; never raises."""
    with one_patience():
        actor = await guarded(hall.actor(interaction), "Actor")
        if isinstance(actor, Reply):
            return Given(actor)
        return Given(await guarded(work(actor), "Discord"), actor.zone)


async def answer(
    hall: Hall,
    interaction: Interaction,
    work: Work,
    open_form: OpenForm | None = None,
    view_of: ViewOf = _no_view,
) -> None:
    """Do what somebody asked and answer them alone; never raises but on cancellation.

    What commits quickly commits first. What takes longer is deferred, visibly, and answered when
    it is done: also where that could not be shown any more. `open_form` asks for the form that a
    reply wants filled in; `view_of` gives the components that are shown with a reply.
    """
    hall.stay()
    task, done = await hall.soon(answered(hall, interaction, work))
    if not done:
        await defer(interaction)
    given = await task
    asked, tone = given.reply.form, given.reply.tone
    if open_form is not None and asked is not None and tone is not Tone.TROUBLE:
        says_more = given.reply if tone is Tone.DENIED else None
        await open_form(hall, interaction, asked, says_more)
        return
    await tell(interaction, replace(given, view=view_of(given.reply)))


async def defer(interaction: Interaction) -> bool:
    """Let somebody see that their answer is on its way; False where that came too late."""
    if interaction.response.is_done():
        return True
    for _ in range(2):
        word = await _trouble(interaction.response.defer(ephemeral=True, thinking=True), "deferral")
        if word != _NO_ANSWER:
            break
    # one that had arrived unheard is known by the second one being refused
    deferred = word in {"", str(ANSWERED_ALREADY)}
    interaction.extras[_DEFERRED] = deferred
    return deferred


async def tell(interaction: Interaction, given: Given) -> bool:
    """Answer the person alone, or directly where it is too late for that; False if neither worked.

    A second copy of an interaction finds it answered by the first, and says nothing. What got lost
    on its way is sent once more: if it had arrived, Discord says that, too.
    """
    shown = render_reply(given.reply, given.zone, given.view)
    trouble = await _trouble(_way(interaction, shown), "answer")
    if trouble == _NO_ANSWER:
        trouble = await _trouble(_way(interaction, shown), "answer")
    if trouble in {"", str(ANSWERED_ALREADY)}:
        return True
    return await tell_directly(interaction, given)


def _way(interaction: Interaction, shown: Shown) -> Awaitable[object]:
    """Give the way in which an answer can be shown by now."""
    response = interaction.response
    kind = discord.InteractionResponseType.deferred_channel_message
    if interaction.extras.get(_DEFERRED) or response.type is kind:
        return interaction.edit_original_response(**shown.edit)
    if not response.is_done():
        return response.send_message(ephemeral=True, **shown.message)
    return interaction.followup.send(ephemeral=True, wait=True, **shown.message)


async def tell_directly(interaction: Interaction, given: Given) -> bool:
    """Say by direct message what came of it; a second copy is not posted twice."""
    lines = ((_TOO_LATE,), *given.reply.lines)
    shown = render_reply(replace(given.reply, lines=lines), given.zone, given.view)
    said = interaction.user.send(nonce=str(interaction.id), **shown.message)
    return not await _trouble(said, "direct message")


async def _trouble(call: Awaitable[object], what: str) -> str:
    """Make a call that shows somebody something; gives why it did not, in a word, or ""."""
    try:
        await call
    except (*NOT_ANSWERING, ValueError) as error:  # ValueError: an answer that is no JSON
        # an error of Discord's that has a code of its own is its answer; any other got lost
        word = word_of(error) if isinstance(error, discord.DiscordException) else _NO_ANSWER
    else:
        return ""
    if word != str(ANSWERED_ALREADY):
        late = word == str(UNKNOWN_INTERACTION)
        level = logging.INFO if late else logging.WARNING
        log.log(level, "discord.not_shown", extra={"what": what, "error": word})
    return word
