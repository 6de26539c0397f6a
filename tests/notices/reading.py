"""Reading mails back with parsers that had no part in writing them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import vobject


@dataclass(frozen=True, slots=True)
class Read:
    """A mail as a mail program sees it; `ics` is "" where it carries no calendar entry."""

    message: EmailMessage
    text: str
    html: str
    ics: str

    @property
    def event(self) -> dict[str, list[vobject.base.ContentLine]]:
        """The properties of the one entry in its calendar part, by name in lower case."""
        calendar = vobject.readOne(self.ics)
        assert [component.name for component in calendar.components()] == ["VEVENT"]
        contents: dict[str, list[vobject.base.ContentLine]] = calendar.vevent.contents
        return contents


def read_mail(data: bytes) -> Read:
    """Parse a message, and check on the way that it is one that may be sent."""
    check_wire(data)
    message = message_from_string(data.decode(), policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    parts: dict[str, str] = {}
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        assert not part.defects
        raw = part.get_payload(decode=True)
        assert isinstance(raw, bytes)
        parts[part.get_content_type()] = raw.decode().replace("\r\n", "\n")
    return Read(message, parts["text/plain"], parts["text/html"], parts.get("text/calendar", ""))


def check_wire(data: bytes) -> None:
    """Check what every mail server may count on: CRLF alone, lines within limits, 7-bit bodies."""
    assert data.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", data)
    head, _, body = data.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert b"\n." not in data  # SMTP would have to double the dot
    assert body.isascii()


def header_names(data: bytes) -> list[str]:
    """Give the names of a message's header lines as they stand on the wire."""
    head = data.partition(b"\r\n\r\n")[0].decode()
    return [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in {" ", "\t"}]


def property_names(ics: str) -> list[str]:
    """Give the names of a calendar's content lines, unfolded by hand."""
    lines = re.sub(r"\n[ \t]", "", ics).rstrip("\n").split("\n")
    return [re.split("[:;]", line, maxsplit=1)[0] for line in lines]


@dataclass(frozen=True, slots=True)
class Markup:
    """Which elements a page has, with which attributes, and what its links start with."""

    elements: frozenset[str]
    attributes: frozenset[str]
    schemes: frozenset[str]

    @classmethod
    def joined(cls, pages: Iterable[Markup]) -> Markup:
        """Put together what several pages have."""
        listed = list(pages)
        return cls(
            frozenset().union(*(page.elements for page in listed)),
            frozenset().union(*(page.attributes for page in listed)),
            frozenset().union(*(page.schemes for page in listed)),
        )

    def holds(self, other: Markup) -> bool:
        """Tell whether the other has nothing that this one has not."""
        return (
            other.elements <= self.elements
            and other.attributes <= self.attributes
            and other.schemes <= self.schemes
        )


def read_markup(html: str) -> Markup:
    """Read a page's elements, and check that each one is closed in its turn."""
    reader = _MarkupReader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return Markup(
        frozenset(reader.elements), frozenset(reader.attributes), frozenset(reader.schemes)
    )


@dataclass(eq=False)
class _MarkupReader(HTMLParser):
    open: list[str] = field(default_factory=list)
    elements: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    schemes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {f"{tag} {name}" for name, _ in attrs}
        self.schemes |= {
            (value or "").partition(":")[0] for name, value in attrs if name in {"href", "src"}
        }
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()
