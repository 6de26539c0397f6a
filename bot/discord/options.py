"""The options of `/slot`'s sub-commands: what each takes, of which type, and what completes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot.commands.server_form import CHANGE_ONLY, FIELDS, ServerField
from bot.form.fields import CHANGE_FIELDS, CREDENTIAL_WORDS, POLICY_WORDS, Field
from bot.form.fields import FIELDS as FORM_FIELDS
from core.model.server import ServerKind

LONGEST_ABOUT = 100  # characters of a description, as Discord takes it


class Kind(Enum):
    """The types of options that are in use."""

    TEXT = auto()
    NUMBER = auto()
    FLAG = auto()
    CHANNEL = auto()
    PERSON = auto()
    FILE = auto()


class Completes(Enum):
    """What is offered while somebody types into an option."""

    WHEN = auto()
    DAY = auto()
    LENGTH = auto()
    CODE = auto()
    SERVER = auto()
    LIST = auto()
    LISTS = auto()
    ZONE = auto()
    BLACKOUT = auto()
    TOPIC = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """One option; `choices` are all that it takes, where there are any."""

    name: str
    about: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    completes: Completes | None = None


WHEN = Option("when", "fri 20:00, tomorrow 8pm, 4 Dec 19:30 for 2h", completes=Completes.WHEN)
LENGTH = Option("length", "2h, 90 min, 1:30", completes=Completes.LENGTH)
SERVER = Option("server", "Which server", completes=Completes.SERVER)
ZONE = Option("zone", "Your time zone, kept from then on", completes=Completes.ZONE)
CODE = Option("code", "Its code, such as K7Q-2MF", required=True, completes=Completes.CODE)
CHANNEL = Option("channel", "A channel that is told", Kind.CHANNEL)
PERSON = Option("person", "Somebody who is told", Kind.PERSON)
VIEWERS = Option("viewers", "How many will watch, about", Kind.NUMBER)
REASON = Option("reason", "Passed on as you write it")
LIST = Option("list", "The list's name", completes=Completes.LIST)
FILE = Option("file", "A CSV or text file of at most 2 MB", Kind.FILE, required=True)

_WIDGETS = {
    "when": WHEN,
    "length": LENGTH,
    "server": SERVER,
    "viewers": VIEWERS,
    "lists": Option("lists", "Audience lists, with commas between", completes=Completes.LISTS),
    "credentials": Option(
        "credentials", "User name and passcode to watch", choices=tuple(CREDENTIAL_WORDS)
    ),
    "policy": Option("policy", "When the audience is told", choices=tuple(POLICY_WORDS)),
}


def needed(option: Option) -> Option:
    """Require an option."""
    return replace(option, required=True)


def of_form(fields: Sequence[Field]) -> tuple[Option, ...]:
    """Make options of a form's fields: time, length and server first, as people say them."""
    order = {"when": 0, "length": 1, "server": 2}
    made = [_WIDGETS.get(one.name) or Option(one.name, one.hint) for one in fields]
    return tuple(sorted(made, key=lambda one: order.get(one.name, len(order))))


def of_server(fields: Sequence[ServerField]) -> tuple[Option, ...]:
    """Make options of the fields of a server."""
    return tuple(_of_server(one) for one in fields)


def _of_server(field: ServerField) -> Option:
    about = field.about[:LONGEST_ABOUT]
    match field.name:
        case "kind":
            return Option("kind", about, choices=tuple(ServerKind))
        case "zone":
            return Option("zone", about, completes=Completes.ZONE)
        case "policy":
            return Option("policy", about, choices=tuple(POLICY_WORDS))
        case "max_streams":
            return Option("max_streams", about, Kind.NUMBER)
        case "retired":
            return Option("retired", about, Kind.FLAG)
        case _:
            return Option(field.name, about)


RESERVE = (*of_form(FORM_FIELDS), CHANNEL, PERSON, ZONE)
CHANGE = (CODE, *of_form(CHANGE_FIELDS), CHANNEL, PERSON)
SERVER_ADD = (Option("name", "What it shall be called", required=True), *of_server(FIELDS))
SERVER_CHANGE = (needed(SERVER), *of_server((*FIELDS, *CHANGE_ONLY)))
