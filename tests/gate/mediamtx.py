"""A stand-in for MediaMTX on loopback: clients of each protocol, what is asked about them, the API.

It cannot be installed where the tests run. So it is written from its source (v1.6.0 to v1.20.1):
which fields it asks with, what they hold by protocol and what they omit, how often it asks, and how
it judges the answers. Comments name the file below `internal/`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

import aiohttp
from aiohttp.test_utils import TestServer

from tests.gate.mediamtx_api import Api
from tests.gate.mediamtx_core import (
    NEWEST,
    NOTHING,
    Connection,
    Given,
    MediamtxCore,
    Question,
    RefusedError,
    Version,
    go_query,
)

_LISTS = {"rtmp": "rtmpconns", "rtsp": "rtspsessions", "srt": "srtconns"}


class Mediamtx(MediamtxCore):
    """One MediaMTX; every client raises what it is turned away with."""

    control_url = ""

    async def rtmp(self, action: str, url: str, *, ip: str = "127.0.0.1") -> Connection:
        """Publish or watch by RTMP: `rtmp://host/app/stream?user=…&pass=…`."""
        # servers/rtmp/conn.go: the path without its leading slashes; credentials are the query's,
        # the first of each; the connection is listed before it is known what it wants
        parts = urlsplit(url)
        given = _first(parts.query)
        question = Question(
            action,
            parts.path.lstrip("/"),
            "rtmp",
            self.new_id(),
            parts.query,
            "LNX 9,0,124,2",
            ip,
            Given(given.get("user", ""), given.get("pass", "")),
            may_ask=False,
        )
        return await self._connected(question)

    async def rtsp(self, action: str, url: str, *, ip: str = "127.0.0.1") -> Connection:
        """Publish or watch by RTSP: `rtsp://user:pass@host/path`."""
        parts = urlsplit(url)
        given = Given(unquote(parts.username or ""), unquote(parts.password or ""))
        path, query = parts.path.removeprefix("/"), parts.query
        question = Question(action, path, "rtsp", self.new_id(), query, "Lavf59.27.100", ip)
        if action == "read":
            # servers/rtsp/conn.go: DESCRIBE asks with the id of the connection, which is none of a
            # session's, and without the player's name
            await self._until_given(replace(question, id=self.new_id(), agent=""), given)
            question = replace(question, given=given)
        # servers/rtsp/session.go: ANNOUNCE or SETUP asks with the session's id
        return await self._connected(question, given)

    async def srt(self, stream_id: str, *, ip: str = "127.0.0.1") -> Connection:
        """Publish or watch by SRT, as its stream id says."""
        # servers/srt/streamid.go: action:path[:query] or action:path:user:pass[:query]; nobody's
        # name. servers/srt/conn.go: listed before anybody is asked
        action, path, *more = stream_id.split(":")
        user, password = more[:2] if len(more) > 1 else ("", "")
        query = more[-1] if len(more) in {1, 3} else ""
        question = Question(action, path, "srt", self.new_id(), query, "", ip)
        given = Given(user, password)
        return await self._connected(replace(question, given=given, may_ask=False))

    async def webrtc(
        self,
        action: str,
        path: str,
        *,
        query: str = "",
        given: Given = NOTHING,
        ip: str = "127.0.0.1",
    ) -> Connection:
        """Publish or watch by WHIP or WHEP, with Basic or Bearer credentials."""
        asked = Question(action, path, "webrtc", None, query, "Mozilla/5.0", ip, given)
        # servers/webrtc/http_server.go: OPTIONS asks, without an id
        await self.ask(asked)
        # servers/webrtc/session.go: with POST there is a session, listed with what it wants to do
        # before anybody is asked whether it may
        question = replace(asked, id=self.new_id())
        one = self.open("webrtcsessions", question, state=action)
        try:
            await self.ask(question)
        except RefusedError:
            self.end(one)
            raise
        self.start(one, question)
        return one

    async def page(self, action: str, path: str, *, given: Given = NOTHING) -> None:
        """Open the page to publish or to watch from (servers/webrtc/http_server.go)."""
        await self.ask(Question(action, path, "webrtc", None, "", "Mozilla/5.0", given=given))

    async def hls(
        self, url: str, *, given: Given = NOTHING, ip: str = "127.0.0.1"
    ) -> Connection | None:
        """Fetch a file by HLS: `http://host/path/index.m3u8`; gives a session where one begins."""
        parts = urlsplit(url)
        path, _, name = parts.path.removeprefix("/").rpartition("/")
        question = Question("read", path, "hls", None, parts.query, "", ip, given)
        # servers/hls/http_server.go: up to v1.17 every file is asked for, the page too; none has
        # an id, or the player's name
        if self.version < (1, 18, 0) or not name:
            await self.ask(question)
            return None
        if name != "index.m3u8":  # from then on the session is asked for its secret, not the hook
            return None
        # the first playlist begins a session, after a redirect that puts the query in order
        query = go_query(parse_qs(parts.query, keep_blank_values=True))
        asked = replace(question, id=self.new_id(), query=query, agent="Lavf59.27.100")
        await self.ask(asked)
        one = self.open("hlssessions", asked)
        self.start(one, asked)
        return one

    async def _connected(self, question: Question, given: Given = NOTHING) -> Connection:
        one = self.open(_LISTS[question.protocol], question)
        try:
            question = await self._until_given(question, given)
        except RefusedError:
            self.end(one)
            raise
        self.start(one, question)
        return one

    async def _until_given(self, question: Question, given: Given) -> Question:
        """Ask; a client that was asked for its credentials gives them then."""
        try:
            await self.ask(question)
        except RefusedError as error:
            if not error.asked or given == NOTHING:
                raise
            question = replace(question, given=given)
            await self.ask(question)
        return question


@dataclass(frozen=True)
class Running:
    """A MediaMTX that runs, with its API."""

    server: Mediamtx
    api: Api


@asynccontextmanager
async def open_mediamtx(hook_url: str, version: Version = NEWEST) -> AsyncIterator[Running]:
    """Run one that asks at that address, with its API on a free port of loopback."""
    async with aiohttp.ClientSession() as session:
        server = Mediamtx(hook_url, session, version)
        api = Api(server)
        async with TestServer(api.application()) as served:
            server.control_url = str(served.make_url(""))
            yield Running(server, api)


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
