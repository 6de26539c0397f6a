"""Sentences before they are rendered: each front end shows times, codes and names its own way.

A line is a tuple of spans. A plain `str` is our own wording and safe everywhere; whatever a person
typed travels as `Said`, so that a renderer can take the sting out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from core.model.slot import Slot


@dataclass(frozen=True, slots=True)
class At:
    """An instant, to be shown in the reader's zone; `date_only` leaves the clock out."""

    instant: datetime
    date_only: bool = False


@dataclass(frozen=True, slots=True)
class During:
    """A slot, to be shown from start to end in the reader's zone."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class Said:
    """Words a person typed: shown, never interpreted."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Our own words, or a code, that should stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """What people copy: a code, an address, a command to type."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address of ours with a label of ours."""

    url: str
    label: str


Span: TypeAlias = str | At | During | Said | Strong | Literal | Link
Line: TypeAlias = tuple[Span, ...]
