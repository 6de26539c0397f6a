"""What the listeners share: the desk, who people are, and how long a person waits for an answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
import discord

from bot.answers.reply import Reply, Tone
from core.model.people import Actor, Role, WorkspaceKind
from core.store.database import BusyError
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.heard import note_heard
from core.usecases.settings import Account, enter, recognise

log = logging.getLogger(__name__)

T = TypeVar("T")
Interaction = discord.Interaction[discord.Client]

# Discord waits three seconds for the first answer, the way there and back included; what takes
# longer than this is deferred, so that the answer may come later
PATIENCE = 1.6
ASKING = 1.0  # seconds for what Discord is asked before a person can be answered
_KEPT, _MOST_KEPT = 5.0, 10_000  # seconds, and how many: for whoever asks several times in a row
_MOST_GUILDS = 200  # looked through for somebody who writes directly

NOT_ANSWERING = (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError)

NOWHERE = Reply(
    Tone.MISTAKE,
    (
        ("Which server do you mean? I know you from none, or from several.",),
        ("Type this once in a channel of it: from then on I know here as well.",),
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody acts: the guild, and themselves as its member."""

    guild_id: int
    member: discord.Member


@dataclass(frozen=True, slots=True)
class Hall:
    """The desk as Discord's listeners meet it; `admin_role` is a role, by name or id.

    `otherwise` is where somebody is met who is not in the guild in which this one would.
    """

    desk: Desk
    admin_role: str = ""
    otherwise: Hall | None = None
    running: set[asyncio.Task[Any]] = field(default_factory=set)
    _noted: set[str] = field(default_factory=set)
    _actors: dict[Account, tuple[float, Actor]] = field(default_factory=dict)
    _last_guild: dict[int, int] = field(default_factory=dict)

    async def actor(self, interaction: Interaction) -> Actor | Reply:
        """Find out who acts, or ask in which guild that is, where it cannot be told.

        Raises `BusyError` when the database is held or away.
        """
        place = await self.place(interaction)
        if isinstance(place, Reply):
            return place
        in_guild = interaction.guild_id is not None
        account = Account(
            kind=WorkspaceKind.DISCORD,
            workspace=str(place.guild_id),
            workspace_name=place.member.guild.name or str(place.guild_id),
            user=str(place.member.id),
            user_name=place.member.display_name,
            role=await self._role(interaction, place.member),
            channel=str(interaction.channel_id or "") if in_guild else "",
        )
        return await self._entered(account)

    async def place(self, interaction: Interaction) -> Place | Reply:
        """Find the guild in which somebody acts: in direct messages, where they were last met.

        That they are still in it is asked of Discord each time: whoever left is no member.
        """
        user = interaction.user
        if interaction.guild_id is not None and isinstance(user, discord.Member):
            if len(self._last_guild) >= _MOST_KEPT:
                self._last_guild.clear()
            self._last_guild[user.id] = interaction.guild_id
            return Place(interaction.guild_id, user)
        guild = await self._guild_of(interaction)
        if guild is None:
            return NOWHERE
        try:
            member = await asyncio.wait_for(guild.fetch_member(user.id), ASKING)
        except discord.NotFound:
            self._last_guild.pop(user.id, None)
            return NOWHERE if self.otherwise is None else await self.otherwise.place(interaction)
        except NOT_ANSWERING as error:
            log.warning("discord.not_asked", extra={"what": "member", "error": word_of(error)})
            return _UNSURE
        return Place(guild.id, member)

    async def _guild_of(self, interaction: Interaction) -> discord.Guild | None:
        """Find the one guild that somebody who writes directly can mean."""
        client, user = interaction.client, interaction.user
        last = client.get_guild(self._last_guild.get(user.id, 0))
        if last is not None:
            return last
        numbers = [guild.id for guild in client.guilds[:_MOST_GUILDS]]
        known = await self.desk.read(_known_in, numbers, user.id)
        return client.get_guild(known[0]) if len(known) == 1 else None

    async def _entered(self, account: Account) -> Actor:
        kept = self._actors.get(account)
        if kept is not None and time.monotonic() - kept[0] < _KEPT:
            return kept[1]
        actor = await self.desk.read(recognise, account)
        if actor is None:
            actor = await self.desk.run(enter, account)
        if len(self._actors) >= _MOST_KEPT:
            self._actors.clear()
        self._actors[account] = (time.monotonic(), actor)
        return actor

    def forget(self) -> None:
        """Look anew at who people are: somebody has changed their settings."""
        self._actors.clear()

    async def _role(self, interaction: Interaction, member: discord.Member) -> Role:
        may = interaction.permissions if interaction.guild_id else member.guild_permissions
        if may.administrator or may.manage_guild or await self._has_admin_role(interaction, member):
            return Role.ADMIN
        return Role.MEMBER

    async def _has_admin_role(self, interaction: Interaction, member: discord.Member) -> bool:
        """Tell whether somebody has the admins' role; ids and names are both of this guild."""
        wanted = self.admin_role.strip().removeprefix("@").casefold()
        if not wanted:
            return False
        if member.guild.roles:
            return any(wanted in {str(one.id), one.name.casefold()} for one in member.roles)
        # the guild has not arrived yet: nobody waits for that, so it is asked for
        try:
            guild = await asyncio.wait_for(
                interaction.client.fetch_guild(member.guild.id, with_counts=False), ASKING
            )
        except NOT_ANSWERING as error:
            log.warning("discord.not_asked", extra={"what": "roles", "error": word_of(error)})
            return False
        held = member._roles  # noqa: SLF001 - `roles` shows those alone that have arrived
        return any(
            held.has(one.id) and wanted in {str(one.id), one.name.casefold()} for one in guild.roles
        )

    def heard(self, what: str) -> None:
        """Note, once in a process's life, that Discord sends something of this kind.

        That is done beside whatever is asked: nobody waits for it.
        """
        if what not in self._noted:
            self._noted.add(what)
            self.beside(self._note(what))

    async def _note(self, what: str) -> None:
        try:
            await self.desk.run_patiently(note_heard, what)
        except BusyError:
            self._noted.discard(what)  # the next one will do

    def beside(self, work: Awaitable[T]) -> asyncio.Task[T]:
        """Let some work go on beside; the desk waits for it when it stops."""
        task: asyncio.Task[T] = asyncio.ensure_future(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return task

    def stay(self) -> None:
        """Let the desk wait, when it stops, for the listener that calls this to have answered."""
        task = asyncio.current_task()
        if task is not None:
            self.running.add(task)
            task.add_done_callback(self.running.discard)

    async def soon(self, work: Awaitable[T]) -> tuple[asyncio.Task[T], bool]:
        """Begin some work and wait for it a little; tells whether it is done.

        What is not done by then goes on: whoever asked is to be told that it does.
        """
        task = self.beside(work)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        return task, bool(done)


def submission_key(interaction: Interaction) -> str:
    """Name what was handed in: a second copy of the same interaction has the same number."""
    return f"discord:{interaction.id}"


def word_of(error: BaseException) -> str:
    """Name an error for the log: Discord's own code where it gave one, never its words."""
    if isinstance(error, discord.HTTPException):
        return str(error.code or f"HTTP {error.status}")
    return type(error).__name__


def _known_in(store: Store, _: datetime, guilds: list[int], user: int) -> list[int]:
    """List those of some guilds in which somebody has met the desk."""
    return [
        guild
        for guild in guilds
        if store.people.known(WorkspaceKind.DISCORD, str(guild), str(user)) is not None
    ]


_UNSURE = replace(
    NOWHERE,
    tone=Tone.TROUBLE,
    lines=(("Discord does not say just now who you are there. Please try again in a moment.",),),
)
