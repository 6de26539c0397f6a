"""Long lists of values, cut so that a statement can take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

SLICE = 500  # values in one IN (…): both databases take thousands, neither likes them


def sliced(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Give the values in slices."""
    for start in range(0, len(values), SLICE):
        yield values[start : start + SLICE]
