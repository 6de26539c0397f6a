"""The HTTP API of the stand-in for SRS: its clients, and ending them.

By SRS's source, 4.0.271 to 7.0.18; comments name the file below `trunk/src/`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp import web

from tests.gate.basic import user_and_password
from tests.gate.srs_core import Client, SrsCore, srs_json

NO_SUCH_CLIENT = 2049  # kernel/srs_kernel_error.hpp
_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Api:
    """What answers under /api/v1/clients/; `expire` ends a client that has a connection."""

    core: SrsCore
    expire: Callable[[Client], None]
    user: str = ""
    password: str = ""
    calls: list[str] = field(default_factory=list)

    def application(self) -> web.Application:
        """Make the application to serve."""
        made = web.Application(middlewares=[self._let_in])
        made.router.add_route("*", "/api/v1/clients", self._elsewhere)
        made.router.add_route("*", "/api/v1/clients/{id:.*}", self._clients)
        return made

    @web.middleware
    async def _let_in(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        # protocol/srs_protocol_http_stack.cpp: since 5.0.152; a status, and no body
        self.calls.append(f"{request.method} {request.path_qs}")
        if not self.user:
            return await handler(request)
        given = user_and_password(request.headers.get("Authorization", ""))
        if given is None or ":" in given[1]:  # it parts them at every colon
            return web.Response(status=401)
        if given != (self.user, self.password):
            return web.Response(status=401, headers={"WWW-Authenticate": "Basic"})
        return await handler(request)

    async def _elsewhere(self, request: web.Request) -> web.Response:
        # protocol/srs_protocol_http_stack.cpp: a pattern with a slash at its end answers to its
        # name without one by a redirect
        query = f"?{request.query_string}" if request.query_string else ""
        location = f"/api/v1/clients/{query}"
        return web.Response(
            status=302, headers={"Location": location}, text=f"Redirect to {location}"
        )

    async def _clients(self, request: web.Request) -> web.Response:
        # app/srs_app_http_api.cpp: an id that is not known is a code, and no status
        wanted = request.match_info["id"]
        client = self.core.clients.get(wanted)
        if wanted and client is None:
            return _json({"code": NO_SUCH_CLIENT})
        if request.method == "DELETE":
            return self._end(client)
        if request.method != "GET":
            return web.Response(status=405, text="Method Not Allowed")
        if client is not None:
            return _json({**self._about_itself(), "client": self._item(client)})
        start = max(0, _atoi(request.query.get("start", "")))
        shown = max(10, _atoi(request.query.get("count", "")))
        # app/srs_app_statistic.cpp: a map by id
        everybody = [self.core.clients[one] for one in sorted(self.core.clients)]
        listed = [self._item(one) for one in everybody[start : start + shown]]
        return _json({**self._about_itself(), "clients": listed})

    def _end(self, client: Client | None) -> web.Response:
        if client is None:
            return _json({"code": NO_SUCH_CLIENT})
        if not client.has_connection:
            return _json({"code": 400})
        self.expire(client)
        return _json(self._about_itself())

    def _about_itself(self) -> dict[str, object]:
        new = {"service": "k8f3n2v1", "pid": "1"} if self.core.version >= (5, 0, 0) else {}
        return {"code": 0, "server": "vid-0xk989d", **new}

    def _item(self, client: Client) -> dict[str, object]:
        """Write a client down: app/srs_app_statistic.cpp."""
        request, new = client.request, self.core.version >= (5, 0, 0)
        item: dict[str, object] = {
            "id": client.id,
            "vhost": "vid-8r4l2a1",
            "stream": "vid-124q9y3",
            "ip": request.ip,
            "pageUrl": request.page_url,
            "swfUrl": "",
            "tcUrl": request.tc_url,
            "url": self.core.url_of(request),
        }
        if new:
            item["name"] = request.stream
        item |= {"type": client.kind, "publish": self._is_publisher(client), "alive": 12.5}
        if new:
            item |= {"send_bytes": 0, "recv_bytes": 0}
        return {**item, "kbps": {"recv_30s": 0, "send_30s": 0}}

    def _is_publisher(self, client: Client) -> bool:
        # protocol/srs_protocol_rtmp_stack.cpp: 4 takes whom it does not know for one
        if self.core.version >= (5, 0, 0):
            return client.kind.endswith("-publish")
        return client.kind not in {"rtmp-play", "rtc-play"}


def _atoi(text: str) -> int:
    found = re.match(r"\s*([+-]?[0-9]+)", text)
    return int(found[1]) if found else 0


def _json(fields: dict[str, object]) -> web.Response:
    return web.Response(text=srs_json(fields), content_type="application/json")
