"""A strict reader of Prometheus' text format 0.0.4: what it does not know well it refuses.

Written from the description of the format alone ("Exposition formats", Prometheus' documentation).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_HELP = re.compile(rf"# HELP ({_NAME}) ((?:[^\\\n]|\\\\|\\n)*)")
_TYPE = re.compile(rf"# TYPE ({_NAME}) (counter|gauge)")
_SAMPLE = re.compile(rf"({_NAME})(?:\{{([^\n]*)\}})? (\S+)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
_FIGURE = re.compile(r"[+-]Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_ESCAPED = re.compile(r'\\([\\n"])')

Labels = frozenset[tuple[str, str]]


@dataclass
class Scraped:
    """One family as it was read."""

    about: str
    kind: str = ""
    samples: dict[Labels, float] = field(default_factory=dict)

    def of(self, **labels: str) -> float:
        """Give the sample with these labels."""
        return self.samples[frozenset(labels.items())]


def scrape(text: str) -> Mapping[str, Scraped]:
    """Read a page of figures; raises `AssertionError` for anything that is not as it should be.

    Each family stands in one piece, HELP first, TYPE next, each once; each series is there once.
    """
    assert text.endswith("\n")
    families: dict[str, Scraped] = {}
    current = ""
    for line in text[:-1].split("\n"):
        if found := _HELP.fullmatch(line):
            current = found[1]
            assert current not in families, line
            families[current] = Scraped(_plain(found[2]))
        elif found := _TYPE.fullmatch(line):
            assert found[1] == current, line
            assert not families[current].kind, line
            assert not families[current].samples, line
            families[current].kind = found[2]
        else:
            found = _SAMPLE.fullmatch(line)
            assert found is not None, line
            assert found[1] == current, line
            labels = _labels(found[2] or "")
            assert labels not in families[current].samples, line
            assert _FIGURE.fullmatch(found[3]), line
            families[current].samples[labels] = float(found[3])
    for name, family in families.items():
        assert family.kind, name
        assert family.about, name
        assert (family.kind == "counter") == name.endswith("_total"), name
        assert all(value >= 0 for value in family.samples.values()), name
    return families


def _labels(text: str) -> Labels:
    found: list[tuple[str, str]] = []
    rest = text
    while rest:
        pair = _LABEL.match(rest)
        assert pair is not None, text
        found.append((pair[1], _plain(pair[2])))
        rest = rest[pair.end() :]
        assert not rest or rest.startswith(","), text
        rest = rest[1:]
    assert len({name for name, _ in found}) == len(found), text
    return frozenset(found)


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: {"n": "\n"}.get(found[1], found[1]), text)
