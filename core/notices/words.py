"""The parts that the words of a notice are made of, and the rows that most notices share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from core.model.prose import During, Line, Link, Literal, Said, Span
from core.model.reservation import Facts
from core.notices.said import cleaned, cleaned_lines, shortened
from core.notices.times import length_words

TITLE_LIMIT = 120  # in subjects and calendar summaries; a headline shows the whole title


class Mark(StrEnum):
    """What a notice is, at a glance: the badge above it, and the colour a route gives it."""

    INVITATION = "Invitation"
    PROVISIONAL = "Provisional"
    CONFIRMED = "Confirmed"
    CHANGED = "Changed"
    CANCELLED = "Cancelled"
    REMOVED = "Taken off the list"
    REMINDER = "Reminder"
    TO_RECONFIRM = "To be reconfirmed"
    LAPSED = "Lapsed"
    STREAM_KEY = "Stream key"
    REPORT = "Report"
    NO_SHOW = "Nobody is publishing"


@dataclass(frozen=True, slots=True)
class Row:
    """One fact with its label."""

    label: str
    line: Line


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact that differs: as it was told before, and as it is now."""

    label: str
    old: Line
    new: Line


@dataclass(frozen=True, slots=True)
class Action:
    """What the reader can do next: on a page at `url`, or by typing `command`; either may be "".

    `name` is the act itself (`join`, `reconfirm`, `change`, `cancel`, `again`, `reserve`), for
    routes that have buttons of their own. The first of several is the one to show first.
    """

    name: str
    label: str
    url: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """A notice in words, before any route has rendered them.

    `subject` fits one line. `access` holds what opens the stream and is to be copied, under
    `access_title` and with a note beneath; `details` is a list under its title. `description` is
    the holder's own text, a line each. `footer` says why the reader gets this and how to stop it.
    """

    mark: Mark
    subject: Line
    headline: Line
    intro: tuple[Line, ...] = ()
    changes: tuple[Changed, ...] = ()
    facts: tuple[Row, ...] = ()
    access_title: str = ""
    access: tuple[Row, ...] = ()
    access_note: Line = ()
    description: tuple[Line, ...] = ()
    details_title: str = ""
    details: tuple[Line, ...] = ()
    actions: tuple[Action, ...] = ()
    closing: tuple[Line, ...] = ()
    footer: tuple[Line, ...] = ()


def short_title(facts: Facts) -> Said:
    """Say the title within a subject."""
    return Said(shortened(facts.title, TITLE_LIMIT))


def slot_rows(facts: Facts) -> tuple[Row, ...]:
    """Say when it is and on which server."""
    return (
        Row("When", (During(facts.slot),)),
        Row("Length", (length_words(facts.slot.length),)),
        Row("Server", (Said(facts.server_name),)),
    )


def described(facts: Facts) -> tuple[Line, ...]:
    """Say the holder's description, a line each."""
    return tuple((Said(line),) for line in cleaned_lines(facts.description))


def address_span(url: str) -> Span:
    """Say an address: a link where a browser opens it, else what a player is given to copy."""
    return Link(url, url) if is_web(url) else Literal(url)


def mailbox_span(address: str) -> Span:
    """Say a mail address: a link that starts a mail to it."""
    shown = cleaned(address)
    return Link(f"mailto:{quote(shown, safe='@+')}", shown)


def is_mailto(url: str) -> bool:
    """Tell whether it starts a mail, and was written by `mailbox_span`."""
    return url.startswith("mailto:") and url == quote(url, safe=":@+%")


def is_web(url: str) -> bool:
    """Tell whether a browser opens it, and it holds nothing that could end a link early."""
    held = cleaned(url) == url and not any(ch in url for ch in " <>\"'")
    return held and url.startswith(("https://", "http://"))
