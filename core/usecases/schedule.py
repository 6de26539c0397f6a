"""The schedule: what a week of some servers looks like, as much of it as the reader may see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from core.model.reservation import Status
from core.model.server import Blackout, Server
from core.model.slot import Slot
from core.policy.instants import midnight
from core.store.agenda import Booked
from core.store.store import Store

MOST_SHOWN = 2000

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})", re.ASCII)
_YEARS = range(2000, 2200)  # a calendar without ends invites robots to read all of it
_DAYS = 7
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Week:
    """A week of ISO 8601, by its Monday."""

    monday: date

    @classmethod
    def read(cls, text: str) -> Week | None:
        """Read such as `2026-W49`; None for anything else."""
        parts = _WEEK.fullmatch(text)
        if parts is None or int(parts[1]) not in _YEARS:
            return None
        try:
            return cls(date.fromisocalendar(int(parts[1]), int(parts[2]), 1))
        except ValueError:
            return None

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> Week:
        """Give the week that it is then, there."""
        today = instant.astimezone(zone).date()
        return cls(today - timedelta(days=today.weekday()))

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=_DAYS - 1)

    def moved(self, weeks: int) -> Week:
        """Give the week so many weeks later."""
        return Week(self.monday + timedelta(weeks=weeks))

    def days(self, zone: ZoneInfo) -> tuple[Slot, ...]:
        """Give its days there; one with a change of the clock is not 24 hours long."""
        first = self.monday.toordinal()
        edges = [midnight(ordinal, zone) for ordinal in range(first, first + _DAYS + 1)]
        # where a zone once jumped over the date line, a week had six
        return tuple(Slot(begins, ends) for begins, ends in pairwise(edges) if begins < ends)


@dataclass(frozen=True, slots=True)
class Busy:
    """A slot that is taken, and `around` it the set-up and tear-down.

    `certain`: it needs no reconfirmation any more. `title` is "" for whoever may not know it.
    """

    slot: Slot
    around: Slot
    certain: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class ServerWeek:
    """A week of one server, in its own zone; `busy` is in order."""

    server: Server
    days: tuple[Slot, ...]
    busy: tuple[Busy, ...]
    blackouts: tuple[Blackout, ...]

    @property
    def window(self) -> Slot:
        """The week from its first midnight to its last."""
        return Slot(self.days[0].starts_at, self.days[-1].ends_at)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A week of some servers, as it stood `at` that moment.

    `zone` decides which week is this one: the servers' own where they share one, else UTC. `more`:
    there is more than is shown. `workspace` is whose titles are shown, "" for none's.
    """

    week: Week
    this_week: Week
    zone: ZoneInfo
    at: datetime
    servers: tuple[ServerWeek, ...]
    more: bool = False
    workspace: str = ""


def schedule_of_all(store: Store, now: datetime, wanted: Week | None) -> Schedule:
    """Show a week of every server that is not retired; `wanted` of None: this week."""
    servers = [server for server in store.servers.all() if not server.retired]
    return _schedule(store, now, servers, wanted)


def schedule_of_one(
    store: Store, now: datetime, server_id: int, wanted: Week | None
) -> Schedule | None:
    """Show a week of one server; None for no such, and for one that is retired."""
    server = store.servers.get(server_id)
    if server is None or server.retired:
        return None
    return _schedule(store, now, [server], wanted)


def schedule_of_workspace(
    store: Store, now: datetime, workspace_id: int, wanted: Week | None
) -> Schedule | None:
    """Show a week of the servers that a workspace may reserve, with the titles of what is its own.

    None for no such workspace.
    """
    name = store.agenda.workspace_name(workspace_id)
    if name is None:
        return None
    servers = store.servers.visible(workspace_id)
    return _schedule(store, now, servers, wanted, (workspace_id, name))


def _schedule(
    store: Store,
    now: datetime,
    servers: Sequence[Server],
    wanted: Week | None,
    reader: tuple[int, str] | None = None,
) -> Schedule:
    zones = {server.zone for server in servers}
    zone = zones.pop() if len(zones) == 1 else _UTC
    this_week = Week.of(now, zone)
    week = wanted or this_week
    days = {server.id: week.days(server.zone) for server in servers}
    booked: tuple[Booked, ...] = ()
    if servers:
        window = Slot(
            min(some[0].starts_at for some in days.values()),
            max(some[-1].ends_at for some in days.values()),
        )
        booked = store.agenda.booked(list(days), window, now, MOST_SHOWN + 1)
    workspace_id, name = reader or (None, "")
    shown = booked[:MOST_SHOWN]
    weeks = [
        _server_week(store, server, days[server.id], shown, workspace_id) for server in servers
    ]
    more = len(booked) > MOST_SHOWN
    return Schedule(week, this_week, zone, now, tuple(weeks), more, name)


def _server_week(
    store: Store,
    server: Server,
    days: tuple[Slot, ...],
    booked: Iterable[Booked],
    workspace_id: int | None,
) -> ServerWeek:
    window = Slot(days[0].starts_at, days[-1].ends_at)
    busy = tuple(
        _busy(one, workspace_id)
        for one in booked
        if one.reservation.server_id == server.id and one.busy.overlaps(window)
    )
    return ServerWeek(server, days, busy, store.servers.blackouts(server.id, window))


def _busy(one: Booked, workspace_id: int | None) -> Busy:
    reservation = one.reservation
    own = reservation.workspace_id == workspace_id
    certain = reservation.status is not Status.PERMITTED
    return Busy(reservation.slot, one.busy, certain, reservation.title if own else "")
