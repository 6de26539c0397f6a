"""The load of a server: how many streams and viewers are taken at each instant, and its peaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from core.model.server import Rules
from core.model.slot import Slot
from core.policy.instants import shifted
from core.policy.reasons import Taken


class Load(NamedTuple):
    """What is taken throughout `[since, until)`; a plain tuple, because there are thousands."""

    since: datetime
    until: datetime
    streams: int
    viewers: int


def busy_interval(slot: Slot, rules: Rules) -> Slot:
    """Widen a slot, or a window to load, by the server's set-up and tear-down."""
    return Slot(shifted(slot.starts_at, -rules.set_up), shifted(slot.ends_at, rules.tear_down))


def loads(taken: Iterable[Taken]) -> Iterator[Load]:
    """Give the load step by step, in order, leaving out the time when nothing is taken.

    One sweep over the ends of the busy intervals; intervals that only touch never count together.
    """
    edges = [edge for one in taken for edge in _edges(one)]
    edges.sort(key=lambda edge: edge[0])
    streams = viewers = 0
    for index, (at, more_streams, more_viewers) in enumerate(edges):
        streams += more_streams
        viewers += more_viewers
        if not streams:
            continue
        until = edges[index + 1][0]  # there is one: the sum is nought again after the last edge
        if at < until:
            yield Load(at, until, streams, viewers)


def stretches_where(
    steps: Iterable[Load], matches: Callable[[Load], bool]
) -> Iterator[tuple[datetime, datetime]]:
    """Give the longest stretches `[since, until)` throughout which the load matches, in order."""
    current: tuple[datetime, datetime] | None = None
    for step in steps:
        if not matches(step):
            continue
        if current and current[1] == step.since:
            current = (current[0], step.until)
            continue
        if current:
            yield current
        current = (step.since, step.until)
    if current:
        yield current


def _edges(one: Taken) -> tuple[tuple[datetime, int, int], tuple[datetime, int, int]]:
    return (one.busy.starts_at, 1, one.viewers), (one.busy.ends_at, -1, -one.viewers)
