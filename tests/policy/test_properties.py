"""The decision, what is free and the alternatives hold against a model that counts minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.slot import Slot
from core.policy.free import Starts, free_slots, free_starts
from core.policy.permit import SEARCH_SPAN, decide
from core.policy.reasons import Deny, Permit, TooLong, TooShort
from core.policy.situation import Situation
from tests.policy.builders import DAY, HOUR, MINUTE, NOW
from tests.policy.model import model_permits
from tests.policy.worlds import lengths, situations, slots

GRID = 5 * MINUTE
Worlds = st.shared(situations(), key="world")
Wishes = Worlds.flatmap(lambda world: slots(world[1]))


def judged(slot: Slot, situation: Situation) -> Permit | Deny:
    return decide(
        slot,
        viewers=situation.viewers,
        server=situation.server,
        blackouts=situation.blackouts,
        taken=situation.taken,
        held=situation.held,
        now=situation.now,
    )


def permits(slot: Slot, situation: Situation) -> bool:
    return isinstance(judged(slot, situation), Permit)


def free_in(window: Slot, length: timedelta, situation: Situation) -> tuple[Starts, ...]:
    return free_starts(
        window,
        length,
        viewers=situation.viewers,
        server=situation.server,
        blackouts=situation.blackouts,
        taken=situation.taken,
        held=situation.held,
        now=situation.now,
    )


def slots_in(window: Slot, length: timedelta, situation: Situation) -> tuple[Slot, ...]:
    return free_slots(
        window,
        length,
        viewers=situation.viewers,
        server=situation.server,
        blackouts=situation.blackouts,
        taken=situation.taken,
        held=situation.held,
        now=situation.now,
    )


@settings(max_examples=300, deadline=None)
@given(world=Worlds, slot=Wishes)
def test_permits_what_the_model_permits(world: tuple[Situation, datetime], slot: Slot) -> None:
    situation, _ = world

    assert model_permits(slot, situation) == permits(slot, situation)


@settings(max_examples=150, deadline=None)
@given(world=Worlds, window=Wishes, by=st.sampled_from([0, 6, 24]), length=lengths())
def test_free_is_all_that_is_permitted_and_nothing_else(
    world: tuple[Situation, datetime], window: Slot, by: int, length: timedelta
) -> None:
    situation, _ = world
    window = window.padded(by * HOUR, by * HOUR)

    ranges = free_in(window, length, situation)

    starts = _sampled(window, ranges)
    expected = {
        at
        for at in starts
        if window.covers(Slot.of(at, length)) and permits(Slot.of(at, length), situation)
    }
    assert expected == {at for at in starts if any(r.first <= at <= r.last for r in ranges)}


def _sampled(window: Slot, ranges: tuple[Starts, ...]) -> set[datetime]:
    """Sample the window evenly, and every minute next to the end of a range."""
    step = max(window.length // 60 // MINUTE, 1) * MINUTE
    even = {window.starts_at + n * step for n in range(window.length // step + 1)}
    ends = {at for starts in ranges for at in starts}
    return even | {at + n * MINUTE for at in ends for n in (-1, 0, 1)}


@settings(max_examples=100, deadline=None)
@given(world=Worlds, window=Wishes, length=lengths())
def test_free_ranges_are_apart_and_stretches_hold_them(
    world: tuple[Situation, datetime], window: Slot, length: timedelta
) -> None:
    situation, _ = world
    window = window.padded(DAY, DAY)

    ranges = free_in(window, length, situation)
    stretches = slots_in(window, length, situation)

    assert all(one.last < other.first for one, other in pairwise(ranges))
    assert tuple(Slot(r.first, r.last + length) for r in ranges) == stretches


@settings(max_examples=300, deadline=None)
@given(world=Worlds, slot=Wishes)
def test_offers_only_what_is_permitted_nearest_first_and_apart(
    world: tuple[Situation, datetime], slot: Slot
) -> None:
    situation, _ = world
    decision = judged(slot, situation)
    offered = decision.alternatives if isinstance(decision, Deny) else ()
    starts = [one.starts_at for one in offered]

    assert all(permits(one, situation) for one in offered)
    assert {slot.length} >= {one.length for one in offered}
    assert sorted(starts, key=lambda at: (abs(at - slot.starts_at), at)) == starts
    assert len(starts) <= 3
    apart = min(slot.length, HOUR)
    assert all(abs(a - b) >= apart for a in starts for b in starts if a != b)
    assert len(set(starts)) == len(starts)


@settings(max_examples=60, deadline=None)
@given(world=Worlds, slot=Wishes)
def test_leaves_out_nothing_nearer(world: tuple[Situation, datetime], slot: Slot) -> None:
    situation, _ = world
    decision = judged(slot, situation)
    if not isinstance(decision, Deny):
        return
    wanted, apart = slot.starts_at, min(slot.length, HOUR)
    starts = [one.starts_at for one in decision.alternatives]
    before = max((at for at in starts if at < wanted), default=None)
    after = min((at for at in starts if at > wanted), default=None)
    if any(isinstance(reason, TooShort | TooLong) for reason in decision.reasons):
        assert starts == []
        return

    for at in _grid_around(slot, starts):
        if not permits(Slot.of(at, slot.length), situation):
            continue
        nearest = before if at < wanted else after
        assert nearest is not None
        assert abs(nearest - wanted) <= abs(at - wanted)
        third = [one for one in starts if one not in (before, after)]
        pair = [one for one in (before, after) if one is not None]
        if all(abs(at - one) >= apart for one in pair):
            assert third
            assert abs(third[0] - wanted) <= abs(at - wanted)


def _grid_around(slot: Slot, starts: list[datetime]) -> set[datetime]:
    """Give five-minute marks: those near the wish and the alternatives, and some of the others.

    Every zone of the worlds is a whole number of half hours from UTC: its marks are UTC's.
    """
    marks = set()
    for centre, reach, step in [
        (slot.starts_at, SEARCH_SPAN // 2, 11 * GRID * 7),
        (slot.starts_at, 2 * HOUR, GRID),
        *[(at, HOUR // 2, GRID) for at in starts],
    ]:
        first = centre - reach - (centre - reach - NOW) % GRID
        marks |= {first + n * step for n in range(2 * reach // step + 1)}
    return marks - {slot.starts_at}


@settings(max_examples=200, deadline=None)
@given(world=Worlds, slot=Wishes)
def test_denies_for_the_same_reasons_whatever_else_is_loaded(
    world: tuple[Situation, datetime], slot: Slot
) -> None:
    """What lies beside the slot's busy interval changes alternatives, never the answer."""
    situation, _ = world
    server = situation.server
    near = slot.padded(server.rules.set_up, server.rules.tear_down)
    fewer = Situation(
        server,
        situation.viewers,
        situation.blackouts,
        [one for one in situation.taken if one.busy.overlaps(near)],
        situation.held,
        situation.now,
    )

    def told(decision: Permit | Deny) -> tuple[object, ...]:
        return decision.reasons if isinstance(decision, Deny) else ()

    assert told(judged(slot, fewer)) == told(judged(slot, situation))
