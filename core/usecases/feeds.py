"""What calendars subscribe to: a server's busy times, and what a workspace or a list is told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from core.access.links import Purpose
from core.model.recipient import Told
from core.model.reservation import Reservation
from core.model.slot import Slot
from core.notices.as_feed import BusyEntry, FeedEntry
from core.notices.plan import level_for_audience, level_of
from core.store.agenda import Entered
from core.store.store import Store

T = TypeVar("T")

MOST_ENTRIES = 1000
WHOLE_WORKSPACE = 0  # in place of an audience list's number

_BACK = timedelta(days=30)
_AHEAD = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Feed(Generic[T]):
    """A calendar to subscribe to: what it is called, and what is in it."""

    name: str
    entries: tuple[T, ...]


def server_feed(store: Store, now: datetime, server_id: int) -> Feed[BusyEntry] | None:
    """Say when a server is busy; None for no such, and for one that is retired.

    What was cancelled is not there: it keeps nobody from anything, and is nobody's business.
    """
    server = store.servers.get(server_id)
    if server is None or server.retired:
        return None
    window, numbers = _window(now), [server_id]
    ahead, begun = Slot(now, window.ends_at), Slot(window.starts_at, now)
    booked = store.agenda.booked(numbers, ahead, now, MOST_ENTRIES)
    before = store.agenda.booked(numbers, begun, now, MOST_ENTRIES, newest=True)
    # what runs now is in both
    found = {one.reservation.id: one.reservation for one in (*before, *booked)}
    kept = list(found.values())[-MOST_ENTRIES:]
    return Feed(server.name, tuple(_busy_entry(store, one) for one in kept))


def workspace_feed(
    store: Store, now: datetime, workspace_id: int, list_id: int
) -> Feed[FeedEntry] | None:
    """Give a workspace's reservations, or those that anybody on one of its lists was told of.

    None for no such workspace or list. For the whole workspace, what is still to be reconfirmed is
    provisional; for a list it is what the mails to those on it say, which depends on the
    reservation's notification policy.
    """
    name = store.agenda.workspace_name(workspace_id)
    if name is None:
        return None
    if list_id == WHOLE_WORKSPACE:
        found = store.agenda.of_workspace(
            workspace_id, _window(now), now, now - _BACK, MOST_ENTRIES
        )
        entries = [_entry(store, one, level_of(one.reservation.status)) for one in found]
        return Feed(name, tuple(entries))
    list_name = store.agenda.list_name(workspace_id, list_id)
    if list_name is None:
        return None
    return Feed(f"{list_name} ({name})", _told_to(store, now, workspace_id, list_id))


def _told_to(store: Store, now: datetime, workspace_id: int, list_id: int) -> tuple[FeedEntry, ...]:
    keys = store.agenda.member_keys(list_id)
    digests = sorted({digest for key in keys for digest in store.vault.digests(key)})
    heard = store.agenda.heard(workspace_id, _window(now), digests)
    known = [
        (one, level)
        for one in store.agenda.entered(heard)
        if (level := _level_as_told(one.reservation, heard[one.reservation.id])) is not None
        and (level.expects or one.revised_at > now - _BACK)
    ]
    ahead = [one for one in known if one[0].reservation.slot.starts_at >= now][:MOST_ENTRIES]
    begun = [one for one in known if one[0].reservation.slot.starts_at < now]
    kept = [*begun, *ahead][-MOST_ENTRIES:]
    return tuple(_entry(store, one, level) for one, level in kept)


def _window(now: datetime) -> Slot:
    return Slot(now - _BACK, now + _AHEAD)


def _level_as_told(reservation: Reservation, told: Iterable[Told]) -> Told | None:
    """Say what a reservation is to those who were told of it; None where it is off for them."""
    level = level_for_audience(reservation.status, reservation.notification_policy)
    return level if not level.expects or any(one.expects for one in told) else None


def _entry(store: Store, entered: Entered, level: Told) -> FeedEntry:
    reservation = entered.reservation
    return FeedEntry(
        uid=entered.uid,
        revision=reservation.revision,
        made_at=entered.revised_at,
        level=level,
        facts=entered.facts,
        code=reservation.code,
        link=store.links.make(Purpose.SLOT, reservation.id),
    )


def _busy_entry(store: Store, reservation: Reservation) -> BusyEntry:
    return BusyEntry(
        uid=f"{store.vault.digest(f'busy:{reservation.id}')}@callboard",
        revision=reservation.revision,
        made_at=reservation.made_at,
        slot=reservation.slot,
        level=level_of(reservation.status),
    )
