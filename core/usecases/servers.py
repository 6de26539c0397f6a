"""Servers: adding and changing them, and closing them for a while, by those who run them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.model.people import Actor, Role
from core.model.server import Blackout, Server
from core.policy.reasons import Taken
from core.store.codec import remembered
from core.store.servers import NumberedBlackout
from core.store.store import Store
from core.usecases.answers import NoSuchServer, NotAllowed
from core.usecases.authority import may_manage_server, sees_server


@dataclass(frozen=True, slots=True)
class NameTaken:
    """Another server is called so."""

    name: str


@dataclass(frozen=True, slots=True)
class ServerKept:
    """A server as it now is."""

    server: Server


@dataclass(frozen=True, slots=True)
class ServerShown:
    """A server with its blackouts to come; numbers are for those who may lift them."""

    server: Server
    blackouts: tuple[NumberedBlackout, ...]
    manageable: bool


@dataclass(frozen=True, slots=True)
class BlackoutKept:
    """A new blackout, and how many reservations stand in it and stay."""

    server: Server
    number: int
    blackout: Blackout
    standing: int


@dataclass(frozen=True, slots=True)
class BlackoutLifted:
    """A blackout was lifted; `found` is False where there was none of that number."""

    server: Server
    number: int
    found: bool


remembered(NameTaken, ServerKept, BlackoutKept, BlackoutLifted)


def add_server(
    store: Store, now: datetime, actor: Actor, server: Server
) -> ServerKept | NameTaken | NotAllowed:
    """Keep a new server: an operator's may be for every workspace, an admin's is for their own."""
    if not actor.is_admin:
        return NotAllowed()
    if store.servers.named(server.name):
        return NameTaken(server.name)
    owner = server.workspace_id if actor.role is Role.OPERATOR else actor.workspace_id
    kept = store.servers.add(replace(server, workspace_id=owner), now)
    store.records.audit("server_add", actor, server=kept.id)
    return ServerKept(kept)


def change_server(
    store: Store, now: datetime, actor: Actor, changed: Server
) -> ServerKept | NameTaken | NotAllowed | NoSuchServer:
    """Keep a server's new rules; what is reserved stays as it was permitted."""
    before = store.servers.lock(changed.id)
    if before is None or not sees_server(actor, before):
        return NoSuchServer()
    if not may_manage_server(actor, before):
        return NotAllowed()
    named = store.servers.named(changed.name)
    if named is not None and named.id != changed.id:
        return NameTaken(changed.name)
    kept = replace(changed, workspace_id=before.workspace_id)
    store.servers.change(kept)
    store.records.audit("server_change", actor, server=kept.id)
    return ServerKept(kept)


def show_server(store: Store, now: datetime, actor: Actor, name: str) -> ServerShown | NoSuchServer:
    """Show a server's rules and blackouts to anybody whose business it is."""
    server = store.servers.named(name)
    if server is None or not sees_server(actor, server):
        return NoSuchServer()
    return ServerShown(
        server, store.servers.numbered_blackouts(server.id, now), may_manage_server(actor, server)
    )


def black_out(
    store: Store, now: datetime, actor: Actor, name: str, blackout: Blackout
) -> BlackoutKept | NotAllowed | NoSuchServer:
    """Close a server for a while; what is reserved there stays until somebody cancels it."""
    server = store.servers.named(name)
    if server is None or not sees_server(actor, server):
        return NoSuchServer()
    if not may_manage_server(actor, server):
        return NotAllowed()
    store.servers.lock(server.id)
    number = store.servers.add_blackout(server.id, blackout)
    longest = store.servers.longest_busy(server.id)
    standing: tuple[Taken, ...] = store.reservations.taken_around(server.id, blackout.slot, longest)
    store.records.audit("blackout_add", actor, server=server.id, blackout=number)
    return BlackoutKept(server, number, blackout, len(standing))


def lift_blackout(
    store: Store, now: datetime, actor: Actor, name: str, number: int
) -> BlackoutLifted | NotAllowed | NoSuchServer:
    """Open a server again."""
    server = store.servers.named(name)
    if server is None or not sees_server(actor, server):
        return NoSuchServer()
    if not may_manage_server(actor, server):
        return NotAllowed()
    found = store.servers.lift_blackout(server.id, number)
    store.records.audit("blackout_lift", actor, server=server.id, blackout=number)
    return BlackoutLifted(server, number, found)
