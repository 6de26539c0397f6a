"""One typed line from beginning to end: answered, asked on where a form is needed, answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.answers.acts import PICK
from bot.answers.reply import Action, FormAsked, Reply, Tone
from bot.commands.commands import Change, Command, Misunderstood, Reserve
from bot.commands.grammar import parse
from bot.commands.run import handle
from bot.commands.run_booking import read_form
from bot.console.ask import fill_in
from bot.console.files import with_file, with_saved
from bot.console.talk import LeftError, Talk
from bot.form.reserve_form import FormErrors
from core.model.people import Actor
from core.store.desk import Desk


async def answer_line(desk: Desk, actor: Actor, text: str) -> Reply:
    """Answer a line as it stands: files it names are read and written, nothing is asked on."""
    return await _answered(desk, actor, await with_file(parse(text)))


async def _answered(desk: Desk, actor: Actor, command: Command | Misunderstood) -> Reply:
    return await with_saved(await handle(desk, actor, command))


async def converse(
    desk: Desk, actor: Actor, text: str, talk: Talk, show: Callable[[Reply], None]
) -> None:
    """Answer a line; where something is missing or was denied, ask on until it is done or left."""
    command = await with_file(parse(text))
    reply = await _answered(desk, actor, command)
    opening = True
    while reply.form is not None and isinstance(command, Reserve | Change):
        if reply.tone is Tone.DENIED:
            show(reply)
        try:
            form = await _asked_on(reply, reply.form, talk, opening=opening)
        except LeftError:
            form = None
        if form is None:
            talk.say(["Nothing was written."])
            return
        opening = False
        command = replace(command, words="", fields=form.values)
        reply = await _answered(desk, actor, command)
    show(reply)


async def _asked_on(
    reply: Reply, form: FormAsked, talk: Talk, *, opening: bool
) -> FormAsked | None:
    picks = [action for action in reply.actions if action.name == PICK]
    if picks:
        return await _picked(form, picks, talk)
    return await fill_in(form, talk, opening=opening and not (form.code and form.values))


async def _picked(form: FormAsked, picks: list[Action], talk: Talk) -> FormAsked | None:
    """Let one of the free slots be chosen, or another time be typed."""
    answer = await talk.ask(f"Take one (1-{len(picks)}), type another time, or Enter to leave it: ")
    answer = answer.strip()
    if not answer:
        return None
    if answer.isdecimal() and 1 <= int(answer) <= len(picks):
        return replace(form, values={**form.values, **picks[int(answer) - 1].values}, problems={})
    values = {**form.values, "when": answer}
    read = read_form(replace(form, values=values))
    if isinstance(read, FormErrors) and "length" in read.errors:
        # the length that was asked for goes on to hold, unless the new time names its own
        length = picks[0].values["length"]
        values = {name: value for name, value in values.items() if name != "length"}
        read = read_form(replace(form, values=values))
        if isinstance(read, FormErrors) and "length" in read.errors:
            values["length"] = length
        read = read_form(replace(form, values=values))
    if isinstance(read, FormErrors):
        wrong = replace(form, values=values, problems=dict(read.errors))
        return await fill_in(wrong, talk, opening=False)
    return replace(form, values=values, problems={})
