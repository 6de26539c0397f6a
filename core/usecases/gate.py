"""The gate's use cases: what is open now, who comes in, who is there, and who must go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.addresses import path_in
from core.model.gate import Access, Admit, ControlAddress, Decision, Gone, Reason, Refuse, Running
from core.model.recipient import HOLDER
from core.model.server import Server
from core.policy.gate import Connection, Given, Opening, Publishing, contend, decide, why_not_stay
from core.store.connections import Admitted, OpenConnection
from core.store.openings import Stamps
from core.store.store import Store

AHEAD = timedelta(minutes=5)  # of what is open soon the gate keeps in mind
GATE = "gate"
GATE_SINCE = "gate_since"
_SILENT = timedelta(seconds=30)
_SETTLING = timedelta(seconds=15)  # a server may list a connection only once its tracks are known


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What is open now or soon: its stamps, and the openings that are new or were revised."""

    stamps: Stamps
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Entered:
    """What a publisher is answered, and whose place it takes."""

    decision: Decision
    replaced: tuple[Publishing, ...] = ()


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


def gate_servers(store: Store, now: datetime) -> tuple[Server, ...]:
    """List the servers that ask the gate; retired ones too: what is reserved there goes on."""
    return store.servers.gated()


def gate_controls(store: Store, now: datetime) -> tuple[tuple[Server, ControlAddress], ...]:
    """List the servers whose connections the desk can end, with where and how."""
    servers = [one for one in gate_servers(store, now) if one.control_url]
    addresses = ((one, store.servers.control(one.id)) for one in servers)
    return tuple((server, address) for server, address in addresses if address is not None)


def refresh_openings(
    store: Store, now: datetime, server_ids: Sequence[int], known: Stamps
) -> Refreshed:
    """Read what is open on some servers, now and soon, as far as it differs from what is known."""
    stamps = store.openings.around(server_ids, now, now + AHEAD)
    changed = [one for one, revision in stamps.items() if known.get(one) != revision]
    return Refreshed(stamps, store.openings.many(changed))


def find_opening(store: Store, now: datetime, server_id: int, path: str) -> Opening | None:
    """Find what a path of a server opens, whatever has become of it."""
    return store.openings.at(server_id, path)


def enter_publisher(  # noqa: PLR0913 - who, where, with what
    store: Store,
    now: datetime,
    server: Server,
    path: str,
    given: Given,
    *,
    client: str,
    address_digest: str,
    again: bool = False,
) -> Entered:
    """Let a publisher in: the right key, at the right time, and one at a time.

    The server's row is held meanwhile, so that of two who come at once one is the first. `again`:
    the server says that it is in already; one that is not on record comes in like any other.
    """
    store.servers.lock(server.id)
    opening = store.openings.at(server.id, path)
    decision = decide(given, opening, now)
    if not isinstance(decision, Admit):
        return Entered(decision)
    there = store.connections.publishing(decision.reservation_id)
    if again and any(one.client == client for one in there):
        return Entered(decision)
    # a client of the same name counts as well: some servers name a publisher by its stream
    others = [Publishing(one.client, one.address_digest) for one in there]
    outcome = contend(others, address_digest, can_kick=bool(server.control_url))
    if isinstance(outcome, Refuse):
        return Entered(outcome)
    store.connections.end([one.id for one in there], now)
    store.connections.add([_publisher(server, decision, client, address_digest, now)])
    store.records.audit("publish", None, decision.reservation_id, server=server.id)
    return Entered(decision, outcome)


def _publisher(
    server: Server, admit: Admit, client: str, address_digest: str, at: datetime
) -> Admitted:
    return Admitted(
        server_id=server.id,
        reservation_id=admit.reservation_id,
        access=Access.PUBLISH,
        client=client,
        number=admit.number,
        access_serial=admit.access_serial,
        address_digest=address_digest,
        at=at,
    )


def note_gone(store: Store, now: datetime, server_id: int, gone: Gone) -> int:
    """Note that a connection has ended, as its server says; gives how many that were."""
    return store.connections.end_client(server_id, gone.access, gone.client, now)


def note_sighted(store: Store, now: datetime, admitted: Sequence[Admitted]) -> None:
    """Write down who was let in and is there."""
    store.connections.sight(admitted)


def gate_beat(store: Store, now: datetime, asked: Sequence[int]) -> None:
    """Note that the gate answers, and which servers asked it; and since when without a break."""
    last = store.records.last_beat(GATE)
    if last is None or now - last > _SILENT:
        store.records.beat(GATE_SINCE, now)
    store.records.beat(GATE, now)
    if asked:
        store.openings.note_asked(asked, now)


def judge(store: Store, now: datetime, server: Server, running: Sequence[Running]) -> Judged:
    """Hold a server's own list of connections against what is open, and against what was admitted.

    What is none of a reservation's streams is left alone. A connection that the server no longer
    lists has gone, unless it was admitted so shortly ago that it may not be listed yet.
    """
    paths = {one.stream: path_in(server, one.stream) for one in running}
    openings = store.openings.of_paths(server.id, {path for path in paths.values() if path})
    known = {(one.access, one.client): one for one in store.connections.open_on(server.id)}
    off = _taken_off(store, list(known.values()))
    endings, found = [], []
    for one in running:
        opening = openings.get(paths[one.stream])
        if opening is None:
            continue
        kept = _as_judged(known.get((one.access, one.client)), opening, off)
        reason = why_not_stay(kept, one.access, opening, now)
        if reason:
            endings.append(Ending(one, reason))
        elif kept is None and one.access is Access.PUBLISH:
            found.append(_found(store, server, opening, one, now))
    listed = {(one.access, one.client) for one in running}
    return Judged(
        endings=tuple(endings),
        seen=tuple(one.id for key, one in known.items() if key in listed),
        gone=tuple(
            one.id
            for key, one in known.items()
            if key not in listed and now - one.admitted_at > _SETTLING
        ),
        found=tuple(found),
    )


def note_running(store: Store, now: datetime, judged: Judged) -> None:
    """Write down which connections are running, and which have gone."""
    store.connections.see(judged.seen, now)
    store.connections.end(judged.gone, now)
    store.connections.sight(judged.found)


def _found(
    store: Store, server: Server, opening: Opening, running: Running, now: datetime
) -> Admitted:
    """Make a record of a publisher whom the server has and the desk has not: an answer was lost."""
    admit = Admit(opening.busy.ends_at, opening.reservation_id, opening.access_serial, HOLDER)
    return _publisher(server, admit, running.client, store.vault.digest(running.address), now)


def _taken_off(store: Store, known: Sequence[OpenConnection]) -> set[tuple[int, int]]:
    """Find the recipients with a connection who are no longer on the list."""
    keys = {(one.reservation_id, one.number) for one in known if one.number}
    found = store.recipients.many([(one, number or 0) for one, number in keys])
    return {key for key, recipient in found.items() if recipient.removed}


def _as_judged(
    kept: OpenConnection | None, opening: Opening, off: set[tuple[int, int]]
) -> Connection | None:
    # the server counts its connections anew when it is restarted: a number of old says nothing
    if kept is None or kept.reservation_id != opening.reservation_id:
        return None
    listed = (kept.reservation_id, kept.number or 0) not in off
    return Connection(kept.access, kept.number, kept.access_serial, listed)
