"""Answers to what cannot be taken as it was typed: each error beside its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.answers.reply import Problem, Reply, Section, Tone, told
from bot.commands.commands import Misunderstood
from bot.form.answers import AskBack
from core.model.prose import Line, Literal, Said


def misunderstood(answer: Misunderstood) -> Reply:
    """Say why that is no command, and give one that is."""
    lines = told(answer.message)
    if answer.example:
        lines += (("For example: ", Literal(answer.example)),)
    return Reply(Tone.MISTAKE, lines)


def mistaken(headline: str, problems: Mapping[str, Problem]) -> Reply:
    """Say what is wrong, field by field, under a headline that says what was not done."""
    items = tuple(mistake_lines(problems))
    return Reply(Tone.MISTAKE, ((headline,),), (Section(items=items),))


def mistake_lines(problems: Mapping[str, Problem]) -> Iterator[Line]:
    """Say each problem beside its field, with the choices where something is asked back."""
    for field, problem in problems.items():
        if isinstance(problem, AskBack):
            yield (f"{field}: ", Said(problem.question))
            for choice in problem.choices:
                typed = Literal(f"{field}={choice.text}")
                yield (f"{field}: write ", typed, " for ", Said(choice.label))
            continue
        first, *more = told(problem.message) or ((),)
        yield (Said(f"{field}: "), *first)
        yield from more


def busy() -> Reply:
    """Say that the desk could not do it now, and that nothing of it was done."""
    return Reply(
        Tone.TROUBLE, (("The desk is busy; nothing was written: try again in a moment.",),)
    )


def in_doubt() -> Reply:
    """Say that the desk cannot know whether it was done."""
    words = "The database was lost just then: look whether it was done before you try again."
    return Reply(Tone.TROUBLE, ((words,),))


def sealed() -> Reply:
    """Say that credentials are sealed with a key that the desk has not been given."""
    words = (
        "Its credentials cannot be opened: the desk's secret key is missing. Tell whoever runs it."
    )
    return Reply(Tone.TROUBLE, ((words,),))


def broken(number: str) -> Reply:
    """Say that something went wrong that should not, and by which number its trace is found."""
    return Reply(
        Tone.TROUBLE,
        (
            ("Something went wrong here, and it is not your fault; nothing was written.",),
            ("If it happens again, tell whoever runs this desk the number ", Literal(number), "."),
        ),
    )
