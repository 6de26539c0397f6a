"""Who must now be told what: the difference between what they were told and what is true.

A level, not an edge. Nothing is decided from the event that happened; each recipient's last notice
is held against the reservation as it now stands. So two changes that nobody was told of cost one
message, and nobody hears of the end of something they never heard of. The same functions decide
when a reservation changes (whom to queue) and when a delivery is claimed (what to say, if at all).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.recipient import Recipient, Told
from core.model.reservation import Facts, NotificationPolicy, Status
from core.notices.notice import NoticeKind


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reservation stands for its audience: its status and what its revision says."""

    status: Status
    notification_policy: NotificationPolicy
    facts: Facts


@dataclass(frozen=True, slots=True)
class Difference:
    """What a recipient must be told: the kind of notice, and what they know once they read it."""

    kind: NoticeKind
    level: Told


def level_of(status: Status) -> Told:
    """Say what whoever knows of a reservation in that state takes it for."""
    match status:
        case Status.PERMITTED:
            return Told.PROVISIONAL
        case Status.CONFIRMED | Status.OVER:
            return Told.CONFIRMED
        case Status.CANCELLED | Status.LAPSED:
            return Told.CANCELLED


def level_for_audience(status: Status, policy: NotificationPolicy) -> Told:
    """Say what the audience takes it for: told on permission alone, it hears of nothing else."""
    level = level_of(status)
    if policy is NotificationPolicy.ON_PERMIT and level.expects:
        return Told.CONFIRMED
    return level


def wanted_level(standing: Standing, recipient: Recipient) -> Told:
    """Say what a recipient should by now have been told."""
    told = recipient.told
    match standing.status:
        case Status.OVER:
            return told
        case Status.CANCELLED | Status.LAPSED:
            return _ended(told)
        case Status.PERMITTED | Status.CONFIRMED:
            if recipient.removed:
                return _ended(told)
            if recipient.suppressed:
                return told  # not invited again; a cancellation they are still owed
            if standing.status is Status.CONFIRMED:
                return Told.CONFIRMED
            return _while_permitted(standing.notification_policy, told)


def difference(
    standing: Standing, recipient: Recipient, told_facts: Facts | None
) -> Difference | None:
    """Work out what, if anything, a recipient must now be told.

    `told_facts` are those of the revision they were told last, None if they were told nothing.
    """
    told, wanted = recipient.told, wanted_level(standing, recipient)
    if wanted is Told.CANCELLED and told is not wanted:
        return Difference(NoticeKind.CANCELLATION, wanted)
    if not wanted.expects or not standing.status.live or recipient.suppressed:
        return None
    if not told.expects:
        return Difference(NoticeKind.ANNOUNCEMENT, wanted)
    news = told_facts is None or not says_the_same(told_facts, standing.facts, wanted)
    if not news and told is wanted:
        return None
    now_certain = not news and wanted is Told.CONFIRMED
    return Difference(NoticeKind.CONFIRMATION if now_certain else NoticeKind.CHANGE, wanted)


def says_the_same(before: Facts, now: Facts, level: Told) -> bool:
    """Tell whether two revisions say the same to the audience at that level.

    The reconfirmation deadline is news only to those for whom the slot is provisional.
    """
    if level is Told.PROVISIONAL and before.reconfirm_by != now.reconfirm_by:
        return False
    return _as_told(before) == _as_told(now)


def reminder_is_due(standing: Standing, recipient: Recipient, told_facts: Facts | None) -> bool:
    """Tell whether a recipient should be reminded: they expect the slot, at the time it has."""
    return (
        standing.status.live
        and recipient.told.expects
        and not recipient.removed
        and not recipient.suppressed
        and told_facts is not None
        and told_facts.slot == standing.facts.slot
    )


def worthless_at(kind: NoticeKind, facts: Facts, made_at: datetime) -> datetime:
    """Say from when on a notice need no longer be sent."""
    match kind:
        case NoticeKind.REMINDER:
            return facts.slot.starts_at
        case NoticeKind.DEADLINE:
            return facts.reconfirm_by or facts.slot.starts_at
        case NoticeKind.CANCELLATION:
            return made_at + timedelta(hours=24)
        case (
            NoticeKind.ANNOUNCEMENT
            | NoticeKind.CONFIRMATION
            | NoticeKind.CHANGE
            | NoticeKind.PERMISSION
            | NoticeKind.STREAM_KEY
            | NoticeKind.NO_SHOW
        ):
            return facts.slot.ends_at
        case NoticeKind.RECEIPT | NoticeKind.LAPSE | NoticeKind.REPORT:
            return made_at + timedelta(hours=48)


def _ended(told: Told) -> Told:
    return Told.CANCELLED if told.expects else told


def _while_permitted(policy: NotificationPolicy, told: Told) -> Told:
    match policy:
        case NotificationPolicy.ON_PERMIT:
            return Told.CONFIRMED
        case NotificationPolicy.BOTH:
            return Told.PROVISIONAL
        case NotificationPolicy.ON_RECONFIRM:
            # whoever knows of it already (it was confirmed, then moved) must not be left behind
            return Told.PROVISIONAL if told.expects else told


def _as_told(facts: Facts) -> tuple[object, ...]:
    return (
        facts.title,
        facts.description,
        facts.server_name,
        facts.slot,
        facts.zone,
        facts.watch_url,
        facts.holder_name,
        facts.reply_to,
        facts.access_serial,
    )
