"""A picture of curves, as SVG that follows the reader's light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import count
from math import floor, log10

from tests.benchmarks.measuring import Curve

_WIDTH, _HEIGHT, _LEFT, _TOP = 420, 250, 64, 44
_PANEL = _WIDTH + 110
_COLOURS = ("#2f6fde", "#c2571a", "#2a8c4a", "#8b4fb8")
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1c2430 }
  .title { font-weight: 600; font-size: 15px }
  .axis { stroke: #8a94a3; fill: none }
  .faint { stroke: #8a94a344; fill: none }
  @media (prefers-color-scheme: dark) { text { fill: #e6eaf0 } }
"""


def picture(panels: Sequence[tuple[str, str, Sequence[Curve]]]) -> str:
    """Draw panels beside each other: a title, what x is, and the curves. X is logarithmic."""
    drawn = [
        f'<g transform="translate({number * _PANEL} 0)">{_panel(*panel)}</g>'
        for number, panel in enumerate(panels)
    ]
    size = f'width="{len(panels) * _PANEL}" height="{_HEIGHT + 130}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
        f"<title>{escape('; '.join(title for title, _, _ in panels))}</title>"
        f"<style>{_STYLE}</style>{''.join(drawn)}</svg>\n"
    )


def _panel(title: str, along: str, curves: Sequence[Curve]) -> str:
    xs = sorted({x for curve in curves for x in curve.points})
    top = max(value for curve in curves for value in curve.points.values()) * 1.1
    left, right = log10(xs[0]), log10(xs[-1])

    def at(x: int, y: float) -> tuple[float, float]:
        along_x = _LEFT + (log10(x) - left) / (right - left) * _WIDTH
        return along_x, _TOP + _HEIGHT - y / top * _HEIGHT

    parts = [f'<text class="title" x="{_LEFT}" y="24">{escape(title)}</text>']
    step = _step(top)
    for y in count():
        if y * step > top:
            break
        _, height = at(xs[0], y * step)
        parts.append(
            f'<path class="faint" d="M{_LEFT} {height:.0f}h{_WIDTH}"/>'
            f'<text x="{_LEFT - 8}" y="{height + 4:.0f}" text-anchor="end">{y * step:,g}</text>'
        )
    for x in xs:
        across, _ = at(x, 0)
        parts.append(
            f'<text x="{across:.0f}" y="{_TOP + _HEIGHT + 20}" text-anchor="middle">{x:,}</text>'
        )
    middle = f'x="{_LEFT + _WIDTH / 2:.0f}" y="{_TOP + _HEIGHT + 40}" text-anchor="middle"'
    parts.append(f"<text {middle}>{escape(along)}</text>")
    parts.append(f'<path class="axis" d="M{_LEFT} {_TOP}v{_HEIGHT}h{_WIDTH}"/>')
    for number, curve in enumerate(curves):
        parts.append(_curve(curve, number, [at(x, y) for x, y in sorted(curve.points.items())]))
    return "".join(parts)


def _curve(curve: Curve, number: int, points: Sequence[tuple[float, float]]) -> str:
    colour = _COLOURS[number % len(_COLOURS)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points
    )
    x, y = _LEFT + number % 2 * 210, _TOP + _HEIGHT + 62 + number // 2 * 20
    return (
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
        f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{colour}"/>'
        f'<text x="{x + 18}" y="{y}">{escape(curve.name)}</text>'
    )


def _step(top: float) -> float:
    """Choose what lies between two lines: 1, 2 or 5 of something, five lines or so."""
    rough = top / 5
    power = float(10 ** floor(log10(rough)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
