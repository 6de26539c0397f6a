"""The grammar of `/slot`: from what people type to a command, or to what to type instead."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from bot.commands import managing
from bot.commands.arguments import code_alone, code_and_rest
from bot.commands.commands import (
    Cancel,
    Change,
    Command,
    Free,
    Help,
    Link,
    ListSlots,
    Misunderstood,
    Reconfirm,
    Reserve,
    SendAgain,
    Settings,
    Show,
    Stop,
    StreamKey,
    Unlink,
)
from bot.commands.line import Line, first_word, take_apart, unquoted
from bot.commands.names import (
    CHANGE_FIELDS,
    FREE_FIELDS,
    RESERVE_FIELDS,
    SETTINGS_FIELDS,
    WORKSPACE_FIELDS,
)
from bot.form.answers import suggest
from bot.form.characters import quoted

LONGEST = 250_000  # characters: 2,000 addresses with names fit in easily
_SLOT = frozenset({"/slot", "slot"})
_ALL = frozenset({"all", "everything", "everybody"})
_MINE = frozenset({"", "mine", "my"})
_OFF = frozenset({"off", "no", "undo"})
_YES = frozenset({"yes", "y"})


def parse(text: str) -> Command | Misunderstood:
    """Read a command, with or without `/slot` before it. Never raises, whatever the text.

    No command is guessed: what is no command comes back with the nearest that is one.
    """
    if len(text) > LONGEST:
        return Misunderstood(
            f"That is too long for a command: more than {LONGEST:,} characters. Import long lists "
            "from a CSV file",
            "/slot audience import regulars guests.csv",
        )
    word, rest = _head(text)
    if word.casefold() in _SLOT:
        word, rest = _head(rest)
    if not word:
        return Help()
    reader = _READERS.get(word.casefold())
    if reader is None:
        return _unknown(word)
    return reader(rest)


def _head(text: str) -> tuple[str, str]:
    word, *rest = text.split(None, 1) or [""]
    return word, rest[0].rstrip() if rest else ""


def _unknown(word: str) -> Misunderstood:
    meant = _OFTEN_MEANT.get(word.casefold())
    if meant:
        return Misunderstood(
            f"There is no command {quoted(word)}: it is called {meant}.", f"/slot {meant}"
        )
    hint = suggest(word, _READERS, cutoff=0.6)
    return Misunderstood(f"There is no command {quoted(word)}.{hint}", "/slot help")


def _reserve(rest: str) -> Command | Misunderstood:
    line = take_apart(rest, RESERVE_FIELDS)
    return line if isinstance(line, Misunderstood) else Reserve(line.words, line.fields)


def _list(rest: str) -> Command | Misunderstood:
    word = rest.casefold()
    if word in _MINE or word in _ALL:
        return ListSlots(everybody=word in _ALL)
    return Misunderstood(f"{quoted(rest)}: list yours, or all.", "/slot list all")


def _free(rest: str) -> Command | Misunderstood:
    line = take_apart(rest, FREE_FIELDS)
    return line if isinstance(line, Misunderstood) else Free(line.words, line.fields)


def _change(rest: str) -> Command | Misunderstood:
    found = code_and_rest("change", rest)
    if isinstance(found, Misunderstood):
        return found
    code, more = found
    line = take_apart(more, CHANGE_FIELDS)
    return line if isinstance(line, Misunderstood) else Change(code, line.words, line.fields)


def _cancel(rest: str) -> Command | Misunderstood:
    found = code_and_rest("cancel", rest)
    if isinstance(found, Misunderstood):
        return found
    code, reason = found
    if reason.casefold().startswith("reason="):
        reason = reason[len("reason=") :]
    return Cancel(code, unquoted(reason))


def _settings(rest: str) -> Command | Misunderstood:
    word, more = first_word(rest)
    if word.casefold() == "workspace":
        fields = _pairs(more, WORKSPACE_FIELDS)
        return fields if isinstance(fields, Misunderstood) else Settings(fields, workspace=True)
    fields = _pairs(rest, SETTINGS_FIELDS)
    return fields if isinstance(fields, Misunderstood) else Settings(fields)


def _pairs(text: str, known: Collection[str]) -> Mapping[str, str] | Misunderstood:
    """Read settings, written `zone=Europe/Berlin` or, one at a time, `zone Europe/Berlin`."""
    word, value = first_word(text)
    if word.casefold() in known and value:
        return {word.casefold(): unquoted(value)}
    match take_apart(text, known):
        case Line("", fields):
            return fields
        case Line(words, _):
            hint = suggest(words.split()[0], known)
            return Misunderstood(
                f"There is no setting {quoted(words)}.{hint} There is {', '.join(sorted(known))}.",
                "/slot settings zone=Europe/Berlin",
            )
        case misunderstood:
            return misunderstood


def _link(rest: str) -> Command | Misunderstood:
    code, more = first_word(rest)
    if code.casefold() in _OFF and not more:
        return Unlink()
    if more.casefold() not in {"", *_YES}:
        return Misunderstood(
            f"{quoted(more)} is more than link takes. Make a code, and type it in the other chat",
            "/slot link",
        )
    return Link(code, yes=bool(more))


def _stop(rest: str) -> Command | Misunderstood:
    if not rest:
        return Misunderstood("Which address wants to hear no more?", "/slot stop ann@example.org")
    return Stop(unquoted(rest))


_READERS: dict[str, Callable[[str], Command | Misunderstood]] = {
    "reserve": _reserve,
    "list": _list,
    "show": code_alone("show", Show),
    "free": _free,
    "reconfirm": code_alone("reconfirm", Reconfirm),
    "change": _change,
    "cancel": _cancel,
    "again": code_alone("again", SendAgain),
    "retry": code_alone("again", SendAgain),  # what the button in a report is called
    "key": code_alone("key", StreamKey),
    "audience": managing.audience,
    "server": managing.server,
    "settings": _settings,
    "link": _link,
    "stop": _stop,
    "help": lambda rest: Help(unquoted(rest)),
}
VERBS = tuple(word for word in _READERS if word != "retry")

_OFTEN_MEANT = {
    "book": "reserve",
    "booking": "reserve",
    "new": "reserve",
    "confirm": "reconfirm",
    "delete": "cancel",
    "release": "cancel",
    "edit": "change",
    "move": "change",
    "update": "change",
    "resend": "again",
    "ls": "list",
    "mine": "list",
    "all": "list all",
    "servers": "server list",
    "lists": "audience show",
    "audiences": "audience show",
    "availability": "free",
    "unsubscribe": "stop",
    "connect": "link",
    "unlink": "link off",
    "streamkey": "key",
    "?": "help",
}
