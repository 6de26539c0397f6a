"""Characters that nobody sees, or that break lines and reverse them: found, named, removed."""

from __future__ import annotations

import re
from unicodedata import normalize

CONTROLS = "\x00-\x1f\x7f-\x9f"
LINE_BREAKS = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
JOINERS = "\u200c\u200d"  # Persian, the scripts of India and family emoji cannot do without

# Bidi marks, zero-width and filler characters, tags, surrogates and noncharacters. Variation
# selectors (U+FE00-F) stay out: they choose how an emoji looks.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U0010fffe\U0010ffff"
)

HARMFUL = re.compile(f"[{CONTROLS}{_UNSEEN}]")
UNSEEN = re.compile(f"[{CONTROLS}{_UNSEEN}{JOINERS}]")
# Every kind of blank that is no line break: NBSP, the typographic spaces, the ideographic one.
BLANKS = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]+")

# What may be cut off either end of an address. The overrides (U+202D, U+202E) are not among them:
# they make an address look like another one, so it is refused.
EDGES = (
    " \t\u00a0\u3000\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202f"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)

LONGEST_QUOTE = 40


def name_character(character: str) -> str:
    """Name an unwelcome character for a message: what it does, and its number."""
    number = f"U+{ord(character):04X}"
    if re.match(f"[{LINE_BREAKS}]", character):
        return "a line break"
    if character == "\t":
        return "a tab"
    if re.match(f"[{CONTROLS}]", character):
        return f"a control character ({number})"
    return f"an invisible character ({number})"


def tidy(text: str) -> str:
    """Put text on one line in NFC: every run of blanks becomes one space, the ends are cut."""
    return BLANKS.sub(" ", normalize("NFC", text)).strip(" ")


def seen(text: str) -> str:
    """Show text in a message: what is invisible appears as U+FFFD, so that nothing hides in it."""
    return UNSEEN.sub("\ufffd", text)


def quoted(text: str, longest: int = LONGEST_QUOTE) -> str:
    """Quote what somebody typed, on one line, shortened: for use in our own sentences."""
    short = text if len(text) <= longest else text[: longest - 1] + "\u2026"
    return f"\u201c{seen(short)}\u201d"
