"""Servers: adding and changing them, and closing them for a while, by those who run them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from core.model.gate import ControlAddress
from core.model.people import Actor, Role
from core.model.server import Blackout, Server, ServerKind
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
class OperatorsOnly:
    """Only whoever runs the desk may say where it ends connections."""


@dataclass(frozen=True, slots=True)
class ServerKept:
    """A server as it now is, and where it asks the gate: "" for one that does not ask."""

    server: Server
    hook_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ServerShown:
    """A server with its blackouts to come; numbers are for those who may lift them.

    `hook_url` is where it asks the gate, for those alone who may change the server.
    """

    server: Server
    blackouts: tuple[NumberedBlackout, ...]
    manageable: bool
    hook_url: str = field(default="", repr=False)


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


remembered(NameTaken, OperatorsOnly, ServerKept, BlackoutKept, BlackoutLifted)


def add_server(
    store: Store,
    now: datetime,
    actor: Actor,
    server: Server,
    control: ControlAddress | None = None,
) -> ServerKept | NameTaken | NotAllowed | OperatorsOnly:
    """Keep a new server: an operator's may be for every workspace, an admin's is for their own.

    `control` is where the desk ends its connections, for operators to say: the desk calls that
    address by itself, so that no workspace may point it anywhere.
    """
    if not actor.is_admin:
        return NotAllowed()
    operator = actor.role is Role.OPERATOR
    if control is not None and not operator:
        return OperatorsOnly()
    if store.servers.named(server.name):
        return NameTaken(server.name)
    if not operator:
        server = replace(server, workspace_id=actor.workspace_id, control_url="")
    kept = _with_control(store, store.servers.add(server, now), control)
    store.records.audit("server_add", actor, server=kept.id)
    return ServerKept(kept, _hook_url(store, kept))


def change_server(
    store: Store,
    now: datetime,
    actor: Actor,
    changed: Server,
    control: ControlAddress | None = None,
) -> ServerKept | NameTaken | NotAllowed | NoSuchServer | OperatorsOnly:
    """Keep a server's new rules; what is reserved stays as it was permitted.

    `control` is where the desk ends its connections from now on, for operators to say; None leaves
    that as it is, with its credentials.
    """
    before = store.servers.lock(changed.id)
    if before is None or not sees_server(actor, before):
        return NoSuchServer()
    if not may_manage_server(actor, before):
        return NotAllowed()
    operator = actor.role is Role.OPERATOR
    if control is not None and not operator:
        return OperatorsOnly()
    named = store.servers.named(changed.name)
    if named is not None and named.id != changed.id:
        return NameTaken(changed.name)
    kept = replace(changed, workspace_id=before.workspace_id)
    if not operator:
        kept = replace(kept, control_url=before.control_url)
    store.servers.change(kept)
    kept = _with_control(store, kept, control)
    store.records.audit("server_change", actor, server=kept.id)
    return ServerKept(kept, _hook_url(store, kept))


def show_server(store: Store, now: datetime, actor: Actor, name: str) -> ServerShown | NoSuchServer:
    """Show a server's rules and blackouts to anybody whose business it is."""
    server = store.servers.named(name)
    if server is None or not sees_server(actor, server):
        return NoSuchServer()
    manageable = may_manage_server(actor, server)
    return ServerShown(
        server=server,
        blackouts=store.servers.numbered_blackouts(server.id, now),
        manageable=manageable,
        hook_url=_hook_url(store, server) if manageable else "",
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


def _with_control(store: Store, server: Server, control: ControlAddress | None) -> Server:
    if control is None:
        return server
    store.servers.keep_control(server.id, control)
    return replace(server, control_url=control.url)


def _hook_url(store: Store, server: Server) -> str:
    """Give the address at which a server asks the gate; "" where it asks nobody."""
    return "" if server.kind is ServerKind.LINK else store.links.hook_url(server.id)
