"""What people write in a server's fields: names, addresses, numbers, lengths of time."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from bot.form.answers import Mistake, Unreadable, either, suggest
from bot.form.characters import HARMFUL, name_character, quoted, tidy
from bot.form.length import bounded, read_length
from core.model.server import ServerKind

LONGEST_SERVER_NAME = 60
LONGEST_ADDRESS = 500
LONGEST_DURATION = timedelta(days=1000)
GREATEST_COUNT = 1_000_000
_NONE = frozenset({"none", "no", "off", "unlimited"})
_SCHEMES = ("https", "http", "rtmp", "rtmps", "rtsp", "rtsps", "srt", "icecast")
_PLAIN = re.compile(r"[!-~]+", re.ASCII)
_NOT_IN_ADDRESS = re.compile(r"[\"<>`\\^|]")


def parse_server_name(text: str) -> str | Mistake:
    """Clean a server's name: one line of 1 to 60 characters, without what splits a command."""
    if len(text) > 4 * LONGEST_SERVER_NAME:
        return _too_long(text)
    name = tidy(text.strip())
    if found := HARMFUL.search(name):
        return Mistake(f"There is {name_character(found[0])} in the name: type it anew without it")
    if len(name) > LONGEST_SERVER_NAME:
        return _too_long(name)
    if not any(character.isalnum() for character in name):
        return Mistake("A server needs a name. Write for example Studio")
    if found := re.search(r"[\"=<>@\u201c-\u201f]", name):
        return Mistake(f"A server's name holds no {quoted(found[0])}. Write for example Studio 2")
    return name


def _too_long(name: str) -> Mistake:
    return Mistake(f"The name has {len(name):,} characters: shorten it to {LONGEST_SERVER_NAME}")


def parse_address(text: str) -> str | Mistake:
    """Check a stream's address: an absolute one, of a kind that players and encoders open."""
    address = text.strip()
    if not address:
        return ""
    if len(address) > LONGEST_ADDRESS:
        return Mistake(f"That is too long for an address: more than {LONGEST_ADDRESS} characters")
    if not _PLAIN.fullmatch(address) or _NOT_IN_ADDRESS.search(address):
        return Mistake(f"{quoted(address)} has a character in it that addresses do not have")
    try:
        parts = urlsplit(address.replace("{path}", "path"))
        known = parts.scheme.lower() in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        return Mistake(
            f"{quoted(address)} is no address of a stream. One begins with {either(_SCHEMES)}, as "
            "in https://live.example.org/hls/{path}.m3u8"
        )
    if re.search(r"[{}]", address.replace("{path}", "")):
        return Mistake("Only {path} may stand in braces: it becomes the reservation's stream name")
    return address


def parse_kind(text: str) -> ServerKind | Mistake:
    """Read what kind of server it is."""
    word = text.strip().casefold()
    for kind in ServerKind:
        if kind.value == word:
            return kind
    hint = suggest(word, ServerKind)
    return Mistake(
        f"There is no kind of server {quoted(text)}.{hint} There is {either(ServerKind)}"
    )


def parse_count(text: str) -> int | Mistake:
    """Read a number of streams or watchers, from 1 to a million."""
    plain = text.strip().replace(",", "")
    if not re.fullmatch(r"\d{1,7}", plain, re.ASCII):
        return Mistake(f"{quoted(text)} is no number here. Write for example 2")
    if not 1 <= int(plain) <= GREATEST_COUNT:
        return Mistake(f"It must be between 1 and {GREATEST_COUNT:,}")
    return int(plain)


def parse_bound(text: str) -> int | Mistake | None:
    """Read a number as `parse_count` does, or `none` for no limit."""
    return None if text.strip().casefold() in _NONE else parse_count(text)


def parse_duration(text: str) -> timedelta | Mistake:
    """Read a length of time that a rule asks for; 0 or `none` is no time at all."""
    if text.strip().casefold() in _NONE | {"0"} or re.fullmatch(r"0+ ?\w{1,8}", text.strip()):
        return timedelta(0)
    try:
        return bounded(read_length(text), text, longest=LONGEST_DURATION)
    except Unreadable as unreadable:
        return unreadable.mistake


def parse_yes(text: str) -> bool | Mistake:
    """Read a yes or no."""
    word = text.strip().casefold()
    if word in {"yes", "y", "true", "on"}:
        return True
    if word in {"no", "n", "false", "off"}:
        return False
    return Mistake(f"{quoted(text)}: write yes or no")
