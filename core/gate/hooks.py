"""The port by which a streaming server asks: its request, our answer, and the dialect between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias

from core.model.gate import Asked, Decision, Gone


class Hook(NamedTuple):
    """One HTTP request of a streaming server, after its secret was found right.

    `word` is what its address ends in behind the secret, "" for nothing; `query` and `body` are as
    they came; `headers` are found by their names in lower case.
    """

    word: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        """Show its word: anything else may hold what opens something."""
        return f"<Hook {self.word!r}>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the streaming server is answered."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Noted:
    """A hook that asks nothing and is answered with a plain yes."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A hook that is none of its dialect's, or was tampered with by a client: answered with no."""

    why: str


Heard: TypeAlias = Asked | Gone | Noted | Unreadable


class Dialect(Protocol):
    """One kind of streaming server's way to ask and to be answered: translation, and no rule."""

    def read(self, hook: Hook) -> Heard:
        """Translate a request; never raises, whatever is in it."""

    def answer(self, heard: Heard, decision: Decision | None, now: datetime) -> Answer:
        """Translate the decision on what was asked; None where nothing was asked."""
