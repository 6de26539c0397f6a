"""Who must go: a streaming server's own list of connections, held against what the desk knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.addresses import path_in
from core.model.gate import Access, Admit, Reason, Running
from core.model.recipient import HOLDER
from core.model.server import Server
from core.policy.gate import Connection, Opening, why_not_stay
from core.store.connections import Admitted, OpenConnection
from core.store.store import Store
from core.usecases.gate import as_publisher

SETTLING = timedelta(seconds=15)  # a server may list a connection only once its tracks are known


@dataclass(frozen=True, slots=True)
class Ending:
    """A running connection that must end, and why."""

    running: Running
    reason: Reason


@dataclass(frozen=True, slots=True)
class Judged:
    """What a look at a server's connections says: who must go, who is seen, who has gone.

    `found` are publishers who may stay and are not on record.
    """

    endings: tuple[Ending, ...]
    seen: tuple[int, ...]
    gone: tuple[int, ...]
    found: tuple[Admitted, ...] = ()


def judge(
    store: Store,
    now: datetime,
    server: Server,
    running: Sequence[Running],
    settled: Collection[tuple[Access, str]] = frozenset(),
) -> Judged:
    """Hold a server's own list of connections against what is open, and against what was admitted.

    What is none of a reservation's streams is left alone. A connection that the server no longer
    lists has gone, unless it was admitted so shortly ago that it may not be listed yet. A publisher
    without a record gets one once it is among the `settled`, who have been listed for long: some
    servers list one while they still ask whether to let it in.
    """
    known = {(one.access, one.client): one for one in store.connections.open_on(server.id)}
    seats = _seats(store, server, running, known)
    off = _taken_off(store, list(known.values()))
    endings, found = [], []
    for one, opening, kept in seats:
        connection = _as_judged(kept, off) if kept is not None else None
        moved = opening.server_id != server.id
        reason = Reason.MOVED if moved else why_not_stay(connection, one.access, opening, now)
        if reason:
            endings.append(Ending(one, reason))
        elif kept is None and one.access is Access.PUBLISH and (one.access, one.client) in settled:
            found.append(_found(store, server, opening, one, now))
    listed = {(one.access, one.client) for one in running}
    return Judged(
        endings=tuple(endings),
        seen=tuple(one.id for key, one in known.items() if key in listed),
        gone=tuple(
            one.id
            for key, one in known.items()
            if key not in listed and abs(now - one.admitted_at) > SETTLING
        ),
        found=tuple(found),
    )


def note_running(store: Store, now: datetime, judged: Judged) -> None:
    """Write down which connections are running, and which have gone since they were last seen."""
    store.connections.see(judged.seen, now)
    store.connections.end(judged.gone)
    store.connections.sight(judged.found)


def _seats(
    store: Store,
    server: Server,
    running: Sequence[Running],
    known: Mapping[tuple[Access, str], OpenConnection],
) -> list[tuple[Running, Opening, OpenConnection | None]]:
    """Find what each connection has to do with us: by the name of its stream, else by its record.

    The record tells where a reservation has moved to another server, or the server's streams have
    other names by now.
    """
    paths = {one.stream: path_in(server, one.stream) for one in running}
    openings = store.openings.of_paths(server.id, {path for path in paths.values() if path})
    kept = {one: known.get((one.access, one.client)) for one in running}
    strays = [one for one in running if paths[one.stream] not in openings]
    recorded = store.openings.of_reservations(
        {record.reservation_id for one in strays if (record := kept[one])}
    )
    seats: list[tuple[Running, Opening, OpenConnection | None]] = []
    for one in running:
        opening, record = openings.get(paths[one.stream]), kept[one]
        if opening is not None:
            # the server counts its connections anew when it is restarted: it may be another's
            ours = record is not None and record.reservation_id == opening.reservation_id
            seats.append((one, opening, record if ours else None))
        elif record is not None and _is_the_same(store, record, one):
            seats.append((one, recorded[record.reservation_id], record))
    return seats


def _is_the_same(store: Store, record: OpenConnection, running: Running) -> bool:
    """Tell whether a record is of that connection, and not of an earlier one of its name."""
    return bool(running.address) and record.address_digest in store.vault.digests(running.address)


def _found(
    store: Store, server: Server, opening: Opening, running: Running, now: datetime
) -> Admitted:
    """Make a record of a publisher whom the server has and the desk has not: an answer was lost."""
    admit = Admit(opening.busy.ends_at, opening.reservation_id, opening.access_serial, HOLDER)
    return as_publisher(server, admit, running.client, store.vault.digest(running.address), now)


def _taken_off(store: Store, known: Sequence[OpenConnection]) -> set[tuple[int, int]]:
    """Find the recipients with a connection who are no longer on the list."""
    keys = {(one.reservation_id, one.number) for one in known if one.number}
    found = store.recipients.many([(one, number or 0) for one, number in keys])
    return {key for key, recipient in found.items() if recipient.removed}


def _as_judged(kept: OpenConnection, off: set[tuple[int, int]]) -> Connection:
    listed = (kept.reservation_id, kept.number or 0) not in off
    return Connection(kept.access, kept.number, kept.access_serial, listed)
