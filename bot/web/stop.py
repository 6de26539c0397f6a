"""Unsubscribing: a page that asks, and a form that does it, by a mail program's one click too."""

from __future__ import annotations

from aiohttp import web

from bot.web.site import NoSuchPageError, Site
from core.access.links import Purpose
from core.notices.contact_words import shown_address
from core.usecases.unsubscribe import subscribed, unsubscribe

_SCOPE, _EVERYBODY = "from", "everybody"
_ONE_CLICK = {"multipart/form-data"}  # RFC 8058 section 3.1 leaves it the choice; we send no such


def stop_routes(site: Site) -> list[web.RouteDef]:
    """Give the routes behind a link to unsubscribe.

    A GET only shows: mail is scanned by programs that follow every link. The POST of RFC 8058 comes
    to the same address, from servers of mail providers, and stops mail of this holder's.
    """
    page = _StopPage(site)
    path = f"/{Purpose.UNSUBSCRIBE}/{{token}}"
    return [*site.routes("GET", path, page.ask), *site.routes("POST", path, page.stop)]


class _StopPage:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def ask(self, request: web.Request) -> web.Response:
        """Ask from whom nothing more is wanted."""
        return await self._page(request, done="")

    async def stop(self, request: web.Request) -> web.Response:
        """Stop; done once more it does no more."""
        form = {} if request.content_type in _ONE_CLICK else await self._site.form(request)
        claim = self._site.claim(request, Purpose.UNSUBSCRIBE)
        everybody = form.get(_SCOPE) == _EVERYBODY
        if not await self._site.desk.run(unsubscribe, claim, from_everybody=everybody):
            raise NoSuchPageError
        return await self._page(request, done=_EVERYBODY if everybody else "holder")

    async def _page(self, request: web.Request, done: str) -> web.Response:
        claim = self._site.claim(request, Purpose.UNSUBSCRIBE)
        found = await self._site.desk.read(subscribed, claim)
        if found is None:
            raise NoSuchPageError
        here = f"{self._site.known.base}/{Purpose.UNSUBSCRIBE}/{request.match_info['token']}"
        address = shown_address(found.contact)
        return self._site.page(
            "stop.html", {"found": found, "address": address, "done": done, "here": here}
        )
