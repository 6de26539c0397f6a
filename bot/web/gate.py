"""The gate's doorway: hooks of streaming servers over HTTP, each in its server's own dialect."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.web.server import Doors
from core.access.links import Purpose
from core.gate.gate import Gate
from core.gate.hooks import Answer, Dialect, Hook, Unreadable
from core.model.gate import Asked, Gone
from core.model.server import Server, ServerKind

log = logging.getLogger(__name__)

_LONGEST_BODY = 16 * 1024  # octets; the longest hook of any server is a quarter of that


def gate_door(gate: Gate, dialects: Mapping[ServerKind, Dialect]) -> Doors:
    """Give the door at which streaming servers ask: `/gate/TOKEN`, and a word behind it."""
    return {Purpose.GATE.value: _Doorway(gate, dialects).handle}


@dataclass(frozen=True, slots=True)
class _Doorway:
    gate: Gate
    dialects: Mapping[ServerKind, Dialect]
    right: dict[str, int] = field(default_factory=dict, repr=False)  # tokens, and whose they are

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Answer a hook; whoever does not know the address of a server learns nothing here."""
        _, _, token, word, *more = (*request.rel_url.raw_path.split("/"), "", "")
        server = self._known(token) or await self._server(token)
        if server is None or any(more):
            return web.Response(status=404, text="no such page\n")
        try:
            body = await _body(request)
        except (web.RequestPayloadError, HttpProcessingError):  # packed, and not as it says
            return web.Response(status=400, text="not readable\n")
        if body is None:
            return web.Response(status=413, text="too long for a hook\n")
        hook = Hook(word, request.rel_url.raw_query_string, request.headers, body)
        answer = await self._answered(server, hook)
        if not answer.body:  # most have none, and what is not made costs nothing
            return web.Response(status=answer.status, headers=answer.headers or None)
        return web.Response(
            status=answer.status,
            text=answer.body,
            headers=answer.headers,
            content_type=answer.content_type,
        )

    def _known(self, token: str) -> Server | None:
        return self.gate.memory.board.servers.get(self.right.get(token, 0))

    async def _server(self, token: str) -> Server | None:
        claim = self.gate.desk.links.read(Purpose.GATE, token)
        if claim is None:
            return None
        self.right[token] = claim.reservation_id
        return await self.gate.memory.server(claim.reservation_id)

    async def _answered(self, server: Server, hook: Hook) -> Answer:
        dialect = self.dialects[server.kind]
        now = self.gate.desk.now
        try:
            heard = dialect.read(hook)
            if isinstance(heard, Asked):
                return dialect.answer(heard, await self.gate.ask(server, heard), now())
            if isinstance(heard, Gone):
                self.gate.gone(server, heard)
            if isinstance(heard, Unreadable):
                log.warning("gate.unreadable", extra={"server": server.id, "why": heard.why})
            return dialect.answer(heard, None, now())
        except Exception:
            # a mistake of ours lets nobody in, and the server is told so in words it understands
            log.exception("gate.failed", extra={"server": server.id})
            return dialect.answer(Unreadable("failed"), None, now())


async def _body(request: web.BaseRequest) -> bytes | None:
    """Read what was sent, or None for more than a hook has to say."""
    content = request.content
    if content.is_eof():  # it has come in one piece with the request's head, as nearly all do
        body = content.read_nowait()
        return body if len(body) <= _LONGEST_BODY else None
    if (request.content_length or 0) > _LONGEST_BODY:
        return None
    pieces = bytearray()
    async for chunk in content.iter_any():
        pieces += chunk
        if len(pieces) > _LONGEST_BODY:
            return None
    return bytes(pieces)
