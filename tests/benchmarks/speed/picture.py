"""Two panels as an SVG that reads in light and in dark: curves over a scale of powers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from tests.benchmarks.speed.figures import Curve

_WIDTH, _HEIGHT = 300, 240
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 60, 150, 60
_APART = 15  # between the names of two curves
_STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1c2128; }
    .title { font-size: 15px; font-weight: 600; }
    .soft { fill: #57606a; }
    .grid { stroke: #d8dee4; }
    .c0 { --c: #1857b8; } .c1 { --c: #b3441c; } .c2 { --c: #1f7a3d; } .c3 { --c: #7a4bb0; }
    path { fill: none; stroke: var(--c); stroke-width: 2; }
    circle { fill: var(--c); }
    .name { fill: var(--c); }
    @media (prefers-color-scheme: dark) {
      text { fill: #e8edf2; }
      .soft { fill: #a3aebb; }
      .grid { stroke: #323a44; }
      .c0 { --c: #85b8ff; } .c1 { --c: #ffa47a; } .c2 { --c: #7fd69a; } .c3 { --c: #cfaaff; }
    }"""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: what stands above and below it, and its curves; `powers`: also upwards."""

    title: str
    below: str
    curves: Sequence[Curve]
    powers: bool = False

    def x(self, value: float) -> float:
        """Place a value from left to right."""
        every = [x for curve in self.curves for x, _ in curve.points]
        first, last = log10(min(every)), log10(max(every))
        return _LEFT + _WIDTH * (log10(value) - first) / (last - first)

    def y(self, value: float) -> float:
        """Place a value from the bottom up."""
        marks = self.marks()
        if self.powers:
            first, last = log10(marks[0]), log10(marks[-1])
            share = (log10(value) - first) / (last - first)
        else:
            share = value / marks[-1]
        return _TOP + _HEIGHT * (1 - share)

    def marks(self) -> list[float]:
        """Give the values that lines are drawn at."""
        every = [y for curve in self.curves for _, y in curve.points]
        if self.powers:
            lowest, highest = floor(log10(min(every))), ceil(log10(max(every)))
            return [m * 10**p for p in range(lowest, highest) for m in (1, 2, 5)] + [10.0**highest]
        step = _step(max(every) / 4)
        return [step * number for number in range(ceil(max(every) / step) + 1)]


def picture(panels: Sequence[Panel]) -> str:
    """Draw panels side by side."""
    wide = _LEFT + _WIDTH + _RIGHT
    drawn = "\n".join(
        f'  <g transform="translate({number * wide} 0)">\n{_panel(one)}\n  </g>'
        for number, one in enumerate(panels)
    )
    width, height = wide * len(panels), _TOP + _HEIGHT + _BOTTOM
    names = "; ".join(one.title for one in panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img">\n'
        f"  <title>{escape(names)}</title>\n  <style>{_STYLE}\n  </style>\n{drawn}\n</svg>\n"
    )


def _panel(panel: Panel) -> str:
    parts = [_text(0, 24, panel.title, kind="title")]
    for value in panel.marks():
        y = panel.y(value)
        parts += [
            f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>',
            _text(_LEFT - 8, y + 4, f"{value:,g}", kind="soft", anchor="end"),
        ]
    for value in sorted({x for curve in panel.curves for x, _ in curve.points}):
        label = f"{value:,.0f}"
        parts.append(_text(panel.x(value), _TOP + _HEIGHT + 20, label, kind="soft"))
    parts.append(_text(_LEFT + _WIDTH / 2, _TOP + _HEIGHT + 42, panel.below, kind="soft"))
    parts += [_curve(panel, number, curve) for number, curve in enumerate(panel.curves)]
    parts += _names(panel)
    return "\n".join(f"    {part}" for part in parts)


def _curve(panel: Panel, number: int, curve: Curve) -> str:
    places = [(panel.x(x), panel.y(y)) for x, y in curve.points]
    line = " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
    return f'<g class="c{number}"><path d="M{line}"/>{dots}</g>'


def _names(panel: Panel) -> list[str]:
    """Write each name where its curve ends, none over another."""
    ends = sorted((panel.y(one.points[-1][1]), n, one.name) for n, one in enumerate(panel.curves))
    written, above = [], 0.0
    for y, number, name in ends:
        above = max(y, above + _APART)
        at = _LEFT + _WIDTH + 10
        written.append(_text(at, above + 4, name, kind=f"name c{number}", anchor="start"))
    return written


def _text(x: float, y: float, words: str, *, kind: str, anchor: str = "") -> str:
    anchor = anchor or ("start" if kind == "title" else "middle")
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(words)}</text>'


def _step(rough: float) -> float:
    """Give a round number near a rough one."""
    power = 10.0 ** floor(log10(rough))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= rough)
