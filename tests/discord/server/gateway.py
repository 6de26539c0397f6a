"""The gateway: connections and sessions of the bot, and what a test can do to them.

Source: Discord's documentation, "Gateway", "Gateway Events", "Opcodes and Status Codes", v10.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.discord.server import handshake, opcodes
from tests.discord.server.connection import Connection
from tests.discord.server.dispatch import hand_on
from tests.discord.server.frames import bare, hello, invalid_session, read_command
from tests.discord.server.handshake import Farewell
from tests.discord.server.session import Session

if TYPE_CHECKING:
    from tests.discord.server.world import World


class Gateway:
    """All connections of the bot, and the sessions that they carry.

    `heartbeat_interval` is in seconds, `heartbeat_grace` what is waited beyond it; unless
    `acknowledges`, heartbeats stay unanswered (a zombie connection). `identify_period` is how long
    one IDENTIFY keeps the next of its bucket waiting: Discord's is 5 s, here none, so that a test
    may restart a bot at once. `privileged_intents` are those that the application was granted, see
    intents.py. `connected` counts all connections ever made, `identified` and `resumed` the
    sessions begun and gone on with; `farewells` lists the close codes that this side closed with.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.heartbeat_interval, self.heartbeat_grace = 41.25, 5.0
        self.acknowledges = True
        self.identify_period = 0.0
        self.max_concurrency = 1
        self.most_guilds = 2500
        self.privileged_intents = 0
        self.connected = self.identified = self.resumed = 0
        self.farewells: list[int] = []
        self.sessions: list[Session] = []
        self.identify_times: dict[int, float] = {}
        self._connections: list[Connection] = []
        self._open = asyncio.Event()
        self._open.set()
        world.listeners.append(partial(hand_on, self))

    @property
    def url(self) -> str:
        """The address to connect to."""
        return f"{self.world.base_url.replace('http', 'ws', 1)}/gateway"

    @property
    def live(self) -> list[Session]:
        """The sessions that have a connection now."""
        return [one for one in self.sessions if one.connection is not None]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take a connection for as long as it lasts."""
        self.connected += 1
        connection = Connection(request, self.connected)
        await connection.socket.prepare(request)
        self._connections.append(connection)
        writing = asyncio.create_task(connection.write())
        try:
            await self._open.wait()
            await self._serve(connection)
        finally:
            self._leave(connection)
            connection.finish()
            await asyncio.wait([writing], timeout=1)
            writing.cancel()
        return connection.socket

    async def wait_connected(self, *, after: int = 0, shards: int = 1, within: float = 5) -> None:
        """Wait until so many shards are on connections made after the `after`-th.

        See `connected`. Raises NeverHappenedError after `within` seconds.
        """
        await self.world.until(lambda: len(self._live_after(after)) >= shards, within=within)

    async def redeliver(self, interaction_id: int) -> None:
        """Let a RESUME bring an interaction once more that the client has had already."""
        before = self.connected
        again = [
            (session, frame)
            for session in self.live
            for frame in session.told
            if frame["t"] == "INTERACTION_CREATE" and frame["d"]["id"] == str(interaction_id)
        ]
        for session, frame in again:
            session.again.append(frame)
            self.drop(session.shard[0])
        await self.wait_connected(after=before, shards=len(again))

    def drop(self, shard: int | None = None) -> None:
        """Cut the connections of a shard, or all, without a word, as a broken network does."""
        for connection in self._of_shard(shard):
            connection.cut()
            self._leave(connection)

    def reconnect(self, shard: int | None = None) -> None:
        """Ask a shard, or all, to connect anew and go on (opcode 7)."""
        for connection in self._of_shard(shard):
            connection.send(bare(opcodes.RECONNECT))

    def invalidate(self, *, resumable: bool, shard: int | None = None) -> None:
        """Say that sessions are no longer good (opcode 9); unless `resumable` they are ended."""
        for session in [one for one in self.live if shard in (None, one.shard[0])]:
            if session.connection is not None:
                session.connection.send(invalid_session(resumable=resumable))
            if not resumable:
                self.end(session)

    def close_with(self, code: int, shard: int | None = None) -> None:
        """Close the connections of a shard, or all, with a close code."""
        for connection in self._of_shard(shard):
            self._dismiss(connection, Farewell(code, "asked for by the test"))

    def forget(self) -> None:
        """End every session, as though they had not been resumed in time."""
        for session in list(self.sessions):
            self.end(session)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let new connections wait for HELLO, so that events are missed meanwhile."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def end(self, session: Session) -> None:
        """End a session: it cannot be resumed."""
        if session in self.sessions:
            self.sessions.remove(session)
        self.world.tell()

    async def close(self) -> None:
        """Close everything."""
        self._open.set()
        for connection in list(self._connections):
            connection.bid_farewell(1001)
            await connection.socket.close()

    async def _serve(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        patience = self.heartbeat_interval + self.heartbeat_grace
        if connection.request.query.get("v") != "10":
            self._dismiss(connection, Farewell(4012, "Invalid API version."))
            return
        connection.send(hello(self.heartbeat_interval))
        times: deque[float] = deque()
        try:
            async with asyncio.timeout(patience) as timer:
                async for message in connection.socket:
                    if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                        continue
                    times.append(loop.time())
                    command = read_command(message.data, times)
                    if command["op"] == opcodes.HEARTBEAT:
                        timer.reschedule(loop.time() + patience)
                    self._obey(connection, command)
        except TimeoutError:
            self._dismiss(connection, Farewell(4009, "Session timed out."))
        except Farewell as farewell:
            self._dismiss(connection, farewell)
        if connection.socket.close_code in (1000, 1001) and not connection.gone:
            # a client that closes so does not mean to come back
            session = self.session_of(connection)
            if session is not None:
                self.end(session)

    def _obey(self, connection: Connection, command: dict[str, Any]) -> None:
        session = self.session_of(connection)
        match command["op"]:
            case opcodes.HEARTBEAT:
                self._beat(connection, session)
            case opcodes.IDENTIFY if session is not None:
                raise Farewell(4005, "Already authenticated.")
            case opcodes.IDENTIFY:
                handshake.identify(self, connection, command.get("d"))
            case opcodes.RESUME:
                handshake.resume(self, connection, command.get("d"))
            case _ if session is None:
                raise Farewell(4003, "Not authenticated.")
            case opcodes.REQUEST_GUILD_MEMBERS:
                handshake.send_members(self, session, command.get("d"))
            case opcodes.PRESENCE_UPDATE | opcodes.VOICE_STATE_UPDATE:
                pass
            case _:
                raise Farewell(4001, "Unknown opcode.")
        self.world.tell()

    def _beat(self, connection: Connection, session: Session | None) -> None:
        if session is not None:
            session.heartbeats += 1
        if self.acknowledges:
            connection.send(bare(opcodes.HEARTBEAT_ACK))

    def session_of(self, connection: Connection) -> Session | None:
        """Give the session that a connection carries."""
        return next((one for one in self.sessions if one.connection is connection), None)

    def refuse_session(self, connection: Connection, *, resumable: bool = False) -> None:
        """Answer that a session could not be begun or gone on with."""
        connection.send(invalid_session(resumable=resumable))

    def _dismiss(self, connection: Connection, farewell: Farewell) -> None:
        self.farewells.append(farewell.code)
        connection.bid_farewell(farewell.code, farewell.reason)
        session = self.session_of(connection)
        if session is not None and farewell.code in handshake.FINAL:
            self.end(session)
        self._leave(connection)

    def _leave(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        session = self.session_of(connection)
        if session is not None:
            session.connection = None
        self.world.tell()

    def _of_shard(self, shard: int | None) -> list[Connection]:
        if shard is None:
            return list(self._connections)
        return [one.connection for one in self.live if one.connection and one.shard[0] == shard]

    def _live_after(self, number: int) -> list[Session]:
        return [one for one in self.live if one.connection and one.connection.number > number]
