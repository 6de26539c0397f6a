"""Handing a form in: its values become a command, and what comes of it a modal or a message."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.answers.reply import FormAsked, Problem, Reply, Tone
from bot.commands.asking import Asking
from bot.commands.commands import Change, Reserve
from bot.commands.context import Known, load_known, load_known_for_change
from bot.commands.run import guarded, handle
from bot.form.answers import Mistake
from bot.slack.answer import reply_view
from bot.slack.answering import Answered, say_directly, shown, with_instead
from bot.slack.form_fields import FILE
from bot.slack.form_state import Submitted
from bot.slack.form_view import form_view, problem_text
from bot.slack.hall import Hall
from bot.slack.payload import Body
from bot.slack.typed import recogniser
from core.model.people import Actor
from core.model.recipient import Contact
from core.notices.as_console import render_lines
from core.notices.said import cleaned

_LONGEST_ERROR = 1500
_ACKNOWLEDGED_IN = 0.5  # seconds, on the way to Slack


async def hand_in(  # noqa: PLR0913, PLR0917 - a form, by whom, from where, with a file or without
    hall: Hall,
    actor: Actor,
    team: str,
    form: Submitted,
    key: str | None,
    contacts: tuple[Contact, ...] = (),
) -> Reply:
    """Carry out a form; `contacts` came in a file."""
    values = form.values(actor.zone)
    if form.code and not values:
        values = {"add": ""}  # nothing differs: that is answered, and no form asked for once more
    names = await hall.names(team, sorted({*form.targets, *form.targets_before}))
    command = (
        Change(form.code, fields=values, contacts=contacts)
        if form.code
        else Reserve(fields=values, contacts=contacts)
    )
    others = recogniser(team, names)
    return await handle(hall.desk, actor, command, submission_key=key, others=others)


async def asked_again(
    hall: Hall, actor: Actor, form: Submitted, name: str, problem: Problem
) -> FormAsked | None:
    """Ask a form once more with a problem beside a field; None where it is too late for it."""
    asking = Asking(hall.desk, actor)
    known = await (load_known_for_change(asking, form.code) if form.code else load_known(asking))
    if not isinstance(known, Known):
        return None
    values = form.values(actor.zone)
    return FormAsked(
        form.code, values, {name: problem}, known.defaults, known.context, known.listed
    )


async def with_form(hall: Hall, actor: Actor, form: Submitted, reply: Reply) -> Reply:
    """Keep the form beside the word that the desk was in trouble: nothing typed is lost by it."""
    if reply.tone is not Tone.TROUBLE or reply.form is not None:
        return reply
    problem = Mistake("\n".join(render_lines(reply.lines, actor.zone)))
    asked = await guarded(asked_again(hall, actor, form, "", problem), "AskedAgain")
    return replace(reply, form=asked) if isinstance(asked, FormAsked) else reply


def errors_of(given: Answered, form: Submitted) -> dict[str, str]:
    """Put what is wrong beside its field; what belongs to none stands beside the first one."""
    reply = given.reply
    if not reply.tone.failed and reply.form is None:
        return {}
    by_name = {block_id.partition("#")[0]: block_id for block_id in form.fields}
    first = form.fields[0]
    errors: dict[str, list[str]] = {}
    if reply.form is not None and reply.form.problems:
        asked = with_instead(reply.form, reply.actions, given.zone)
        for name, problem in asked.problems.items():
            errors.setdefault(by_name.get(name, first), []).append(problem_text(problem))
    else:
        errors[first] = list(render_lines(reply.lines, given.zone))
    return {block_id: _error(words) for block_id, words in errors.items()}


def _error(words: list[str]) -> str:
    """Write an error for Slack: its lines kept, nothing invisible in it, within bounds."""
    text = "\n".join(cleaned(line) for one in words for line in one.splitlines())
    return text[:_LONGEST_ERROR] or "Please look at this again."


async def show_result(client: AsyncWebClient, body: Body, given: Answered, form: Submitted) -> bool:
    """Put the answer, or the form with what is wrong, in the place of the modal that waits.

    Where that was closed meanwhile the answer is sent to the person directly; False where that
    did not work either.
    """
    # the acknowledgement travels by another way: it must not come last, and hide what this shows
    await asyncio.sleep(_ACKNOWLEDGED_IN)
    view = body.get("view") or {}
    put = client.views_update(view_id=str(view.get("id", "")), view=_result(given, form))
    if await shown(put, "result"):
        return True
    return await say_directly(client, body, given)


def _result(given: Answered, form: Submitted) -> dict[str, Any]:
    reply = given.reply
    if reply.form is None:
        return reply_view(reply, given.zone)
    asked = with_instead(reply.form, reply.actions, given.zone)
    # what was picked, and what came in a file, is no text that was typed
    typed = {name: text for name in ("audience", "add", "remove") if (text := _typed(form, name))}
    values = {**asked.values, **dict.fromkeys(_LISTED, ""), **typed}
    asked = replace(asked, values=values, problems=_shown_problems(asked, typed))
    return form_view(asked, picked=tuple(form.targets), turn=form.turn + 1)


def _shown_problems(form: FormAsked, typed: Mapping[str, str]) -> dict[str, Problem]:
    """Move what is wrong with addresses that were not typed to the file that they came in."""
    return {
        FILE if name in _LISTED and name not in typed else name: problem
        for name, problem in form.problems.items()
    }


_LISTED = ("audience", "add", "remove")


def _typed(form: Submitted, name: str) -> str:
    text = form.given.get(name, "")
    return text if isinstance(text, str) else ""
