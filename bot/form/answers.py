"""What a person is told when what they wrote is not taken as it stands: asked back, or mistaken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot.form.characters import quoted

LONGEST_GUESSED = 40  # difflib takes quadratic time: nothing longer is compared


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may have been meant.

    `text` is what one can type in place of the doubtful words to mean exactly this one.
    `starts_at` (UTC) is set where the choice is between times.
    """

    label: str
    text: str
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskBack:
    """Several things may have been meant; nothing is guessed.

    The question may quote what was typed: a front end shows it as it shows people's own words.
    """

    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """It cannot be taken; the message says what to write instead.

    The message may quote what was typed (cut, and with nothing invisible in it): a front end shows
    it as it shows people's own words. Only lists of bad addresses hold line breaks.
    """

    message: str


class Unreadable(Exception):  # noqa: N818 - never leaves this package: a way out of a deep reading
    """Carries a mistake out of a nested reading; the public functions turn it into an answer."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.mistake = Mistake(message)


def either(words: Iterable[str]) -> str:
    """Join alternatives into a phrase: `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def suggest(word: str, known: Iterable[str], *, most: int = 3, cutoff: float = 0.7) -> str:
    """Say which known words are meant, perhaps: ` Did you mean "x" or "y"?`, or nothing."""
    if len(word) > LONGEST_GUESSED:
        return ""
    by_folded = {each.casefold(): each for each in known}
    close = get_close_matches(word.casefold(), by_folded, n=most, cutoff=cutoff)
    return f" Did you mean {either(quoted(by_folded[each]) for each in close)}?" if close else ""
