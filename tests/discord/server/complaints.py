"""Complaints about what the app sent, in Discord's own words, each with its place.

`UNKNOWN_FIELD` is this server's own: Discord passes over most fields that it does not know, and a
mistake of ours would stay unseen.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from tests.discord.server.errors import Json, Refusal, invalid

Complaint = tuple[str, str, str]
_ASSET = re.compile(r"^attachment://\S+$")


def at(place: str, step: str | int) -> str:
    """Go one step further into the body: `embeds`, then `embeds.0`."""
    return f"{place}.{step}" if place else str(step)


def kind_of(part: Json) -> int:
    """Give the `type` of a part, 0 if it has none that is a number."""
    kind = part.get("type")
    return kind if isinstance(kind, int) and not isinstance(kind, bool) else 0


def objects(value: object) -> list[Json]:
    """Give the objects of a list; what is none of either was complained of elsewhere."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


class Complaints:
    """Collects what is wrong; the checks that recur everywhere."""

    def __init__(self) -> None:
        self.all: list[Complaint] = []

    def add(self, place: str, code: str, sentence: str) -> None:
        """Note that something is wrong at a place such as `embeds.0.title`."""
        if (place, code, sentence) not in self.all:
            self.all.append((place, code, sentence))

    def refuse(self) -> None:
        """Raise Refusal if anything is wrong."""
        if self.all:
            raise self.refusal()

    def refusal(self) -> Refusal:
        """Make the refusal that names all that is wrong."""
        return invalid(self.all)

    def required(self, place: str) -> None:
        """Complain that something is missing."""
        self.add(place, "BASE_TYPE_REQUIRED", "This field is required")

    def keys(self, place: str, value: Json, known: Collection[str]) -> None:
        """Complain of fields that Discord does not know."""
        for name in sorted(set(value) - set(known)):
            self.add(at(place, name), "UNKNOWN_FIELD", "Discord knows no such field")

    def text(self, place: str, value: object, most: int, least: int = 1) -> None:
        """Complain of text that is missing, too short or too long; Discord counts characters."""
        if value is None:
            self.required(place)
        elif not isinstance(value, str):
            self.add(place, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        elif len(value) > most and least > 0:
            self.add(
                place, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."
            )
        elif len(value) > most:
            self.add(place, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif least and len(value.strip()) < least:
            # Discord takes away white space at both ends before it counts
            self.required(place) if not value.strip() else self.add(
                place, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."
            )

    def optional(self, place: str, value: object, most: int, least: int = 0) -> None:
        """Complain likewise, but not of a text that is left out."""
        if value is not None:
            self.text(place, value, most, least)

    def mapping(self, place: str, value: object) -> Json | None:
        """Give an object, or complain that it is none."""
        if isinstance(value, dict):
            return value
        self.add(place, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return None

    def listed(self, place: str, value: object, most: int, least: int = 0) -> list[Any]:
        """Complain of a list with too few or too many items, and give the items."""
        if value is None and not least:
            return []
        if not isinstance(value, list):
            self.add(place, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if len(value) > most or len(value) < least:
            code, sentence = (
                ("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
                if least
                else ("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
            )
            self.add(place, code, sentence)
        return value

    def number(self, place: str, value: object, least: int, most: int) -> None:
        """Complain of what is no whole number from `least` to `most`."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(place, "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not int.')
        elif value < least:
            self.add(
                place, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}."
            )
        elif value > most:
            self.add(place, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")

    def boolean(self, place: str, value: object) -> None:
        """Complain of what is neither true nor false; left out it may be."""
        if value is not None and not isinstance(value, bool):
            self.add(place, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")

    def choice(self, place: str, value: object, choices: Collection[object]) -> None:
        """Complain of what is none of the choices."""
        if isinstance(value, bool | list | dict) or value not in choices:
            told = ", ".join(str(one) for one in sorted(choices, key=str))
            self.add(place, "BASE_TYPE_CHOICES", f"Value must be one of {{{told}}}.")

    def snowflake(self, place: str, value: object) -> int | None:
        """Give an id, or complain that it is none."""
        digits = isinstance(value, str) and value.isascii() and value.isdecimal()
        plain = isinstance(value, int) and not isinstance(value, bool)
        if (digits or plain) and 0 <= int(str(value)) < 2**63:
            return int(str(value))
        self.add(place, "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not snowflake.')
        return None

    def url(self, place: str, value: object, most: int = 2048, *, attachment: bool = False) -> None:
        """Complain of an address that Discord does not follow: too long, or not http or https."""
        self.text(place, value, most)
        if not isinstance(value, str) or (attachment and _ASSET.match(value)):
            return
        scheme = value.partition(":")[0].lower()
        if scheme not in ("http", "https"):
            schemes = "('http', 'https', 'attachment')" if attachment else "('http', 'https')"
            self.add(
                place,
                "URL_TYPE_INVALID_SCHEME",
                f'Scheme "{scheme[:40]}" is not supported. Scheme must be one of {schemes}.',
            )
        elif not _well_formed(value):
            self.add(place, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


def _well_formed(url: str) -> bool:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return bool(host) and not re.search(r"\s", url)
