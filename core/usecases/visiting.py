"""What the page behind a join link shows: as much as its reader may see, as it now is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.access.credentials import credentials_of
from core.access.links import Claim, Purpose, Ticket
from core.model.addresses import for_player, path_of, with_path
from core.model.playing import Playing, playing
from core.model.recipient import HOLDER, Recipient, Told
from core.model.reservation import CredentialMode, Facts, Reservation, Status
from core.model.server import Server
from core.model.slot import Slot
from core.notices.plan import level_for_audience
from core.store.store import Store


class Phase(StrEnum):
    """Where a reservation is, for whoever wants to watch."""

    BEFORE = "before"
    ON = "on"
    OVER = "over"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    REMOVED = "removed"  # they were taken off its list


@dataclass(frozen=True, slots=True)
class Admission:
    """How to get in: what a page plays, and what is entered in a player of one's own."""

    watch_url: str
    player_url: str = field(default="", repr=False)
    watch_user: str = ""
    passcode: str = field(default="", repr=False)
    playing: Playing | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """A reservation as a reader of its link sees it.

    `level` is what its readers take it for. `moved_from` is the slot that they were told before,
    where it is another. `admission` is there while the slot is on, for whoever may watch by this
    link. `personal`: the link is one person's.
    """

    phase: Phase
    facts: Facts
    zone: ZoneInfo
    at: datetime
    code: str
    uid: str
    revision: int
    made_at: datetime
    level: Told
    personal: bool
    moved_from: Slot | None = None
    admission: Admission | None = None


def visit(store: Store, now: datetime, claim: Claim) -> Visit | None:
    """Look at a reservation by a personal link or by the one that is shared; None for no such."""
    reservation = store.reservations.many([claim.reservation_id]).get(claim.reservation_id)
    if reservation is None:
        return None
    recipient = None
    if claim.purpose is Purpose.JOIN:
        key = (claim.reservation_id, claim.number)
        recipient = store.recipients.many([key]).get(key)
        if recipient is None or claim.number == HOLDER:
            return None
    server = store.servers.get(reservation.server_id)
    if server is None:
        return None
    return _seen(store, now, reservation, server, recipient)


def _seen(
    store: Store,
    now: datetime,
    reservation: Reservation,
    server: Server,
    recipient: Recipient | None,
) -> Visit:
    said = store.reservations.revisions(
        reservation.id, {reservation.revision, recipient.told_revision if recipient else 0}
    )
    revision = said[reservation.revision]
    phase = _phase(reservation, recipient, now)
    before = said.get(recipient.told_revision) if recipient else None
    moved = before is not None and before.facts.slot != reservation.slot
    on = phase is Phase.ON
    return Visit(
        phase=phase,
        facts=revision.facts,
        zone=server.zone,
        at=now,
        code=reservation.code,
        uid=store.reservations.uid(reservation.id),
        revision=reservation.revision,
        made_at=revision.made_at,
        level=Told.CANCELLED
        if phase is Phase.REMOVED
        else level_for_audience(reservation.status, reservation.notification_policy),
        personal=recipient is not None,
        moved_from=before.facts.slot if before and moved else None,
        admission=_admission(store, reservation, server, recipient) if on else None,
    )


def _phase(reservation: Reservation, recipient: Recipient | None, now: datetime) -> Phase:
    match reservation.status:
        case Status.CANCELLED:
            return Phase.CANCELLED
        case Status.LAPSED:
            return Phase.LAPSED
        case Status.OVER:
            return Phase.OVER
        case Status.PERMITTED | Status.CONFIRMED:
            pass
    if recipient is not None and recipient.removed:
        return Phase.REMOVED
    if now >= reservation.slot.ends_at:
        return Phase.OVER
    return Phase.BEFORE if now < reservation.slot.starts_at else Phase.ON


def _admission(
    store: Store, reservation: Reservation, server: Server, recipient: Recipient | None
) -> Admission | None:
    """Say how this reader gets in; None where the link that all share does not let anybody in."""
    watch_url = with_path(server.watch_url, reservation.code)
    path, mode = path_of(reservation.code), reservation.credential_mode
    if mode is CredentialMode.NONE:
        return Admission(watch_url, playing=playing(server.kind, watch_url, path, ""))
    if recipient is None:
        return None
    secrets, number = store.reservations.secrets(reservation.id), recipient.number
    own: dict[int, str] = {}
    if mode is CredentialMode.EACH:
        uid = store.reservations.uid(reservation.id)
        own = store.recipients.passcodes(reservation.id, uid, [number])
    shared = secrets.watch_user, secrets.passcode
    user, passcode = credentials_of(mode, shared, number, own.get(number, ""))
    ticket = store.links.ticket(Ticket(reservation.id, number, reservation.access_serial))
    return Admission(
        watch_url,
        for_player(server.kind, watch_url, user, passcode),
        user,
        passcode,
        playing(server.kind, watch_url, path, ticket),
    )
