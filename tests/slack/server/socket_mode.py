"""Socket Mode: the WebSocket connections of the app, and envelopes over them."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from tests.slack.server.courier import Parcel, Reply
from tests.slack.server.errors import Json, Refusal

if TYPE_CHECKING:
    from tests.slack.server.world import World

CONNECTIONS = 10


@dataclass(eq=False)
class _Connection:
    socket: web.WebSocketResponse
    request: web.Request
    number: int
    received: list[Json] = field(default_factory=list)


class SocketMode:
    """The app's connections. Any one of them gets each payload, in turn.

    `connected` counts all connections ever made, `acknowledged` lists all envelope_ids.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._known: set[str] = set()
        self.connected = 0
        self.acknowledged: list[str] = []

    @property
    def open(self) -> int:
        """How many connections there are now."""
        return len(self._connections)

    @property
    def ready(self) -> bool:
        """Whether an app is connected."""
        return bool(self._connections)

    def ticket_url(self) -> str:
        """Give an address that one connection can be made to. Raises Refusal at the limit."""
        if len(self._connections) >= CONNECTIONS:
            raise Refusal("too_many_websockets")
        ticket = f"t{self._world.number():08d}"
        self._tickets.add(ticket)
        return f"{self._world.base_url.replace('http', 'ws', 1)}/link?ticket={ticket}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take a connection for as long as it lasts."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="used or unknown ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connected += 1
        connection = _Connection(socket, request, self.connected)
        await socket.send_json(self._hello())
        self._connections.append(connection)
        self._world.tell()
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._hear(message.data)
        finally:
            self._leave(connection)
        return socket

    async def wait_connected(self, connections: int = 1, *, within: float = 5) -> None:
        """Wait until so many connections are open."""
        await self._world.until(lambda: self.open >= connections, within=within)

    async def wait_reconnected(self, *, after: int, within: float = 5) -> None:
        """Wait until a connection is open that was made after the `after`-th, see `connected`."""
        await self._world.until(
            lambda: any(one.number > after for one in self._connections), within=within
        )

    def drop(self) -> None:
        """Cut every connection without a word, as a broken network does."""
        for connection in list(self._connections):
            if connection.request.transport is not None:
                connection.request.transport.abort()
            self._leave(connection)

    async def refresh(self) -> None:
        """Ask every connection to be made anew, then close it, as Slack does every few hours."""
        for connection in list(self._connections):
            self._leave(connection)
            await self._disconnect(connection, "refresh_requested")

    async def warn(self) -> None:
        """Announce a refresh, as Slack does ten seconds ahead."""
        for connection in list(self._connections):
            await connection.socket.send_json(_goodbye("warning"))

    async def carry(self, parcel: Parcel) -> Reply:
        """Send an envelope, and wait for its acknowledgement as long as Slack has patience."""
        if not self._connections:
            return Reply(error="dispatch_failed")
        connection = self._connections[next(self._turn) % len(self._connections)]
        loop = asyncio.get_running_loop()
        acknowledged: asyncio.Future[Json | None] = loop.create_future()
        self._waiting[parcel.envelope_id] = acknowledged
        self._known.add(parcel.envelope_id)
        started = loop.time()
        try:
            async with asyncio.timeout(self._world.patience):
                await connection.socket.send_json(_envelope(parcel))
                body = await acknowledged
        except TimeoutError:
            return Reply(error="operation_timeout")
        except ConnectionError:
            await asyncio.sleep(self._world.patience)
            return Reply(error="operation_timeout")
        finally:
            if self._waiting.get(parcel.envelope_id) is acknowledged:
                del self._waiting[parcel.envelope_id]
        return Reply(loop.time() - started, body)

    async def close(self) -> None:
        """Close every connection."""
        for connection in list(self._connections):
            self._leave(connection)
            await connection.socket.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections) + 1,
            "debug_info": {"host": "applink-1", "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._world.app.id},
        }

    def _hear(self, text: str) -> None:
        message = json.loads(text)
        envelope_id = message.get("envelope_id")
        if envelope_id not in self._known:
            self._world.accuse(f"acknowledged an unknown envelope: {text}")
            return
        self.acknowledged.append(envelope_id)
        waiting = self._waiting.get(envelope_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(message.get("payload"))
        self._world.tell()

    def _leave(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._world.tell()

    async def _disconnect(self, connection: _Connection, reason: str) -> None:
        await connection.socket.send_json(_goodbye(reason))
        await connection.socket.close()


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}


def _envelope(parcel: Parcel) -> Json:
    envelope: Json = {
        "envelope_id": parcel.envelope_id,
        "type": parcel.kind,
        "accepts_response_payload": parcel.kind != "events_api",
        "payload": parcel.payload,
    }
    if parcel.retry_attempt is not None:
        envelope |= {"retry_attempt": parcel.retry_attempt, "retry_reason": parcel.retry_reason}
    return envelope
