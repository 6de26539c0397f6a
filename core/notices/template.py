"""A message with places: constant wire-ready bytes, and what differs per recipient put between.

A place never stands beside anything on its line: in quoted-printable the text before it and it
itself end in a soft break, in a calendar it stands behind a fold. So whatever is filled in is
encoded by itself, and no value reaches a message but through the encoder of its place.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.quoprimime import body_encode
from enum import StrEnum
from hashlib import blake2b
from itertools import chain

from markupsafe import escape

from core.notices.as_ics import calendar_link, calendar_name, mailbox_path
from core.notices.mailbox import wire_address

PLAIN_LIMIT = 72  # octets that fit one line of any part, whatever stands around them
_FOLD = 74  # RFC 5545 section 3.1: 75 octets, one of them the space of a fold
# RFC 2045 section 6.7: 76, one of them the soft break that may have to follow, and two for a dot at
# the beginning that is written out
_LINE = 73
_SLICE = 24  # octets that fit one line even when each takes three
_SOFT_BREAK = b"=\r\n"
_DOT = re.compile(r"^\.", re.MULTILINE)
_FOLDED_BREAK = "\r\n "


class Context(StrEnum):
    """What surrounds a place, and so how a value is written there."""

    TEXT = "t"
    HTML = "h"
    CALENDAR_LINK = "l"
    CALENDAR_MAILBOX = "m"
    CALENDAR_NAME = "n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes: the number of the value, and the context it is written in."""

    number: int
    context: Context


@dataclass(frozen=True, slots=True)
class Layout:
    """A message cut at its places: one stands between each two segments."""

    segments: tuple[bytes, ...]
    places: tuple[Place, ...]
    _frame: list[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Lay the segments out with room for the values between them."""
        frame = [b""] * (2 * len(self.segments) - 1)
        frame[::2] = self.segments
        object.__setattr__(self, "_frame", frame)

    def of_place(self, values: Sequence[bytes]) -> list[bytes]:
        """Take for each place its value, from values that read the same in every context."""
        return [values[place.number] for place in self.places]

    def filled(self, values: Sequence[bytes]) -> bytes:
        """Put one written value at each place."""
        frame = self._frame.copy()
        frame[1::2] = values
        return b"".join(frame)


@dataclass(frozen=True, slots=True)
class Marks:
    """Stand-ins for the values while a message is made: words that its content cannot hold."""

    stem: str

    @classmethod
    def for_content(cls, content: str) -> Marks:
        """Make marks from a digest of all of the content, so that nobody can type them into it."""
        digest = blake2b(content.encode("utf-8", "backslashreplace"), digest_size=16)
        return cls(f"x{digest.hexdigest()}x")

    def stand_in(self, place: Place, *, link: bool = False) -> str:
        """Make the stand-in for a value; one for a link passes for a link."""
        return f"{'https://' if link else ''}{self.stem}{place.number:02d}{place.context}"

    def encoded(self, text: str) -> str:
        """Encode a part's text as quoted-printable, each place on a soft-broken line of its own."""
        pieces = self._pattern.split(text)
        encoded = (_encoded_text(piece) for piece in pieces[::2])
        marks = (f"=\r\n{self.stem}{mark}=\r\n" for mark in pieces[1::2])
        return "".join(chain.from_iterable(zip(encoded, chain(marks, [""]), strict=True)))

    def folded(self, calendar: str) -> str:
        """Fold a calendar object anew, each place on a folded line of its own."""
        lines = calendar.replace(_FOLDED_BREAK, "").split("\r\n")
        return "\r\n".join(self._folded_line(line) for line in lines)

    def cut(self, data: bytes) -> Layout:
        """Cut a message whose parts are encoded."""
        first, *pieces = re.split(rb"%b(\d\d)([a-z])" % self.stem.encode(), data)
        numbers, contexts = pieces[::3], pieces[1::3]
        return Layout(
            segments=(first, *pieces[2::3]),
            places=tuple(
                Place(int(number), Context(context.decode()))
                for number, context in zip(numbers, contexts, strict=True)
            ),
        )

    @property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:https://)?{self.stem}(\d\d[a-z])")

    def _folded_line(self, line: str) -> str:
        # a name is quoted whatever it is, for it is not known here whether it must be
        line = re.sub(rf";CN=({self.stem}\d\d[a-z])", r';CN="\1"', line)
        chunks: list[str] = []
        for number, piece in enumerate(self._pattern.split(line)):
            chunks += [f"{self.stem}{piece}"] if number % 2 else _chunks(piece)
        return _FOLDED_BREAK.join(chunks)


def written(value: str, context: Context) -> bytes:
    """Write a value for its context, wire-ready; whatever it holds, it stays within its place."""
    return _WRITERS[context](value)


def _text(value: str) -> bytes:
    return _encoded_octets(value.encode())


def _html(value: str) -> bytes:
    return _encoded_octets(escape(value).encode())


def _calendar(value: str) -> bytes:
    return b"\r\n ".join(_encoded_octets(chunk.encode()) for chunk in _chunks(value))


_WRITERS: dict[Context, Callable[[str], bytes]] = {
    Context.TEXT: _text,
    Context.HTML: _html,
    Context.CALENDAR_LINK: lambda value: _calendar(calendar_link(value)),
    Context.CALENDAR_MAILBOX: lambda value: _calendar(mailbox_path(wire_address(value))),
    Context.CALENDAR_NAME: lambda value: _calendar(calendar_name(value)),
}


def _encoded_octets(raw: bytes) -> bytes:
    slices = (raw[start : start + _SLICE] for start in range(0, len(raw), _SLICE))
    return _SOFT_BREAK.join(_without_dot(b2a_qp(octets, istext=False)) for octets in slices)


def _without_dot(line: bytes) -> bytes:
    """Write out a dot that a line begins with, for which SMTP would have to be careful."""
    return b"=2E" + line[1:] if line.startswith(b".") else line


def _encoded_text(text: str) -> str:
    # not binascii: it makes lines of 78 where one ends in a space
    octets = text.replace("\r\n", "\n").encode().decode("latin-1")
    return _DOT.sub("=2E", body_encode(octets, _LINE, "\r\n"))


def _chunks(text: str) -> Iterator[str]:
    """Cut a text into pieces of 74 octets at most, no character apart."""
    held, octets = "", 0
    for ch in text:
        size = len(ch.encode())
        if octets + size > _FOLD:
            yield held
            held, octets = "", 0
        held += ch
        octets += size
    if held:
        yield held
