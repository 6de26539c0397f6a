"""The decision: may this slot be had, and if not, why not and what could be had instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from core.model.server import Blackout, Rules, Server
from core.model.slot import Slot
from core.policy.alternatives import SEARCH_SPAN, nearest_alternatives, search_window
from core.policy.instants import MINUTE, ceiled, floored, shifted
from core.policy.load import Load, busy_interval, loads, stretches_where
from core.policy.opening import hours_of_days, is_open_throughout
from core.policy.quota import exceeded_quotas
from core.policy.reasons import (
    BlackedOut,
    Closed,
    Deny,
    Full,
    InThePast,
    OverQuota,
    Permit,
    Reason,
    Retired,
    Taken,
    TooEarly,
    TooLate,
    TooLong,
    TooManyViewers,
    TooShort,
)
from core.policy.situation import Situation

__all__ = ["SEARCH_SPAN", "decide", "reconfirm_deadline", "search_window"]


def decide(  # noqa: PLR0913 - a decision's facts, each by its name
    slot: Slot,
    *,
    viewers: int,
    server: Server,
    blackouts: Sequence[Blackout],
    taken: Sequence[Taken],
    held: Sequence[Slot],
    now: datetime,
) -> Permit | Deny:
    """Permit the slot, or deny it with every reason that applies and up to three alternatives.

    `taken` holds the server's live reservations within `search_window`, `held` the holder's own
    slots on it within `quota_window` of that; neither holds the reservation that is being changed.
    What counts is the peak at any instant of the slot with its set-up and tear-down, beside what
    others need for theirs; opening hours and blackouts bind the slot alone. Slots may touch.

    A length that the server does not take gets no alternatives: the reason names the bound, and
    how a show is cut or stretched is for the holder to say. Raises `ValueError` for viewers < 0.
    """
    situation = Situation(server, viewers, blackouts, taken, held, now)
    reasons = tuple(_reasons(slot, situation))
    if reasons:
        return Deny(slot, reasons, nearest_alternatives(slot, situation))
    return Permit(slot, reconfirm_deadline(server.rules, slot, now))


def reconfirm_deadline(rules: Rules, slot: Slot, now: datetime) -> datetime | None:
    """Give the instant by which a slot permitted now must be reconfirmed.

    None where nothing is to be reconfirmed: the server asks for none, or the moment has passed.
    """
    reconfirm_by = shifted(slot.starts_at, -rules.reconfirm_lead)
    return reconfirm_by if rules.reconfirm_lead > timedelta(0) and reconfirm_by > now else None


def _reasons(slot: Slot, situation: Situation) -> Iterator[Reason]:
    """Give every reason against the slot; that the server is retired leaves no room for others."""
    if situation.server.retired:
        yield Retired()
        return
    yield from _against_the_time(slot, situation)
    yield from _against_the_calendar(slot, situation)
    yield from _against_the_load(slot, situation)
    for quota in exceeded_quotas(slot, situation.server, situation.held):
        yield OverQuota(quota)


def _against_the_time(slot: Slot, situation: Situation) -> Iterator[Reason]:
    """Judge start and length against now and the server's bounds.

    The starts that a reason names are whole minutes, so that people can type them and get them.
    """
    rules, zone = situation.server.rules, situation.server.zone
    if slot.starts_at < situation.now:
        yield InThePast()
    if slot.length < rules.shortest:
        yield TooShort(rules.shortest)
    if slot.length > rules.longest:
        yield TooLong(rules.longest)
    if slot.starts_at < situation.soonest and rules.notice:
        yield TooLate(rules.notice, ceiled(situation.soonest, MINUTE, zone))
    if slot.starts_at > situation.latest:
        yield TooEarly(rules.horizon, floored(situation.latest, MINUTE, zone))


def _against_the_calendar(slot: Slot, situation: Situation) -> Iterator[Reason]:
    """Judge the slot against opening hours and blackouts."""
    server = situation.server
    if not is_open_throughout(slot, server.rules, server.zone):
        yield Closed(hours_of_days(slot, server.rules, server.zone), server.zone.key)
    for blackout in sorted(situation.blackouts, key=lambda blackout: blackout.slot):
        if blackout.slot.overlaps(slot):
            yield BlackedOut(blackout)


def _against_the_load(slot: Slot, situation: Situation) -> Iterator[Reason]:
    """Judge the slot with its set-up and tear-down against the peaks of what overlaps it."""
    rules = situation.server.rules
    busy = busy_interval(slot, rules)
    # Whatever overlaps the busy interval and holds an instant outside it holds all between the two:
    # the load of these reservations is nowhere higher than within the interval.
    steps = tuple(loads(taken for taken in situation.taken if taken.busy.overlaps(busy)))
    full = _first_full(steps, busy, rules.max_streams)
    if full:
        yield Full(rules.max_streams, full)
    if rules.max_viewers is None:
        return
    left = max(rules.max_viewers - max((step.viewers for step in steps), default=0), 0)
    if situation.viewers > left:
        yield TooManyViewers(rules.max_viewers, left)


def _first_full(steps: Sequence[Load], busy: Slot, max_streams: int) -> Slot | None:
    """Give the first stretch, as far as it reaches, in which no stream is left for the slot."""
    if max_streams < 1:
        return busy
    for since, until in stretches_where(steps, lambda step: step.streams >= max_streams):
        return Slot(since, until)
    return None
