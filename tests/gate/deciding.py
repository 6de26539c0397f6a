"""A desk that decides by a table, in nginx-rtmp's real dialect, and remembers what it heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web

from adapters.gate_nginx_rtmp import NginxRtmpDialect
from core.gate.hooks import Heard, Hook
from core.model.gate import Access, Admit, Asked, Decision, Gone, Reason, Refuse

HOST = "127.0.0.1"
TOKEN = "the-secret-of-the-hooks"
SOON = 10.0  # seconds for a hook to come


@dataclass
class TableDesk:
    """What opens which path: a stream key, and pairs of user and passcode; and the good tickets."""

    keys: dict[str, str]
    passcodes: dict[str, str]
    tickets: set[str]
    heard: list[Heard] = field(default_factory=list)
    meanwhile: Callable[[Asked], Awaitable[None]] | None = None  # done before it answers
    port: int = 0
    _runner: web.AppRunner | None = None
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def hook_url(self) -> str:
        """Where it is asked."""
        return f"http://{HOST}:{self.port}/gate/{TOKEN}"

    async def start(self) -> None:
        """Begin to answer; after a `stop`, at the same port."""
        application = web.Application()
        application.router.add_route("*", f"/gate/{TOKEN}/{{word}}", self._answer)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Answer no more: the desk is down."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def hears(self, wanted: Callable[[Heard], bool], within: float = SOON) -> Heard:
        """Wait until it has heard such a thing, and give the latest."""
        async with asyncio.timeout(within), self._more:
            await self._more.wait_for(lambda: any(map(wanted, self.heard)))
        return next(one for one in reversed(self.heard) if wanted(one))

    async def told_gone(self, asked: Asked, within: float = SOON) -> None:
        """Wait until it is told that a connection has ended."""
        gone = Gone(asked.access, asked.stream, asked.client)
        await self.hears(lambda one: one == gone, within)

    def asked(self, access: Access, user: str = "") -> list[Asked]:
        """List what it was asked, by whoever or by one user."""
        asked = [one for one in self.heard if isinstance(one, Asked) and one.access is access]
        return [one for one in asked if not user or one.user == user]

    def gone(self) -> list[Gone]:
        """List the ends that it was told of."""
        return [one for one in self.heard if isinstance(one, Gone)]

    async def _answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        hook = Hook(request.match_info["word"], request.query_string, headers, await request.read())
        dialect, now = NginxRtmpDialect(), datetime.now(UTC)
        heard = dialect.read(hook)
        decision = self._decide(heard, now) if isinstance(heard, Asked) else None
        async with self._more:
            self.heard.append(heard)
            self._more.notify_all()
        if self.meanwhile is not None and isinstance(decision, Admit) and isinstance(heard, Asked):
            await self.meanwhile(heard)
        answer = dialect.answer(heard, decision, now)
        return web.Response(status=answer.status, text=answer.body, headers=answer.headers)

    def _decide(self, asked: Asked, now: datetime) -> Decision:
        if not asked.has_credentials:
            return Refuse(Reason.NOTHING_GIVEN)
        path = asked.path or asked.stream.removeprefix("live/")
        if path not in self.keys:
            return Refuse(Reason.UNKNOWN)
        right = asked.secret == self.keys[path] or asked.ticket in self.tickets
        if asked.access is Access.WATCH:
            right |= bool(asked.user) and self.passcodes.get(asked.user) == asked.secret
        return Admit(now + timedelta(hours=1), 1, 1) if right else Refuse(Reason.WRONG)


@asynccontextmanager
async def deciding(
    keys: dict[str, str], passcodes: dict[str, str], tickets: set[str]
) -> AsyncIterator[TableDesk]:
    """Let such a desk answer until the end of the block."""
    desk = TableDesk(keys, passcodes, tickets)
    await desk.start()
    try:
        yield desk
    finally:
        await desk.stop()
