"""All that a desk remembers, read at one moment, and what must be true of it at any."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from core.model.delivery import DeliveryState
from core.model.due import DueKind
from core.model.recipient import Recipient
from core.model.request import ReserveRequest
from core.model.reservation import Reservation, Status
from core.model.server import Server
from core.notices.notice import TOLD_KINDS
from core.notices.plan import difference
from core.outbox.enqueue import Audience, audience_of
from core.store.deliveries import Delivery
from core.store.reservations import reservation_from
from core.store.store import Store
from core.store.tables import DeliveryRow, DueRow, ReservationRow, RevisionRow

NEXT = {
    Status.PERMITTED: set(Status),
    Status.CONFIRMED: {Status.CONFIRMED, Status.PERMITTED, Status.CANCELLED, Status.OVER},
    Status.LAPSED: {Status.LAPSED},
    Status.CANCELLED: {Status.CANCELLED},
    Status.OVER: {Status.OVER},
}
NOT_TOLD = {DeliveryState.FAILED, DeliveryState.BOUNCED}


@dataclass
class Snapshot:
    """What is stored, by reservation where it belongs to one."""

    now: datetime
    servers: dict[int, Server]
    reservations: dict[int, Reservation]
    busy: list[tuple[int, datetime, datetime, int]]
    revisions: dict[int, list[int]]
    dues: dict[int, set[tuple[DueKind, datetime]]]
    audiences: dict[int, Audience]
    deliveries: dict[int, list[Delivery]]
    unleased: list[int]

    def recipients(self) -> list[tuple[Reservation, Audience, Recipient]]:
        """List everybody on every reservation."""
        return [
            (self.reservations[number], audience, recipient)
            for number, audience in self.audiences.items()
            for recipient in audience.recipients
        ]

    def told_deliveries(self, recipient: Recipient) -> list[Delivery]:
        """List what was to change what a recipient knows."""
        mine = self.deliveries[recipient.reservation_id]
        return [one for one in mine if one.number == recipient.number and one.kind in TOLD_KINDS]

    def missed(self, recipient: Recipient) -> bool:
        """Tell whether the last that was tried for a recipient could not be delivered."""
        tried = [
            one
            for one in self.told_deliveries(recipient)
            if one.state is not DeliveryState.SUPERSEDED
        ]
        return bool(tried) and tried[-1].state in NOT_TOLD


def snapshot(store: Store, now: datetime) -> Snapshot:
    """Read everything."""
    rows = store.connection.execute(select(ReservationRow)).all()
    reservations = {row.id: reservation_from(row) for row in rows}
    revisions: dict[int, list[int]] = defaultdict(list)
    for row in store.connection.execute(select(RevisionRow.reservation_id, RevisionRow.number)):
        revisions[row.reservation_id].append(row.number)
    dues: dict[int, set[tuple[DueKind, datetime]]] = defaultdict(set)
    for due in store.connection.execute(select(DueRow)):
        dues[due.reservation_id].add((DueKind(due.kind), due.due_at))
    sending = select(DeliveryRow.id).where(
        DeliveryRow.state == DeliveryState.SENDING.value,
        (DeliveryRow.lease_until == None) | (DeliveryRow.lease_token == ""),  # noqa: E711 - SQL
    )
    return Snapshot(
        now=now,
        servers={server.id: server for server in store.servers.all()},
        reservations=reservations,
        busy=[
            (row.server_id, row.busy_from, row.busy_until, row.viewers) for row in rows if row.live
        ],
        revisions=revisions,
        dues=dues,
        audiences={number: audience_of(store, one) for number, one in reservations.items()},
        deliveries={number: list(store.deliveries.of(number)) for number in reservations},
        unleased=list(store.connection.execute(sending).scalars()),
    )


def has_room(seen: Snapshot, request: ReserveRequest) -> bool:
    """Tell whether a server has room for a request, counting at every moment it might be full."""
    rules = seen.servers[request.server_id].rules
    slot = request.slot
    others = [one for one in seen.busy if one[0] == request.server_id]
    begins = [slot.starts_at, *(one[1] for one in others if slot.starts_at < one[1] < slot.ends_at)]
    for at in begins:
        there = [one for one in others if one[1] <= at < one[2]]
        viewers = sum(one[3] for one in there) + request.viewers
        if len(there) >= rules.max_streams or viewers > (rules.max_viewers or viewers):
            return False
    return True


def check(seen: Snapshot) -> None:
    """Hold a desk to what must be true of it after each step."""
    _check_capacity(seen)
    for reservation in seen.reservations.values():
        assert list(range(1, reservation.revision + 1)) == sorted(seen.revisions[reservation.id])
        _check_dues(seen, reservation)
    assert [] == seen.unleased
    for _, audience, recipient in seen.recipients():
        _check_outbox(seen, audience, recipient)


def check_step(before: Snapshot, after: Snapshot) -> None:
    """Hold two moments of a desk against each other."""
    for number, earlier in before.reservations.items():
        later = after.reservations[number]
        assert later.status in NEXT[earlier.status]
        assert later.revision >= earlier.revision
        told_before = {one.number: one for one in before.audiences[number].recipients}
        for recipient in after.audiences[number].recipients:
            if recipient.number in told_before:
                assert recipient.told_revision >= told_before[recipient.number].told_revision


def _check_capacity(seen: Snapshot) -> None:
    """Count at every moment at which something begins."""
    for server_id, at, _, _ in seen.busy:
        rules = seen.servers[server_id].rules
        there = [one for one in seen.busy if one[0] == server_id and one[1] <= at < one[2]]
        assert len(there) <= rules.max_streams
        assert rules.max_viewers is None or sum(one[3] for one in there) <= rules.max_viewers


def _check_dues(seen: Snapshot, reservation: Reservation) -> None:
    dues = seen.dues[reservation.id]
    kinds = {kind for kind, _ in dues}
    if reservation.status.live:
        assert (DueKind.OVER, reservation.slot.ends_at) in dues
    else:
        assert kinds <= {DueKind.ERASURE, DueKind.REPORT}
    to_reconfirm = reservation.status is Status.PERMITTED
    assert to_reconfirm == (DueKind.DEADLINE in kinds)
    if to_reconfirm:
        assert reservation.reconfirm_by is not None
        assert (DueKind.DEADLINE, reservation.reconfirm_by) in dues


def _check_outbox(seen: Snapshot, audience: Audience, recipient: Recipient) -> None:
    """Whoever must be told something has it in the queue, or the holder knows that it failed."""
    told = seen.told_deliveries(recipient)
    waits = any(one.state.open for one in told)
    wanted = difference(audience.standing, recipient, audience.facts_told_to(recipient))
    assert wanted is None or waits or seen.missed(recipient), (wanted, recipient, told)
