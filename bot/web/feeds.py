"""The iCalendar feeds: of a server for everybody, of a workspace for whoever has the link."""

from __future__ import annotations

from asyncio import to_thread
from hashlib import sha256

from aiohttp import ETag, web

from bot.web.brief import Brief
from bot.web.schedule import server_number
from bot.web.site import NoSuchPageError, Site
from core.access.links import Purpose
from core.notices.as_feed import busy_feed, feed
from core.usecases.feeds import server_feed, workspace_feed

_ANY = "*"
_KEPT = "private, max-age=300"


def feed_routes(site: Site) -> list[web.RouteDef]:
    """Give the routes of what calendar programs subscribe to."""
    feeds = _Feeds(site)
    return [
        *site.routes("GET", "/feed/server/{server:[0-9]+}.ics", feeds.of_server),
        *site.routes("GET", f"/{Purpose.FEED}/{{token}}.ics", feeds.behind_token),
    ]


class _Feeds:
    def __init__(self, site: Site) -> None:
        self._site = site
        # written beside the loop, and once for all who ask: a thousand entries take long
        self._written: Brief[bytes] = Brief(site.brief)

    async def of_server(self, request: web.Request) -> web.Response:
        """Give a server's busy times."""
        number = server_number(request)

        async def write() -> bytes:
            found = await self._site.desk.read(server_feed, number)
            if found is None:
                raise NoSuchPageError
            return await to_thread(busy_feed, found.name, found.entries)

        return _calendar(request, await self._written.get(number, write))

    async def behind_token(self, request: web.Request) -> web.Response:
        """Give the reservations of a workspace, or those that an audience list was told of."""
        claim = self._site.claim(request, Purpose.FEED)
        whose = claim.reservation_id, claim.number

        async def write() -> bytes:
            found = await self._site.desk.read(workspace_feed, *whose)
            if found is None:
                raise NoSuchPageError
            return await to_thread(feed, found.name, found.entries)

        return _calendar(request, await self._written.get(whose, write))


def _calendar(request: web.Request, body: bytes) -> web.Response:
    """Give a calendar, or that it is still the one that the program has."""
    tag = sha256(body).hexdigest()[:32]
    known = request.if_none_match or ()
    if any(one.value in {tag, _ANY} for one in known):
        answer = web.Response(status=304)
    else:
        answer = web.Response(body=body, content_type="text/calendar", charset="utf-8")
    answer.etag = ETag(tag)
    answer.headers["Cache-Control"] = _KEPT
    return answer
