"""Prometheus' text format, version 0.0.4: families of samples, as a scraper reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_FAMILY = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
_IN_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})
_IN_LABEL = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class Kind(StrEnum):
    """What a family's samples are: a counter only ever rises, but for a restart."""

    COUNTER = "counter"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure, told apart from others of its family by its labels."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Family:
    """Samples of one name; `about` says in a line what they are."""

    name: str
    kind: Kind
    about: str
    samples: tuple[Sample, ...]


def exposition(families: Iterable[Family]) -> str:
    """Write families down.

    Raises `ValueError` for what a scraper would refuse: a name that is none, or one thing twice.
    """
    lines: list[str] = []
    names: set[str] = set()
    for family in families:
        if not _FAMILY.fullmatch(family.name) or family.name in names:
            raise ValueError(f"{family.name}: no name for a family, or not the first of that name")
        names.add(family.name)
        there: set[str] = set()
        lines += [
            f"# HELP {family.name} {family.about.translate(_IN_HELP)}",
            f"# TYPE {family.name} {family.kind.value}",
        ]
        for sample in family.samples:
            series = f"{family.name}{_labels(sample.labels)}"
            if series in there:
                raise ValueError(f"{series}: there already")
            there.add(series)
            lines.append(f"{series} {_figure(sample.value)}")
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    if wrong := [name for name in labels if not _LABEL.fullmatch(name)]:
        raise ValueError(f"{wrong[0]}: no name for a label")
    pairs = (f'{name}="{labels[name].translate(_IN_LABEL)}"' for name in sorted(labels))
    return f"{{{','.join(pairs)}}}"


def _figure(value: float) -> str:
    """Write a figure as scrapers read it: theirs are `+Inf` and `NaN`, not Python's."""
    if value != value:  # noqa: PLR0124 - that is what makes it no number
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(float(value))
