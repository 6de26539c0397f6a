"""The fields of the form, written once: every front end asks these, in this order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.form.contacts import LONGEST_PASTE
from bot.form.grammar import LONGEST_TEXT as LONGEST_WHEN
from bot.form.text import (
    LONGEST_DESCRIPTION,
    LONGEST_LIST_NAME,
    LONGEST_PASSCODE,
    LONGEST_TITLE,
    LONGEST_USER,
)
from core.model.reservation import CredentialMode, NotificationPolicy

MOST_LISTS = 50

# What people choose from, in their words.
CREDENTIAL_WORDS = {
    "shared": CredentialMode.SHARED,
    "each": CredentialMode.EACH,
    "none": CredentialMode.NONE,
}
POLICY_WORDS = {
    "at once": NotificationPolicy.ON_PERMIT,
    "when reconfirmed": NotificationPolicy.ON_RECONFIRM,
    "both": NotificationPolicy.BOTH,
}


class FieldKind(StrEnum):
    """What a field takes, so that a front end can offer its best widget for it.

    `choice` without choices is one of the servers or lists that the person sees. `file` is an
    upload that `parse_contacts_file` reads.
    """

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    WHEN = "when"
    LENGTH = "length"
    CONTACTS = "contacts"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form; label (at most 45 characters) and hint (100) fit every front end."""

    name: str
    label: str
    hint: str
    kind: FieldKind
    max_length: int
    required: bool = False
    choices: tuple[str, ...] = ()


FIELDS: tuple[Field, ...] = (
    Field("title", "Title", "What is on", FieldKind.LINE, LONGEST_TITLE, required=True),
    Field(
        "description",
        "Description",
        "More about it, with web addresses if you like",
        FieldKind.TEXT,
        LONGEST_DESCRIPTION,
    ),
    Field(
        "server",
        "Server",
        "Name, or its first letters; may stay empty if there is only one",
        FieldKind.CHOICE,
        80,
    ),
    Field(
        "when",
        "Start",
        "fri 20:00, tomorrow 8pm, 4 Dec 19:30; with an end: fri 20:00-22:00",
        FieldKind.WHEN,
        LONGEST_WHEN,
        required=True,
    ),
    Field(
        "length",
        "Length",
        "2h, 90 min, 1:30; may stay empty if the start names an end",
        FieldKind.LENGTH,
        40,
    ),
    Field("viewers", "Viewers", "How many will watch, about", FieldKind.LINE, 9),
    Field(
        "audience",
        "Audience",
        "E-mail addresses as you have them: commas, lines, Name <a@b.org>, a table",
        FieldKind.CONTACTS,
        LONGEST_PASTE,
    ),
    Field(
        "lists",
        "Audience lists",
        "Names of your lists, with commas between",
        FieldKind.CHOICE,
        MOST_LISTS * (LONGEST_LIST_NAME + 2),
    ),
    Field(
        "credentials",
        "Watch credentials",
        "A user name and passcode: shared by all, one for each, or none",
        FieldKind.CHOICE,
        40,
        choices=tuple(CREDENTIAL_WORDS),
    ),
    Field(
        "user",
        "User name for watchers",
        "Empty: one is made",
        FieldKind.LINE,
        LONGEST_USER,
    ),
    Field(
        "passcode",
        "Passcode for watchers",
        "8 to 64 characters; empty: one is made",
        FieldKind.LINE,
        LONGEST_PASSCODE,
    ),
    Field(
        "policy",
        "Tell the audience",
        "At once, when you have reconfirmed, or both; empty: as the server has it",
        FieldKind.CHOICE,
        40,
        choices=tuple(POLICY_WORDS),
    ),
    Field(
        "reminders",
        "Reminders",
        "How long before the start: 24h, 15 min; or none; empty: as in your settings",
        FieldKind.LINE,
        100,
    ),
    Field(
        "reply_to",
        "Replies go to",
        "Your e-mail address, if the audience may write to you",
        FieldKind.LINE,
        254,
    ),
)


def _for_change() -> tuple[Field, ...]:
    """Make the fields of a change: none is required, and the audience is added to or removed."""
    changed: list[Field] = []
    for field in FIELDS:
        if field.name == "audience":
            add = replace(field, name="add", label="Add to the audience")
            remove = replace(field, name="remove", label="Remove from the audience")
            changed += [add, remove]
        elif field.name == "lists":
            changed.append(replace(field, label="Add audience lists"))
        else:
            hint = _HINTS_FOR_CHANGE.get(field.name, field.hint)
            changed.append(replace(field, hint=hint, required=False))
    return tuple(changed)


_HINTS_FOR_CHANGE = {
    "user": "Empty: stays as it is",
    "passcode": "8 to 64 characters; empty: stays as it is",
    "policy": "At once, when you have reconfirmed, or both",
    "reminders": "How long before the start: 24h, 15 min; or none",
}


CHANGE_FIELDS = _for_change()
