"""The schedule as a picture: lanes of time with what is on them, as SVG within a page.

A pure function of values. Nothing in it is a style or a script of its own, which the pages' policy
would not let be; what things look like stands in schedule.css, by their classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from markupsafe import Markup

from core.model.slot import Slot

Ruler: TypeAlias = tuple[tuple[timedelta, str], ...]

_GUTTER, _PLOT, _MARGIN = 120.0, 990.0, 10.0
_HEAD, _ROW, _EDGE, _OWN_HEAD = 26.0, 28.0, 5.0, 16.0
_NARROWEST = 2.0  # of what is drawn at all
_NARROWEST_TEXT = 26.0
_PATTERNS = Markup(
    '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><rect class="hatch-ground" width="7" height="7"/>'
    '<path class="hatch-line" d="M0 0V7"/></pattern>'
    '<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<circle class="dot" cx="2" cy="2" r="1.1"/></pattern></defs>'
)
_PICTURE = Markup(
    '<svg class="time-line" role="img" aria-labelledby="time-line-title time-line-about"'
    ' viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">'
    '<title id="time-line-title">{title}</title><desc id="time-line-about">{about}</desc>'
    "{patterns}{parts}</svg>"
)
_RECT = Markup('<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}"/>')
_FILLED = Markup(
    '<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" fill="url(#{fill})"/>'
)
_GROUP = Markup('<g class="{kind}"><title>{words}</title>{parts}</g>')
_TEXT = Markup('<text class="{kind}" x="{x}" y="{y}">{text}</text>')
# what an inner picture does not hold is cut off
_CUT_TEXT = Markup(
    '<svg x="{x}" y="{y}" width="{width}" height="{height}">'
    '<text class="{kind}" x="5" y="{base}">{text}</text></svg>'
)
_PATH = Markup('<path class="{kind}" d="{path}"/>')


@dataclass(frozen=True, slots=True)
class Block:
    """A slot on a lane, and `around` it the set-up and tear-down.

    `label` stands in it, `words` are shown to whoever points at it. `row` counts from 0: parallel
    streams lie beneath each other.
    """

    slot: Slot
    around: Slot
    certain: bool
    label: str
    words: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Closed:
    """A blackout on a lane."""

    slot: Slot
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that a lane is marked at; with a `label` it is a longer one."""

    at: datetime
    label: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A stretch of time with what is on it; what reaches beyond the stretch is cut off there."""

    label: str
    span: Slot
    note: str = ""
    marks: tuple[Mark, ...] = ()
    blocks: tuple[Block, ...] = ()
    closed: tuple[Closed, ...] = ()
    rows: int = 1


def stacked(around: Sequence[Slot]) -> tuple[int, ...]:
    """Give each of some slots a row, as few as can be, so that no two share one at a time."""
    rows = [0] * len(around)
    free_at: list[datetime] = []
    for index in sorted(range(len(around)), key=lambda one: around[one].starts_at):
        slot = around[index]
        found = (row for row, at in enumerate(free_at) if at <= slot.starts_at)
        row = next(found, len(free_at))
        free_at[row : row + 1] = [slot.ends_at]
        rows[index] = row
    return tuple(rows)


def time_line(title: str, about: str, lanes: Sequence[Lane], now: datetime) -> Markup:
    """Draw lanes beneath each other, all to one scale: a day of 23 hours is a shorter lane."""
    longest = max((lane.span.length for lane in lanes), default=timedelta(hours=1))
    head = _common_ruler(lanes)
    parts = [*_labels(head, longest, 18)]
    top = _HEAD
    for lane in lanes:
        drawn = _Drawing(lane, longest, top, own_head=_ruler(lane) != head)
        parts += drawn.parts(now)
        top += drawn.height
    return _PICTURE.format(
        width=_figure(_GUTTER + _PLOT + _MARGIN),
        height=_figure(top + 1),
        title=title,
        about=about,
        patterns=_PATTERNS,
        parts=Markup().join(parts),
    )


@dataclass
class _Drawing:
    """One lane at its place in the picture."""

    lane: Lane
    longest: timedelta
    top: float
    own_head: bool

    @property
    def height(self) -> float:
        return self._head + self.lane.rows * _ROW + 2 * _EDGE

    @property
    def _head(self) -> float:
        return _OWN_HEAD if self.own_head else 0.0

    def parts(self, now: datetime) -> Iterator[Markup]:
        span, height = self.lane.span, self.height
        yield self._rect(span, "ground", self.top, height)
        yield self._ticks("tick", [mark.at for mark in self.lane.marks if not mark.label])
        yield self._ticks("tick major", [mark.at for mark in self.lane.marks if mark.label])
        if self.own_head:
            yield from _labels(_ruler(self.lane), self.longest, self.top + 13)
        for closed in self.lane.closed:
            if closed.slot.overlaps(span):
                part = self._rect(closed.slot, "closed", self.top, height, "hatch")
                yield _GROUP.format(kind="blackout", words=closed.words, parts=part)
        for block in self.lane.blocks:
            if block.around.overlaps(span):
                yield self._block(block)
        if span.starts_at <= now < span.ends_at:
            yield self._ticks("now", [now])
        yield from self._names()

    def _names(self) -> Iterator[Markup]:
        middle = self.top + self.height / 2
        width, base = _figure(_GUTTER - 6), "15"
        for kind, text, y in (
            ("name", self.lane.label, middle - (20 if self.lane.note else 11)),
            ("note", self.lane.note, middle - 2),
        ):
            if text:
                yield _CUT_TEXT.format(
                    kind=kind, x="0", y=_figure(y), width=width, height="20", base=base, text=text
                )

    def _block(self, block: Block) -> Markup:
        y, height = self.top + self._head + _EDGE + block.row * _ROW, _ROW - 2
        parts: list[Markup] = []
        if block.around != block.slot:
            parts.append(self._rect(block.around, "around", y + 3, height - 6, "dots"))
        if block.slot.overlaps(self.lane.span):
            parts.append(self._rect(block.slot, "taken", y, height))
            x, width = self._place(block.slot)
            if width >= _NARROWEST_TEXT:
                text = _CUT_TEXT.format(
                    kind="label",
                    x=_figure(x),
                    y=_figure(y),
                    width=_figure(width - 3),
                    height=_figure(height),
                    base="18",
                    text=block.label,
                )
                parts.append(text)
        kind = "certain" if block.certain else "provisional"
        return _GROUP.format(kind=kind, words=block.words, parts=Markup().join(parts))

    def _rect(self, slot: Slot, kind: str, y: float, height: float, fill: str = "") -> Markup:
        x, width = self._place(slot)
        return (_FILLED if fill else _RECT).format(
            kind=kind,
            x=_figure(x),
            y=_figure(y),
            width=_figure(width),
            height=_figure(height),
            fill=fill,
        )

    def _ticks(self, kind: str, instants: Iterable[datetime]) -> Markup:
        begin, end = _figure(self.top), _figure(self.top + self.height)
        span = self.lane.span
        xs = [_figure(_x(at - span.starts_at, self.longest)) for at in instants]
        path = "".join(f"M{x} {begin}V{end}" for x in xs)
        return _PATH.format(kind=kind, path=path) if path else Markup()

    def _place(self, slot: Slot) -> tuple[float, float]:
        """Give where as much of a slot as lies on the lane begins, and how wide it is."""
        span = self.lane.span
        begin = _x(max(slot.starts_at, span.starts_at) - span.starts_at, self.longest)
        end = _x(min(slot.ends_at, span.ends_at) - span.starts_at, self.longest)
        return begin, max(end - begin, _NARROWEST)


def _x(after: timedelta, longest: timedelta) -> float:
    return _GUTTER + after / longest * _PLOT


def _ruler(lane: Lane) -> Ruler:
    """Give what is written above a lane, and how long after its start."""
    return tuple((mark.at - lane.span.starts_at, mark.label) for mark in lane.marks if mark.label)


def _common_ruler(lanes: Sequence[Lane]) -> Ruler:
    common = Counter(_ruler(lane) for lane in lanes).most_common(1)
    return common[0][0] if common else ()


def _labels(ruler: Ruler, longest: timedelta, y: float) -> Iterator[Markup]:
    for after, label in ruler:
        x = _figure(_x(after, longest) + 3)
        yield _TEXT.format(kind="hour", x=x, y=_figure(y), text=label)


def _figure(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
