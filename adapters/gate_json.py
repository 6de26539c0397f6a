"""Reading what streaming servers write as JSON: their hooks strictly, their own lists leniently.

A hook's values are mostly a client's, and so whatever is odd about them makes it unreadable: what
stands in it twice, what is no text, and what no database and no log should be handed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import NoReturn
from urllib.parse import unquote_to_bytes

from adapters.gate_reading import UnreadableError, decoded, plain

_LONGEST_NAME = 128  # what a server calls a connection, as 36 characters of UUID


def read_body(body: bytes) -> Mapping[str, object]:
    """Read a hook's body, which is a JSON object; raises `UnreadableError`."""
    try:
        return read_object(body.decode())
    except ValueError:
        raise UnreadableError("it is no JSON object") from None


def read_object(text: str, *, strict: bool = True) -> Mapping[str, object]:
    """Read a JSON object whose names stand in it once; raises `ValueError`.

    With `strict` off it may have control characters in its texts, as SRS writes them.
    """
    try:
        read = json.loads(text, strict=strict, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(read, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - about the text, and no caller's mistake
    return read


def text_of(fields: Mapping[str, object], field: str, default: str | None = None) -> str:
    """Give a field's text, or `default` where it is missing; raises `UnreadableError`."""
    value = fields.get(field, default)
    if value is None:
        raise UnreadableError(f"it has no {field}")
    if not isinstance(value, str):
        raise UnreadableError(f"{field} is no text")
    return plain(value, field)


def name_of(fields: Mapping[str, object], field: str) -> str:
    """Give what a server calls a connection: a text or a whole number, "" for null or none.

    Raises `UnreadableError`.
    """
    value = fields.get(field)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        raise UnreadableError(f"{field} names no connection")
    return plain(value, field)


def address_of(fields: Mapping[str, object], field: str) -> str:
    """Give a client's address; "" for what is none. Raises `UnreadableError`."""
    text = text_of(fields, field, "")
    try:
        ip_address(text)
    except ValueError:  # what a proxy, or a client in its name, said; or Go's "<nil>"
        return ""
    return text


def given_in(query: str, names: Collection[str]) -> dict[str, str]:
    """Take from a client's query what opens something; each may stand in it once.

    A plus is one: our own addresses write a space as %20. Raises `UnreadableError`.
    """
    given: dict[str, str] = {}
    for pair in query.split("&"):
        written, _, value = pair.partition("=")
        name = unquote_to_bytes(written).decode(errors="replace")
        if name not in names:
            continue
        if name in given:
            raise UnreadableError(f"{name} stands in the query twice")
        given[name] = _decoded(value, name)
    return given


def _decoded(value: str, name: str) -> str:
    return decoded(unquote_to_bytes(value), name)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands in it twice")
    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
