"""A message as SMTP puts it on the wire: envelope commands and framed content, pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from core.model.delivery import Refused
from core.outbox.route import Message

NOT_AN_ADDRESS = "this is not an address that mail can be sent to"

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ASCII_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_END = b".\r\n"
_LONGEST_LOCAL_PART = 64  # octets, RFC 5321 section 4.5.3.1.1
_LONGEST_ADDRESS = 254  # octets, RFC 5321 section 4.5.3.1.3 without the angle brackets


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes over the wire for one message: two command lines and the framed content."""

    mail: bytes
    rcpt: bytes
    content: bytes

    @property
    def commands(self) -> tuple[bytes, bytes, bytes]:
        """The lines that come before the content, in order."""
        return self.mail, self.rcpt, b"DATA"


def envelope_address(text: str) -> str | None:
    """Make of an address what may stand between the angle brackets of MAIL and RCPT.

    The domain becomes ASCII (A-labels, IDNA 2008). None for whatever is not one plain address:
    it stands in a command line, where a blank or a bracket too much is a command of its own.
    """
    if text.isascii():
        address = text if _ASCII_ADDRESS.fullmatch(text) else None
    else:
        address = _from_unicode(text)
    if address is None or len(address.encode()) > _LONGEST_ADDRESS:
        return None
    local_part = address.rpartition("@")[0]
    return address if len(local_part.encode()) <= _LONGEST_LOCAL_PART else None


def _from_unicode(text: str) -> str | None:
    if len(text) > _LONGEST_ADDRESS:
        return None
    try:
        parts = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    address = f"{parts.local_part}@{parts.ascii_domain}"
    harmless = address.isprintable() and not set(address) & set(' "<>')
    return address if harmless else None


def compose(
    message: Message, address: str, sender: str, offers: Mapping[str, str]
) -> Envelope | Refused:
    """Write the message for a server that offers these extensions (EHLO keywords, lower case).

    `address` and `sender` come from `envelope_address`. Refused where this server cannot take the
    message at all: its size (RFC 1870), 8-bit content (RFC 6152), UTF-8 addresses (RFC 6531).
    """
    lines = message.data if message.wire_ready else _with_line_ends(message.data)
    utf8 = message.needs_smtputf8 or not address.isascii()
    if problem := _problem(lines, utf8, offers):
        return Refused(problem)
    mail, rcpt = [f"MAIL FROM:<{sender}>"], [f"RCPT TO:<{address}>"]
    if "size" in offers:
        mail.append(f"SIZE={len(lines)}")
    if utf8 or not lines.isascii():
        mail.append("BODY=8BITMIME")
    if utf8:
        mail.append("SMTPUTF8")
    if "dsn" in offers:  # RFC 3461: bounces come without the body, and name the delivery
        mail.append(f"RET=HDRS ENVID=delivery-{message.delivery_id}")
        rcpt.append("NOTIFY=FAILURE,DELAY")
        if address.isascii():
            rcpt.append(f"ORCPT=rfc822;{_xtext(address)}")
    content = lines + _END if message.wire_ready else _framed(lines)
    return Envelope(" ".join(mail).encode(), " ".join(rcpt).encode(), content)


def _problem(lines: bytes, utf8: bool, offers: Mapping[str, str]) -> str:
    if utf8 and "smtputf8" not in offers:
        return "the mail server in use cannot carry addresses with letters beyond ASCII (SMTPUTF8)"
    if not lines.isascii() and "8bitmime" not in offers:
        return "the mail server in use cannot carry 8-bit content (8BITMIME)"
    limit = offers.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < len(lines):
        return f"the message has {len(lines)} bytes, the mail server in use takes {limit}"
    return ""


def _with_line_ends(data: bytes) -> bytes:
    """End every line in CRLF: a lone CR or LF is read differently by different servers."""
    ends = data.count(b"\r\n")
    if data.count(b"\n") != ends or data.count(b"\r") != ends:
        data = _LINE_END.sub(b"\r\n", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _framed(lines: bytes) -> bytes:
    """Double the dots that begin a line and add the final one (RFC 5321 section 4.5.2)."""
    stuffed = lines.replace(b"\r\n.", b"\r\n..")
    return (b"." if stuffed.startswith(b".") else b"") + stuffed + _END


def _xtext(text: str) -> str:
    """Write ASCII text so that it may stand in a command's parameter (RFC 3461 section 4)."""
    return text.replace("+", "+2B").replace("=", "+3D")
