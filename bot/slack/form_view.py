"""The form as a Slack modal: each field with Slack's own widget, filled in with what is known.

Field and block are called the same, so that an error finds its field. Where Slack cannot put an
error (a modal that is opened with some), it stands above its field.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.answers.reply import FormAsked, Problem
from bot.form.answers import AskBack, Mistake
from bot.form.fields import Field
from bot.slack.blocks import Block, modal
from bot.slack.form_fields import FILE, Filled, draw, pickers
from bot.slack.form_picks import differences, with_picks
from core.model.prose import Line, Said, Strong
from core.notices.as_rich_text import block, bulleted, paragraph

FORM = "slot_form"


def form_view(form: FormAsked, *, picked: tuple[str, ...] | None = None, turn: int = 0) -> Block:
    """Make the modal of a form; `turn` counts how often its values were put in anew.

    `picked` are the channels and people that were picked
    already; None: those that are on the reservation.
    """
    if picked is None:
        form, picked = with_picks(form)
    page = _Page(form, picked, turn)
    noted = {"code": form.code, "turn": turn, "typed": sorted(form.values)}
    metadata = json.dumps(noted | differences(form, picked))
    return modal(
        FORM,
        f"Change {form.code}" if form.code else "Reserve a slot",
        list(page.blocks()),
        submit="Change" if form.code else "Reserve",
        close="Cancel",
        metadata=metadata,
    )


class _Page:
    """A form being drawn."""

    def __init__(self, form: FormAsked, picked: tuple[str, ...], turn: int) -> None:
        self._form = form
        self._filled = Filled(form, picked, turn)
        self._shown: set[str] = set()

    def blocks(self) -> Iterator[Block]:
        """Give the blocks, field by field."""
        yield from self._intro()
        yield from self._problem("")
        for field in self._form.fields:
            yield from self._field(field)
        for name in self._form.problems:
            if name not in self._shown:
                yield from self._problem(name)

    def _intro(self) -> list[Block]:
        lines: list[Line] = [("The times you pick are in your own zone, as Slack has it.",)]
        if not self._form.code:
            lines.append(("List somebody to be told: an address, a list, a channel or a person.",))
        return block(paragraph(lines, self._form.context.zone))

    def _field(self, field: Field) -> Iterator[Block]:
        """Draw a field; beside the addresses stand the pickers and the file."""
        yield from self._problem(field.name)
        yield draw(self._filled, field)
        if field.name in {"audience", "remove"}:
            yield from self._problem(FILE)
            yield from pickers(self._filled)

    def _problem(self, name: str) -> list[Block]:
        problem = self._form.problems.get(name)
        self._shown.add(name)
        # a field that is simply still empty needs no reproach
        empty = name not in {"", FILE} and not self._form.values.get(name)
        if problem is None or empty:
            return []
        lines = tuple(_problem_lines(problem))
        return block(
            paragraph(lines[:1], self._form.context.zone),
            bulleted(lines[1:], self._form.context.zone),
        )


def _problem_lines(problem: Problem) -> Iterator[Line]:
    if isinstance(problem, AskBack):
        yield (Strong("Please look: "), Said(problem.question))
        for choice in problem.choices:
            yield (Said(choice.label),)
        return
    first, *more = problem.message.splitlines() or [""]
    yield (Strong("Please look: "), Said(first))
    for line in more:
        yield (Said(line),)


def problem_text(problem: Problem) -> str:
    """Write a problem for the place beside a field of a modal, where there is only plain text."""
    if isinstance(problem, Mistake):
        return problem.message
    return "\n".join([problem.question, *(choice.label for choice in problem.choices)])
