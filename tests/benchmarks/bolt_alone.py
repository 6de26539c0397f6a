"""A Bolt application that does nothing but acknowledge: what every application on Bolt costs.

Run as `python -m tests.benchmarks.bolt_alone PORT`.
"""

from __future__ import annotations

import asyncio
import re
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

SECRET = "a signing secret for benchmarks"


async def authorize(team_id: str | None = None) -> AuthorizeResult:
    """Be installed everywhere."""
    return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token="xoxb-bench")


async def acknowledge(ack: AsyncAck) -> None:
    """Do nothing but that."""
    await ack()


async def serve(port: int) -> None:
    """Serve until killed."""
    app = AsyncApp(signing_secret=SECRET, authorize=authorize)
    app.command("/slot")(acknowledge)
    app.action(re.compile("slot:.*"))(acknowledge)
    app.view("slot_form")(acknowledge)

    async def handed_in(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.add_routes([web.post("/slack/events", handed_in)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
