"""The gate's use cases: what is open now, who comes in, who is there, and who must go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.access.vault import SealBrokenError
from core.model.gate import Access, Admit, ControlAddress, Decision, Refuse
from core.model.server import Server
from core.policy.gate import Given, Opening, Publishing, contend, decide
from core.store.connections import Admitted, Departed
from core.store.openings import Stamps
from core.store.store import Store

AHEAD = timedelta(minutes=5)  # of what is open soon the gate keeps in mind
GATE = "gate"
GATE_SINCE = "gate_since"
_SILENT = timedelta(seconds=30)
_FRESH = timedelta(seconds=30)  # a publisher not seen for longer stands in nobody's way


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


def gate_servers(store: Store, now: datetime) -> tuple[Server, ...]:
    """List the servers that ask the gate; retired ones too: what is reserved there goes on."""
    return store.servers.gated()


def gate_controls(store: Store, now: datetime) -> tuple[tuple[Server, ControlAddress | None], ...]:
    """List the servers whose connections the desk can end, with where and how.

    None for one whose credentials cannot be opened: the others are still looked after.
    """
    return tuple((one, _control(store, one)) for one in gate_servers(store, now) if one.control_url)


def _control(store: Store, server: Server) -> ControlAddress | None:
    try:
        return store.servers.control(server.id)
    except SealBrokenError:
        return None


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
    fresh = [one for one in there if abs(now - one.seen_at) <= _FRESH]
    contending = [Publishing(one.client, one.address_digest) for one in fresh]
    outcome = contend(contending, address_digest, can_kick=bool(server.control_url))
    if isinstance(outcome, Refuse):
        return Entered(outcome)
    store.connections.end([one.id for one in there], now)
    store.connections.sight([as_publisher(server, decision, client, address_digest, now)])
    store.records.audit("publish", None, decision.reservation_id, server=server.id)
    return Entered(decision, tuple(others))


def as_publisher(
    server: Server, admit: Admit, client: str, address_digest: str, at: datetime
) -> Admitted:
    """Make the record of a publisher who is let in."""
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


def note_sighted(store: Store, now: datetime, admitted: Sequence[Admitted]) -> None:
    """Write down who was let in and is there."""
    store.connections.sight(admitted)


def note_departed(
    store: Store, now: datetime, departed: Sequence[Departed], brief: Sequence[Admitted] = ()
) -> None:
    """Write down which connections have ended, as their servers say.

    `brief` are those of them of whom it is not written down yet that they came.
    """
    store.connections.sight(brief)
    store.connections.depart(departed)


def gate_beat(store: Store, now: datetime, asked: Sequence[int]) -> None:
    """Note that the gate answers, and which servers asked it; and since when without a break."""
    last = store.records.last_beat(GATE)
    if last is None or now - last > _SILENT:
        store.records.beat(GATE_SINCE, now)
    store.records.beat(GATE, now)
    if asked:
        store.openings.note_asked(asked, now)
