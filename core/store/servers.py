"""Servers and blackouts, as the store keeps them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, case, or_
from sqlmodel import col, delete, insert, select, update

from core.access.vault import Vault
from core.model.gate import ControlAddress
from core.model.reservation import NotificationPolicy
from core.model.server import (
    Blackout,
    OpeningHours,
    Period,
    Quota,
    Rules,
    Server,
    ServerKind,
)
from core.model.slot import Slot
from core.store.codec import decode, encode, remembered
from core.store.tables import BlackoutRow, ServerRow

remembered(Rules, OpeningHours, Quota, Period, Slot)


@dataclass(frozen=True, slots=True)
class NumberedBlackout:
    """A blackout with the number by which it can be lifted."""

    id: int
    blackout: Blackout


class Servers:
    """Named queries on servers and blackouts."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._longest: dict[int, int] = {}  # of those that are locked: nobody else raises it

    def lock(self, server_id: int) -> Server | None:
        """Take a server's row: whoever decides about its slots waits here for the one before.

        On SQLite the transaction itself is that lock.
        """
        row = self._connection.execute(_LOCK, {"number": server_id}).first()
        if row is None:
            return None
        self._longest[server_id] = row.longest_busy
        return _server(row)

    def get(self, server_id: int) -> Server | None:
        """Give a server, without locking it."""
        row = self._connection.execute(_BY_ID, {"number": server_id}).first()
        return _server(row) if row else None

    def visible(self, workspace_id: int) -> tuple[Server, ...]:
        """List the servers that a workspace may reserve, by name."""
        rows = self._connection.execute(
            select(ServerRow)
            .where(
                or_(
                    col(ServerRow.workspace_id).is_(None),
                    col(ServerRow.workspace_id) == workspace_id,
                ),
                col(ServerRow.retired).is_(False),
            )
            .order_by(col(ServerRow.folded))
        )
        return tuple(_server(row) for row in rows)

    def all(self) -> tuple[Server, ...]:
        """List every server of the desk, retired ones too."""
        rows = self._connection.execute(select(ServerRow).order_by(col(ServerRow.folded)))
        return tuple(_server(row) for row in rows)

    def gated(self) -> tuple[Server, ...]:
        """List the servers that ask the gate; retired ones too: what is reserved there goes on."""
        rows = self._connection.execute(
            select(ServerRow)
            .where(col(ServerRow.kind) != ServerKind.LINK.value)
            .order_by(col(ServerRow.id))
        )
        return tuple(_server(row) for row in rows)

    def named(self, name: str) -> Server | None:
        """Find a server by its name, whatever its case."""
        row = self._connection.execute(
            select(ServerRow).where(col(ServerRow.folded) == name.casefold())
        ).first()
        return _server(row) if row else None

    def add(self, server: Server, now: datetime) -> Server:
        """Keep a new server; its `id` is given here."""
        made = self._connection.execute(
            insert(ServerRow).values(**_columns(server), made_at=now).returning(col(ServerRow.id))
        ).scalar_one()
        return replace(server, id=made)

    def change(self, server: Server) -> None:
        """Keep a server as it now is; what is reserved already stays.

        The credentials of its control interface stay as well, unless that is elsewhere now: another
        address is not sent what was meant for the one before.
        """
        same = col(ServerRow.control_url) == server.control_url
        sealed = case((same, col(ServerRow.control_sealed)), else_="")
        self._connection.execute(
            update(ServerRow)
            .where(col(ServerRow.id) == server.id)
            .values(**_columns(server), control_sealed=sealed)
        )

    def control(self, server_id: int) -> ControlAddress | None:
        """Give where the desk ends a server's connections, with the credentials; None: it cannot.

        Raises `SealBrokenError` where the key that they were sealed with is not set.
        """
        row = self._connection.execute(
            select(ServerRow.control_url, ServerRow.control_sealed).where(
                col(ServerRow.id) == server_id
            )
        ).first()
        if row is None or not row.control_url:
            return None
        if not row.control_sealed:
            return ControlAddress(row.control_url)
        opened = self._vault.open(row.control_sealed, _control_place(server_id))
        user, password = json.loads(opened)
        return ControlAddress(row.control_url, user, password)

    def keep_control(self, server_id: int, control: ControlAddress) -> None:
        """Keep where the desk ends a server's connections, and seal the credentials for it."""
        sealed = ""
        if control.user or control.password:
            pair = json.dumps([control.user, control.password])
            sealed = self._vault.seal(pair, _control_place(server_id))
        self._connection.execute(
            update(ServerRow)
            .where(col(ServerRow.id) == server_id)
            .values(control_url=control.url, control_sealed=sealed)
        )

    def longest_busy(self, server_id: int) -> timedelta:
        """Give the greatest length of any slot ever taken on it, buffers included.

        It bounds every search for what overlaps. The database raises it by itself.
        """
        seconds = self._longest.get(server_id)
        if seconds is None:
            seconds = self._connection.execute(
                select(ServerRow.longest_busy).where(col(ServerRow.id) == server_id)
            ).scalar_one()
        return timedelta(seconds=seconds)

    def blackouts(self, server_id: int, window: Slot) -> tuple[Blackout, ...]:
        """List the blackouts that touch a stretch of time."""
        return tuple(
            numbered.blackout
            for numbered in self.numbered_blackouts(server_id, since=window.starts_at)
            if numbered.blackout.slot.overlaps(window)
        )

    def numbered_blackouts(self, server_id: int, since: datetime) -> tuple[NumberedBlackout, ...]:
        """List the blackouts that have not ended by then, soonest first."""
        rows = self._connection.execute(_BLACKOUTS, {"server": server_id, "since": since})
        return tuple(
            NumberedBlackout(row.id, Blackout(Slot(row.starts_at, row.ends_at), row.reason))
            for row in rows
        )

    def add_blackout(self, server_id: int, blackout: Blackout) -> int:
        """Keep a new blackout and give its number."""
        return self._connection.execute(
            insert(BlackoutRow)
            .values(
                server_id=server_id,
                starts_at=blackout.slot.starts_at,
                ends_at=blackout.slot.ends_at,
                reason=blackout.reason,
            )
            .returning(col(BlackoutRow.id))
        ).scalar_one()

    def lift_blackout(self, server_id: int, blackout_id: int) -> bool:
        """Remove a blackout of that server; tells whether there was one."""
        lifted = self._connection.execute(
            delete(BlackoutRow).where(
                col(BlackoutRow.id) == blackout_id, col(BlackoutRow.server_id) == server_id
            )
        )
        return lifted.rowcount == 1


_BY_ID = select(ServerRow).where(col(ServerRow.id) == bindparam("number"))
_LOCK = _BY_ID.with_for_update()
_BLACKOUTS = (
    select(BlackoutRow)
    .where(
        col(BlackoutRow.server_id) == bindparam("server"),
        col(BlackoutRow.ends_at) > bindparam("since"),
    )
    .order_by(col(BlackoutRow.starts_at), col(BlackoutRow.id))
)


def _control_place(server_id: int) -> str:
    return f"server:{server_id}:control"  # its name may change


def _columns(server: Server) -> dict[str, object]:
    return {
        "name": server.name,
        "folded": server.name.casefold(),
        "kind": server.kind.value,
        "zone": str(server.zone),
        "watch_url": server.watch_url,
        "ingest_url": server.ingest_url,
        "max_streams": server.rules.max_streams,
        "max_viewers": server.rules.max_viewers,
        "rules": encode(server.rules),
        "notification_policy": server.notification_policy.value,
        "workspace_id": server.workspace_id,
        "retired": server.retired,
        "control_url": server.control_url,
    }


def _server(row: Row[ServerRow]) -> Server:
    return Server(
        id=row.id,
        name=row.name,
        kind=ServerKind(row.kind),
        zone=ZoneInfo(row.zone),
        watch_url=row.watch_url,
        ingest_url=row.ingest_url,
        rules=decode(row.rules),
        notification_policy=NotificationPolicy(row.notification_policy),
        workspace_id=row.workspace_id,
        retired=row.retired,
        control_url=row.control_url,
    )
