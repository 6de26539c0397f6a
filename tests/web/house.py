"""A desk with its site on loopback, and whoever looks at its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from bot.web.pages import site_routes
from bot.web.server import serving
from bot.web.site import Known, Site
from core.access.links import Purpose
from core.model.reservation import Reservation
from core.store.desk import Desk
from tests.desks import Clock, Scene
from tests.life.bench import Bench

PUBLIC = "https://callboard.example.org"
HOST = "callboard.example.org"


@dataclass(frozen=True)
class Answer:
    """What a browser is given."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def words(self) -> str:
        """What a person reads of it, in one line."""
        reader = _Words()
        reader.feed(self.text)
        return " ".join(" ".join(reader.parts).split())

    def field(self, name: str) -> str:
        """Give the value of a hidden field, or another with a value."""
        reader = _Words()
        reader.feed(self.text)
        return reader.values[name]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.values: dict[str, str] = {}
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in {"script", "style", "title"}
        given = dict(attrs)
        if tag == "input" and given.get("name"):
            self.values[given["name"] or ""] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in {"script", "style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(data)


@dataclass
class WebHouse:
    """A site, and a browser without a face."""

    bench: Bench
    site: Site
    url: str
    client: aiohttp.ClientSession
    host: str = HOST
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def desk(self) -> Desk:
        """Its desk."""
        return self.bench.scene.desk

    @property
    def clock(self) -> Clock:
        """Its clock."""
        return self.bench.clock

    def path(self, purpose: Purpose, reservation: Reservation, number: int = 0) -> str:
        """Give the path of a page behind a link."""
        return f"/{purpose}/{self.desk.links.token(purpose, reservation.id, number)}"

    async def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Fetch a page."""
        return await self._asked(method, path, headers, None)

    async def post(self, path: str, **fields: str) -> Answer:
        """Hand a form in."""
        return await self._asked("POST", path, {}, fields)

    async def _asked(
        self, method: str, path: str, headers: Mapping[str, str], fields: Mapping[str, str] | None
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Host": self.host, **self.headers, **named}
        async with self.client.request(
            method, f"{self.url}{path}", headers=sent, data=fields, allow_redirects=False
        ) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)


@asynccontextmanager
async def open_web(
    scene: Scene, public_url: str = PUBLIC, extra: list[web.RouteDef] | None = None
) -> AsyncIterator[WebHouse]:
    """Open the site of a scene's desk, at the port in its address where it has one."""
    site = Site(scene.desk, Known(public_url), brief=0)
    known = urlsplit(public_url)
    async with (
        serving([*site_routes(site), *(extra or [])], "127.0.0.1", known.port or 0) as (host, port),
        aiohttp.ClientSession() as client,
    ):
        yield WebHouse(Bench(scene), site, f"http://{host}:{port}", client, known.netloc)
