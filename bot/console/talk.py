"""Talking at a console: what the dialogue needs of a terminal, and what one may answer to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class LeftError(Exception):
    """Ctrl-C or Ctrl-D: whoever typed does not want to go on with this."""


class Talk(Protocol):
    """A terminal that says lines and asks for one."""

    @property
    def width(self) -> int:
        """How many columns it has."""

    @property
    def colours(self) -> bool:
        """Whether it shows colours."""

    def say(self, lines: Iterable[str]) -> None:
        """Show lines."""

    async def ask(self, prompt: str, words: Iterable[str] = (), *, prefilled: str = "") -> str:
        """Ask for an answer, offering `words` for completion; raises `LeftError`.

        `prefilled` stands there already, to be mended.
        """


def is_yes(answer: str) -> bool:
    """Tell whether somebody agrees, in so many letters: an empty line does not."""
    return answer.strip().casefold() in {"y", "yes"}


def is_no(answer: str) -> bool:
    """Tell whether somebody declines."""
    return answer.strip().casefold() in {"n", "no"}
