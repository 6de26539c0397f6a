"""One notice → mail: composed once as a template, filled in for each recipient.

`compose(notice, sender).fill(personal)` gives the message of one recipient, wire-ready. What a
notice says to all is built once by the standard library; filling in costs microseconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from operator import attrgetter

from core.notices.mail_body import constant_part
from core.notices.mailbox import mailbox_line, wire_address
from core.notices.notice import AUDIENCE_KINDS, Notice, Personal
from core.notices.said import cleaned
from core.notices.sender import MailSender, sender_lines, unsubscribe_by_mail
from core.notices.template import PLAIN_LIMIT, Layout, written

__all__ = ["Mail", "MailSender", "MailTemplate", "UnfitValueError", "compose"]

# in the order of core.notices.mail_body.VALUES
_READ = attrgetter(
    "contact.address",
    "contact.name",
    "join_link",
    "slot_link",
    "unsubscribe_link",
    "holder_link",
    "watch_user",
    "passcode",
    "ingest_url",
    "stream_key",
    "player_url",
    "ingest_user",
)
# what reads the same in every part, on one line, and needs no encoding anywhere
_PLAIN_FIELDS = (
    r"(?!\.)[A-Za-z0-9$*+._~\-]+@[A-Za-z0-9.\-]+",
    r"(?:(?!\.)[A-Za-z0-9.\-]+(?: [A-Za-z0-9.\-]+)*)?",
    *[r"(?:https?://[A-Za-z0-9/:._~+\-]+)?"] * 4,
    *[r"(?!\.)[A-Za-z0-9/:._~+\-]*"] * 6,
)
_PLAIN = re.compile("\n".join(_PLAIN_FIELDS))
_PLAIN_EACH = tuple(map(re.compile, _PLAIN_FIELDS))
_LINKS = slice(2, 6)
_LINK = re.compile(r"https?://[!#-;=?-\[\]-~]+")
_MESSAGE_ID = re.compile(r"[!-;=?A-~]+@[!-;=?-~]+")


class UnfitValueError(ValueError):
    """Something of ours, a link or a message id, that no message can carry: a fault of the desk."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it goes over the wire: CRLF, every line within limits, none begins with a dot.

    `recipient` is the envelope's. With `needs_smtputf8` both it and the headers hold UTF-8, and
    a server without that extension (RFC 6531) must not be given the message.
    """

    recipient: str
    data: bytes
    needs_smtputf8: bool


class MailTemplate:
    """A notice as mail, with places for what differs from recipient to recipient.

    Recipients differ in what they have, too (a name, a link, a passcode): each such combination
    gets a layout when it is first met.
    """

    def __init__(self, notice: Notice, sender: MailSender) -> None:
        self._notice = notice
        self._sender = sender
        self._from = "".join(f"{line}\r\n" for line in sender_lines(notice, sender)).encode()
        self._by_mail = ""
        if notice.kind in AUDIENCE_KINDS:
            self._by_mail = unsubscribe_by_mail(notice, sender)
        self._layouts: dict[tuple[str, tuple[bool, ...]], Layout] = {}

    def fill(self, personal: Personal) -> Mail:
        """Make the message of one recipient, the same bytes every time.

        Raises `UnfitAddressError` for an address that is none and `UnfitValueError` for a link or
        message id that would break the message.
        """
        values: tuple[str, ...] = _READ(personal)
        recipient = wire_address(values[0])
        head = self._head(personal, recipient)
        together = "\n".join(values)
        if max(map(len, values)) <= PLAIN_LIMIT and _PLAIN.fullmatch(together):
            layout = self._layout(values, personal.zone)
            body = layout.filled(layout.of_place(together.encode().split(b"\n")))
        else:
            values = _checked(values)
            layout = self._layout(values, personal.zone)
            body = layout.filled(_written(values, layout))
        return Mail(recipient, self._from + head + body, not recipient.isascii())

    def _layout(self, values: tuple[str, ...], zone: str) -> Layout:
        given = tuple(map(bool, values))
        layout = self._layouts.get((zone, given))
        if layout is None:
            layout = constant_part(self._notice, self._sender, given, zone)
            self._layouts[zone, given] = layout
        return layout

    def _head(self, personal: Personal, recipient: str) -> bytes:
        """Write the headers that differ from one message to the next."""
        message_id = _message_id(personal.message_id)
        lines = [
            mailbox_line("To", recipient, personal.contact.name),
            f"Date: {_date(personal.composed_at)}",
            f"Message-ID: {message_id}",
        ]
        if personal.first_message_id and personal.first_message_id != personal.message_id:
            first = _message_id(personal.first_message_id)
            lines += [f"In-Reply-To: {first}", f"References: {first}"]
        if self._by_mail:
            lines += _unsubscribe_lines(personal.unsubscribe_link, self._by_mail)
        lines.append("")
        return "\r\n".join(lines).encode()


def compose(notice: Notice, sender: MailSender) -> MailTemplate:
    """Make the template of a notice, to be filled in for each of its recipients."""
    return MailTemplate(notice, sender)


def _unsubscribe_lines(link: str, by_mail: str) -> list[str]:
    # on one line each: a folded List-Unsubscribe is not found by some large receivers
    if not link:
        return [f"List-Unsubscribe: <{by_mail}>"]
    if not _LINK.fullmatch(link):
        raise UnfitValueError("the link to unsubscribe is not a web address in ASCII")
    return [f"List-Unsubscribe: <{link}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _checked(values: tuple[str, ...]) -> tuple[str, ...]:
    """Clean the values and refuse links that are none; what is invisible counts as not given."""
    for link in values[_LINKS]:
        if link and not _LINK.fullmatch(link):
            raise UnfitValueError("a link in a notice is not a web address in ASCII")
    address, name, *others = map(cleaned, values)
    return (address, name.strip(), *others)


def _written(values: tuple[str, ...], layout: Layout) -> list[bytes]:
    ready = [
        value.encode() if len(value) <= PLAIN_LIMIT and plain.fullmatch(value) else None
        for plain, value in zip(_PLAIN_EACH, values, strict=True)
    ]
    filled = []
    for place in layout.places:
        plain = ready[place.number]
        filled.append(written(values[place.number], place.context) if plain is None else plain)
    return filled


def _message_id(given: str) -> str:
    if not _MESSAGE_ID.fullmatch(given):
        raise UnfitValueError("a message id must be printable ASCII with an @ in it")
    return f"<{given}>"


@lru_cache(maxsize=128)
def _date(composed_at: datetime) -> str:
    return format_datetime(composed_at.astimezone(UTC))
