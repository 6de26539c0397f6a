"""Reservations among the scheduled events of Discord's guilds, as the store keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, exists, or_
from sqlmodel import col, insert, select, update

from core.model.recipient import HOLDER, RouteName, Told
from core.model.slot import Slot
from core.policy.events import EventFace
from core.store.codec import decode, encode, remembered
from core.store.tables import RecipientRow, ReservationRow
from core.store.tables.chats import ScheduledEventRow

remembered(EventFace, Slot)

_CHANNEL = "%/#%"  # core.model.discord_address
_EXPECTS = tuple(told.value for told in Told if told.expects)


@dataclass(frozen=True, slots=True)
class EventKept:
    """What is known of a reservation's event in one guild; see the table."""

    reservation_id: int
    guild_id: str
    event_id: str = ""
    shown: EventFace | None = None
    revision: int = 0
    begun_at: datetime | None = None
    closed: bool = False
    not_before: datetime | None = None
    checked_at: datetime | None = None
    failures: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EventTrouble:
    """A guild in which a reservation is not among the events, since when it is so, and why."""

    guild_id: str
    code: str
    reason: str
    failures: int


class Events:
    """Named queries on scheduled events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, now: datetime, stuck_since: datetime, limit: int) -> tuple[int, ...]:
        """List the reservations whose events are to be looked at now.

        What somebody has begun to do since `stuck_since` is theirs.
        """
        known = self._connection.execute(
            select(ScheduledEventRow.reservation_id)
            .join(ReservationRow, col(ReservationRow.id) == col(ScheduledEventRow.reservation_id))
            .where(
                col(ScheduledEventRow.closed).is_(False),
                or_(
                    col(ScheduledEventRow.begun_at).is_(None),
                    col(ScheduledEventRow.begun_at) < stuck_since,
                ),
                or_(
                    col(ScheduledEventRow.not_before) <= now,
                    col(ScheduledEventRow.revision) != col(ReservationRow.revision),
                ),
            )
            .order_by(col(ScheduledEventRow.not_before))
            .limit(limit)
        ).scalars()
        return tuple(dict.fromkeys([*self._without(now, limit), *known]))

    def _without(self, now: datetime, limit: int) -> list[int]:
        """List the reservations that a channel was told of, and that are not among its events."""
        here = and_(
            col(ScheduledEventRow.reservation_id) == col(ReservationRow.id),
            col(RecipientRow.address).startswith(
                col(ScheduledEventRow.guild_id) + "/", autoescape=False
            ),
        )
        settled = or_(
            col(ScheduledEventRow.closed),
            col(ScheduledEventRow.event_id) != "",
            col(ScheduledEventRow.failures) > 0,
            col(ScheduledEventRow.begun_at).is_not(None),
        )
        found = self._connection.execute(
            select(ReservationRow.id)
            .join(RecipientRow, col(RecipientRow.reservation_id) == col(ReservationRow.id))
            .where(
                col(ReservationRow.live),
                col(ReservationRow.starts_at) > now,
                col(RecipientRow.number) != HOLDER,
                col(RecipientRow.route) == RouteName.DISCORD.value,
                col(RecipientRow.address).like(_CHANNEL),
                col(RecipientRow.told).in_(_EXPECTS),
                col(RecipientRow.removed).is_(False),
                col(RecipientRow.suppressed) == "",
                ~exists().where(here, settled),
            )
            .distinct()
            .order_by(col(ReservationRow.id))
            .limit(limit)
        )
        return list(found.scalars())

    def of(self, reservation_id: int) -> dict[str, EventKept]:
        """Give a reservation's events by guild, and keep them from others for this transaction."""
        rows = self._connection.execute(
            select(ScheduledEventRow)
            .where(col(ScheduledEventRow.reservation_id) == reservation_id)
            .order_by(col(ScheduledEventRow.guild_id))
            .with_for_update()
        )
        return {row.guild_id: _kept(row) for row in rows}

    def add(self, kept: EventKept, now: datetime) -> None:
        """Keep what is known of an event for the first time.

        Whoever does so at the same time is refused by the database, and looks anew.
        """
        key = {"reservation_id": kept.reservation_id, "guild_id": kept.guild_id}
        self._connection.execute(insert(ScheduledEventRow).values(**key, **_columns(kept, now)))

    def put(self, kept: EventKept, now: datetime) -> None:
        """Keep what is known of an event, in place of what was."""
        self._connection.execute(
            update(ScheduledEventRow)
            .where(
                col(ScheduledEventRow.reservation_id) == kept.reservation_id,
                col(ScheduledEventRow.guild_id) == kept.guild_id,
            )
            .values(**_columns(kept, now))
        )

    def troubles(self, guild_id: str | None, limit: int) -> tuple[EventTrouble, ...]:
        """List what could not be put among a guild's events, or among any guild's."""
        query = (
            select(
                ScheduledEventRow.guild_id,
                ReservationRow.code,
                ScheduledEventRow.reason,
                ScheduledEventRow.failures,
            )
            .join(ReservationRow, col(ReservationRow.id) == col(ScheduledEventRow.reservation_id))
            .where(col(ScheduledEventRow.closed).is_(False), col(ScheduledEventRow.failures) > 0)
            .order_by(col(ScheduledEventRow.guild_id), col(ReservationRow.starts_at))
            .limit(limit)
        )
        if guild_id is not None:
            query = query.where(col(ScheduledEventRow.guild_id) == guild_id)
        return tuple(
            EventTrouble(row.guild_id, row.code, row.reason, row.failures)
            for row in self._connection.execute(query)
        )


def _columns(kept: EventKept, now: datetime) -> dict[str, object]:
    return {
        "event_id": kept.event_id,
        "shown": encode(kept.shown) if kept.shown else "",
        "revision": kept.revision,
        "begun_at": kept.begun_at,
        "closed": kept.closed,
        "not_before": kept.not_before or now,
        "checked_at": kept.checked_at,
        "failures": kept.failures,
        "reason": kept.reason,
    }


def _kept(row: Row[ScheduledEventRow]) -> EventKept:
    return EventKept(
        reservation_id=row.reservation_id,
        guild_id=row.guild_id,
        event_id=row.event_id,
        shown=decode(row.shown) if row.shown else None,
        revision=row.revision,
        begun_at=row.begun_at,
        closed=row.closed,
        not_before=row.not_before,
        checked_at=row.checked_at,
        failures=row.failures,
        reason=row.reason,
    )
