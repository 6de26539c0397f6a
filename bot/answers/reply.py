"""A reply: what a person is answered, before a front end renders it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.form.answers import AskBack, Mistake
from bot.form.fields import CHANGE_FIELDS, FIELDS, Field
from bot.form.filling import FormContext
from core.model.prose import Line, Said
from core.model.recipient import Contact
from core.notices.words import Row

Problem = Mistake | AskBack


class Tone(StrEnum):
    """How an answer is meant: done, told, refused, wrongly asked, or the desk is in trouble."""

    OK = "ok"
    INFO = "info"
    DENIED = "denied"
    MISTAKE = "mistake"
    TROUBLE = "trouble"

    @property
    def failed(self) -> bool:
        """Tell whether what was asked has not been done."""
        return self in {Tone.DENIED, Tone.MISTAKE, Tone.TROUBLE}


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done next: `command` is what to type.

    `name` is the act itself (`reconfirm`, `change`, `cancel`, `again`, `pick`, …) on the
    reservation `code`, for front ends with buttons. For a `pick`, `values` are the form's fields
    that differ.
    """

    name: str
    label: Line
    command: str
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; each cell is a line."""

    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a reply under a title: sentences, facts with labels, a table, a list.

    `verbatim` is text of ours to be copied as it stands, line by line: a front end adds nothing to
    it and breaks none of its lines. It may hold a secret.
    """

    title: str = ""
    lines: tuple[Line, ...] = ()
    rows: tuple[Row, ...] = ()
    table: Table | None = None
    items: tuple[Line, ...] = ()
    verbatim: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a reply; `wanted` is where the person asked for it, or ""."""

    filename: str
    data: bytes = field(repr=False)
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class FormAsked:
    """A form to be filled in, with what was typed and what is wrong with it.

    `code` is the reservation to change, "" for a new one. `defaults` say, by field, what holds
    where nothing is written. `context` is what the form is to be read against. `listed` is the
    present audience of a reservation that is to be changed.
    """

    code: str
    values: Mapping[str, str]
    problems: Mapping[str, Problem]
    defaults: Mapping[str, str]
    context: FormContext
    listed: tuple[Contact, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields to ask."""
        return CHANGE_FIELDS if self.code else FIELDS


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a first line that says it all, and what belongs to it.

    Whatever a person typed is in `Said` or `Literal`; a front end cleans both. `form` is set where
    the front end should ask on.
    """

    tone: Tone
    lines: tuple[Line, ...]
    sections: tuple[Section, ...] = ()
    actions: tuple[Action, ...] = ()
    form: FormAsked | None = None
    attachment: Attachment | None = None


def told(message: str) -> tuple[Line, ...]:
    """Make lines of a parser's message, which may quote what was typed."""
    return tuple((Said(line),) for line in message.splitlines() if line.strip())
