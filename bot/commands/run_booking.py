"""Reserving and changing: the words and fields of a line become a request, or a form is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.answers import booking, forms, standing
from bot.answers.mistakes import misunderstood
from bot.answers.refusals import field_of, refused
from bot.answers.reply import FormAsked, Problem, Reply
from bot.commands.asking import Asking
from bot.commands.commands import Change, Misunderstood, Reserve
from bot.commands.context import Known, load_known, load_known_for_change
from bot.commands.run_looking import not_found
from bot.commands.words import without_server
from bot.form.answers import Mistake, suggest
from bot.form.reserve_form import FormErrors, parse_change, parse_reserve
from core.model.request import ChangeRequest, ReserveRequest
from core.usecases.answers import Changed, Denied, Ended, Permitted, Refusal, Unchanged
from core.usecases.change import change
from core.usecases.reserve import reserve


async def run_reserve(asking: Asking, command: Reserve) -> Reply:
    """Reserve what the line says, or ask for what it does not say."""
    known = await load_known(asking)
    values = _values(command.words, command.fields, known)
    if isinstance(values, Misunderstood):
        return misunderstood(values)
    form = FormAsked("", values, {}, known.defaults, known.context)
    request = read_form(form)
    if isinstance(request, FormErrors):
        return forms.incomplete(_with_problems(form, request, command.words, known))
    if not isinstance(request, ReserveRequest):
        raise TypeError("the form of a reservation gave no request for one")
    request = replace(request, audience=(*request.audience, *command.contacts))
    answer = await asking.write(reserve, request)
    match answer:
        case Permitted():
            server = known.servers.get(answer.reservation.server_id)
            return booking.permitted(answer, asking.actor.zone, server)
        case Denied():
            return booking.denied(answer, asking.actor.zone, form)
        case refusal:
            return _refused(refusal, form, known)


async def run_change(asking: Asking, command: Change) -> Reply:
    """Change what the line says, or ask what is to be different."""
    known = await load_known_for_change(asking, command.code)
    if isinstance(known, Ended):
        return standing.ended(known)
    if not isinstance(known, Known):
        return await not_found(asking, known)
    values = _values(command.words, command.fields, known)
    if isinstance(values, Misunderstood):
        return misunderstood(values)
    form = FormAsked(command.code, values, {}, known.defaults, known.context, known.listed)
    if not values and not command.contacts:
        return forms.incomplete(form)
    request = read_form(form)
    if isinstance(request, FormErrors):
        return forms.incomplete(_with_problems(form, request, command.words, known))
    if not isinstance(request, ChangeRequest):
        raise TypeError("the form of a change gave no request for one")
    request = replace(request, add=(*request.add, *command.contacts))
    return await _changed(asking, request, form, known)


async def _changed(asking: Asking, request: ChangeRequest, form: FormAsked, known: Known) -> Reply:
    answer = await asking.write(change, request)
    match answer:
        case Changed():
            return standing.changed(answer, known.servers, len(request.remove))
        case Unchanged():
            return standing.unchanged(answer)
        case Denied():
            return booking.denied(answer, asking.actor.zone, form)
        case Ended():
            return standing.ended(answer)
        case refusal:
            return _refused(refusal, form, known)


def read_form(form: FormAsked) -> ReserveRequest | ChangeRequest | FormErrors:
    """Read a form's values as they stand; nothing is asked of the desk."""
    if form.code:
        return parse_change(form.code, form.values, context=form.context)
    return parse_reserve(form.values, context=form.context)


def _values(words: str, fields: Mapping[str, str], known: Known) -> dict[str, str] | Misunderstood:
    """Sort the words of a line into the fields they are for."""
    values = dict(fields)
    when, server = without_server(words, known.server_names)
    for name, word in (("when", when), ("server", server)):
        if word and values.get(name):
            return Misunderstood(f"The line says {name} twice: in words, and as {name}=\u2026")
        if word:
            values[name] = word
    return values


def _with_problems(form: FormAsked, errors: FormErrors, words: str, known: Known) -> FormAsked:
    """Put the errors beside their fields; a word that is no time may be a server, misspelt."""
    problems: dict[str, Problem] = dict(errors.errors)
    when = problems.get("when")
    if words.strip() and isinstance(when, Mistake) and "server" not in form.values:
        hint = suggest(words.rsplit(maxsplit=1)[-1], known.server_names)
        problems["when"] = Mistake(f"{when.message.rstrip('.')}.{hint}") if hint else when
    return replace(form, problems=problems)


def _refused(refusal: Refusal, form: FormAsked, known: Known) -> Reply:
    field = field_of(refusal)
    names = known.server_names if field == "server" else known.context.list_names
    if form.code and field == "audience":
        field = "add"
    return forms.with_problem(refused(refusal, names), form, field)
