"""What those who run the desk look at: whether it works, how it is doing, and what is on today."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from core.model.delivery import DeliveryState
from core.model.recipient import RouteName
from core.model.reservation import Reservation, Status
from core.model.slot import Slot
from core.outbox.dispatch import DISPATCHER
from core.policy.instants import midnight
from core.policy.reasons import Reason
from core.store.meters import Act, Past, Roll, Trouble, Waiting
from core.store.store import Store
from core.usecases.gate import GATE
from core.usecases.tick import SWEEP

WHOLE_DESK = 0  # in place of a workspace's number
SILENT_AFTER = timedelta(seconds=30)
REASONS = tuple(reason.__name__ for reason in get_args(Reason))
MOST_SLOTS = 200
MOST_ACTS = 50

_SETTLED_AFTER = timedelta(seconds=20)  # no transaction takes longer
_FARTHEST = timedelta(days=1)  # is counted back, however long nobody has looked
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a part of the desk last did its round, in whichever process; None: never yet."""

    name: str
    beat_at: datetime | None
    at: datetime

    @property
    def age(self) -> timedelta | None:
        """How long that is ago; a clock that was set back makes it no less than nothing."""
        return None if self.beat_at is None else max(self.at - self.beat_at, timedelta())

    @property
    def beats(self) -> bool:
        """Tell whether it was lately; a moment that is yet to come says nothing about that."""
        return self.beat_at is not None and abs(self.at - self.beat_at) <= SILENT_AFTER


@dataclass(frozen=True, slots=True)
class Bookings:
    """How often the desk permitted and denied, as far as that is counted: up to `until`.

    A denial has one reason or several.
    """

    until: datetime
    permitted: int = 0
    denied: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Measures:
    """The desk in figures."""

    live: dict[Status, int]
    waiting: tuple[Waiting, ...]
    past: tuple[Past, ...]
    pulses: tuple[Pulse, ...]
    bookings: Bookings
    at: datetime


@dataclass(frozen=True, slots=True)
class OnToday:
    """One slot of today's, and how many were told of it; times are its server's."""

    reservation: Reservation
    server_name: str
    zone: ZoneInfo
    roll: Roll


@dataclass(frozen=True, slots=True)
class RouteState:
    """How one way of telling people goes; the last `sent_at` and failure are of late."""

    route: RouteName
    waiting: int
    oldest_at: datetime | None
    sent_at: datetime | None
    failure: Trouble | None
    put_off: Trouble | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The outbox as a whole; `failed` counts among its newest deliveries."""

    waiting: int
    sending: int
    failed: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What operators see; `queue` and `pulses` only those of the whole desk.

    `more`: there is more on today than `slots` has.
    """

    name: str
    zone: ZoneInfo
    at: datetime
    slots: tuple[OnToday, ...]
    more: bool
    routes: tuple[RouteState, ...]
    acts: tuple[Act, ...]
    queue: Queue | None
    pulses: tuple[Pulse, ...]


def pulses(store: Store, now: datetime) -> tuple[Pulse, ...]:
    """Say when the parts that the desk cannot do without last did their round."""
    return tuple(_pulse(store, now, name) for name in (SWEEP, DISPATCHER))


def measure(store: Store, now: datetime, bookings: Bookings) -> Measures:
    """Read the desk's figures, and count on what was permitted and denied."""
    return Measures(
        live=store.meters.live(),
        waiting=store.meters.waiting(now),
        past=store.meters.past(),
        pulses=pulses(store, now),
        bookings=_counted_on(store, now, bookings),
        at=now,
    )


def reasons_of(denial: Act) -> tuple[str, ...]:
    """Name the reasons of a denial that the audit holds."""
    named = json.loads(denial.detail).get("reasons", ())
    return tuple(str(reason) for reason in named)


def _counted_on(store: Store, now: datetime, bookings: Bookings) -> Bookings:
    """Count what was audited since, as far as none that began before can still be written."""
    until = now - _SETTLED_AFTER
    if now < bookings.until:  # the clock was set back: what it says from now on is what counts
        return replace(bookings, until=until)
    if until <= bookings.until:
        return bookings
    acts = store.meters.decisions(max(bookings.until, until - _FARTHEST), until)
    denials = [one for one in acts if one.act == "deny"]
    return Bookings(
        until,
        bookings.permitted + len(acts) - len(denials),
        bookings.denied + len(denials),
        bookings.reasons + Counter(reason for one in denials for reason in reasons_of(one)),
    )


def overview(store: Store, now: datetime, workspace_id: int) -> Overview | None:
    """Look at a workspace, or at the whole desk; None for no such workspace."""
    meters, whose, name, zone = store.meters, None, "The desk", _UTC
    if workspace_id != WHOLE_DESK:
        if not meters.has_workspace(workspace_id):
            return None
        workspace = store.people.workspace(workspace_id)
        whose, name, zone = workspace.id, workspace.name, ZoneInfo(workspace.zone)
    waiting, past = meters.waiting(now, whose), meters.past(whose)
    slots, more = _today(store, now, whose)
    whole = whose is None
    return Overview(
        name=name,
        zone=zone,
        at=now,
        slots=slots,
        more=more,
        routes=_routes(store, waiting, past, whose),
        acts=meters.acts(whose, MOST_ACTS),
        queue=_queue(waiting, past) if whole else None,
        pulses=(*pulses(store, now), _pulse(store, now, GATE)) if whole else (),
    )


def _pulse(store: Store, now: datetime, name: str) -> Pulse:
    return Pulse(name, store.records.last_beat(name), now)


def _today(store: Store, now: datetime, whose: int | None) -> tuple[tuple[OnToday, ...], bool]:
    """List what touches today, each slot by the clock of its own server."""
    servers = {server.id: server for server in store.servers.all()}
    if not servers:
        return (), False
    today = {zone: _day(now, zone) for zone in {server.zone for server in servers.values()}}
    since, until = min(today.values()).starts_at, max(one.ends_at for one in today.values())
    around = store.meters.slots(whose, since, until, MOST_SLOTS)
    found = [one for one in around if one.slot.overlaps(today[servers[one.server_id].zone])]
    rolls = store.meters.rolls([one.id for one in found])
    listed = tuple(
        OnToday(one, servers[one.server_id].name, servers[one.server_id].zone, rolls[one.id])
        for one in found
    )
    return listed, len(around) == MOST_SLOTS


def _day(now: datetime, zone: ZoneInfo) -> Slot:
    """Give the day that it is there, whole; one with a change of the clock is not 24 hours long."""
    today = now.astimezone(zone).date().toordinal()
    return Slot(midnight(today, zone), midnight(today + 1, zone))


def _routes(
    store: Store, waiting: tuple[Waiting, ...], past: tuple[Past, ...], whose: int | None
) -> tuple[RouteState, ...]:
    failures, put_off = store.meters.failures(whose), store.meters.put_off(whose)
    sent = {one.route: one.last_at for one in past if one.state is DeliveryState.SENT}
    states = []
    for route in RouteName:
        open_here = [one for one in waiting if one.route is route]
        if open_here or any(one.route is route for one in past):
            state = RouteState(
                route=route,
                waiting=sum(one.count for one in open_here),
                oldest_at=min((one.oldest_at for one in open_here), default=None),
                sent_at=sent.get(route),
                failure=failures.get(route),
                put_off=put_off.get(route),
            )
            states.append(state)
    return tuple(states)


def _queue(waiting: tuple[Waiting, ...], past: tuple[Past, ...]) -> Queue:
    in_state = Counter[DeliveryState]()
    for one in waiting:
        in_state[one.state] += one.count
    return Queue(
        waiting=in_state[DeliveryState.QUEUED],
        sending=in_state[DeliveryState.SENDING],
        failed=sum(one.count for one in past if one.state.missed),
        oldest_at=min((one.oldest_at for one in waiting), default=None),
    )
