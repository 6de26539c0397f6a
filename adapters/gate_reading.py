"""Reading what a hook gives: texts that may go on into a decision, a database and a log."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import unquote_to_bytes

_ODD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # control characters, halves of characters


class UnreadableError(Exception):
    """A hook cannot be read; the words say why, and quote nothing of it."""


def plain(text: str, what: str) -> str:
    """Give a text as it is; raises `UnreadableError` where it has odd characters in it."""
    if not text.isprintable() and _ODD.search(text):  # the first is fast, and true of nearly all
        raise UnreadableError(f"{what} has odd characters in it")
    return text


def decoded(octets: bytes, what: str) -> str:
    """Give octets as a text; raises `UnreadableError` where they are none."""
    try:
        return plain(octets.decode(), what)
    except UnicodeDecodeError:
        raise UnreadableError(f"{what} is no text") from None


def form_of(body: bytes, once: Collection[str] | None = None) -> Mapping[str, str]:
    """Take a form apart: its fields' names, and what stands behind each as it came.

    Of a field that stands in it several times the first counts. Raises `UnreadableError` for one of
    `once` that does, or where that is None, for any. A plus is one: no server writes a space so.
    """
    pairs = [pair.partition("=") for pair in body.decode("latin-1").split("&")]
    form = {name: value for name, _, value in pairs}
    if len(form) == len(pairs) and "%" not in "".join(form):  # nearly all
        return form
    form.clear()
    for quoted, _, value in pairs:
        name = unquote_to_bytes(quoted.encode("latin-1")).decode(errors="replace")
        if name not in form:
            form[name] = value
        elif once is None or name in once:
            raise UnreadableError(f"{name if once else 'a field'} stands in it twice")
    return form


def field_of(form: Mapping[str, str], field: str, default: str | None = None) -> str:
    """Give the text of a form's field, or `default` where it is missing.

    Raises `UnreadableError`.
    """
    value = form.get(field, default)
    if value is None:
        raise UnreadableError(f"it has no {field}")
    if value.isascii() and value.isprintable() and "%" not in value:  # nearly all
        return value
    return decoded(unquote_to_bytes(value.encode("latin-1")), field)
