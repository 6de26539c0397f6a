"""Arguments that many commands take: a reservation's code, a name, nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.commands.commands import Misunderstood
from bot.form.characters import quoted
from core.access.credentials import read_code

EXAMPLE_CODE = "K7Q-2MF"

T = TypeVar("T")


def code_and_rest(verb: str, text: str) -> tuple[str, str] | Misunderstood:
    """Read the code that a text begins with, in its canonical form; gives what follows as well.

    A code may be written in two halves: `k7q 2mf`.
    """
    example = f"/slot {verb} {EXAMPLE_CODE}"
    first, second, *_ = [*text.split(None, 2), "", ""]
    if not first:
        return Misunderstood(f"Which reservation? Name its code. {_WHERE}", example)
    if code := read_code(first):
        return code, text.strip()[len(first) :].strip()
    if len(first) == len(second) and (code := read_code(first + second)):
        return code, text.strip()[len(first) :].strip()[len(second) :].strip()
    return Misunderstood(
        f"{quoted(first)} is no reservation's code: codes look like {EXAMPLE_CODE}. {_WHERE}",
        example,
    )


def code_alone(verb: str, command: Callable[[str], T]) -> Callable[[str], T | Misunderstood]:
    """Make the reader of a command that takes a code and nothing else."""

    def read(text: str) -> T | Misunderstood:
        found = code_and_rest(verb, text)
        if isinstance(found, Misunderstood):
            return found
        code, rest = found
        return nothing_more(verb, rest, f"/slot {verb} {code}") or command(code)

    return read


def nothing_more(verb: str, rest: str, example: str) -> Misunderstood | None:
    """Refuse words that a command does not take."""
    if not rest:
        return None
    return Misunderstood(f"{quoted(rest)} is more than {verb} takes.", example)


_WHERE = "/slot list shows yours."
