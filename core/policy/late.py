"""What is fair when the desk was down: missed deadlines, and reminders that come late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.slot import Slot
from core.policy.instants import shifted

LAST_CHANCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Lapse:
    """The holder had the chance and was silent: the reservation lapses."""


@dataclass(frozen=True, slots=True)
class Extend:
    """The outage took the holder's chance: the deadline moves, and the holder is told."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Keep:
    """The outage took the holder's chance and no time is left to give it back: it is confirmed."""


@dataclass(frozen=True, slots=True)
class LetPass:
    """The slot is over: nothing is left to release, and nobody is told."""


def outage_between(last_swept_at: datetime | None, now: datetime) -> Slot | None:
    """Give the outage that ends now, if no sweep was completed for more than 15 minutes.

    None also where the desk has never swept before. Ask at each sweep, before it records itself,
    and keep the last outage there was: the deadlines it took may need several sweeps.
    """
    if last_swept_at is None or now - last_swept_at <= LAST_CHANCE:
        return None
    return Slot(last_swept_at, now)


def decide_lapse(
    slot: Slot,
    reconfirm_by: datetime,
    *,
    asked_at: datetime,
    outage: Slot | None,
    now: datetime,
) -> Lapse | Extend | Keep | LetPass:
    """Decide what becomes of a permitted reservation at its deadline, which passed in silence.

    A holder may lose a slot by silence only if they could have spoken. `outage` is the last stretch
    in which no sweep was completed, `asked_at` when the holder first heard of the deadline (when
    the reservation was made will do). Asked once `reconfirm_by <= now`; or, on waking from an
    outage, for the deadlines of the next 15 minutes too.

    - The desk was awake for the last 15 minutes before the deadline, or its outage was no longer
      than 15 minutes, or the holder was asked only after it: it lapses.
    - Otherwise the deadline is extended by the outage: what was left of the holder's time when the
      desk fell asleep is left when it wakes. That is never less than 15 minutes from now and never
      later than the start. The new deadline lies clear of the outage, so this happens once.
    - If the slot starts within 15 minutes, or has begun, it is kept: a slot is not taken from under
      somebody who is about to go on the air because we were down.
    - If it is over, there is nothing to decide.
    """
    if slot.ends_at <= now:
        return LetPass()
    if outage is None or not _took_the_chance(outage, reconfirm_by, asked_at):
        return Lapse()
    if slot.starts_at <= now:
        return Keep()
    if outage.length <= LAST_CHANCE:
        return Lapse()
    if slot.starts_at - now <= LAST_CHANCE:
        return Keep()
    until = max(shifted(reconfirm_by, outage.length), shifted(now, LAST_CHANCE))
    return Extend(min(until, slot.starts_at))


def reminder_is_worth(due_at: datetime, starts_at: datetime, now: datetime) -> bool:
    """Tell whether a reminder still helps: one for a slot that has begun is skipped, not sent."""
    return max(due_at, now) < starts_at


def _took_the_chance(outage: Slot, reconfirm_by: datetime, asked_at: datetime) -> bool:
    """Tell whether the desk slept through the deadline or woke too shortly before it."""
    return outage.ends_at > max(asked_at, shifted(reconfirm_by, -LAST_CHANCE))
