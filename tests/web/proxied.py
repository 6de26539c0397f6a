"""A whole desk behind a real TLS proxy under a path prefix, and whoever asks it from outside."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from bot.settings import Settings
from core.access.links import Purpose
from core.model.reservation import Reservation
from core.usecases.settings import enter
from tests.claims.house import text_of
from tests.desks import SECRET, RunningClock
from tests.gate.studio import ANN, OLGA, OPERATOR, Mailroom, Studio
from tests.ports import free_port
from tests.web.house import Answer
from tests.web.proxy import Proxy, place

_SERVER = (
    "server add Studio kind=nginx-rtmp watch_url=http://127.0.0.2:{port}/hls/{{path}}.m3u8"
    " ingest_url=rtmp://127.0.0.2/live/{{path}} reconfirm_lead=1h"
)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        wanted = [named.get(name) for name in ("href", "src", "action")]
        acts = tag == "form" and named.get("method") == "post"
        self.found |= {one for one in wanted if one and not acts}


def links_on(answer: Answer, url: str) -> set[str]:
    """Give where a page leads to, other sites and data within the page aside."""
    reader = _Links()
    reader.feed(answer.text)
    whole = {urljoin(url, one).partition("#")[0] for one in reader.found}
    return {one for one in whole if urlsplit(one).hostname in {"localhost", "127.0.0.1"}}


@dataclass
class Proxied:
    """The desk, the proxy, and a browser without a face that knows the proxy alone."""

    studio: Studio
    proxy: Proxy
    client: aiohttp.ClientSession

    def link(self, purpose: Purpose, number: int = 0, recipient: int = 0) -> str:
        """Give a link as the desk makes them."""
        return self.studio.app.desk.links.make(purpose, number, recipient)

    async def mailed(self, recipient: str, purpose: str, subject: str = "") -> str:
        """Give the link for something in somebody's newest mail."""
        text = text_of(await self.studio.mailboxes.newest(recipient, subject))
        found = re.search(rf"{re.escape(self.proxy.public_url)}/{purpose}/[\w-]+", text)
        assert found, text
        return found[0]

    async def reserve(self, title: str = "Premiere") -> Reservation:
        """Reserve a slot in three hours, to be reconfirmed; Ann has been told."""
        made = await self.studio.reserve(title, after=timedelta(hours=3))
        await self.studio.mailboxes.newest(ANN, title)
        return made

    async def get(self, url: str, method: str = "GET", **headers: str) -> Answer:
        """Fetch an address as it is written; nothing is followed."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._asked(method, url, headers=named)

    async def post(self, url: str, **fields: str) -> Answer:
        """Hand a form in."""
        return await self._asked("POST", url, data=fields)

    async def _asked(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Answer:
        async with self.client.request(
            method, URL(url, encoded=True), headers=headers, data=data, allow_redirects=False
        ) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)


@asynccontextmanager
async def asking(proxy: Proxy, source: str = "127.0.0.1") -> AsyncIterator[aiohttp.ClientSession]:
    """Be somebody at an address of loopback, who trusts the proxy's certificate."""
    connector = aiohttp.TCPConnector(
        ssl=proxy.trust, family=socket.AF_INET, local_addr=(source, 0), force_close=True
    )
    async with aiohttp.ClientSession(connector=connector) as client:
        yield client


@asynccontextmanager
async def open_proxied(
    database_url: str, folder: Path, *, takes_off: bool = False
) -> AsyncIterator[Proxied]:
    """Run a desk as its operator would: settings, the README's lines, and a first server."""
    proxy = place(folder, free_port())
    async with Mailroom(folder / "mail") as mailboxes:
        settings = Settings(
            data=folder,
            database_url=database_url,
            secret_key=SECRET,
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
            http_port=proxy.desk_port,
            public_url=proxy.public_url,
            slack_bot_token="xoxb-1-1-x",
            slack_signing_secret="what Slack signs with",
            slack_api_url=f"http://127.0.0.1:{proxy.desk_port}/none/",
        )
        studio = Studio(settings, RunningClock(), mailboxes)
        await studio.start()
        try:
            await studio.type(f"settings zone=Europe/Berlin email={OLGA}")
            studio.olga = await studio.app.desk.run(enter, OPERATOR)
            await studio.type(_SERVER.format(port=free_port()))
            async with proxy.running(takes_off=takes_off), asking(proxy) as client:
                yield Proxied(studio, proxy, client)
        finally:
            await studio.stop()
