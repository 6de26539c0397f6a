"""Looking things up: what is booked, one reservation in full, what is free. Nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.people import Actor
from core.model.reservation import Reservation
from core.model.server import Server, ServerKind
from core.model.slot import Slot
from core.outbox.tally import Tally, tally
from core.policy.free import free_slots
from core.policy.load import busy_interval
from core.store.connections import Aired
from core.store.reservations import Revision, Secrets
from core.store.store import Store
from core.usecases.answers import NoSuchServer, NotAllowed, NotFound
from core.usecases.authority import managed, may_manage, reservable
from core.usecases.deciding import load_around

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: a reservation the actor may manage, or no more than a busy slot."""

    slot: Slot
    server_name: str
    reservation: Reservation | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One reservation in full, for those who may manage it.

    `secrets` holds the shared credentials; the stream key only when it is asked for. `revisions`
    are all there were, the first one first. `aired` is what went out, None where nobody can tell;
    `publishing` is when the server takes the holder's stream; `at` is when all this was so.
    """

    reservation: Reservation
    server: Server
    holder_name: str
    roll: Tally
    secrets: Secrets
    at: datetime
    publishing: Slot
    aired: Aired | None = None
    revisions: tuple[Revision, ...] = ()

    @property
    def ended(self) -> bool:
        """Tell whether its slot has passed, though its tear-down may not have."""
        return self.reservation.slot.ends_at <= self.at


@dataclass(frozen=True, slots=True)
class Free:
    """What is free on one server: the stretches in which a slot of that length can be put."""

    server: Server
    length: timedelta
    window: Slot
    stretches: tuple[Slot, ...]


def list_mine(store: Store, now: datetime, actor: Actor) -> tuple[Entry, ...]:
    """List the actor's own live reservations, soonest first."""
    mine = store.reservations.of_holder(actor.person_id, now, MOST_LISTED)
    names = _names(store, mine)
    return tuple(Entry(one.slot, names[one.server_id], one) for one in mine)


def list_all(store: Store, now: datetime, actor: Actor) -> tuple[Entry, ...]:
    """List what is booked on the servers of the actor's workspace; others' slots only as busy."""
    servers = {server.id: server for server in store.servers.visible(actor.workspace_id)}
    booked = store.reservations.on_servers(servers, now, MOST_LISTED)
    return tuple(
        Entry(one.slot, servers[one.server_id].name, one if may_manage(actor, one) else None)
        for one in booked
    )


def my_codes(store: Store, now: datetime, actor: Actor) -> tuple[Reservation, ...]:
    """Give the reservations whose codes a front end offers to complete."""
    return store.reservations.of_holder(actor.person_id, now, MOST_LISTED)


def show(store: Store, now: datetime, actor: Actor, code: str) -> Shown | NotFound | NotAllowed:
    """Show one reservation with who was told of it and who was not."""
    found = managed(store, actor, code)
    if not isinstance(found, Reservation):
        return found
    server = store.servers.get(found.server_id)
    if server is None:
        return NotFound(code)
    revisions = store.reservations.revisions(found.id, range(1, found.revision + 1))
    return Shown(
        reservation=found,
        server=server,
        holder_name=store.people.name_in(found.workspace_id, found.holder_id),
        roll=tally(store, found),
        secrets=store.reservations.secrets(found.id),
        at=now,
        publishing=store.reservations.busy(found.id),
        aired=_aired(store, found, server),
        revisions=tuple(revisions[number] for number in sorted(revisions)),
    )


def find_free(  # noqa: PLR0913 - where, when, how long, how many
    store: Store,
    now: datetime,
    actor: Actor,
    *,
    server_id: int,
    window: Slot,
    length: timedelta,
    viewers: int = 0,
) -> Free | NoSuchServer:
    """Find where a slot of that length can still be put."""
    server = store.servers.get(server_id)
    if server is None or not reservable(actor.workspace_id, server):
        return NoSuchServer()
    wide = busy_interval(window, server.rules)
    around = load_around(store, server, wide, holder_id=actor.person_id)
    stretches = free_slots(
        window,
        length,
        viewers=viewers,
        server=server,
        blackouts=around.blackouts,
        taken=around.taken,
        held=around.held,
        now=now,
    )
    return Free(server, length, window, stretches)


def servers_of(store: Store, now: datetime, actor: Actor) -> tuple[Server, ...]:
    """List the servers that the actor may reserve."""
    return store.servers.visible(actor.workspace_id)


def _aired(store: Store, reservation: Reservation, server: Server) -> Aired | None:
    """Say what went out; of a server that never asked the gate, silence says nothing."""
    if server.kind is ServerKind.LINK:
        return None
    aired = store.connections.aired(reservation.id)
    unheard = aired.since is None and store.openings.asked_at(server.id) is None
    return None if unheard else aired


def _names(store: Store, reservations: Sequence[Reservation]) -> dict[int, str]:
    numbers = {one.server_id for one in reservations}
    servers = (store.servers.get(number) for number in numbers)
    return {server.id: server.name for server in servers if server is not None}
