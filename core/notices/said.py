"""What people typed, made fit to be shown: no character that could move, hide or break the rest."""

from __future__ import annotations

from unicodedata import category

# joiners spell Persian words and emoji families; they cannot reorder or hide what stands beside
_KEPT_FORMAT = "\u200c\u200d"
_BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
_PLANE_END = 0xFFFE
_NONCHARACTERS = range(0xFDD0, 0xFDF0)


def cleaned(text: str) -> str:
    """Make one line of a person's words: breaks become spaces, invisible characters go.

    Dropped are control characters, bidirectional marks and other invisible format characters,
    lone surrogates, private-use characters and noncharacters.
    """
    if text.isprintable():
        return text
    return "".join(" " if ch in _BREAKS else ch for ch in text if ch in _BREAKS or _shown(ch))


def cleaned_lines(text: str) -> tuple[str, ...]:
    """Make the lines of a longer text, each cleaned, without blank ones at either end."""
    lines = [cleaned(line).rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    return tuple(lines)


def shortened(text: str, limit: int) -> str:
    """Clean a text, gather its white space, and cut it to `limit` characters with an ellipsis."""
    line = " ".join(cleaned(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _shown(ch: str) -> bool:
    if ch in _KEPT_FORMAT:
        return True
    point = ord(ch)
    if point & _PLANE_END == _PLANE_END or point in _NONCHARACTERS:
        return False
    return category(ch) not in _DROPPED
