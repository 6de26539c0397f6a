"""Letting Discord know the commands: once, and again only when they have changed.

Discord takes 200 new commands a day ("Application Commands" in its documentation), and people see
a command flicker that is written again. So what was last written is noted in the database, by its
hash.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import discord
from discord import app_commands

from bot.discord.hall import NOT_ANSWERING, word_of
from core.store.database import BusyError
from core.store.desk import Desk
from core.store.store import Store

log = logging.getLogger(__name__)

EVERYWHERE = "everywhere"
_AGAIN_AFTER, _LONGEST_PAUSE = 5.0, 600.0  # seconds
_LEAST_REFUSED, _MOST_REFUSED, _TOO_MANY = 400, 500, 429  # HTTP statuses


@dataclass(frozen=True, slots=True)
class Target:
    """Where commands are written: in one guild at once, or everywhere; and what stands there."""

    application: int
    guild: int | None
    payload: tuple[dict[str, Any], ...]

    @property
    def place(self) -> str:
        """Name it in the database."""
        return f"discord:commands:{self.application}:{self.guild or EVERYWHERE}"

    @property
    def version(self) -> str:
        """Name it with what stands there."""
        text = json.dumps(self.payload, sort_keys=True)
        return f"{self.place}:{sha256(text.encode()).hexdigest()[:24]}"


async def sync(
    desk: Desk, tree: app_commands.CommandTree[Any], guild: int | None, stop: asyncio.Event
) -> None:
    """See to it that Discord has the commands as they are; tries on until it has, or `stop`.

    Where they were written everywhere before, and now are for one guild, they are taken away there:
    nobody is to see them twice.
    """
    application = tree.client.application_id
    if application is None:
        raise ValueError("the client has not logged in yet")
    payload = tuple(command.to_dict(tree) for command in tree.get_commands())
    targets = [Target(application, guild, payload)]
    if guild is not None:
        targets.append(Target(application, None, ()))
    for target in targets:
        pause = _AGAIN_AFTER
        while not stop.is_set() and not await _synced(desk, tree.client, target):
            await _wait(stop, pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _synced(desk: Desk, client: discord.Client, target: Target) -> bool:
    """Write the commands if they are others than those there; False where that did not work."""
    try:
        if await desk.read(_is_written, target) and await _are_there(client, target):
            return True
        await _write(client, target)
        await desk.run_patiently(_note_written, target)
    except BusyError as error:
        log.warning("discord.commands_busy", extra={"reason": str(error)})
        return False
    except NOT_ANSWERING as error:
        log.warning("discord.commands_not_written", extra={"error": word_of(error)})
        return _is_final(error)
    log.info("discord.commands_written", extra={"place": target.guild or EVERYWHERE})
    return True


def _is_final(error: BaseException) -> bool:
    """Tell whether Discord will not take them as long as nobody mends something there."""
    return (
        isinstance(error, discord.HTTPException)
        and _LEAST_REFUSED <= error.status < _MOST_REFUSED
        and error.status != _TOO_MANY
    )


async def _are_there(client: discord.Client, target: Target) -> bool:
    """Tell whether there are any: a guild that removed the desk and has it again lost its own."""
    if target.guild is None:
        return True
    return bool(await client.http.get_guild_commands(target.application, target.guild))


async def _write(client: discord.Client, target: Target) -> None:
    payload: Sequence[Any] = list(target.payload)
    http = client.http
    if target.guild is None:
        await http.bulk_upsert_global_commands(target.application, payload=list(payload))
    else:
        await http.bulk_upsert_guild_commands(
            target.application, target.guild, payload=list(payload)
        )


def _is_written(store: Store, _: datetime, target: Target) -> bool:
    """Tell whether these commands were the last ones that were written there."""
    last = store.records.last_beat(target.place)
    if last is None:
        return not target.payload  # none were ever written there
    return store.records.last_beat(target.version) == last


def _note_written(store: Store, now: datetime, target: Target) -> None:
    store.records.beat(target.place, now)
    store.records.beat(target.version, now)
