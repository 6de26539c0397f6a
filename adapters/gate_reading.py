"""Reading what a hook gives: texts that may go on into a decision, a database and a log."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ODD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # control characters, halves of characters


class UnreadableError(Exception):
    """A hook cannot be read; the words say why, and quote nothing of it."""


def plain(text: str, what: str) -> str:
    """Give a text as it is; raises `UnreadableError` where it has odd characters in it."""
    if _ODD.search(text):
        raise UnreadableError(f"{what} has odd characters in it")
    return text


def decoded(octets: bytes, what: str) -> str:
    """Give octets as a text; raises `UnreadableError` where they are none."""
    try:
        return plain(octets.decode(), what)
    except UnicodeDecodeError:
        raise UnreadableError(f"{what} is no text") from None


def field_of(fields: Mapping[str, bytes], field: str, default: str | None = None) -> str:
    """Give the text of a form's field, or `default` where it is missing.

    Raises `UnreadableError`.
    """
    value = fields.get(field)
    if value is not None:
        return decoded(value, field)
    if default is None:
        raise UnreadableError(f"it has no {field}")
    return default
