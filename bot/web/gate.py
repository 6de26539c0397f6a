"""The gate's doorway: hooks of streaming servers over HTTP, each in its server's own dialect."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from core.access.links import Purpose
from core.gate.gate import Gate
from core.gate.hooks import Answer, Dialect, Hook, Unreadable
from core.model.gate import Asked, Gone
from core.model.server import Server, ServerKind

log = logging.getLogger(__name__)

_LONGEST_BODY = 16 * 1024  # octets; the longest hook of any server is a quarter of that


def gate_routes(gate: Gate, dialects: Mapping[ServerKind, Dialect]) -> Sequence[web.RouteDef]:
    """Give the routes at which streaming servers ask: `/gate/TOKEN`, and a word behind it."""
    doorway = _Doorway(gate, dialects)
    return [
        web.route("*", f"/{Purpose.GATE}/{{token}}", doorway.handle),
        web.route("*", f"/{Purpose.GATE}/{{token}}/{{word}}", doorway.handle),
    ]


@dataclass(frozen=True, slots=True)
class _Doorway:
    gate: Gate
    dialects: Mapping[ServerKind, Dialect]
    known: dict[str, int] = field(default_factory=dict, repr=False)  # the tokens that were right

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a hook; whoever does not know the address of a server learns nothing here."""
        server = await self._server(request.match_info["token"])
        if server is None:
            return web.Response(status=404, text="no such page\n")
        try:
            body = await _body(request)
        except (web.RequestPayloadError, HttpProcessingError):  # packed, and not as it says
            return web.Response(status=400, text="not readable\n")
        if body is None:
            return web.Response(status=413, text="too long for a hook\n")
        hook = Hook(
            word=request.match_info.get("word", ""),
            query=request.rel_url.raw_query_string,
            headers=request.headers,
            body=body,
        )
        answer = await self._answered(server, hook)
        if not answer.body:  # most have none, and one that is not made costs nothing
            return web.Response(status=answer.status, headers=answer.headers)
        return web.Response(
            status=answer.status,
            text=answer.body,
            headers=answer.headers,
            content_type=answer.content_type,
        )

    async def _server(self, token: str) -> Server | None:
        number = self.known.get(token)
        if number is None:
            claim = self.gate.desk.links.read(Purpose.GATE, token)
            if claim is None:
                return None
            number = self.known[token] = claim.reservation_id
        return await self.gate.memory.server(number)

    async def _answered(self, server: Server, hook: Hook) -> Answer:
        dialect = self.dialects[server.kind]
        now = self.gate.desk.now
        try:
            heard = dialect.read(hook)
            match heard:
                case Asked():
                    return dialect.answer(heard, await self.gate.ask(server, heard), now())
                case Gone():
                    self.gate.gone(server, heard)
                case Unreadable(why):
                    log.warning("gate.unreadable", extra={"server": server.id, "why": why})
            return dialect.answer(heard, None, now())
        except Exception:
            # a mistake of ours lets nobody in, and the server is told so in words it understands
            log.exception("gate.failed", extra={"server": server.id})
            return dialect.answer(Unreadable("failed"), None, now())


async def _body(request: web.Request) -> bytes | None:
    """Read what was sent, or None for more than a hook has to say."""
    if not request.can_read_body:
        return b""
    if (request.content_length or 0) > _LONGEST_BODY:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > _LONGEST_BODY:
            return None
    return bytes(body)
