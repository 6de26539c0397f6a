"""Each reason for a denial, in words."""

from __future__ import annotations

from typing import assert_never

from bot.answers.wording import counted
from bot.commands.hours import say_hours
from core.model.prose import At, During, Line, Said
from core.model.server import Quota
from core.notices.times import length_words
from core.policy.reasons import (
    BlackedOut,
    Closed,
    Full,
    InThePast,
    OverQuota,
    Reason,
    Retired,
    TooEarly,
    TooLate,
    TooLong,
    TooManyViewers,
    TooShort,
)


def reason_line(reason: Reason) -> Line:  # noqa: C901, PLR0911 - one sentence for each reason
    """Say one reason, with the figures that explain it."""
    match reason:
        case InThePast():
            return ("It begins in the past.",)
        case TooShort(shortest):
            return (f"It is too short: a slot here lasts at least {length_words(shortest)}.",)
        case TooLong(longest):
            return (f"It is too long: a slot here lasts at most {length_words(longest)}.",)
        case TooLate(notice, earliest):
            return (
                f"It is too soon. Slots are reserved at least {length_words(notice)} ahead: ",
                "the earliest start now is ",
                At(earliest),
                ".",
            )
        case TooEarly(horizon, latest):
            return (
                f"It is too far off. Slots are reserved at most {length_words(horizon)} ahead: ",
                "the latest start now is ",
                At(latest),
                ".",
            )
        case Closed():
            return (_closed(reason),)
        case BlackedOut(blackout):
            why: Line = (": ", Said(blackout.reason)) if blackout.reason else (".",)
            return ("It is closed ", During(blackout.slot), *why)
        case Full(max_streams, taken):
            what = (
                "It is taken" if max_streams == 1 else f"All of its {max_streams} streams are taken"
            )
            return (f"{what} ", During(taken), ".")
        case TooManyViewers(max_viewers, left):
            return (
                f"It carries {counted(max_viewers, 'viewer')} at once",
                f" and then has room for {left:,} more.",
            )
        case OverQuota(quota):
            return (f"It would be more than one holder may have there: {quota_words(quota)}.",)
        case Retired():
            return ("It takes no reservations any more.",)
    assert_never(reason)


def quota_words(quota: Quota) -> str:
    """Say a quota as it is written: `3 per week and 10 h per week`."""
    bounds = []
    if quota.reservations is not None:
        bounds.append(f"{quota.reservations} per {quota.per.value}")
    if quota.total_length is not None:
        bounds.append(f"{length_words(quota.total_length)} per {quota.per.value}")
    return " and ".join(bounds) or "no bound"


def _closed(reason: Closed) -> str:
    if not reason.hours:
        return f"It is closed on that day ({reason.zone})."
    return f"It is not wholly within the opening hours: {say_hours(reason.hours)} ({reason.zone})."
