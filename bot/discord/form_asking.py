"""Asking on: what is wrong with a form, named field by field, with buttons that lead back into it.

A modal cannot answer a modal that was handed in ("Receiving and Responding" in Discord's
documentation), so that the way back is a button; it works after a restart, and everything typed
is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.answers.acts import PICK
from bot.answers.reply import Action, FormAsked, Problem, Reply, Section, Tone
from bot.discord.acts import CONFIRM, FORM, TAKE
from bot.discord.form_draft import FormDraft, Kept, begin, keep
from bot.discord.form_fields import said_label
from bot.discord.form_picks import with_picks
from bot.discord.form_sheets import FIRST, SAID, SECOND, sheet_of, sheets
from bot.discord.form_values import Modal
from bot.discord.hall import Hall
from bot.form.answers import AskBack
from bot.form.filling import FormContext
from core.model.people import Actor
from core.model.prose import Line, Said, Strong
from core.notices.as_console import render_lines

_MOST_OFFERS = 8

Offers = list[tuple[Line, Mapping[str, str]]]


def draft_of(asked: FormAsked) -> FormDraft:
    """Begin a form that is to be filled in."""
    form = with_picks(asked)
    before = dict(asked.defaults) if asked.code else {}
    if "reminders" in before:
        before["reminders"] = before["reminders"].removesuffix(" before")
    return replace(form, before=before, problems=_words_by_field(asked))


async def asked_again(
    hall: Hall, actor: Actor, kept: Kept, reply: Reply, *, in_guild: bool
) -> Reply:
    """Let a reply that a form came to nothing lead back into it; raises `BusyError`.

    What is free instead, and what may have been meant, is taken by a press of a button.
    """
    asked = reply.form
    if asked is None:
        return reply
    problems = _words_by_field(asked)
    offers = list(_offers(reply))[:_MOST_OFFERS]

    def noted(form: FormDraft) -> FormDraft:
        return replace(form, problems=problems, offers=tuple(values for _, values in offers))

    again = await keep(hall, actor, kept.id, noted) or await begin(hall, actor, noted(kept.form))
    taken = tuple(
        Action(TAKE, label, "", f"{again.id}:{number}:{again.draft.revision}")
        for number, (label, _) in enumerate(offers)
    )
    ways = tuple(_ways_back(again, asked.context, in_guild=in_guild))
    said = "\n".join(render_lines(reply.lines, actor.zone))
    sections = reply.sections if reply.tone is Tone.DENIED else (_problems(again.form, said),)
    return replace(reply, sections=sections, form=None, actions=(*taken, *ways))


async def offered(hall: Hall, actor: Actor, reply: Reply, *, in_guild: bool) -> Reply:
    """Keep the form that a reply asks for, and let its buttons lead into it; raises `BusyError`.

    For where a modal cannot be opened, or would hide why the form is asked for.
    """
    if reply.form is None:
        return reply
    kept = await begin(hall, actor, draft_of(reply.form))
    return await asked_again(hall, actor, kept, reply, in_guild=in_guild)


def stay_beside(reply: Reply, kept: Kept) -> Reply:
    """Let a form stay within reach beside the word that the desk was in trouble."""
    again = Action(CONFIRM, ("Try again",), "", f"{kept.id}:{kept.draft.revision}")
    return replace(reply, actions=(again, _fill_in(kept, FIRST, "Fill in again")))


def kept_beside(reply: Reply, kept: Kept) -> Reply:
    """Let a form be opened again from beside a reply."""
    return replace(reply, actions=(_fill_in(kept, FIRST, "Fill in again"),))


def opening(custom_id: str) -> Reply:
    """Offer to open a modal that could not be opened; `custom_id` says which."""
    act, about = FORM, ""
    modal = Modal.read(custom_id)
    if modal is not None:
        about = f"{modal.draft}:{modal.sheet}"
    else:
        _, act, about = custom_id.split(":", 2)
    button = Action(act, ("Open the form",), "", about)
    return Reply(Tone.INFO, (("The form is ready:",),), actions=(button,))


def more_asked(kept: Kept, lines: tuple[Line, ...], section: Section) -> Reply:
    """Offer the second step of a form, and to hand it in as it is."""
    what = "Change it" if kept.form.code else "Reserve"
    done = Action(CONFIRM, (what,), "", f"{kept.id}:{kept.draft.revision}")
    ways = (_fill_in(kept, sheet, SAID[sheet]) for sheet in SECOND)
    first = _fill_in(kept, FIRST, SAID[FIRST])
    return Reply(Tone.INFO, lines, (section,), (done, *ways, first))


def problem_words(problem: Problem) -> str:
    """Write a problem as text, with what may have been meant."""
    if not isinstance(problem, AskBack):
        return problem.message
    return "\n".join([problem.question, *(choice.label for choice in problem.choices)])


def _ways_back(kept: Kept, context: FormContext, *, in_guild: bool) -> Iterator[Action]:
    """Give the sheets, the one with the first problem before the others."""
    on_sheets = sheets(kept.form, context, in_guild=in_guild)
    wrong = list(dict.fromkeys(sheet_of(name, on_sheets) for name in kept.form.problems))
    for sheet in wrong or [FIRST]:
        what = "Fill in again" if sheet == FIRST else f"{SAID[sheet]}: fill in again"
        yield _fill_in(kept, sheet, what)
    for sheet in SAID:
        if sheet not in (wrong or [FIRST]):
            yield _fill_in(kept, sheet, SAID[sheet])


def _fill_in(kept: Kept, sheet: str, label: str) -> Action:
    return Action(FORM, (label,), "", f"{kept.id}:{sheet}")


def _offers(reply: Reply) -> Iterator[tuple[Line, Mapping[str, str]]]:
    for action in reply.actions:
        if action.name == PICK:
            yield action.label, action.values
    for name, problem in (reply.form.problems if reply.form else {}).items():
        if isinstance(problem, AskBack):
            for choice in problem.choices:
                yield (Said(choice.label),), {name: choice.text}


def _problems(form: FormDraft, said: str) -> Section:
    """Name each problem beside its field, but none that is `said` already."""
    items: list[Line] = []
    for name, words in form.problems.items():
        if words.strip() and words.strip() != said.strip():
            first, *more = words.splitlines()
            items.append((Strong(f"{said_label(form, name)}: "), Said(first)))
            items += [(Said(line),) for line in more]
    return Section(items=tuple(items))


def _words_by_field(asked: FormAsked) -> dict[str, str]:
    return {name: problem_words(problem) for name, problem in asked.problems.items()}
