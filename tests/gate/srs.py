"""A stand-in for SRS on loopback: clients of each protocol, what is asked about them, the API.

It cannot be installed where the tests run. So it is written from its source (4.0.271 to 7.0.18):
which fields its hooks have and omit by action and version, what their answers come to, in which
order things happen. Comments name the file below `trunk/src/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp.test_utils import TestServer

from tests.gate.srs_api import Api
from tests.gate.srs_core import (
    NEWEST,
    BusyError,
    Client,
    RefusedError,
    Request,
    SrsCore,
    Version,
    taken_apart,
)

_STOPS = {"publish": "on_unpublish", "play": "on_stop"}


@dataclass
class Srs(SrsCore):
    """One SRS; every client raises what it is sent away with."""

    control_url: str = ""
    interrupted: set[str] = field(default_factory=set)  # HLS sessions that were ended
    sessions: set[str] = field(default_factory=set)  # HLS sessions that there are
    ending: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def tells_of_an_end_without_a_beginning(self) -> bool:
        """Tell whether `on_unpublish` comes for who found the stream busy, too."""
        # app/srs_app_rtmp_conn.cpp: until 5.0.214, and 6.0.139
        return self.version < (5, 0, 214) or (6, 0, 0) <= self.version < (6, 0, 139)

    async def publish(self, tc_url: str, name: str, *, ip: str = "127.0.0.1") -> Client:
        """Publish by RTMP: `rtmp://host/app` and `stream?key=…`."""
        request = taken_apart(tc_url, name, ip, self.version)
        return await self._publish("fmle-publish", request)

    async def publish_srt(self, stream_id: str, *, ip: str = "127.0.0.1") -> Client:
        """Publish by SRT: `#!::r=app/stream,key=…,m=publish` (5 and later)."""
        # app/srs_app_srt_utility.cpp: what is none of its own words becomes the query, in the order
        # of the names, and without a question mark
        pairs = [one.partition("=")[::2] for one in stream_id.removeprefix("#!::").split(",")]
        given = dict(pairs)
        app, _, stream = given.pop("r").partition("/")
        given.pop("m")
        param = "&".join(f"{key}={given[key]}" for key in sorted(given))
        return await self._publish("srt-publish", Request(app, stream, param, ip))

    async def play(self, tc_url: str, name: str, *, ip: str = "127.0.0.1") -> Client:
        """Watch by RTMP."""
        request = taken_apart(tc_url, name, ip, self.version)
        one = Client(self.new_id(), "rtmp-play", request)
        await self._listed(one, "on_play")
        return one

    async def hls(self, url: str, *, ip: str = "127.0.0.1") -> str:
        """Fetch a playlist by HLS; gives the session's name."""
        # app/srs_app_http_static.cpp: 5 and later leave the extension on; a client may name the
        # session itself. By protocol/srs_protocol_http_conn.cpp the address is whatever a header
        # X-Forwarded-For says.
        parts = urlsplit(url)
        app, _, file = parts.path.strip("/").rpartition("/")
        named = parse_qs(parts.query).get("hls_ctx", [""])[0]
        stream = file if self.version >= (5, 0, 0) else file.removesuffix(".m3u8")
        param = f"?{parts.query}" if parts.query else ""
        request = Request(app, stream, param, ip, f"http://{parts.netloc}/{app}")
        if named in self.sessions:  # it is there: nobody is asked
            if named in self.interrupted:
                raise RefusedError
            return named
        session = named or self.new_id()
        if self.version < (5, 0, 0):
            await self.ask("on_play", session, request)
            self.sessions.add(session)
            self.clients[session] = Client(session, "rtmp-play", request, has_connection=False)
            return session
        one = self.clients[session] = Client(session, "hls-play", request, has_connection=False)
        try:
            await self.ask("on_play", session, request)
        finally:  # also where it was refused
            self.sessions.add(session)
            one.has_connection = True
        return session

    async def close(self, one: Client) -> None:
        """Let a client go: the hook is told, then it is listed no more."""
        if one.id not in self.clients:
            return
        one.publishing = False
        if one.kind != "hls-play":
            await self.tell(_STOPS[one.kind.rpartition("-")[2]], one.id, one.request)
        self.clients.pop(one.id, None)

    def expire(self, one: Client) -> None:
        """End a client whose end the API was told to bring about; its hooks follow."""
        if one.kind == "hls-play":  # app/srs_app_http_static.cpp
            self.interrupted.add(one.id)
            del self.clients[one.id]
            return
        one.publishing = False
        task = asyncio.get_running_loop().create_task(self.close(one))
        self.ending.add(task)
        task.add_done_callback(self.ending.discard)

    async def settled(self) -> None:
        """Wait until those who were ended are gone."""
        await asyncio.gather(*self.ending)

    async def _publish(self, kind: str, request: Request) -> Client:
        one = Client(self.new_id(), kind, request)
        await self._listed(one, "on_publish")
        # app/srs_app_rtmp_conn.cpp: only now does it look whether somebody else is there
        if self.is_busy(request):
            del self.clients[one.id]
            if self.tells_of_an_end_without_a_beginning:
                await self.tell("on_unpublish", one.id, request)
            raise BusyError
        one.publishing = True
        return one

    async def _listed(self, one: Client, action: str) -> None:
        """Ask about a client; 5 and later list it before they do (app/srs_app_rtmp_conn.cpp)."""
        if self.version >= (5, 0, 0):
            self.clients[one.id] = one
        try:
            await self.ask(action, one.id, one.request)
        except RefusedError:
            self.clients.pop(one.id, None)
            raise
        self.clients[one.id] = one


@dataclass(frozen=True)
class Running:
    """An SRS that runs, with its API."""

    server: Srs
    api: Api


@asynccontextmanager
async def open_srs(hook_url: str, version: Version = NEWEST) -> AsyncIterator[Running]:
    """Run one that asks at that address, with its API on a free port of loopback."""
    async with aiohttp.ClientSession() as session:
        server = Srs(hook_url, session, version)
        api = Api(server, server.expire)
        async with TestServer(api.application()) as served:
            server.control_url = str(served.make_url(""))
            yield Running(server, api)
            await server.settled()
