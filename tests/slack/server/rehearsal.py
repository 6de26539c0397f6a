"""A real Bolt app on this Slack, over either transport, and blocks to rehearse with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server.errors import Json
from tests.slack.server.person import Person
from tests.slack.server.places import Channel
from tests.slack.server.server import SlackServer, open_slack
from tests.slack.server.team import Team

TRANSPORTS = ("socket mode", "http")


@dataclass
class Stage:
    """A workspace with an app connected to it; `seen` is for what its listeners note."""

    slack: SlackServer
    team: Team
    ann: Person
    general: Channel
    app: AsyncApp
    seen: list[Json] = field(default_factory=list)


@asynccontextmanager
async def set_stage(transport: str) -> AsyncIterator[Stage]:
    """Give a workspace, one person and a channel, with an app connected over a transport."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(open_slack())
        team = slack.add_team("T0001", name="Stage")
        ann = team.add_user("U0001", name="Ann Example")
        general = team.add_channel("C0001", name="general", members=[ann])
        app = bolt_app(slack, team)
        connected = over_http if transport == "http" else over_socket_mode
        await stack.enter_async_context(connected(slack, app))
        yield Stage(slack, team, ann, general, app)


@dataclass
class Workspace:
    """A workspace with a client of its bot, and no app connected."""

    slack: SlackServer
    team: Team
    ann: Person
    general: Channel
    secret: Channel
    client: AsyncWebClient


@asynccontextmanager
async def open_workspace() -> AsyncIterator[Workspace]:
    """Give a workspace with one person, a public channel and a private one, both with her in."""
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        ann = team.add_user("U0001", name="Ann")
        general = team.add_channel("C0001", name="general", members=[ann])
        secret = team.add_channel("C0002", name="secret", private=True, members=[ann])
        yield Workspace(slack, team, ann, general, secret, client_of(slack, team))


async def refused(call: Awaitable[object]) -> Json:
    """Give the body with which Slack refuses a call. Raises AssertionError if it does not."""
    try:
        await call
    except SlackApiError as error:
        body: Json = error.response.data
        return body
    raise AssertionError("it was not refused")


def client_of(slack: SlackServer, team: Team) -> AsyncWebClient:
    """Give a client with the workspace's bot token."""
    return AsyncWebClient(team.bot_token, base_url=slack.api_url)


def bolt_app(slack: SlackServer, team: Team) -> AsyncApp:
    """Give an app without listeners, for one workspace and either transport."""
    return AsyncApp(signing_secret=slack.app.signing_secret, client=client_of(slack, team))


@asynccontextmanager
async def over_socket_mode(
    slack: SlackServer, app: AsyncApp, *, ping_interval: float = 0.1
) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect an app by a WebSocket for as long as the block lasts."""
    handler = AsyncSocketModeHandler(app, slack.app.token, ping_interval=ping_interval)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    await slack.socket.wait_connected()
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # likewise


@asynccontextmanager
async def over_http(slack: SlackServer, app: AsyncApp) -> AsyncIterator[str]:
    """Serve an app at `/slack/events` for as long as the block lasts, and send people there."""

    async def answer(request: web.Request) -> web.Response:
        response = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    application = web.Application()
    application.router.add_post("/slack/events", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.http_target = f"http://{host}:{port}/slack/events"
    try:
        yield slack.http_target
    finally:
        slack.http_target = None
        await runner.cleanup()


def plain(text: str) -> Json:
    """Write a plain text object."""
    return {"type": "plain_text", "text": text}


def entry(block_id: str, element: Json, **more: object) -> Json:
    """Write an input block whose element has the block's name."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        "element": {"action_id": block_id, **element},
        **more,
    }


def modal(*blocks: Json, **more: object) -> Json:
    """Write a modal with the callback_id `form`."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Reserve"),
        "submit": plain("Go"),
        "blocks": list(blocks),
        **more,
    }
