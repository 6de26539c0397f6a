"""The API of the stand-in for MediaMTX: lists with pages, and kicking.

By MediaMTX's source, v1.6.0 to v1.20.1; comments name the file below `internal/`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from aiohttp import web

from tests.gate.basic import user_and_password
from tests.gate.mediamtx_core import (
    Connection,
    Given,
    MediamtxCore,
    Question,
    RefusedError,
    Version,
    go_json,
)

LISTS = {
    "rtmpconns": "rtmp",
    "rtmpsconns": "rtmps",
    "rtspsessions": "rtsp",
    "rtspssessions": "rtsps",
    "srtconns": "srt",
    "webrtcsessions": "webrtc",
    "hlssessions": "hls",
    "moqsessions": "moq",
}
_SINCE: dict[str, Version] = {"hlssessions": (1, 18, 0), "moqsessions": (1, 19, 0)}
_MOST = 2**31 - 1
_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Api:
    """What answers under /v3; `switched_on` are the protocols that are served."""

    core: MediamtxCore
    switched_on: set[str] = field(default_factory=lambda: {"rtmp", "rtsp", "srt", "webrtc", "hls"})
    calls: list[str] = field(default_factory=list)

    def application(self) -> web.Application:
        """Make the application to serve."""
        made = web.Application(middlewares=[self._let_in])
        made.router.add_get("/v3/{list}/list", self._list)
        made.router.add_post("/v3/{list}/kick/{id}", self._kick)
        return made

    @web.middleware
    async def _let_in(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        # api/api.go: the API's clients are judged like others; with the HTTP method, by the hook,
        # unless it is told to leave them out
        self.calls.append(f"{request.method} {request.path_qs}")
        if self.core.exclude_api:
            return await self._answered(request, handler)
        given = Given(*(user_and_password(request.headers.get("Authorization", "")) or ("", "")))
        try:
            await self.core.ask(Question("api", query=request.query_string, given=given))
        except RefusedError as error:
            headers = {"WWW-Authenticate": 'Basic realm="mediamtx"'} if error.asked else {}
            return self._error(401, "authentication error", headers)
        return await self._answered(request, handler)

    async def _answered(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        name = request.match_info.get("list", "")
        protocol = LISTS.get(name)
        known = protocol and self.core.version >= _SINCE.get(name, (0, 0, 0))
        if not known or protocol not in self.switched_on:
            # api/api.go: a list is routed to only where its server runs; gin's own words otherwise
            return web.Response(status=404, text="404 page not found")
        return await handler(request)

    async def _list(self, request: web.Request) -> web.Response:
        name = request.match_info["list"]
        # servers/*/server.go: sorted by when they were made
        items = [_item(one, self.core.version) for one in self.core.lists.get(name, [])]
        # api/paginate.go: 100 items a page unless told; numbers of 31 bits; a page beyond the last
        # is empty; where there is nothing there are no pages
        try:
            per_page = _number(request.query.get("itemsPerPage", "") or "100")
            page = _number(request.query.get("page", "") or "0")
        except ValueError as error:
            return self._error(400, str(error))
        if per_page == 0:
            return self._error(400, "invalid items per page")
        some = items[page * per_page : (page + 1) * per_page]
        pages = -(-len(items) // per_page)
        return _json({"itemCount": len(items), "pageCount": pages, "items": some})

    async def _kick(self, request: web.Request) -> web.Response:
        try:
            wanted = str(UUID(request.match_info["id"]))
        except ValueError:
            return self._error(400, "invalid UUID")
        found: Sequence[Connection] = self.core.lists.get(request.match_info["list"], [])
        one = next((one for one in found if one.id == wanted), None)
        if one is None:
            return self._error(404, "connection not found")
        if one.state == "publish" and one.where in {"rtspsessions", "rtspssessions"}:
            # servers/rtsp/server.go and core/path.go: it is answered when the path has let go, and
            # that waits for the loop in which a hook may be waited for; others are told to go
            async with self.core.loop:
                pass
        if one in self.core.lists[one.where]:
            self.core.end(one)
        if self.core.version < (1, 15, 5):
            return web.Response()  # no body at first
        return _json({"status": "ok"})

    def _error(self, status: int, why: str, headers: dict[str, str] | None = None) -> web.Response:
        status_field = {} if self.core.version < (1, 15, 5) else {"status": "error"}
        return _json({**status_field, "error": why}, status=status, headers=headers)


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= _MOST:
        raise ValueError(f'strconv.ParseUint: parsing "{text}": invalid syntax')
    return number


def _item(one: Connection, version: Version) -> dict[str, object]:
    """Write a connection down: defs/api*.go; counters of bytes and packets are left out."""
    item: dict[str, object] = {
        "id": one.id,
        "created": "2026-11-27T10:00:00.000000001+01:00",
        "remoteAddr": one.remote,
    }
    if one.where == "webrtcsessions":
        item |= {
            "peerConnectionEstablished": one.established,
            "localCandidate": "",
            "remoteCandidate": "",
        }
    if one.where != "hlssessions":
        item["state"] = one.state
    item |= {"path": one.path, "query": one.query}
    if version >= (1, 17, 0):
        item["user"] = one.user
    if version >= (1, 19, 0):
        item["userAgent"] = one.agent
    if one.where == "hlssessions" and version >= (1, 18, 1):
        item["isCDN"] = one.cdn
    return item


def _json(
    fields: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    kind = "application/json"
    return web.Response(text=go_json(fields), status=status, headers=headers, content_type=kind)
