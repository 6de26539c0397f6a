"""What the listeners share: the desk, who people are, and how long a person waits for an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from bot.slack.payload import Body, home_of, team_name_of, team_of, user_of
from core.model.people import Actor, Role, WorkspaceKind
from core.notices.as_slack import is_person
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.heard import note_heard
from core.usecases.settings import Account, enter, recognise

T = TypeVar("T")

# Slack waits three seconds for an acknowledgement, the way there and back included;
# the desk itself says after two that it is busy
PATIENCE = 2.5
_KEPT, _MOST_KEPT = 5.0, 10_000  # seconds, and how many: for whoever asks several times in a row


class PersonSeen(Protocol):
    """What Slack says of a person; `zone` is "" where it says none."""

    @property
    def name(self) -> str:
        """What they are called."""

    @property
    def zone(self) -> str:
        """Their time zone, as in the IANA database."""

    @property
    def is_admin(self) -> bool:
        """Tell whether they run the workspace."""


class Lookup(Protocol):
    """What Slack can be asked of people, channels and files; it answers quickly, or "unknown"."""

    async def person(self, team: str, user: str) -> PersonSeen:
        """Say who somebody is."""

    async def channel_name(self, team: str, channel: str) -> str:
        """Give a channel's name, or ""."""

    async def is_private(self, team: str, channel: str) -> bool:
        """Tell whether only its members may read a channel; True where that is unknown."""

    async def in_group(self, team: str, user: str, group: str) -> bool:
        """Tell whether somebody is in a user group, given by handle or id."""

    async def download(self, team: str, url: str, limit: int) -> bytes | None:
        """Fetch a file that somebody uploaded; None where it cannot be had."""


@dataclass(frozen=True, slots=True)
class Hall:
    """The desk as Slack's listeners meet it; `admin_group` is a user group, by handle or id."""

    desk: Desk
    lookup: Lookup
    admin_group: str = ""
    running: set[asyncio.Task[Any]] = field(default_factory=set)
    _noted: set[str] = field(default_factory=set)
    _actors: dict[Account, tuple[float, Actor]] = field(default_factory=dict)

    async def actor(self, body: Body, channel: str = "") -> Actor:
        """Find out who acts; raises `BusyError` when the database is held or away.

        Whoever comes from another organisation through a shared channel is no admin here.
        """
        team, user, home = team_of(body), user_of(body), home_of(body)
        person = await self.lookup.person(team, user)
        account = Account(
            kind=WorkspaceKind.SLACK,
            workspace=team,
            workspace_name=team_name_of(body) or team,
            user=user,
            user_name="" if person.name == user else person.name,
            role=await self._role(team, user, person, at_home=home in {"", team}),
            zone=person.zone,
            channel=channel,
        )
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

    async def _role(self, team: str, user: str, person: PersonSeen, *, at_home: bool) -> Role:
        if not at_home:
            return Role.MEMBER
        group = self.admin_group
        if person.is_admin or (group and await self.lookup.in_group(team, user, group)):
            return Role.ADMIN
        return Role.MEMBER

    async def names(self, team: str, targets: list[str]) -> dict[str, str]:
        """Give what channels and people are called, as they stand in a list of contacts."""
        found = await asyncio.gather(*(self._name(team, target) for target in targets))
        return dict(zip(targets, found, strict=True))

    async def _name(self, team: str, target: str) -> str:
        if is_person(target):
            return f"@{(await self.lookup.person(team, target)).name}"
        name = await self.lookup.channel_name(team, target)
        return f"#{name}" if name else target

    def heard(self, what: str) -> None:
        """Note, once in a process's life, that Slack sends something of this kind.

        That is done beside whatever is asked: nobody waits for it.
        """
        if what not in self._noted:
            self._noted.add(what)
            task = asyncio.ensure_future(self._note(what))
            self.running.add(task)
            task.add_done_callback(self.running.discard)

    async def _note(self, what: str) -> None:
        try:
            await self.desk.run_patiently(note_heard, what)
        except BusyError:
            self._noted.discard(what)  # the next one will do

    def stay(self) -> None:
        """Let the desk wait, when it stops, for the listener that calls this to have answered."""
        task = asyncio.current_task()
        if task is not None:
            self.running.add(task)
            task.add_done_callback(self.running.discard)

    async def soon(self, work: Awaitable[T]) -> tuple[asyncio.Task[T], bool]:
        """Begin some work and wait for it as long as Slack lets us; tells whether it is done.

        What is not done by then goes on: whoever asked is told that it does.
        """
        task: asyncio.Task[T] = asyncio.ensure_future(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        return task, bool(done)
