"""The site's edge: every page goes through here, in and out.

What comes in is held against the address that the site is known by, and whoever tries links is
slowed down. What goes out says that nothing of it is to be run, kept, framed or told to others.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from bot.web.rendering import Rendering
from bot.web.tries import Tries
from core.access.links import Claim, Purpose
from core.store.database import BusyError
from core.store.desk import Desk

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LONGEST_FORM = 16 * 1024  # octets
_MOST_FIELDS = 50
_OTHER_SITES = {"cross-site", "same-site"}
_PLAYS_NOTHING = "media-src 'none'; connect-src 'self'"
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class NoSuchPageError(Exception):
    """A link that opens nothing, or nothing any more."""


@dataclass(frozen=True, slots=True)
class Known:
    """The address that the site is known by: its origin, and the path that everything is under."""

    public_url: str

    @property
    def host(self) -> str:
        """Host and port as browsers name them, "" where no address was set: any will do then."""
        return urlsplit(self.public_url).netloc.lower()

    @property
    def base(self) -> str:
        """What comes before every path of ours: "" or, behind a proxy, such as `/slots`."""
        return urlsplit(self.public_url).path.rstrip("/")


@dataclass
class Site:
    """What all pages share."""

    desk: Desk
    known: Known
    brief: float = 5.0  # seconds that what is made for many is kept
    rendering: Rendering = field(init=False)
    _tries: Tries = field(default_factory=Tries)

    def __post_init__(self) -> None:
        """Make the pages of what they are known by."""
        self.rendering = Rendering(self.known.base)

    def routes(self, method: str, path: str, handler: Handler) -> list[web.RouteDef]:
        """Serve a path, as it is and under the path that a proxy may leave in front of it.

        `method` of GET serves HEAD as well.
        """
        guarded = self._guarded(handler)
        paths = {path, f"{self.known.base}{path}"}
        make = web.get if method == "GET" else web.post
        return [make(one, guarded) for one in sorted(paths)]

    def beside(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """Serve what is no page of ours, such as Slack's doors, under that path as well."""
        known = [*routes]
        under = [
            web.route(one.method, f"{self.known.base}{one.path}", one.handler, **one.kwargs)
            for one in known
            if self.known.base
        ]
        return [*known, *under]

    def claim(self, request: web.Request, purpose: Purpose) -> Claim:
        """Read the token in a page's address; raises `NoSuchPageError`."""
        claim = self.desk.links.read(purpose, request.match_info["token"])
        if claim is None:
            raise NoSuchPageError
        return claim

    def page(self, template: str, values: Mapping[str, Any], status: int = 200) -> web.Response:
        """Make a page of ours; `media` among the values is an origin that it plays from."""
        text = self.rendering.page(template, values)
        return self.html(text, status, str(values.get("media") or ""))

    def html(self, text: str, status: int = 200, media: str = "") -> web.Response:
        """Give a page that is made already."""
        response = web.Response(text=text, content_type="text/html", status=status)
        response.headers["Content-Security-Policy"] = _policy(media)
        return response

    async def form(self, request: web.Request) -> dict[str, str]:
        """Read a form of ours; raises `web.HTTPException` for what is none.

        Whoever can act here knows a link that nobody can guess, and no cookie acts for them: so a
        page of somebody else's can do nothing. That it came from one is refused all the same.
        """
        if request.headers.get("Sec-Fetch-Site", "").lower() in _OTHER_SITES:
            raise web.HTTPForbidden(text="this form is not ours\n")
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPUnsupportedMediaType(text="send a form\n")
        body = await request.content.read(_LONGEST_FORM + 1)
        while len(body) <= _LONGEST_FORM and (more := await request.content.read(_LONGEST_FORM)):
            body += more
        if len(body) > _LONGEST_FORM:
            raise web.HTTPRequestEntityTooLarge(_LONGEST_FORM, len(body), text="too long\n")
        try:
            pairs = parse_qsl(
                body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
            )
        except ValueError:
            raise web.HTTPBadRequest(text="not readable\n") from None
        return dict(pairs)

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                response = await self._answered(request, handler)
            except web.HTTPException as error:
                response = web.Response(status=error.status, text=error.text)
            except BusyError as error:
                log.warning("page.busy", extra={"reason": str(error)})
                response = self.page("busy.html", {}, 503)
                response.headers["Retry-After"] = "5"
            except Exception:
                mark = secrets.token_hex(4)
                log.exception("page.failed", extra={"page": _name(request), "mark": mark})
                response = self.page("failed.html", {"mark": mark}, 500)
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
            response.headers.setdefault("Content-Security-Policy", _policy(""))
            return response

        return handle

    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.known.host and not self._is_us(request):
            return web.Response(status=421, text="this is not the address of this site\n")
        now = asyncio.get_running_loop().time()
        address = client_of(request)
        if self._tries.too_many(address, now):
            response = self.page("slower.html", {}, 429)
            response.headers["Retry-After"] = "60"
            return response
        try:
            return await handler(request)
        except NoSuchPageError:
            self._tries.note(address, now)
            return self.page("nothing.html", {}, 404)

    def _is_us(self, request: web.Request) -> bool:
        return request.host.lower() in {self.known.host, _with_port(self.known)}


def client_of(request: web.BaseRequest) -> str:
    """Say who asks: of a proxy beside us, or in the same network, whoever it names last."""
    peer = request.remote or ""
    named = request.headers.getall("X-Forwarded-For", [])
    last = named[-1].rpartition(",")[2].strip() if named else ""
    try:
        return str(ip_address(last)) if last and ip_address(peer).is_private else peer
    except ValueError:
        return peer


def _with_port(known: Known) -> str:
    parts = urlsplit(known.public_url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _policy(media: str) -> str:
    """Say what a page may do (Content Security Policy Level 3): be itself, and play one stream."""
    plays = f"media-src {media} blob:; connect-src 'self' {media}" if media else _PLAYS_NOTHING
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
        f" {plays}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _name(request: web.Request) -> str:
    """Name a page without what opens it."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
