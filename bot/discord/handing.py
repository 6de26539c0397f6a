"""Handing a form in: its values become a command, once, and what comes of it a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from bot.answers import forms, standing
from bot.answers.refusals import refused
from bot.answers.reply import Action, FormAsked, Problem, Reply, Section, Tone
from bot.commands.asking import Asking
from bot.commands.commands import Change, Reserve
from bot.commands.context import Known, load_known, load_known_for_change
from bot.commands.run import RUNNERS, guarded
from bot.commands.run_booking import read_form
from bot.discord.contacts import recogniser
from bot.discord.form_asking import asked_again, more_asked, stay_beside
from bot.discord.form_draft import Kept, end_draft, found_ended
from bot.discord.form_values import said_in_all
from bot.discord.hall import Hall
from bot.form.reserve_form import FormErrors
from core.model.people import Actor
from core.model.prose import Literal, Said
from core.store.store import Store
from core.usecases.answers import Changed, Ended, Permitted

P = ParamSpec("P")
T = TypeVar("T")


class HandedInError(Exception):
    """The form was handed in before, with something else in it, and became reservation `code`."""

    def __init__(self, code: str) -> None:
        super().__init__("handed in already")
        self.code = code


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose form it is, and in which guild; `in_guild` is false in direct messages."""

    actor: Actor
    guild_id: int
    in_guild: bool


@dataclass(frozen=True, slots=True)
class HandingIn(Asking):
    """A form being carried out: what comes of it is noted in the draft, in one transaction."""

    draft_id: str = ""

    async def write(
        self,
        use_case: Callable[Concatenate[Store, datetime, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Carry out a use case, as the actor, and once per form."""

        def work(store: Store, now: datetime) -> T:
            if code := found_ended(store, now, self.actor, self.draft_id):
                raise HandedInError(code)
            answer = use_case(store, now, self.actor, *args, **kwargs)
            if isinstance(answer, Permitted | Changed):
                end_draft(store, now, self.actor, self.draft_id, answer.reservation.code)
            return answer

        return await self.desk.run_once(self.submission_key or self.draft_id, work)


async def hand_in(hall: Hall, origin: Origin, kept: Kept, revision: int) -> Reply:
    """Carry out a form; where it comes to nothing, the reply leads back into it.

    `revision` is the form's as the modal or button showed it: the same, handed in twice, is done
    once. Raises `BusyError` where not even that could be kept.
    """
    form = kept.form
    values = said_in_all(form)
    if form.code and not values:
        values = {"add": ""}  # nothing differs: that is answered, and no form asked for once more
    contacts = form.file_contacts
    command = (
        Change(form.code, fields=values, contacts=contacts)
        if form.code
        else Reserve(fields=values, contacts=contacts)
    )
    asking = HandingIn(
        hall.desk,
        origin.actor,
        f"discord:{kept.id}:{revision}:{form.digest}",
        recogniser(origin.guild_id, form.names),
        kept.id,
    )
    reply = await guarded(_carried_out(asking, command), type(command).__name__)
    if reply.tone is Tone.TROUBLE:
        return stay_beside(reply, kept)
    if reply.form is None:
        return reply
    return await asked_again(hall, origin.actor, kept, reply, in_guild=origin.in_guild)


async def _carried_out(asking: HandingIn, command: Reserve | Change) -> Reply:
    run, code = RUNNERS[type(command)], ""
    # another process may carry out the same copy, and be done with it between the look for its
    # answer and the look at the draft: the second time its answer is found
    for _ in range(2):
        try:
            return await run(asking, command)
        except HandedInError as error:
            code = error.code
    return _handed_in(code)


async def refuse(hall: Hall, origin: Origin, kept: Kept, problems: Mapping[str, Problem]) -> Reply:
    """Refuse a form for what its fields hold, before anything is asked of the desk."""
    known = await known_for(hall, origin, kept)
    if isinstance(known, Reply):
        return known
    asked = replace(_asked(kept, known), problems=problems)
    reply = Reply(Tone.MISTAKE, (("Nothing was written. Please look at this again:",),), form=asked)
    return await asked_again(hall, origin.actor, kept, reply, in_guild=origin.in_guild)


async def ask_more(hall: Hall, origin: Origin, kept: Kept) -> Reply:
    """Say what a form amounts to so far, and offer its second step; nothing is done yet."""
    known = await known_for(hall, origin, kept)
    if isinstance(known, Reply):
        return known
    asked = _asked(kept, known)
    request = read_form(asked)
    if isinstance(request, FormErrors):
        return await refuse(hall, origin, kept, dict(request.errors))
    summary = forms.summary(request, origin.actor.zone, known.servers)
    return more_asked(kept, (("Nothing is done yet. So far it says:",),), _with_file(summary, kept))


async def known_for(hall: Hall, origin: Origin, kept: Kept) -> Known | Reply:
    """Load what a form is read against, or say why it cannot be handed in any more."""
    asking = Asking(hall.desk, origin.actor, others=recogniser(origin.guild_id, kept.form.names))
    if not kept.form.code:
        return await load_known(asking)
    known = await load_known_for_change(asking, kept.form.code)
    if isinstance(known, Known):
        return known
    return standing.ended(known) if isinstance(known, Ended) else refused(known)


def _asked(kept: Kept, known: Known) -> FormAsked:
    values = said_in_all(kept.form)
    return FormAsked(kept.form.code, values, {}, known.defaults, known.context, known.listed)


def _with_file(section: Section, kept: Kept) -> Section:
    if not kept.form.filename:
        return section
    line = (f"{len(kept.form.contacts):,} addresses from ", Said(kept.form.filename))
    return replace(section, lines=(*section.lines, line))


def _handed_in(code: str) -> Reply:
    line = ("This form was handed in already, as reservation ", Literal(code), ".")
    return Reply(
        Tone.INFO,
        (line, ("Nothing more was written; to make it different, change the reservation.",)),
        actions=(
            Action("show", ("Show it",), f"/slot show {code}", code),
            Action("change", ("Change it",), f"/slot change {code}", code),
        ),
    )
