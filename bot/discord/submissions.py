"""Modals that are handed in, whichever process opened them: each is known by its custom_id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.answers import mistakes
from bot.answers.reply import Action, Attachment, FormAsked, Reply, Section, Tone
from bot.commands.asking import Asking
from bot.commands.commands import Cancel
from bot.commands.context import Known, load_known_for_change
from bot.commands.run import guarded, handle
from bot.discord.acts import FORM
from bot.discord.answering import Given, answer, defer, tell
from bot.discord.form import origin_of
from bot.discord.form_asking import draft_of, kept_beside
from bot.discord.form_draft import FormDraft, Kept, begin, keep
from bot.discord.form_picks import problems_of
from bot.discord.form_sheets import FIRST
from bot.discord.form_values import Modal, Submitted, put_in, read_submitted
from bot.discord.hall import Hall, Interaction, submission_key
from bot.discord.handing import Origin, ask_more, hand_in, refuse
from bot.discord.small_modals import REASON, cancelled_code
from bot.discord.whereabouts import hall_for
from bot.form.answers import Mistake
from bot.form.text import parse_reason
from core.model.people import Actor
from core.model.prose import Said
from core.store.database import BusyError

MODALS = "discord:modals"

Later = Callable[[Interaction, "Filled"], Awaitable[Reply | None]]


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet that was put into its form and kept; `problems` are of what was chosen in it."""

    origin: Origin
    kept: Kept
    modal: Modal
    sent: Submitted
    problems: Mapping[str, str]


class Submissions:
    """Listens to modals that are handed in; `later` takes those that bring a file."""

    def __init__(self, hall: Hall, later: Later) -> None:
        self._hall = hall
        self._later = later

    async def on_modal(self, interaction: Interaction) -> None:
        """Take what was handed in; never raises but on cancellation."""
        self._hall.stay()
        data: Mapping[str, Any] = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        if code := cancelled_code(custom_id):
            self._hall.heard(MODALS)
            await self._on_cancel(interaction, code, read_submitted(data))
        elif (modal := Modal.read(custom_id)) is not None:
            self._hall.heard(MODALS)
            await self._on_form(interaction, modal, read_submitted(data))

    async def _on_form(self, interaction: Interaction, modal: Modal, sent: Submitted) -> None:
        """Put a sheet into its form, and hand that in where nothing more is to be said."""
        hall = await hall_for(self._hall, interaction, modal.code)
        if sent.upload is not None:
            await self._with_file(hall, interaction, modal, sent)
            return

        async def work(actor: Actor) -> Reply:
            filled = await filled_in(hall, interaction, actor, modal, sent)
            if isinstance(filled, Reply):
                return filled
            return await gone_on(hall, filled)

        await answer(hall, interaction, work)

    async def _with_file(
        self, hall: Hall, interaction: Interaction, modal: Modal, sent: Submitted
    ) -> None:
        """Keep a form with a file, let the person see that it is at work, and do it then."""

        async def work() -> Reply | None:
            actor = await hall.actor(interaction)
            if isinstance(actor, Reply):
                return actor
            filled = await filled_in(hall, interaction, actor, modal, sent)
            return filled if isinstance(filled, Reply) else await self._later(interaction, filled)

        task, _ = await hall.soon(guarded(work(), "Upload"))
        await defer(interaction)
        given = await task
        if given is not None:
            await tell(interaction, Given(given))

    async def _on_cancel(self, interaction: Interaction, code: str, sent: Submitted) -> None:
        """Cancel, with the reason that was written."""
        # a reason is one line, and people write several
        typed = " ".join(sent.texts.get(REASON, "").splitlines())
        reason = parse_reason(typed)

        hall = await hall_for(self._hall, interaction, code)

        async def work(actor: Actor) -> Reply:
            if isinstance(reason, Mistake):
                return _with_reason(mistakes.mistaken("Nothing was done:", {REASON: reason}), typed)
            key = submission_key(interaction)
            command = Cancel(code, reason)
            reply = await handle(hall.desk, actor, command, submission_key=key)
            return _with_reason(reply, typed) if reply.tone is Tone.TROUBLE else reply

        await answer(hall, interaction, work)


async def filled_in(
    hall: Hall, interaction: Interaction, actor: Actor, modal: Modal, sent: Submitted
) -> Filled | Reply:
    """Put a sheet into its form and keep it, or say why that cannot be."""
    origin = await origin_of(hall, interaction, actor)
    if isinstance(origin, Reply):
        return origin
    now = hall.desk.now()

    def put(form: FormDraft) -> FormDraft:
        return put_in(form, sent, actor.zone, now)

    try:
        kept = await keep(hall, actor, modal.draft, put)
    except BusyError:
        return _unkept(modal, put(FormDraft(code=modal.code)))
    if kept is None:
        return await _anew(hall, origin, modal, put)
    return Filled(origin, kept, modal, sent, problems_of(kept.form, sent.resolved, interaction))


async def gone_on(hall: Hall, filled: Filled) -> Reply:
    """Hand a form in, or say what stands in its way, or ask for more where that is wanted."""
    if filled.problems:
        problems = {name: Mistake(why) for name, why in filled.problems.items()}
        return await refuse(hall, filled.origin, filled.kept, problems)
    if filled.sent.more or filled.modal.sheet != FIRST:
        return await ask_more(hall, filled.origin, filled.kept)
    return await hand_in(hall, filled.origin, filled.kept, filled.modal.revision)


async def _anew(
    hall: Hall, origin: Origin, modal: Modal, put: Callable[[FormDraft], FormDraft]
) -> Reply:
    """Keep what was typed into a form that is forgotten, to be looked at and handed in again.

    What a reservation said when the form was opened is not known any more: so nothing is changed
    before the person has seen what it says now.
    """
    form = FormDraft()
    if modal.code:
        asking = Asking(hall.desk, origin.actor)
        known = await load_known_for_change(asking, modal.code)
        if isinstance(known, Known):
            asked = FormAsked(modal.code, {}, {}, known.defaults, known.context, known.listed)
            form = draft_of(asked)
        else:
            form = FormDraft(code=modal.code)
    kept = await begin(hall, origin.actor, put(form))
    return kept_beside(_FORGOTTEN, kept)


def _unkept(modal: Modal, form: FormDraft) -> Reply:
    """Give back what was typed where it could not even be kept."""
    typed = "\n\n".join(f"{name}:\n{text}" for name, text in form.values.items() if text)
    reply = mistakes.busy()
    again = Action(FORM, ("Fill in again",), "", f"{modal.draft}:{modal.sheet}")
    what = Section(lines=(("What you typed is in the file, to be copied.",),))
    file = Attachment("what-you-typed.txt", typed.encode())
    return replace(reply, sections=(what,), actions=(again,), attachment=file)


def _with_reason(reply: Reply, typed: str) -> Reply:
    """Give the reason back that was typed."""
    if not typed:
        return reply
    wrote = Section(lines=(("You wrote: ", Said(typed)),))
    return replace(reply, sections=(*reply.sections, wrote))


_FORGOTTEN = Reply(
    Tone.INFO,
    (
        ("That form was not kept any more: it was opened more than a day ago, or before others.",),
        ("Nothing was written yet. What you typed is kept: please look at it once more.",),
    ),
)
