"""What a desk has on its books: every row that a person's act may change, to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlmodel import SQLModel

from core.store.desk import Desk
from core.store.store import Store

Rows: TypeAlias = dict[str, list[Mapping[str, Any]]]

# who spoke where, what was answered and what was noted of it change with everything
_ASIDE = {"account", "audit", "submission", "pulse", "errand", "slack_installation"}
_OF_A_RESERVATION = {"recipient", "revision", "delivery", "due"}


async def books(desk: Desk) -> Rows:
    """Read every row of the desk."""
    return await desk.read(_all)


def everything(rows: Rows) -> Rows:
    """Give all that is on the books, settings of people included."""
    return {name: found for name, found in rows.items() if name not in _ASIDE}


def of_workspace(rows: Rows, team: str) -> Rows:
    """Give what is on the books for one workspace, beside the servers that all share."""
    (own,) = (row["id"] for row in rows["workspace"] if row["external_id"] == team)
    people = {row["person_id"] for row in rows["account"] if row["workspace_id"] == own}
    kept = {
        "workspace": _where(rows, "workspace", "id", {own}),
        "person": _where(rows, "person", "id", people),
        "server": _where(rows, "server", "workspace_id", {own, None}),
        "audience_list": _where(rows, "audience_list", "workspace_id", {own}),
        "reservation": _where(rows, "reservation", "workspace_id", {own}),
    }
    lists, servers = _ids(kept["audience_list"]), _ids(kept["server"])
    kept["audience_member"] = _where(rows, "audience_member", "list_id", lists)
    kept["blackout"] = _where(rows, "blackout", "server_id", servers)
    for name in _OF_A_RESERVATION:
        kept[name] = _where(rows, name, "reservation_id", _ids(kept["reservation"]))
    return kept


def _where(
    rows: Rows, table: str, column: str, values: Iterable[object]
) -> list[Mapping[str, Any]]:
    wanted = set(values)
    return [row for row in rows[table] if row[column] in wanted]


def _ids(rows: Iterable[Mapping[str, Any]]) -> set[object]:
    return {row["id"] for row in rows}


def _all(store: Store, now: datetime) -> Rows:
    del now
    return {
        table.name: [dict(row) for row in store.connection.execute(select(table)).mappings()]
        for table in SQLModel.metadata.sorted_tables
    }
