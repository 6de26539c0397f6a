"""An Icecast, a desk of the tests' own that it asks, and what they do with the two."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from yarl import URL

from adapters.control_icecast import IcecastControl
from adapters.gate_icecast import IcecastDialect
from core.gate.hooks import Heard, Hook
from core.model.gate import Access, Admit, Asked, Decision, Gone, Reason, Refuse, Running
from tests.gate.icecast import SOON, Icecast, place
from tests.gate.sound import Sound, listening
from tests.ports import HOST

TOKEN = "the-secret-of-the-hook"
PATH = "k7q2mf"
STREAM = f"{PATH}.mp3"
KEY = "the&stream=key+of/a%slot"
USER = "circle"
PASSCODE = "ü/n:d+ö%"
TICKET = "a-signed-ticket"
OTHER_PATH = "n0tm1n"
OTHER = f"{OTHER_PATH}.mp3"
OTHER_KEY = "another-slot's"


@dataclass
class Row:
    """What opens a stream, and until when."""

    key: str
    passcode: str
    until: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(hours=1))


@dataclass
class Desk:
    """A desk that decides by a table, and remembers what it heard."""

    table: dict[str, Row]
    heard: list[Heard] = field(default_factory=list)
    authorizations: set[str] = field(default_factory=set)
    port: int = 0
    _runner: web.AppRunner | None = None
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def hook_url(self) -> str:
        """Where it is asked."""
        return f"http://{HOST}:{self.port}/gate/{TOKEN}"

    async def open(self) -> None:
        """Begin to answer; where it did before, at the same port."""
        application = web.Application()
        application.router.add_post(f"/gate/{TOKEN}", self._answer)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Answer no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def hears(self, wanted: Callable[[Heard], bool], within: float = SOON) -> Heard:
        """Wait until it has heard such a thing, and give the latest."""
        async with asyncio.timeout(within), self._more:
            await self._more.wait_for(lambda: any(map(wanted, self.heard)))
        return next(one for one in reversed(self.heard) if wanted(one))

    def asked(self, access: Access) -> list[Asked]:
        """List what it was asked."""
        return [one for one in self.heard if isinstance(one, Asked) and one.access is access]

    async def _answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.authorizations.add(headers.get("authorization", ""))
        body = await request.read()
        hook = Hook("", request.query_string, headers, body)
        dialect, now = IcecastDialect(), datetime.now(UTC)
        heard = dialect.read(hook)
        decision = self._decide(heard) if isinstance(heard, Asked) else None
        async with self._more:
            self.heard.append(heard)
            self._more.notify_all()
        answer = dialect.answer(heard, decision, now)
        return web.Response(status=answer.status, text=answer.body, headers=answer.headers)

    def _decide(self, asked: Asked) -> Decision:
        row = self.table.get(asked.stream)
        if row is None:
            return Refuse(Reason.UNKNOWN)
        if asked.access is Access.PUBLISH:
            right = asked.secret == row.key
        else:
            right = (asked.user, asked.secret) == (USER, row.passcode) or asked.ticket == TICKET
        return Admit(row.until, 1, 1) if right else Refuse(Reason.WRONG)


@dataclass
class House:
    """An Icecast, the desk that it asks, and the desk's way to end connections."""

    icecast: Icecast
    desk: Desk
    control: IcecastControl

    def ingest(self, key: str = KEY, path: str = PATH) -> str:
        """Give the address to publish to."""
        return self.icecast.ingest(path, key)

    def watch(self, passcode: str = PASSCODE, path: str = PATH) -> str:
        """Give the address to listen at."""
        return self.icecast.watch(path, user=USER, passcode=passcode)

    async def running(self, access: Access) -> list[Running]:
        """List what Icecast says that is running."""
        return [one for one in await self.control.running() if one.access is access]

    async def get(self, address: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Ask Icecast for a page, or a second of a stream; give the status and what came."""
        received = b""
        url = URL(f"{self.icecast.url}{address}", encoded=True)
        async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
            try:
                async with asyncio.timeout(1):
                    async for chunk in answer.content.iter_any():
                        received += chunk
            except TimeoutError:
                pass
            return answer.status, received


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Let an Icecast run that asks a desk about two streams."""
    desk = Desk({STREAM: Row(KEY, PASSCODE), OTHER: Row(OTHER_KEY, "another")})
    await desk.open()
    icecast = place(folder)
    control = IcecastControl(icecast.control)
    try:
        async with icecast.running(desk.hook_url):
            yield House(icecast, desk, control)
    finally:
        await control.close()
        await desk.close()


@asynccontextmanager
async def listening_soon(house: House, source: Sound) -> AsyncIterator[Sound]:
    """Listen to a source as soon as it is there, until the end of the block."""
    await source.goes_on()
    async with listening(house.watch()) as listener:
        await listener.goes_on()
        yield listener


def gone(access: Access) -> Callable[[Heard], bool]:
    """Tell the end of a connection from all else that is heard."""
    return lambda heard: isinstance(heard, Gone) and heard.access is access


def basic(user: str, password: str) -> dict[str, str]:
    """Give the header of HTTP Basic."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}
