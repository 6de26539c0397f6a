"""A form asked field by field: what is right is kept, what is wrong is asked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.answers import forms
from bot.answers.reply import FormAsked, Problem
from bot.commands.run_booking import read_form
from bot.console.page import Page, Piece
from bot.console.render import render_sections
from bot.console.talk import LeftError, Talk, is_no, is_yes
from bot.form.answers import AskBack, Mistake
from bot.form.fields import Field
from bot.form.reserve_form import FormErrors
from core.notices.said import shortened

# asked of everybody; the others can be named at the end
_FIRST_ASKED = frozenset(
    {"title", "server", "when", "length", "audience", "lists", "add", "remove"}
)
CLEARS = "-"
_NOBODY = Mistake("List at least one address, or an audience list")


async def fill_in(form: FormAsked, talk: Talk, *, opening: bool) -> FormAsked | None:
    """Ask what the form needs, show what it says in all, and ask for a yes; None for a no.

    `opening`: the first time, when also what may stay empty is asked. Raises `LeftError`.
    """
    filling = _Filling(form, talk)
    if opening:
        filling.say(_INTRODUCTION)
    for field in form.fields:
        if filling.wants(field, opening=opening):
            await filling.ask(field)
    return await filling.agreed()


class _Filling:
    """A form on its way to being right."""

    def __init__(self, form: FormAsked, talk: Talk) -> None:
        self._form = form
        self._talk = talk
        self._values = dict(form.values)
        self._pending = dict(form.problems)

    def wants(self, field: Field, *, opening: bool) -> bool:
        """Tell whether a field is to be asked now."""
        name = field.name
        if name in self._pending:
            return name != "length" or name in self._problems()
        if not opening or name not in _FIRST_ASKED or self._values.get(name):
            return False
        match name:
            case "length":
                return name in self._problems() or bool(self._form.code)
            case "server":
                return len(self._form.context.servers) > 1
            case "lists":
                return bool(self._form.context.list_names)
            case _:
                return True

    async def ask(self, field: Field) -> None:
        """Ask one field until what stands in it can be taken."""
        name = field.name
        problem = self._pending.pop(name, None)
        if problem is None or not self._values.get(name):
            self.say(f"{field.label}: {field.hint}")
            problem = None if name not in self._values else problem
        while True:
            self._explain(problem)
            typed = await self._talk.ask(
                self._prompt(field, problem),
                self._words(field),
                prefilled=self._to_mend(name, problem),
            )
            self._put(name, typed, problem)
            problem = self._problems().get(name)
            if problem is None:
                return

    async def agreed(self) -> FormAsked | None:
        """Show what the form says and ask for a yes; a field's name asks that field once more."""
        while True:
            for name, problem in self._missing().items():
                self._pending[name] = problem
                await self.ask(self._field(name))
            if self._missing():
                continue
            self._summarise()
            typed = await self._talk.ask(self._question(), self._names())
            if is_yes(typed):
                return replace(self._form, values=self._values, problems={})
            if is_no(typed):
                return None
            if typed.strip().casefold() in self._names():
                await self.ask(self._field(typed.strip().casefold()))
            else:
                self.say(f"Write yes, no, or a field: {', '.join(self._names())}")

    def _problems(self) -> Mapping[str, Problem]:
        """Read the form as it stands, and give what is wrong in it."""
        read = read_form(replace(self._form, values=self._values))
        return read.errors if isinstance(read, FormErrors) else {}

    def _missing(self) -> dict[str, Problem]:
        problems = dict(self._problems())
        nobody = not self._values.get("audience") and not self._values.get("lists")
        if nobody and not self._form.code:
            problems["audience"] = _NOBODY
        return problems

    def _put(self, name: str, typed: str, problem: Problem | None) -> None:
        """Take in an answer: nothing keeps what is there, `-` clears it, a number chooses."""
        answer = typed.strip()
        if answer == CLEARS:
            self._values[name] = ""
            if not self._form.code:
                del self._values[name]
        elif not answer:
            if problem is not None:
                self._values.pop(name, None)
        elif isinstance(problem, AskBack) and answer.isdecimal():
            chosen = int(answer) - 1
            inside = 0 <= chosen < len(problem.choices)
            self._values[name] = problem.choices[chosen].text if inside else typed
        else:
            self._values[name] = typed

    def _explain(self, problem: Problem | None) -> None:
        """Say what is wrong, or offer by number what may have been meant."""
        match problem:
            case Mistake(message):
                for line in message.splitlines():
                    self.say(line, lead="  ! ", style="yellow")
            case AskBack(question, choices):
                self.say(question, lead="  ? ", style="yellow")
                for number, choice in enumerate(choices, start=1):
                    self.say(choice.label, lead=f"  {number}  ")

    def say(self, text: str, *, lead: str = "", style: str = "dim") -> None:
        """Say a line, wrapped."""
        talk = self._talk
        page = Page(self._form.context.zone, talk.width, colours=talk.colours)
        pieces = [Piece(page.safe(text), style)]
        talk.say(page.paragraph(pieces, first=lead, rest=" " * len(lead)))

    def _to_mend(self, name: str, problem: Problem | None) -> str:
        """Give what was typed, if it is to be mended: a mistake, and not a page long."""
        typed = self._values.get(name, "")
        return typed if isinstance(problem, Mistake) and len(typed) <= _LONGEST_MENDED else ""

    def _prompt(self, field: Field, problem: Problem | None) -> str:
        """Make the prompt, with what holds if nothing is typed."""
        if problem is not None:
            return f"{field.name}: "
        present = self._values.get(field.name)
        if present is None:
            present = self._form.defaults.get(field.name, "")
        shown = shortened(present, _LONGEST_SHOWN)
        return f"{field.name} [{shown}]: " if shown else f"{field.name}: "

    def _words(self, field: Field) -> Iterator[str]:
        context = self._form.context
        if field.name == "server":
            yield from (server.name for server in context.servers)
        elif field.name == "lists":
            yield from context.list_names
        yield from field.choices

    def _summarise(self) -> None:
        request = read_form(replace(self._form, values=self._values))
        if isinstance(request, FormErrors):
            return
        context = self._form.context
        servers = {server.id: server for server in context.servers}
        section = forms.summary(request, context.zone, servers)
        talk = self._talk
        lines = render_sections([section], context.zone, width=talk.width, colours=talk.colours)
        talk.say(["", *lines, ""])

    def _question(self) -> str:
        what = f"Change {self._form.code} so?" if self._form.code else "Reserve it?"
        return f"{what} (yes, no, or a field to change) "

    def _names(self) -> list[str]:
        return [field.name for field in self._form.fields]

    def _field(self, name: str) -> Field:
        found = next((field for field in self._form.fields if field.name == name), None)
        if found is None:  # a problem beside no field of the form: it cannot be asked
            raise LeftError
        return found


_LONGEST_SHOWN = 60
_LONGEST_MENDED = 300
_INTRODUCTION = "Enter keeps what stands in [brackets], - clears it, Ctrl-C leaves the form."
