"""HTTP: signed requests to the app's address, as Slack makes them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from tests.slack.server.courier import Parcel, Reply
from tests.slack.server.errors import Json

if TYPE_CHECKING:
    from tests.slack.server.world import World

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class HttpReply:
    """What the app answered."""

    status: int
    body: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Signed:
    """A request as it went out, to be sent once more."""

    body: str
    headers: dict[str, str]


class HttpMode:
    """Requests to `target`, the app's address; None while Socket Mode is used.

    `sent` lists all requests as they went out.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self.target: str | None = None
        self.sent: list[Signed] = []

    @property
    def ready(self) -> bool:
        """Whether there is an address."""
        return self.target is not None

    async def carry(self, parcel: Parcel) -> Reply:
        """Send a payload, and wait for the answer as long as Slack has patience."""
        request = self.signed(_body(parcel), _content_type(parcel.kind), **_retry(parcel))
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(self._world.patience):
                answer = await self.post(request)
        except TimeoutError:
            return Reply(error="operation_timeout")
        except aiohttp.ClientError:
            return Reply(error="dispatch_failed")
        if answer.status != 200:
            return Reply(error="dispatch_failed")
        return Reply(loop.time() - started, _parsed(answer))

    def signed(
        self,
        body: str,
        content_type: str = FORM,
        *,
        signature: str | None = None,
        timestamp: str | None = None,
        **headers: str,
    ) -> Signed:
        """Sign a body with the app's secret; a given signature or timestamp is used instead."""
        at = str(int(time.time())) if timestamp is None else timestamp
        right = sign(self._world.app.signing_secret, at, body)
        return Signed(
            body,
            {
                "Content-Type": content_type,
                "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
                "X-Slack-Request-Timestamp": at,
                "X-Slack-Signature": right if signature is None else signature,
                **headers,
            },
        )

    async def send(
        self,
        payload: Json,
        *,
        kind: str | None = None,
        signature: str | None = None,
        timestamp: int | str | None = None,
        unsigned: bool = False,
    ) -> HttpReply:
        """Send a payload and give the app's answer whatever it is.

        `kind` (`slash_commands`, `interactive`, `events_api`) is read off the payload unless given;
        a wrong `signature`, an old `timestamp` (the body is signed with it) or none of both
        (`unsigned`) are the app's to refuse.
        """
        parcel = Parcel(kind or _kind(payload), payload, "")
        at = None if timestamp is None else str(timestamp)
        request = self.signed(
            _body(parcel), _content_type(parcel.kind), signature=signature, timestamp=at
        )
        if unsigned:
            request = Signed(request.body, {"Content-Type": request.headers["Content-Type"]})
        return await self.post(request)

    async def ssl_check(self) -> HttpReply:
        """Ask whether the app is there, as Slack does for commands, without a signature."""
        fields = {"ssl_check": "1", "token": self._world.app.verification_token}
        return await self.post(Signed(urlencode(fields), {"Content-Type": FORM}))

    async def verify_url(
        self, challenge: str = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7"
    ) -> HttpReply:
        """Ask the app to prove that the address for events is its own."""
        payload: Json = {
            "type": "url_verification",
            "token": self._world.app.verification_token,
            "challenge": challenge,
        }
        return await self.send(payload, kind="events_api")

    async def replay(self, request: Signed | None = None) -> HttpReply:
        """Send a request once more, byte for byte: the last one unless another is given."""
        return await self.post(request or self.sent[-1])

    async def post(self, request: Signed) -> HttpReply:
        """Send a request as it is."""
        if self.target is None:
            raise AssertionError("there is no address: set http.target")
        if self._session is None:
            self._session = aiohttp.ClientSession()
        self.sent.append(request)
        data = request.body.encode()
        async with self._session.post(self.target, data=data, headers=request.headers) as answer:
            return HttpReply(answer.status, await answer.text(), dict(answer.headers))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def sign(secret: str, timestamp: str, body: str) -> str:
    """Compute Slack's signature of a body, version 0."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _kind(payload: Json) -> str:
    if "command" in payload:
        return "slash_commands"
    return "events_api" if payload.get("type") == "event_callback" else "interactive"


def _content_type(kind: str) -> str:
    return "application/json" if kind == "events_api" else FORM


def _body(parcel: Parcel) -> str:
    if parcel.kind == "events_api":
        return json.dumps(parcel.payload)
    if parcel.kind == "slash_commands":
        return urlencode(parcel.payload)
    return urlencode({"payload": json.dumps(parcel.payload)})


def _retry(parcel: Parcel) -> dict[str, str]:
    if parcel.retry_attempt is None:
        return {}
    return {
        "X-Slack-Retry-Num": str(parcel.retry_attempt),
        "X-Slack-Retry-Reason": parcel.retry_reason or "http_error",
    }


def _parsed(answer: HttpReply) -> Json | None:
    if not answer.body.strip():
        return None
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        body: Json = json.loads(answer.body)
        return body
    return {"text": answer.body}
