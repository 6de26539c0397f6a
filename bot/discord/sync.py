"""Letting Discord know the commands: once, and again only when they have changed.

Discord takes 200 new commands a day ("Application Commands" in its documentation), and people see
a command flicker that is written again. So what was last written is noted in the database, by its
hash.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

import discord
from discord import app_commands

from bot.discord.hall import NOT_ANSWERING, word_of
from core.store.database import BusyError
from core.store.desk import Desk
from core.store.store import Store
from core.waiting import paused

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
        return f"{_places(self.application)}{self.guild or EVERYWHERE}"

    @property
    def version(self) -> str:
        """Name it with what stands there."""
        text = json.dumps(self.payload, sort_keys=True)
        return f"{self.place}:{sha256(text.encode()).hexdigest()[:24]}"


async def sync(
    desk: Desk, tree: app_commands.CommandTree[Any], guild: int | None, stop: asyncio.Event
) -> None:
    """See to it that Discord has the commands as they are; tries on until it has, or `stop`.

    Wherever else they were written before they are taken away: nobody is to see them twice.
    """
    application = tree.client.application_id
    if application is None:
        raise ValueError("the client has not logged in yet")
    payload = tuple(command.to_dict(tree) for command in tree.get_commands())
    target = Target(application, guild, payload)
    await _tried(partial(_synced, desk, tree.client, target), stop)
    await _tried(partial(_cleared, desk, tree.client, target), stop)


async def _tried(write: Callable[[], Awaitable[bool]], stop: asyncio.Event) -> None:
    pause = _AGAIN_AFTER
    while not stop.is_set() and not await write():
        await paused(stop, pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _cleared(desk: Desk, client: discord.Client, now: Target) -> bool:
    """Take commands away wherever they stand besides; False where that did not work."""
    try:
        others = await desk.read(_others, now)
    except BusyError as error:
        log.warning("discord.commands_busy", extra={"reason": str(error)})
        return False
    return all([await _synced(desk, client, one) for one in others])


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
    if target.guild is None or not target.payload:
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


def _others(store: Store, _: datetime, now: Target) -> tuple[Target, ...]:
    """List the other places in which commands were ever written, each with nothing in it."""
    before = _places(now.application)
    names = [name.removeprefix(before) for name in store.records.beats(before)]
    guilds = [int(name) for name in names if name.isdecimal()]
    everywhere = [None] if EVERYWHERE in names else []
    others = [guild for guild in (*everywhere, *guilds) if guild != now.guild]
    return tuple(Target(now.application, guild, ()) for guild in others)


def _places(application: int) -> str:
    return f"discord:commands:{application}:"


def _note_written(store: Store, now: datetime, target: Target) -> None:
    store.records.beat(target.place, now)
    store.records.beat(target.version, now)
