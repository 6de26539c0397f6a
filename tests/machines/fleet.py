"""A desk as a fleet of processes on one PostgreSQL, between our Slack, Discord and mailboxes."""

from __future__ import annotations

import asyncio
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.desks import RunningClock
from tests.discord.house import Stage, set_stage, settings_of
from tests.discord.server.server import open_discord
from tests.machines.test_processes import TEN_SECONDS, settings, start
from tests.ports import free_port, listens
from tests.slack.runs import Town, open_town
from tests.web.house import PUBLIC

ROLES = ("slack", "discord", "web", "worker")
SOON = 60.0  # seconds, on a machine that is busy
_ANSWERED_ALREADY = "40060"
_LOOK = 0.02  # seconds between two looks at what tells nobody


@dataclass
class Member:
    """One process of the fleet, and what it has said; `port` is where it serves, if it does."""

    role: str
    port: int
    process: Process
    said: list[str] = field(default_factory=list)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def exit_status(self) -> int | None:
        """How it ended; None while it runs."""
        return self.process.returncode

    async def stop(self) -> None:
        """Ask it to stop; it must do so well, in ten seconds."""
        began = time.monotonic()
        self.process.terminate()
        await asyncio.wait_for(self.process.wait(), SOON)
        assert self.exit_status == 0, "".join(self.said)
        assert time.monotonic() - began < TEN_SECONDS + 2  # a machine that is busy

    async def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self.exit_status is None:
            self.process.kill()
        await asyncio.wait_for(self.process.wait(), SOON)

    async def listen(self) -> None:
        """Read what it says, to its end."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said.append(line.decode())
            if " desk.ready " in self.said[-1]:
                self._ready.set()
        self._ready.set()

    async def ready(self) -> None:
        """Wait until it is at work; a process that serves has bound its port by then."""
        async with asyncio.timeout(SOON):
            await self._ready.wait()
            assert self.exit_status is None, "".join(self.said)
            while self.port and not listens(self.port):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(_LOOK)


@dataclass
class Fleet:
    """All processes that were ever started of a desk, and whom they serve."""

    database_url: str
    town: Town
    stage: Stage
    members: list[Member] = field(default_factory=list)
    _listening: list[asyncio.Task[None]] = field(default_factory=list)

    def running(self, role: str) -> list[Member]:
        """List the processes of a role that have not ended."""
        return [one for one in self.members if one.role == role and one.exit_status is None]

    async def add(self, role: str) -> None:
        """Start one more process, and wait until whatever it serves reaches it."""
        slack, discord = self.town.slack.socket, self.stage.discord.gateway
        sockets, sessions = slack.connected, discord.connected
        await self._started(role)
        if role == "slack":
            await slack.wait_reconnected(after=sockets, within=SOON)
        if role == "discord":
            await discord.wait_connected(after=sessions, within=SOON)

    async def man(self) -> None:
        """Start two processes of each role, all at once."""
        await asyncio.gather(*(self._started(role) for role in ROLES for _ in range(2)))
        discord, hanna, general = self.stage.discord, self.stage.hanna, self.stage.general
        await self.town.slack.socket.wait_connected(2, within=SOON)
        await discord.gateway.wait_connected(shards=2, within=SOON)
        await discord.until(lambda: "slot" in hanna.offered(general), within=SOON)

    async def end(self) -> None:
        """End whatever still runs."""
        for member in self.members:
            await member.kill()
        await asyncio.gather(*self._listening)

    def nothing_wrong(self) -> None:
        """See that no process logged an error, and the chats had nothing to complain of.

        Of two that hear the same in Discord one is told that the other has answered.
        """
        assert [] == [line for one in self.members for line in one.said if " error " in line]
        assert [] == self.town.slack.refusals + self.town.slack.protocol_errors
        refused = [one for one in self.stage.discord.refusals if one.outcome != _ANSWERED_ALREADY]
        assert [] == refused + self.stage.discord.protocol_errors

    async def _started(self, role: str) -> None:
        given = self.town.settings
        port = free_port() if role == "web" else 0
        environment = settings(
            given.data,
            self.database_url,
            http_port=str(port),
            public_url=PUBLIC,
            smtp_url=given.smtp_url,
            mail_from=given.mail_from,
            slack_bot_token=given.slack_bot_token,
            slack_app_token=given.slack_app_token,
            slack_api_url=given.slack_api_url,
            **{name: str(value) for name, value in settings_of(self.stage.discord).items()},
        )
        member = Member(role, port, await start(given.data, environment, role))
        self.members.append(member)
        self._listening.append(asyncio.create_task(member.listen()))
        await member.ready()


@asynccontextmanager
async def open_fleet(database_url: str, folder: Path) -> AsyncIterator[Fleet]:
    """Open both chats and the mailboxes, and two processes of each role that serve them."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(open_town(database_url, folder, RunningClock()))
        discord = await stack.enter_async_context(open_discord())
        fleet = Fleet(database_url, town, set_stage(discord))
        stack.push_async_callback(fleet.end)
        await fleet.man()
        yield fleet
