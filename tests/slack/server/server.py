"""Slack on loopback: the Web API, both transports, and the people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.slack.server import answers, payloads
from tests.slack.server.api import WebApi
from tests.slack.server.courier import Courier, Parcel
from tests.slack.server.doors import Doors
from tests.slack.server.errors import Json
from tests.slack.server.faults import Faults
from tests.slack.server.grants import OAuthCode
from tests.slack.server.heard import Heard
from tests.slack.server.http_mode import HttpMode
from tests.slack.server.pace import Pace
from tests.slack.server.person import Person
from tests.slack.server.places import Channel
from tests.slack.server.socket_mode import SocketMode
from tests.slack.server.team import Team
from tests.slack.server.world import World

LARGEST_REQUEST = 10 * 1024 * 1024


@dataclass(frozen=True)
class EventHeard:
    """How an event went: how often it was sent, whether it was acknowledged at last."""

    acknowledged: bool
    attempts: int
    payload: Json


class SlackServer(World):
    """A Slack of our own. Open it with `open_slack()`.

    People act over HTTP if `http_target` is set, else over Socket Mode.
    """

    def __init__(self) -> None:
        super().__init__()
        self.faults = Faults()
        self.pace = Pace(self.clock)
        self.socket = SocketMode(self)
        self.http = HttpMode(self)
        self.courier = Courier(self.http, self.socket)
        self.dead_tokens: dict[str, str] = {}
        self.installs_for: Person | None = None
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """Where the Web API is, with the slash at its end: give it to AsyncWebClient(base_url=)."""
        return f"{self.base_url}/api/"

    @property
    def authorize_url(self) -> str:
        """Where people are sent to install the app."""
        return f"{self.base_url}/oauth/v2/authorize"

    @property
    def http_target(self) -> str | None:
        """The address of the app's HTTP endpoint."""
        return self.http.target

    @http_target.setter
    def http_target(self, url: str | None) -> None:
        self.http.target = url

    def expect_app(
        self,
        *,
        signing_secret: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uri: str | None = None,
    ) -> None:
        """Set the app's secrets where a test wants other ones; see `slack.app` for all of it."""
        self.app.signing_secret = signing_secret or self.app.signing_secret
        self.app.client_id = client_id or self.app.client_id
        self.app.client_secret = client_secret or self.app.client_secret
        self.app.redirect_uri = redirect_uri or self.app.redirect_uri

    async def repeat(self, heard: Heard) -> Heard:
        """Deliver what somebody did once more: the same payload, trigger and envelope_id.

        What comes by the response URL from then on is heard by the new one, too.
        """
        again = Heard(heard.person, heard.kind, heard.payload, heard.envelope_id)
        for trigger in self.triggers.values():
            if trigger.id == heard.payload.get("trigger_id"):
                trigger.heard = again
        for granted in self.response_urls.values():
            if granted.url == heard.payload.get("response_url"):
                granted.heard = again
        reply = await self.courier.carry(Parcel(heard.kind, heard.payload, heard.envelope_id))
        again.acknowledged_in, again.error = reply.seconds, reply.error
        again.response = reply.body
        if heard.kind == "slash_commands":
            channel = heard.person.team.channels[heard.payload["channel_id"]]
            answers.to_command(self, again, channel)
        elif heard.payload.get("type") == "view_submission":
            view = self.views[heard.payload["view"]["id"]]
            answers.to_submission(self, again, view)
        return again

    async def send_event(self, team: Team, event: Json, *, retries: int = 1) -> EventHeard:
        """Send an event, such as `{"type": "app_uninstalled"}`; once more if not acknowledged.

        Slack repeats at once, after a minute, and after five; here all `retries` come at once.
        """
        inner = {"event_ts": self.next_ts(), **event}
        payload = payloads.event(self, team, inner)
        if self.app.events is not None and event["type"] not in self.app.events:
            return EventHeard(acknowledged=False, attempts=0, payload=payload)
        envelope = f"event-{self.number()}"
        reason = "http_error"
        for attempt in range(retries + 1):
            retry = (attempt, reason) if attempt else (None, None)
            reply = await self.courier.carry(Parcel("events_api", payload, envelope, *retry))
            if reply.error is None:
                return EventHeard(acknowledged=True, attempts=attempt + 1, payload=payload)
            reason = "http_timeout" if reply.error == "operation_timeout" else "http_error"
        return EventHeard(acknowledged=False, attempts=retries + 1, payload=payload)

    async def repeat_event(self, sent: EventHeard) -> EventHeard:
        """Send an event once more under the same event_id, as a retry."""
        team = self.teams[sent.payload["team_id"]]
        envelope = f"event-{self.number()}"
        parcel = Parcel("events_api", sent.payload, envelope, 1, "http_timeout")
        reply = await self.courier.carry(parcel)
        return EventHeard(reply.error is None and team is not None, 1, sent.payload)

    async def archive(self, channel: Channel) -> EventHeard:
        """Archive a channel, and tell the app."""
        channel.archived = True
        kind = "group_archive" if channel.private else "channel_archive"
        event: Json = {"type": kind, "channel": channel.id, "user": "USLACKBOT"}
        return await self.send_event(self.teams[channel.team_id], event)

    async def remove_bot(self, channel: Channel) -> EventHeard:
        """Take the bot out of a channel, and tell the app."""
        team = self.teams[channel.team_id]
        channel.bot_is_member = False
        event: Json = {
            "type": "member_left_channel",
            "user": team.bot_user_id,
            "channel": channel.id,
            "channel_type": "G" if channel.private else "C",
            "team": team.id,
        }
        return await self.send_event(team, event)

    async def uninstall(self, team: Team) -> list[EventHeard]:
        """Take the app out of a workspace: its token dies, and both events are sent."""
        team.token_error = "account_inactive"
        revoked: Json = {"type": "tokens_revoked", "tokens": {"bot": [team.bot_user_id]}}
        return [
            await self.send_event(team, revoked),
            await self.send_event(team, {"type": "app_uninstalled"}),
        ]

    async def revoke_token(self, team: Team) -> EventHeard:
        """Revoke the bot's token, and tell the app."""
        team.token_error = "token_revoked"
        revoked: Json = {"type": "tokens_revoked", "tokens": {"bot": [team.bot_user_id]}}
        return await self.send_event(team, revoked)

    def install(self, team: Team, scopes: set[str]) -> None:
        """Install the app: a dead token is replaced by a new one."""
        if team.token_error:
            self.dead_tokens[team.bot_token] = team.token_error
            team.bot_token = f"xoxb-{team.id}-{self.number()}"
        team.token_error = None
        team.scopes = team.scopes | scopes if scopes else team.scopes

    def oauth_code(
        self, installer: Person, scopes: set[str], *, redirect_uri: str | None = None
    ) -> str:
        """Make the code that Slack hands to the app once somebody agreed to install it."""
        code = f"{self.number()}.code"
        self.oauth_codes[code] = OAuthCode(installer.team, installer.id, scopes, redirect_uri)
        return code

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        api, doors = WebApi(self, self.faults, self.pace), Doors(self, self.faults)
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.router.add_route("*", "/api/{method}", api.handle)
        application.router.add_get("/link", self.socket.handle)
        application.router.add_post("/respond/{team}/{number}/{secret}", doors.respond)
        application.router.add_post("/upload/{team}/{file}", doors.upload)
        application.router.add_get("/files-pri/{file}/{tail:.*}", doors.download)
        application.router.add_get("/signin", doors.sign_in)
        application.router.add_get("/oauth/v2/authorize", doors.authorize)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close everything."""
        self.faults.clear()
        await self.socket.close()
        await self.http.close()
        if self._runner is not None:
            await self._runner.cleanup()


@asynccontextmanager
async def open_slack() -> AsyncIterator[SlackServer]:
    """Open a Slack on loopback for as long as the block lasts."""
    slack = SlackServer()
    await slack.start()
    try:
        yield slack
    finally:
        await slack.stop()
