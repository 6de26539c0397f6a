"""Where attachments can be fetched from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.discord.server.faults import Faults
from tests.discord.server.world import ApiCall

if TYPE_CHECKING:
    from tests.discord.server.world import World

ROUTE = "GET /attachments/{attachment}/{filename}"


class Cdn:
    """Gives attachments to anybody who knows their address."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world, self._faults = world, faults

    async def fetch(self, request: web.Request) -> web.Response:
        """Give an attachment's content."""
        number = request.match_info["attachment"]
        key = int(number) if number.isdecimal() else 0
        call = ApiCall(ROUTE, {"attachment": key}, None, self._world.clock.now())
        self._world.calls.append(call)

        def act() -> web.Response:
            kept = self._world.attachments.get(key)
            if kept is None or kept.filename != request.match_info["filename"]:
                call.status, call.outcome, call.refused = 404, "404", True
                return web.Response(status=404, text="This content is no longer available.")
            call.status, call.outcome = 200, "ok"
            return web.Response(body=kept.content, content_type=kept.content_type)

        fault = self._faults.take(ROUTE, call.ids)
        if fault is None:
            return act()
        reply = await fault.strike(request, act)
        call.outcome = fault.name
        return reply
