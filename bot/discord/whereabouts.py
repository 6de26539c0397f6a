"""In which guild somebody acts who presses a button in a direct message: its reservation's.

Whoever is met in several guilds would have to say so each time. That they are in that guild, and
what they may do there, is asked as ever.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from bot.discord.hall import ASKING, Hall, Interaction
from core.access.credentials import read_code
from core.model.people import WorkspaceKind
from core.store.database import BusyError
from core.store.store import Store


async def hall_for(hall: Hall, interaction: Interaction, code: str) -> Hall:
    """Give the hall in which whoever acts is met in the guild that a reservation belongs to.

    Whoever is not in that guild is met where they would be with a code that does not exist, so
    that no answer tells which codes there are.
    """
    if interaction.guild_id is not None or not code:
        return hall
    try:
        guild = await asyncio.wait_for(hall.desk.read(_guild_of, code), ASKING)
    except (BusyError, TimeoutError):
        guild = None  # whoever asks next finds the same, and says so
    if guild is None:
        return hall
    return replace(hall, otherwise=hall, _last_guild={interaction.user.id: guild})


def _guild_of(store: Store, now: datetime, code: str) -> int | None:  # noqa: ARG001 - as every question is asked
    """Say which guild a reservation was made in; None for one of another chat."""
    reservation = store.reservations.by_code(read_code(code))
    if reservation is None:
        return None
    workspace = store.people.workspace(reservation.workspace_id)
    return int(workspace.external_id) if workspace.kind is WorkspaceKind.DISCORD else None
