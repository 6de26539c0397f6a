"""What becomes of a slot that has begun and that nobody publishes in: asked about, then freed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.reservation import Status
from core.model.server import Rules, ServerKind
from core.model.slot import Slot
from core.policy.instants import shifted

LATE = timedelta(minutes=1)  # the desk is on time as long as it is not later than that
DEAF = timedelta(seconds=60)  # without a beat for longer, the gate could not have heard


@dataclass(frozen=True, slots=True)
class Published:
    """When anybody published a reservation's stream, first and last.

    `since` of None: never; `until` of None: somebody still does.
    """

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A slot that has begun, and what is known of it.

    `opened_at` is since when its holder may publish: since set-up began. `asked_at` is when its
    server last asked the gate; None: it never has.
    """

    slot: Slot
    opened_at: datetime
    status: Status
    kind: ServerKind
    rules: Rules
    published: Published
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hearing:
    """The gate's pulse: its last beat, and since when it has answered without a break."""

    since: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class LetBe:
    """Nobody is missed, or nobody can tell: nothing happens."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The rules give more time by now than they did: it is looked at again."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """The holder is asked. `free_at` is when the slot will be freed; None: it will not be."""

    free_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeepAsking:
    """The slot would be freed, but we may not have heard: it is kept, and the holder asked."""


@dataclass(frozen=True, slots=True)
class Free:
    """The slot is freed: it began, and nobody published though they could have."""


Outcome = LetBe | Wait | Ask | KeepAsking | Free


def ask_at(slot: Slot, rules: Rules) -> datetime | None:
    """Say when the holder is asked why nobody publishes; None: never."""
    return _within(slot, rules.no_show_after)


def free_at(slot: Slot, rules: Rules) -> datetime | None:
    """Say when a slot that nobody publishes in is freed; None: never."""
    return _within(slot, rules.no_show_release)


def decide_no_show(begun: Begun, now: datetime) -> LetBe | Wait | Ask:
    """Decide whether the holder is asked why nobody publishes.

    Not where the slot is to be freed by now: that is a decision of its own, and they hear of it.
    """
    at, freed_at = ask_at(begun.slot, begun.rules), free_at(begun.slot, begun.rules)
    if at is None or not _is_missed(begun, now):
        return LetBe()
    if now < at:
        return Wait(at)
    return LetBe() if freed_at is not None and freed_at <= now else Ask(freed_at)


def decide_release(
    begun: Begun, hearing: Hearing, *, due_at: datetime, now: datetime
) -> LetBe | Wait | KeepAsking | Free:
    """Decide whether a slot that nobody publishes in is freed.

    A holder may lose a slot by silence only if they could have been heard. So it is kept where the
    gate has not answered without a break since the start, or does not now, and where we come to it
    later than we should: whoever could not come in meanwhile may be just about to.
    """
    at = free_at(begun.slot, begun.rules)
    if at is None or not _is_missed(begun, now):
        return LetBe()
    if now < at:
        return Wait(at)
    if now - due_at > LATE or not _could_hear(hearing, begun.slot.starts_at, now):
        return KeepAsking()
    return Free()


def _within(slot: Slot, after: timedelta) -> datetime | None:
    """Give the moment so long after the start; None for zero, or if it is over by then."""
    at = shifted(slot.starts_at, after)
    return at if slot.starts_at < at < slot.ends_at else None


def _is_missed(begun: Begun, now: datetime) -> bool:
    """Tell whether somebody should be publishing, and the desk would know if they were."""
    return (
        begun.status is Status.CONFIRMED
        and begun.kind is not ServerKind.LINK
        and begun.asked_at is not None
        and now < begun.slot.ends_at
        and not _has_published(begun)
    )


def _has_published(begun: Begun) -> bool:
    """Tell whether anybody published since the window opened: of a moved slot, its present one."""
    since, until = begun.published.since, begun.published.until
    return since is not None and (until is None or until >= begun.opened_at)


def _could_hear(hearing: Hearing, starts_at: datetime, now: datetime) -> bool:
    if hearing.since is None or hearing.last is None:
        return False
    return hearing.since <= starts_at and now - hearing.last <= DEAF
