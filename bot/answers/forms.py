"""Answers that ask on: what a form still needs, what is wrong in it, and what it says in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.answers.mistakes import mistake_lines
from bot.answers.reply import FormAsked, Reply, Section, Tone
from bot.answers.wording import CREDENTIAL_NAMES, POLICY_SAID, counted, reminders_words, slot_rows
from bot.form.answers import Mistake
from core.model.prose import Line, Literal, Said
from core.model.recipient import Contact
from core.model.request import ChangeRequest, ReserveRequest
from core.model.server import Server
from core.notices.as_console import render_lines
from core.notices.contact_words import shown_address
from core.notices.said import shortened
from core.notices.words import Row

_LONGEST_SHOWN = 200


def incomplete(form: FormAsked) -> Reply:
    """Say what is missing, or wrong, and how to write it on one line."""
    if form.code and not form.values:
        what = f"What shall be different about {form.code}? Write for example:"
        example = f'/slot change {form.code} title="Late show" when="fri 21:00"'
        return Reply(Tone.INFO, ((what,), (Literal(example),)), form=form)
    wrong = {name: problem for name, problem in form.problems.items() if form.values.get(name)}
    headline = "Nothing was written. Please look at this again:" if wrong else "Still needed:"
    missing = form.problems.keys() - wrong.keys()
    on_one_line: Line = ("On one line: ", Literal(_ONE_LINE))
    example_lines = (Section(lines=(on_one_line,)),) if missing and not form.code else ()
    return Reply(
        tone=Tone.MISTAKE if wrong else Tone.INFO,
        lines=((headline,),),
        sections=(Section(items=tuple(mistake_lines(form.problems))), *example_lines),
        form=form,
    )


def with_problem(reply: Reply, form: FormAsked, field: str) -> Reply:
    """Let a refusal open the form again, with its words beside the field they belong to, if any."""
    if not field:
        return reply
    words = "\n".join(render_lines(reply.lines, form.context.zone))
    return replace(reply, form=replace(form, problems={field: Mistake(words)}))


def summary(
    request: ReserveRequest | ChangeRequest, zone: ZoneInfo, servers: Mapping[int, Server]
) -> Section:
    """Say what a filled-in form means, before it is handed in."""
    return Section(rows=tuple(_rows(request, zone, servers)))


def _rows(
    request: ReserveRequest | ChangeRequest, zone: ZoneInfo, servers: Mapping[int, Server]
) -> Iterator[Row]:
    server = servers.get(request.server_id or 0)
    if request.title is not None:
        yield Row("Title", (Said(request.title),))
    if request.slot is not None:
        yield from slot_rows(request.slot, zone, server)
    elif server is not None:
        yield Row("Server", (Said(server.name),))
    if request.description:
        yield Row("Description", (Said(shortened(request.description, _LONGEST_SHOWN)),))
    if request.viewers:
        yield Row("Viewers", (f"{request.viewers:,}",))
    yield from _audience(request)
    if request.credentials is not None:
        yield Row("Credentials", (_credentials(request),))
    if request.notification_policy is not None:
        yield Row("Audience told", (POLICY_SAID[request.notification_policy],))
    if request.reminders is not None:
        yield Row("Reminders", (reminders_words(request.reminders),))
    if request.reply_to:
        yield Row("Replies to", (Literal(request.reply_to),))


def _audience(request: ReserveRequest | ChangeRequest) -> Iterator[Row]:
    named: dict[str, tuple[Contact, ...]]
    if isinstance(request, ReserveRequest):
        named = {"Audience": request.audience}
    else:
        named = {"Added": request.add, "Removed": request.remove}
    for label, contacts in named.items():
        if contacts:
            first = ", ".join(shown_address(contact) for contact in contacts[:3])
            more = ", \u2026" if len(contacts) > len(contacts[:3]) else ""
            figure = counted(len(contacts), "address", "addresses")
            yield Row(label, (f"{figure}: ", Said(f"{first}{more}")))
    if request.audience_lists:
        yield Row("Lists", (Said(", ".join(request.audience_lists)),))


def _credentials(request: ReserveRequest | ChangeRequest) -> str:
    wish = request.credentials
    if wish is None:
        return "as they are"
    own = [word for word, given in (("user name", wish.user), ("passcode", wish.passcode)) if given]
    return f"{CREDENTIAL_NAMES[wish.mode]}{', with your ' + ' and '.join(own) if own else ''}"


_ONE_LINE = '/slot reserve fri 20:00 for 2h Studio title="Evening show" audience="ann@example.org"'
