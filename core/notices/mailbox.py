"""Mailboxes as a mail's header and envelope write them, whatever people put into a name."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache

from core.notices.said import shortened

_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
_DOMAIN = r"[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*"
_ASCII = re.compile(rf"[{_ATEXT}]+(?:\.[{_ATEXT}]+)*@{_DOMAIN}")
_INTERNATIONAL = re.compile(rf"([{_ATEXT}\x80-\U0010ffff]+(?:\.[{_ATEXT}\x80-\U0010ffff]+)*)@(.+)")
_LONGEST = 254  # RFC 5321 section 4.5.3.1.3, without the brackets

# neither holds "=" or "?": many readers decode encoded words wherever they find them
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~\-]+(?: [A-Za-z0-9!#$%&'*+/^_`{|}~\-]+)*")
_QUOTABLE = re.compile(r"[ !#-<>@-\[\]-~]+")
_NAME_LIMIT = 120
_LINE = 76
_WORD_BYTES = 42  # makes encoded words of 68 characters; RFC 2047 allows 75


class UnfitAddressError(ValueError):
    """An address that no mail can be sent to as it stands; the holder must correct it."""


def wire_address(address: str) -> str:
    """Make the form of an address that travels: the domain in ASCII, the local part as it is.

    The result is ASCII unless the local part is not, and then needs SMTPUTF8 (RFC 6531). Raises
    `UnfitAddressError` for what is no address, whatever it would do to a header or a command.
    """
    if _ASCII.fullmatch(address) and len(address) <= _LONGEST:
        return address
    parts = _INTERNATIONAL.fullmatch(address)
    if parts is None or not address.isprintable():
        raise UnfitAddressError("this is not an e-mail address: write it as name@example.org")
    wired = f"{parts[1]}@{_ascii_domain(parts[2])}"
    if len(wired.encode()) > _LONGEST:
        raise UnfitAddressError("this e-mail address is too long: 254 bytes are the most")
    return wired


def mailbox_line(header: str, address: str, name: str = "") -> str:
    """Make a header of one mailbox, folded, without its line break; `address` as it travels.

    The name is shortened to 120 characters and loses what cannot be shown (RFC 5322 section 3.4,
    RFC 2047 where it is not plain ASCII).
    """
    if len(name) + len(address) + len(header) + 5 <= _LINE and _ATOMS.fullmatch(name):
        return f"{header}: {name} <{address}>"
    shown = phrase(name)
    if not shown:
        return f"{header}: {address}"
    last = len(shown) - shown.rfind("\n") + (0 if "\n" in shown else len(header) + 1)
    between = " " if last + len(address) + 3 <= _LINE else "\r\n "
    return f"{header}: {shown}{between}<{address}>"


def phrase(name: str) -> str:
    """Make a name as a header writes it: as it is, quoted, or in encoded words."""
    name = shortened(name, _NAME_LIMIT)
    if len(name) <= _LINE - len("Reply-To: "):
        if _ATOMS.fullmatch(name):
            return name
        if _QUOTABLE.fullmatch(name):
            return f'"{name}"'
    return "\r\n ".join(_encoded_words(name))


def _encoded_words(text: str) -> Iterator[str]:
    held = b""
    for ch in text:
        raw = ch.encode()
        if len(held) + len(raw) > _WORD_BYTES:
            yield _encoded_word(held)
            held = b""
        held += raw
    if held:
        yield _encoded_word(held)


def _encoded_word(raw: bytes) -> str:
    return f"=?utf-8?b?{b64encode(raw).decode()}?="


@lru_cache(maxsize=1024)
def _ascii_domain(domain: str) -> str:
    # its tables are large, and most addresses do without
    import idna  # noqa: PLC0415

    try:
        wired = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise UnfitAddressError(
            "the part after the @ is not a domain name: check it for mistypings"
        ) from None
    if not re.fullmatch(_DOMAIN, wired):
        raise UnfitAddressError("the part after the @ is not a domain name")
    return wired
