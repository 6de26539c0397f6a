"""How long a message to Slack may be: pieces of rich text counted, and cut where they must be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias
from unicodedata import bidirectional

Element: TypeAlias = dict[str, Any]

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_SPARE = 3  # for the ellipsis, and a pair of isolates around what is cut


def cut(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, with an ellipsis where it was longer."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def within(text: str, units: int) -> str:
    """Cut a text to so many UTF-16 code units.

    Slack does not say what it counts in; no other way of counting gives more.
    """
    return text.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore")


def isolated(text: str) -> str:
    """Keep words written from right to left from turning ours around, by isolates in a pair."""
    if text.isascii() or _RIGHT_TO_LEFT.isdisjoint(map(bidirectional, text)):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def weight(part: Any) -> int:  # noqa: ANN401 - any piece of a block
    """Count the characters that a block, or a piece or list of pieces of one, shows."""
    if isinstance(part, list):
        return sum(map(weight, part))
    if "elements" in part:
        return weight(part["elements"])
    return len(_shown(part))


def merged(inline: Iterable[Element]) -> list[Element]:
    """Put texts of one style together: a long text in lines is then not many elements."""
    made: list[Element] = []
    for element in inline:
        last = made[-1] if made else {}
        same = element["type"] == "text" == last.get("type")
        if same and element.get("style") == last.get("style"):
            made[-1] = last | {"text": last["text"] + element["text"]}
        else:
            made.append(element)
    return made


class Budget:
    """What of a block still fits: pieces are taken as they come, and the last one is cut."""

    def __init__(self, limit: int) -> None:
        self._left = limit - _SPARE

    def fitted(self, element: Element) -> Iterator[Element]:
        """Give an element as far as it fits; nothing where it does not, or has nothing in it."""
        if self._left < 0:
            return
        if "elements" in element:
            inner = [fit for one in element["elements"] for fit in self.fitted(one)]
            if inner:
                yield element | {"elements": inner}
            return
        shown = _shown(element)
        self._left -= len(shown)
        if self._left >= 0:
            yield element
        elif element["type"] == "text":
            kept = shown[: self._left].strip(_FIRST_STRONG_ISOLATE + _POP_ISOLATE)
            yield element | {"text": f"{isolated(kept.rstrip())}…"}
        else:
            yield {"type": "text", "text": "…"}


def _shown(element: Element) -> str:
    text: str = element.get("text") or element.get("fallback") or element.get("url") or ""
    return text
