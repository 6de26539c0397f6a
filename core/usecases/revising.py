"""Writing down a reservation's new revision: its row, what it says, and what now falls due."""

from __future__ import annotations

from core.model.addresses import with_path
from core.model.due import Due, DueKind
from core.model.people import Actor
from core.model.reservation import Facts, Reservation
from core.model.server import Server
from core.model.slot import Slot
from core.policy.schedule import schedule, stream_key_due
from core.store.store import Store


def facts_of(store: Store, reservation: Reservation, server: Server, *, reason: str = "") -> Facts:
    """Say what a reservation's present revision tells its audience."""
    return Facts(
        title=reservation.title,
        description=reservation.description,
        server_name=server.name,
        slot=reservation.slot,
        zone=str(server.zone),
        watch_url=with_path(server.watch_url, reservation.code),
        holder_name=store.people.name_in(reservation.workspace_id, reservation.holder_id),
        reply_to=reservation.reply_to,
        access_serial=reservation.access_serial,
        reconfirm_by=reservation.reconfirm_by,
        reason=reason,
    )


def revise(  # noqa: PLR0913 - what, where, by whom, why, and whether its time is new
    store: Store,
    reservation: Reservation,
    server: Server,
    actor: Actor | None,
    *,
    reason: str = "",
    busy: Slot | None = None,
) -> Facts:
    """Keep a reservation whose revision was raised; `actor` of None: the clock did it."""
    facts = facts_of(store, reservation, server, reason=reason)
    store.reservations.change(reservation, busy)
    write_down(store, reservation, server, facts, actor)
    return facts


def write_down(
    store: Store, reservation: Reservation, server: Server, facts: Facts, actor: Actor | None
) -> None:
    """Keep what a revision says, and set what falls due by it."""
    by = actor.person_id if actor else None
    store.reservations.add_revision(reservation, facts, by, store.now)
    dues = schedule(reservation, server, store.limits.keep_addresses, store.now)
    if reservation.is_new:
        store.dues.put(*dues)
    else:
        store.dues.replace(reservation.id, dues, but=(DueKind.REPORT,))


def send_late_key(store: Store, reservation: Reservation, server: Server) -> None:
    """Send the stream key at once where its moment had passed when the slot was taken."""
    key_at = stream_key_due(reservation, server)
    if key_at is not None and key_at <= store.now:
        store.dues.put(Due(store.now, reservation.id, DueKind.STREAM_KEY))
