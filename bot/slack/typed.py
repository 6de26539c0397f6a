"""What Slack sends of what people typed: escapes undone, channels and people made addresses.

With `should_escape` in its manifest, Slack writes `<#C123|general>`, `<@U123|ann>`, `<https://…>`
and `<mailto:…|…>` into a command's text, and `&lt;` where a person typed `<`. So only Slack can
have made such a token, and only of what that person can see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from bot.form.addresses import Recognise
from core.model.recipient import Contact, RouteName

_TOKEN = re.compile(r"<([#@!]?)([^<>|]+)(?:\|([^<>]*))?>")
ADDRESS = re.compile(r"slack:([CGDUW][A-Z0-9]+)")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


def read_typed(text: str) -> tuple[str, dict[str, str]]:
    """Give the text as it was typed, and the names of the channels and people that are in it.

    A channel or person becomes an address such as `slack:C0123`, which `recogniser` knows again.
    """
    names: dict[str, str] = {}

    def shown(token: re.Match[str]) -> str:
        sign, target, label = token[1], token[2], token[3] or ""
        if sign in {"#", "@"} and ADDRESS.fullmatch(f"slack:{target}"):
            names[target] = f"{sign}{unescape(label)}" if label else target
            return f"slack:{target}"
        if sign:  # a group, or everybody: shown as it was typed, and nobody's address
            return label or f"@{target.partition('^')[0]}"
        return label if target.startswith("mailto:") else target

    return unescape(_TOKEN.sub(shown, text)), names


def readable(text: str) -> str:
    """Put a sign in place of what no database keeps: NUL, and halves of characters."""
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def address(target: str) -> str:
    """Write a channel's or person's id so that a form takes it for a contact address."""
    return f"slack:{target}"


def contact_of(team: str, target: str, name: str = "") -> Contact:
    """Make the contact address of a channel or person."""
    return Contact(RouteName.SLACK, f"{team}/{target}", name or target)


def target_of(contact: Contact) -> str:
    """Give the channel or person that a contact address of Slack names."""
    return contact.address.rpartition("/")[2]


def recogniser(team: str, names: Mapping[str, str]) -> Recognise:
    """Recognise what `read_typed` found or a picker gave, and nothing that was merely typed."""

    def recognised(text: str) -> Contact | None:
        found = ADDRESS.fullmatch(text.strip())
        if found is None or found[1] not in names:
            return None
        return contact_of(team, found[1], names[found[1]])

    return recognised
