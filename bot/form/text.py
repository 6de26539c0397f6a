"""Titles, descriptions, reasons, names and passcodes as people type them: cleaned or refused."""

from __future__ import annotations

import re
from unicodedata import category, normalize

from bot.form.answers import Mistake
from bot.form.characters import BLANKS, HARMFUL, name_character, quoted, tidy

LONGEST_TITLE = 80
LONGEST_DESCRIPTION = 2000
LONGEST_REASON = 300
LONGEST_LIST_NAME = 40
LONGEST_USER = 40
SHORTEST_PASSCODE, LONGEST_PASSCODE = 8, 64

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Left behind by word processors and web pages, without meaning anything: taken out in silence.
_HARMLESS = re.compile("[\u00ad\ufeff]")
_JOINED = re.compile("[\u200c\u200d]+")
# What mail and chat clients turn into links by themselves. No list of endings is complete; these
# are the ones that people meet, and a path behind any other gives it away.
_ENDINGS = (
    "com|net|org|info|biz|io|co|me|tv|ly|gg|gl|app|dev|xyz|ru|cn|de|uk|eu|fr|nl|us|ca|au|in|live|online"
    "|site|shop|store|top|link|click|page|club"
)
_ADDRESS = re.compile(
    rf"[a-z][a-z0-9+.-]{{1,20}}://|\bwww\.|\bmailto:|\b[\w-]{{1,63}}\.(?:{_ENDINGS})\b(?!\.?\w)"
    r"|\b[\w-]{1,63}\.[a-z]{2,24}/\w",
    re.IGNORECASE,
)
_USER = re.compile(r"[!-~]+", re.ASCII)
_NOT_IN_USER = re.compile(r"[:@/?&#%]")
_NOT_IN_PASSCODE = re.compile(r"[\"<>`\\]")


def parse_title(text: str) -> str | Mistake:
    """Clean a title: one line of 1 to 80 characters, without web addresses."""
    title = _one_line(text, "title", LONGEST_TITLE)
    if isinstance(title, Mistake):
        return title
    if not _visible(title):
        return Mistake("A title is needed. Write for example Choir rehearsal")
    if address := _ADDRESS.search(normalize("NFKC", title)):
        return Mistake(
            f"A title holds no web address ({quoted(address[0])}): put it into the description"
        )
    return title


def parse_description(text: str) -> str | Mistake:
    """Clean a description: up to 2,000 characters on any number of lines; "" is none."""
    if len(text) > 4 * LONGEST_DESCRIPTION:
        return _too_long("description", len(text), LONGEST_DESCRIPTION)
    lines = _LINE_ENDS.sub("\n", _HARMLESS.sub("", text)).replace("\t", " ").split("\n")
    kept = [BLANKS.sub(" ", line).strip(" ") for line in lines]
    description = normalize("NFC", "\n".join(kept).strip("\n"))
    if found := HARMFUL.search(description.replace("\n", " ")):
        return _unwelcome("description", found[0])
    if len(description) > LONGEST_DESCRIPTION:
        return _too_long("description", len(description), LONGEST_DESCRIPTION)
    return description if _visible(description) else ""


def parse_reason(text: str) -> str | Mistake:
    """Clean a reason, as for a cancellation: one line of up to 300 characters; "" is none."""
    reason = _one_line(text, "reason", LONGEST_REASON)
    return reason if isinstance(reason, Mistake) or _visible(reason) else ""


def parse_list_name(text: str) -> str | Mistake:
    """Clean the name of an audience list: 1 to 40 letters, digits, spaces, `-` and `_`."""
    name = _one_line(text, "name", LONGEST_LIST_NAME)
    if isinstance(name, Mistake):
        return name
    if wrong := [each for each in name if each not in " -_" and category(each)[0] not in "LMN"]:
        return Mistake(
            f"A list's name has letters, digits, spaces, - and _ only, not {quoted(wrong[0])}. "
            "Write for example choir-friends"
        )
    if not any(category(each)[0] in "LN" for each in name):
        return Mistake("A list needs a name. Write for example choir-friends")
    return name


def parse_watch_user(text: str) -> str | Mistake:
    """Check a user name for watchers: up to 40 visible ASCII characters that URLs do not use.

    It stands before the colon of HTTP's basic authentication (RFC 7617) and in URLs. "" lets the
    desk make one.
    """
    user = text.strip(" ")
    if len(user) > LONGEST_USER:
        return _too_long("user name", len(user), LONGEST_USER)
    if user and (not _USER.fullmatch(user) or _NOT_IN_USER.search(user)):
        return Mistake(
            "A user name has letters, digits and signs but no space and none of : @ / ? & # %. "
            "Write for example choir"
        )
    return user


def parse_passcode(text: str) -> str | Mistake:
    """Check a passcode for watchers: 8 to 64 visible ASCII characters.

    Quotation mark, angle brackets, backslash and backtick are refused: a passcode is shown in mail
    and chat, and typed from there. "" lets the desk make one. No message repeats what was typed.
    """
    if not text:
        return ""
    if not SHORTEST_PASSCODE <= len(text) <= LONGEST_PASSCODE:
        return Mistake(
            f"A passcode has {SHORTEST_PASSCODE} to {LONGEST_PASSCODE} characters, "
            "or leave it empty and one is made"
        )
    if not _USER.fullmatch(text) or _NOT_IN_PASSCODE.search(text):
        return Mistake(
            'A passcode has letters, digits and signs but no space and none of " < > \\ `, '
            "or leave it empty and one is made"
        )
    return text


def _one_line(text: str, what: str, longest: int) -> str | Mistake:
    """Clean a text of one line; line breaks around it do no harm, within it they do."""
    if len(text) > 4 * LONGEST_DESCRIPTION:
        return _too_long(what, len(text), longest)
    line = tidy(_HARMLESS.sub("", text).strip("\r\n\t "))
    if found := HARMFUL.search(line):
        return _unwelcome(what, found[0])
    return line if len(line) <= longest else _too_long(what, len(line), longest)


def _visible(text: str) -> bool:
    """Tell whether there is anything to see: not only blanks, joiners and lone accents."""
    return any(category(each)[0] in "LNPS" for each in _JOINED.sub("", text))


def _unwelcome(what: str, character: str) -> Mistake:
    """Name the character that must not be there."""
    return Mistake(f"There is {name_character(character)} in the {what}: type it anew without it")


def _too_long(what: str, length: int, longest: int) -> Mistake:
    """Say by how much it is too long."""
    return Mistake(f"The {what} has {length:,} characters: shorten it to {longest:,}")
