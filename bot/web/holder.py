"""The holder's page: the reservation, and all that its holder does with it; looking does nothing.

Every act is a form that is posted, with a mark that makes a second copy of it the same as the
first: it may be sent twice, and is done once.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.answers.acts import AGAIN, CANCEL, CHANGE, RECONFIRM
from bot.answers.reply import Reply
from bot.commands import commands as c
from bot.commands.run import handle
from bot.form.text import LONGEST_REASON
from bot.web.site import Handler, NoSuchPageError, Site
from core.access.links import Purpose
from core.store.desk import Desk
from core.usecases.holding import Holding, holding

KEY = "key"
_LONGEST_MARK = 64
_ONCE, _REASON = "once", "reason"

_Page = Callable[[web.Request, Holding], Awaitable[web.Response]]


def holder_routes(site: Site) -> list[web.RouteDef]:
    """Give the routes of the holder's pages."""
    pages = _Pages(site)
    base = f"/{Purpose.HOLDER}/{{token}}"
    looks = {"": pages.show, f"/{CANCEL}": pages.ask_why, f"/{CHANGE}": pages.ask_what}
    looks[f"/{KEY}"] = pages.key
    acts = {
        f"/{RECONFIRM}": pages.reconfirm,
        f"/{CANCEL}": pages.cancel,
        f"/{CHANGE}": pages.change,
        f"/{AGAIN}": pages.again,
    }
    made = [("GET", path, page) for path, page in looks.items()]
    made += [("POST", path, page) for path, page in acts.items()]
    return [
        route
        for method, path, page in made
        for route in site.routes(method, f"{base}{path}", pages.behind_link(page))
    ]


@dataclass(frozen=True, slots=True)
class _Pages:
    site: Site

    def behind_link(self, page: _Page) -> Handler:
        """Let in whoever has the link, as the holder."""

        async def handler(request: web.Request) -> web.Response:
            claim = self.site.claim(request, Purpose.HOLDER)
            held = await self.site.desk.read(holding, claim)
            if held is None:
                raise NoSuchPageError
            return await page(request, held)

        return handler

    async def show(self, request: web.Request, held: Holding) -> web.Response:
        """Show the reservation in full, with who was told and who was not."""
        return self._answered(request, held, await self._run(held, c.Show(held.code)))

    async def key(self, request: web.Request, held: Holding) -> web.Response:
        """Show what the holder's streaming software needs."""
        reply = await self._run(held, c.StreamKey(held.code))
        return self._page(request, held, "holder.html", reply=reply, back=True, copies=True)

    async def ask_why(self, request: web.Request, held: Holding) -> web.Response:
        """Ask for a reason before anything is cancelled."""
        return self._page(request, held, "holder_cancel.html", longest=LONGEST_REASON)

    async def ask_what(self, request: web.Request, held: Holding) -> web.Response:
        """Ask what is to be different."""
        return self._answered(request, held, await self._run(held, c.Change(held.code)))

    async def reconfirm(self, request: web.Request, held: Holding) -> web.Response:
        """Say the second yes."""
        form = await self.site.form(request)
        return await self._did(request, held, c.Reconfirm(held.code), form)

    async def cancel(self, request: web.Request, held: Holding) -> web.Response:
        """Give the slot back."""
        form = await self.site.form(request)
        return await self._did(request, held, c.Cancel(held.code, form.get(_REASON, "")), form)

    async def again(self, request: web.Request, held: Holding) -> web.Response:
        """Send once more to those who could not be told."""
        form = await self.site.form(request)
        return await self._did(request, held, c.SendAgain(held.code), form)

    async def change(self, request: web.Request, held: Holding) -> web.Response:
        """Change what was written: a field that was left empty stays as it is."""
        form = await self.site.form(request)
        fields = {name: text for name, text in form.items() if name != _ONCE and text.strip()}
        return await self._did(request, held, c.Change(held.code, fields=fields), form)

    async def _did(
        self, request: web.Request, held: Holding, command: c.Command, form: Mapping[str, str]
    ) -> web.Response:
        mark = form.get(_ONCE, "")[:_LONGEST_MARK]
        key = f"web:{held.code}:{request.path.rpartition('/')[2]}:{mark}" if mark else None
        reply = await handle(self.site.desk, held.actor, command, submission_key=key)
        return self._answered(request, held, reply, back=True)

    async def _run(self, held: Holding, command: c.Command) -> Reply:
        desk: Desk = self.site.desk
        return await handle(desk, held.actor, command)

    def _answered(
        self, request: web.Request, held: Holding, reply: Reply, *, back: bool = False
    ) -> web.Response:
        return self._page(request, held, "holder.html", reply=reply, back=back, copies=False)

    def _page(
        self, request: web.Request, held: Holding, template: str, **values: object
    ) -> web.Response:
        token = request.match_info["token"]
        shared = {
            "held": held,
            "zone": held.actor.zone,
            "once": secrets.token_urlsafe(12),
            "here": f"{self.site.known.base}/{Purpose.HOLDER}/{token}",
        }
        return self.site.page(template, {**shared, **values})
