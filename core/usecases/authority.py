"""Who may: the holder and the admins; everybody else sees no more than a busy slot."""

from __future__ import annotations

from core.access.credentials import read_code
from core.model.people import Actor, Role
from core.model.reservation import Reservation
from core.model.server import Server
from core.store.store import Store
from core.usecases.answers import NotAllowed, NotFound


def managed(store: Store, actor: Actor, code: str) -> Reservation | NotFound | NotAllowed:
    """Find the reservation that an actor may manage by its code.

    A code of another workspace is as good as none: that it exists is nobody's business there. The
    holder is known by their person, so that they manage it from whichever chat they are in.
    """
    reservation = store.reservations.by_code(read_code(code))
    if reservation is None or not _sees(actor, reservation):
        return NotFound(code)
    if may_manage(actor, reservation):
        return reservation
    return NotAllowed(reservation.code)


def may_manage(actor: Actor, reservation: Reservation) -> bool:
    """Tell whether an actor may see and change everything about a reservation."""
    if actor.person_id == reservation.holder_id or actor.role is Role.OPERATOR:
        return True
    return actor.is_admin and actor.workspace_id == reservation.workspace_id


def may_manage_server(actor: Actor, server: Server) -> bool:
    """Tell whether an actor may change a server: shared ones are the operator's alone."""
    if actor.role is Role.OPERATOR:
        return True
    return actor.is_admin and server.workspace_id == actor.workspace_id


def sees_server(actor: Actor, server: Server) -> bool:
    """Tell whether a server is any business of an actor's; all of them are the operator's."""
    return actor.role is Role.OPERATOR or reservable(actor.workspace_id, server)


def reservable(workspace_id: int, server: Server) -> bool:
    """Tell whether a workspace may reserve a server."""
    return server.workspace_id in {None, workspace_id}


def _sees(actor: Actor, reservation: Reservation) -> bool:
    return may_manage(actor, reservation) or actor.workspace_id == reservation.workspace_id
