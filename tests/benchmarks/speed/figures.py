"""What benchmarks have in common: rounds in turns, ratios with their bars, and a report of both.

A machine that is shared drifts by itself. So whatever is compared takes turns, round by round, a
ratio is made within each round, and the median of those counts.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """What a ratio is held to."""

    limit: float
    at_most: bool = False

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.limit:g}{' times' if self.at_most else ''}"

    def holds(self, ratio: float) -> bool:
        """Tell whether a ratio keeps to it."""
        return ratio <= self.limit if self.at_most else ratio >= self.limit


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what was measured, against what, and what came out."""

    what: str
    against: str
    figures: str
    ratio: str = ""
    bar: str = ""
    holds: bool | None = None

    def __str__(self) -> str:
        held = {None: "", True: "  holds", False: "  BELOW ITS BAR"}[self.holds]
        bar = f"  (bar {self.bar}){held}" if self.bar else ""
        beside = f" | {self.against}" if self.against else ""
        return f"{self.what}{beside} | {self.figures} | {self.ratio}{bar}"


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a picture: `figure` says which, `points` are (x, y)."""

    figure: str
    name: str
    points: list[tuple[float, float]]


@dataclass(slots=True)
class Report:
    """What a part of the benchmarks found, printed as it comes."""

    lines: list[Line] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def add(self, *lines: Line) -> None:
        """Take in lines of the table."""
        for line in lines:
            self.lines.append(line)
            say(str(line))

    def draw(self, *curves: Curve) -> None:
        """Take in lines of a picture."""
        for curve in curves:
            self.curves.append(curve)
            points = "  ".join(f"{x:,g}: {y:,.4g}" for x, y in curve.points)
            say(f"{curve.figure}, {curve.name}: {points}")

    def as_json(self) -> str:
        """Write it down for the process that makes the table."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Read what another process wrote down."""
        known = json.loads(text)
        curves = [
            Curve(one["figure"], one["name"], [(x, y) for x, y in one["points"]])
            for one in known["curves"]
        ]
        return cls([Line(**one) for one in known["lines"]], curves)


Round = Callable[[], Awaitable[float]]


async def in_turns(*contenders: Round, rounds: int = ROUNDS) -> list[list[float]]:
    """Have each do its round, in turns, whoever was first being last next time; the first is lost.

    Gives what each reached, round by round.
    """
    reached: list[list[float]] = [[] for _ in contenders]
    for one in contenders:  # caches, connections, statements: all are warm before anything counts
        await one()
    for number in range(rounds):
        order = range(len(contenders))
        for which in reversed(order) if number % 2 else order:
            reached[which].append(await contenders[which]())
    return reached


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Give the ratio of each round."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def in_words(found: Sequence[float]) -> str:
    """Write the median of some ratios, and how far they lie apart."""
    return f"{statistics.median(found):.2f} ({min(found):.2f}–{max(found):.2f})"


def compared(  # noqa: PLR0913 - a line has this many sides
    what: str,
    against: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    bar: Bar | None = None,
    *,
    unit: str = "/s",
    digits: int = 0,
    note: str = "",
) -> Line:
    """Make the line of a comparison; the median of the ratios is what is held to the bar."""
    found = ratios(ours, theirs)
    mine, others = statistics.median(ours), statistics.median(theirs)
    return Line(
        what,
        against,
        f"{mine:,.{digits}f}{unit} against {others:,.{digits}f}{unit}{note}",
        in_words(found),
        str(bar) if bar else "",
        bar.holds(statistics.median(found)) if bar else None,
    )


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def hand_in(report: Report, words: Sequence[str]) -> None:
    """Leave a report where the process that makes the table asked for it, if one did."""
    if words:
        Path(words[0]).write_text(report.as_json(), encoding="utf-8")
