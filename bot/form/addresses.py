"""One e-mail address and the name beside it: taken out of what surrounds them, and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import normalize
from urllib.parse import unquote

from email_validator import EmailNotValidError, validate_email

from bot.form.answers import Mistake
from bot.form.characters import BLANKS, EDGES, UNSEEN, name_character, quoted, tidy
from core.model.recipient import Contact, RouteName

LONGEST_NAME = 80
LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, without the angle brackets
EXAMPLE = "Jane <jane@example.org>"

# What chat front ends recognise beside addresses: "#general", "<#C123>". None: not theirs.
Recognise = Callable[[str], Contact | None]

_OPENING = EDGES + '([<>"\u201c\u201e\u00ab'
_CLOSING = EDGES + ')]>.,;:!?"\u201d\u00bb'
_COMMENT = re.compile(r"([^\s()]+)\s*\(([^()]*)\)")  # jane@example.org (Jane), as in RFC 822
_MARKDOWN = re.compile(r"\[([^\[\]]*)\]\((mailto:[^()\s]+)\)", re.IGNORECASE)
_MAILTO = "mailto:"
_DOT = re.compile("[.\u3002\uff0e\uff61]")  # and what IDNA takes for one (UTS 46)


@dataclass(frozen=True, slots=True)
class NotAnAddress:
    """Why a piece of text is no address, in a person's words."""

    reason: str


def no_others(_: str) -> Contact | None:
    """Recognise nothing but e-mail addresses."""
    return None


def parse_address(text: str) -> Contact | Mistake:
    """Read one e-mail address, with or without a name: for a field that holds just one."""
    found = read_contact(text)
    if isinstance(found, NotAnAddress):
        return Mistake(f"{quoted(text.strip())}: {found.reason}. Write for example {EXAMPLE}")
    return found


def read_contact(text: str, name: str = "") -> Contact | NotAnAddress:
    """Read a piece such as `Name <a@b>`, `mailto:a@b`, `a@b (Name)`; `name` is what else is known.

    What is accepted holds no blank, control or invisible character, and no second address.
    """
    own_name, address = _take_apart(text)
    if own_name.endswith(":"):
        return NotAnAddress(f"{quoted(own_name)} is no name")
    checked = check_address(address)
    if isinstance(checked, NotAnAddress):
        return checked
    return Contact(RouteName.EMAIL, checked, clean_name(own_name or name))


def check_address(address: str) -> str | NotAnAddress:
    """Check an address and give its canonical form: NFC, the domain lower-case and Unicode.

    Whether its domain takes mail is not asked: that would be a question to the network. The local
    part keeps its case (RFC 5321 section 2.4).
    """
    if problem := _plain_problem(address):
        return NotAnAddress(problem)
    try:
        found = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError as refused:
        return NotAnAddress(_in_our_words(str(refused)))
    return found.normalized


def clean_name(text: str) -> str:
    """Clean a contact's name: one line, nothing invisible, no quotes around it, 80 characters.

    A name that holds an @ is dropped: it is the address again, or pretends to be another one.
    """
    blanks = re.sub(r"[\s<>]", " ", normalize("NFC", text))
    name = tidy(UNSEEN.sub("", blanks).replace('\\"', '"'))
    name = name.strip("\"'\u2018\u2019\u201c\u201d ")
    return "" if "@" in normalize("NFKC", name) else name[:LONGEST_NAME].rstrip()


def _take_apart(text: str) -> tuple[str, str]:
    """Split a piece into the name and the address it holds; either may be empty."""
    piece = text.strip(EDGES)
    if link := _MARKDOWN.fullmatch(piece):
        return link[1], _without_mailto(link[2])
    closed = piece.rfind(">")
    opened = piece.rfind("<", 0, closed + 1)
    if opened >= 0 and not piece[closed + 1 :].strip(_CLOSING):
        inner = piece[opened + 1 : closed].strip(EDGES)
        return piece[:opened].strip(), _without_mailto(inner)
    if comment := _COMMENT.fullmatch(piece.rstrip(".,;")):
        return comment[2], _without_mailto(comment[1])
    bare = piece.lstrip(_OPENING).rstrip(_CLOSING)
    if bare[:1] in {"'", "\u2018"} and bare[-1:] in {"'", "\u2019"}:
        bare = bare[1:-1]
    return "", _without_mailto(bare)


def _without_mailto(address: str) -> str:
    """Take the address out of a `mailto:` link (RFC 6068), or Slack's `mailto:a@b|a@b`."""
    if address[: len(_MAILTO)].casefold() != _MAILTO:
        return address
    return unquote(address[len(_MAILTO) :].partition("|")[0].partition("?")[0])


def _plain_problem(address: str) -> str:
    """Say what is plainly wrong with an address, or ""; the rest is the library's to find."""
    if unseen := UNSEEN.search(address):
        return f"there is {name_character(unseen[0])} in it"
    local, at, domain = address.partition("@")
    problems = (
        (not address.strip(), "there is no address in it"),
        (not at, "it has no @"),
        (BLANKS.search(address), "there is more than an address in it"),
        ("@" in domain, "it has more than one @"),
        (not local, "there is nothing before the @"),
        (not domain, "there is nothing behind the @"),
        (len(address) > LONGEST_ADDRESS, "it is too long for an address"),
        (not _DOT.search(domain), "there is no dot behind the @"),
    )
    return next((reason for wrong, reason in problems if wrong), "")


def _in_our_words(reason: str) -> str:
    """Turn the library's sentences into the end of one of ours."""
    words = reason.rstrip(".").replace("The email address", "it").replace("An email address", "it")
    words = words.replace("The part after the @-sign is not valid. It", "the part after the @")
    return words[:1].lower() + words[1:]
