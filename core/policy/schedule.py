"""When a reservation must be looked at again: its deadlines and reminders, as moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from core.model.due import Due, DueKind
from core.model.reservation import Reservation, Status
from core.model.server import Server, ServerKind
from core.policy.instants import shifted
from core.policy.no_show import ask_at, free_at

KEY_LEAD = timedelta(minutes=15)  # before set-up begins: time enough to enter it in an encoder
ASKED_LEAD = timedelta(minutes=15)  # for whoever asked to be reminded: time enough to sit down


def schedule(
    reservation: Reservation, server: Server, keep_addresses: timedelta, now: datetime
) -> tuple[Due, ...]:
    """Give what falls due from now on; moments that have passed are not made up for."""
    return tuple(
        due
        for due in _all_dues(reservation, server, keep_addresses)
        if due.due_at > now or due.kind in {DueKind.DEADLINE, DueKind.OVER, DueKind.ERASURE}
    )


def stream_key_due(reservation: Reservation, server: Server) -> datetime | None:
    """Give when the holder is sent the stream key; None for a server that never asks for one."""
    if server.kind is ServerKind.LINK:
        return None
    return shifted(reservation.slot.starts_at, -(server.rules.set_up + KEY_LEAD))


def _all_dues(reservation: Reservation, server: Server, keep_addresses: timedelta) -> Iterator[Due]:
    slot, number = reservation.slot, reservation.id
    tear_down = server.rules.tear_down
    # whoever connects during tear-down has an address too
    yield Due(shifted(slot.ends_at, max(keep_addresses, tear_down)), number, DueKind.ERASURE)
    if not reservation.status.live:
        return
    yield Due(shifted(slot.ends_at, tear_down), number, DueKind.OVER)
    yield from _no_show_dues(reservation, server)
    deadline = reservation.reconfirm_by
    if reservation.status is Status.PERMITTED and deadline is not None:
        yield Due(deadline, number, DueKind.DEADLINE)
        before = server.rules.reconfirm_reminder
        yield Due(shifted(deadline, -before), number, DueKind.DEADLINE_REMINDER)
    for lead in set(reservation.reminders):
        yield Due(shifted(slot.starts_at, -lead), number, DueKind.REMINDER, lead)
    # kept for every reservation: whoever asks to be reminded asks later
    yield Due(shifted(slot.starts_at, -ASKED_LEAD), number, DueKind.ASKED_REMINDER, ASKED_LEAD)
    key_at = stream_key_due(reservation, server)
    if key_at is not None:
        yield Due(key_at, number, DueKind.STREAM_KEY)


def _no_show_dues(reservation: Reservation, server: Server) -> Iterator[Due]:
    """Give when it is looked whether anybody publishes; never where nobody could tell."""
    if server.kind is ServerKind.LINK:
        return
    moments = {
        DueKind.NO_SHOW: ask_at(reservation.slot, server.rules),
        DueKind.RELEASE: free_at(reservation.slot, server.rules),
    }
    yield from (Due(at, reservation.id, kind) for kind, at in moments.items() if at is not None)
