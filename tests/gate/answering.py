"""A desk that answers hooks in any dialect, as the test decides, and remembers what it heard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestServer

from core.gate.hooks import Dialect, Heard, Hook
from core.model.gate import Admit, Asked, Decision, Reason, Refuse

NOW = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
YES = Admit(NOW + timedelta(hours=1), 1, 1)
NO = Refuse(Reason.WRONG)
Decide: TypeAlias = Callable[[Asked], Awaitable[Decision]]


@dataclass
class Answering:
    """What answers; `decide` may be changed on the way."""

    dialect: Dialect
    decide: Decide
    heard: list[Heard] = field(default_factory=list)
    hook_url: str = ""

    @property
    def asked(self) -> list[Asked]:
        """What it was asked."""
        return [one for one in self.heard if isinstance(one, Asked)]

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a hook."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        hook = Hook("", request.query_string, headers, await request.read())
        heard = self.dialect.read(hook)
        self.heard.append(heard)
        decision = await self.decide(heard) if isinstance(heard, Asked) else None
        answer = self.dialect.answer(heard, decision, NOW)
        return web.Response(
            status=answer.status,
            text=answer.body,
            headers=answer.headers,
            content_type=answer.content_type,
        )


@asynccontextmanager
async def answering(dialect: Dialect, decide: Decide) -> AsyncIterator[Answering]:
    """Let such a desk answer until the end of the block."""
    desk = Answering(dialect, decide)
    application = web.Application()
    application.router.add_post("/gate/token", desk.answer)
    async with TestServer(application) as server:
        desk.hook_url = str(server.make_url("/gate/token"))
        yield desk


async def by_secret(asked: Asked) -> Decision:
    """Let in whoever has a secret called `right`, or a ticket."""
    if not asked.has_credentials:
        return Refuse(Reason.NOTHING_GIVEN)
    return YES if asked.secret == "right" or asked.ticket else NO
