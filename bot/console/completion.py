"""Completion at the console: commands, one's own codes, servers, lists, zones, fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.commands.grammar import VERBS
from bot.commands.managing import AUDIENCE, SERVER
from bot.commands.names import (
    BLACKOUT_FIELDS,
    CHANGE_FIELDS,
    FREE_FIELDS,
    RESERVE_FIELDS,
    SERVER_FIELDS,
    SETTINGS_FIELDS,
)
from bot.form.fields import CREDENTIAL_WORDS, POLICY_WORDS
from core.model.reservation import Reservation
from core.model.server import Server, ServerKind
from core.notices.said import shortened

_TAKE_CODES = frozenset({"show", "reconfirm", "change", "cancel", "again", "key"})
_FIELDS = {
    ("reserve",): RESERVE_FIELDS,
    ("change",): CHANGE_FIELDS,
    ("free",): FREE_FIELDS,
    ("settings",): SETTINGS_FIELDS,
    ("server", "add"): SERVER_FIELDS,
    ("server", "change"): SERVER_FIELDS,
    ("server", "blackout"): BLACKOUT_FIELDS,
}
_TAKE_SERVERS = {("server", does) for does in ("show", "lines", "change", "blackout", "lift")}
_NEXT_WORDS: dict[tuple[str, ...], Iterable[str]] = {
    (): VERBS,
    ("help",): VERBS,
    ("list",): ("mine", "all"),
    ("audience",): AUDIENCE,
    ("server",): SERVER,
    ("settings",): ("workspace", "zone"),
}
_LONGEST_TITLE = 40


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to complete, as of when the prompt appeared."""

    reservations: tuple[Reservation, ...] = ()
    servers: tuple[Server, ...] = ()
    lists: tuple[str, ...] = ()


class SlotCompleter(Completer):
    """Completes the word before the cursor."""

    def __init__(self) -> None:
        self.offered = Offered()

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - their interface
    ) -> Iterable[Completion]:
        """Give what the word may become."""
        before = document.text_before_cursor
        words = before.split()
        if words[:1] in (["/slot"], ["slot"]):
            words = words[1:]
        word = "" if before[-1:].isspace() or not words else words.pop()
        field, equals, begun = word.partition("=")
        if equals:
            yield from _matching(begun, self._values(words, field))
            return
        yield from self._codes(words, word)
        yield from _matching(word, self._words(words))

    def _codes(self, words: list[str], word: str) -> Iterator[Completion]:
        if len(words) != 1 or words[0].casefold() not in _TAKE_CODES:
            return
        for one in self.offered.reservations:
            if one.code.startswith(word.upper()):
                title = shortened(one.title, _LONGEST_TITLE)
                yield Completion(one.code, -len(word), display_meta=title)

    def _words(self, words: list[str]) -> Iterator[str]:
        """Give what may stand behind the words so far."""
        folded = tuple(word.casefold() for word in words)
        if folded[:1] in {("reserve",), ("free",)} and len(folded) > 1:
            yield from self._servers()
        elif folded[:1] == ("audience",) and folded[1:]:
            yield from self.offered.lists if len(folded) == len(("audience", "show")) else ()
        elif folded in _TAKE_SERVERS:
            yield from self._servers()
        elif folded[-1:] == ("zone",) and folded[0] == "settings":
            yield from _zones()
        else:
            yield from _NEXT_WORDS.get(folded, ())
        for head, fields in _FIELDS.items():
            if folded[: len(head)] == head and (folded[0] != "change" or len(folded) > 1):
                yield from (f"{name}=" for name in fields)

    def _values(self, words: list[str], field: str) -> Iterator[str]:
        """Give what may stand behind a field's `=`."""
        match field.casefold():
            case "server":
                yield from self._servers()
            case "lists":
                yield from self.offered.lists
            case "zone":
                yield from _zones()
            case "credentials":
                yield from CREDENTIAL_WORDS
            case "policy":
                yield from POLICY_WORDS
            case "kind" if words[:1] == ["server"]:
                yield from ServerKind

    def _servers(self) -> Iterator[str]:
        yield from (server.name for server in self.offered.servers)


class WordsCompleter(Completer):
    """Completes the answer to a question of which the possible answers are known."""

    def __init__(self, words: Iterable[str]) -> None:
        self._known = tuple(words)

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - their interface
    ) -> Iterable[Completion]:
        """Give the answers that begin so."""
        yield from _matching(document.text_before_cursor, self._known)


def _matching(word: str, known: Iterable[str]) -> Iterator[Completion]:
    folded = word.casefold()
    for one in known:
        if one.casefold().startswith(folded):
            yield Completion(one, -len(word))


def _zones() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")
