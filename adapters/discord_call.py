"""One call of Discord's REST API: once, never repeated by itself, and what went wrong in one word.

discord.py's own client sleeps through every 429 and repeats what failed, within the call: it would
hold a lane up for as long, and let nobody else see how long Discord asks to wait. So its endpoints
are used here, each of which goes through `request`, and `request` asks once.
Neither tokens nor what people wrote is ever logged here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import aiohttp
from discord import File
from discord.http import HTTPClient, MultipartParameters, Route

from adapters.chat_verdicts import CUT, GARBLED, UNREACHABLE, broken
from adapters.discord_errors import BANNED, DiscordFailure

DISCORD_API_URL = "https://discord.com/api/v10"
_CONNECTING = 5.0  # seconds, less than the whole: so a time-out tells on which side it was
_SUCCESS = range(200, 300)
_SERVER_FAULTS = range(500, 600)
_UNAUTHORIZED, _NO_CONTENT, _TOO_MANY = 401, 204, 429


def new_session(seconds: float) -> aiohttp.ClientSession:
    """Open a session whose calls take `seconds` at most; whoever opens it closes it."""
    connecting = min(_CONNECTING, seconds)
    timeout = aiohttp.ClientTimeout(total=seconds, connect=connecting, sock_connect=connecting)
    return aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


def message_parameters(message: Mapping[str, Any]) -> MultipartParameters:
    """Hand a message, already as Discord's JSON, to one of discord.py's endpoints."""
    return MultipartParameters(payload=dict(message), multipart=None, files=None)


class DiscordCalls(HTTPClient):
    """discord.py's endpoints, without its waits and repetitions; every one raises `DiscordFailure`.

    `spent` is how many seconds Discord asks to leave the place of the last post alone, 0.0 while
    more may follow at once.
    """

    def __init__(self, token: str, api_url: str, session: aiohttp.ClientSession) -> None:
        super().__init__(asyncio.get_running_loop())
        self.token = token
        self.spent = 0.0
        self._api_url = api_url.rstrip("/")
        self._calls = session

    async def myself(self) -> int:
        """Give the id of the bot that the token is for."""
        try:
            return int((await self.request(Route("GET", "/users/@me")))["id"])
        except (LookupError, TypeError, ValueError):
            raise DiscordFailure(GARBLED) from None

    async def request(
        self,
        route: Route,
        *,
        files: Sequence[File] | None = None,
        form: Iterable[dict[str, Any]] | None = None,
        **kwargs: Any,  # noqa: ANN401 - as discord.py has it
    ) -> Any:  # noqa: ANN401 - any JSON
        """Make a call, and give its answer. Files are not for here: raises `TypeError` for them."""
        if files or form:
            raise TypeError("notices have no files")
        headers = {"Authorization": f"Bot {self.token}", "User-Agent": self.user_agent}
        url = f"{self._api_url}{route.url.removeprefix(Route.BASE)}"
        try:
            async with self._calls.request(
                route.method,
                url,
                headers=headers,
                json=kwargs.get("json"),
                params=kwargs.get("params"),
                allow_redirects=False,  # the token goes to the address that was set
            ) as response:
                text = await response.text(encoding="utf-8", errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _broken(error) from None
        if response.status not in _SUCCESS:
            raise _refusal(response, _json(response, text))
        if route.method == "POST":
            self.spent = _spent(response.headers)
        return None if response.status == _NO_CONTENT else _answer(response, text)


def _answer(response: aiohttp.ClientResponse, text: str) -> Any:  # noqa: ANN401 - any JSON
    """Give what was answered; raises `DiscordFailure` for what is no JSON."""
    found = _json(response, text)
    if found is None:
        raise DiscordFailure(GARBLED)
    return found


def _json(response: aiohttp.ClientResponse, text: str) -> Any:  # noqa: ANN401 - any JSON
    if response.content_type != "application/json":
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _refusal(response: aiohttp.ClientResponse, found: object) -> DiscordFailure:
    """Read why a call was refused from an answer of any kind."""
    body = found if isinstance(found, dict) else {}
    status, code = response.status, body.get("code")
    if status == _TOO_MANY:
        return _too_many(response.headers, body)
    if status == _UNAUTHORIZED:
        return DiscordFailure(str(_UNAUTHORIZED))
    if status in _SERVER_FAULTS:
        return DiscordFailure(CUT, detail=f"HTTP {status}")
    if isinstance(code, int) and code > 0:
        return DiscordFailure(str(code))
    # neither Discord nor a success: a proxy, or a wrong address
    return DiscordFailure(UNREACHABLE, detail=f"HTTP {status} instead of Discord: is that it?")


def _too_many(headers: Mapping[str, str], body: Mapping[str, Any]) -> DiscordFailure:
    """Tell Discord's own limits from those of the proxy before it, which shuts out an address."""
    wait = _seconds(body.get("retry_after"))
    wait = _seconds(headers.get("Retry-After")) if wait is None else wait
    if not body:
        return DiscordFailure(BANNED, retry_after=wait)
    code = body.get("code")
    word = str(code) if isinstance(code, int) and code > 0 else str(_TOO_MANY)
    return DiscordFailure(word, retry_after=wait, everywhere=bool(body.get("global")))


def _spent(headers: Mapping[str, str]) -> float:
    """Say how long the place just posted to takes no more ("Rate Limits" in Discord's pages)."""
    if headers.get("X-RateLimit-Remaining") != "0":
        return 0.0
    return _seconds(headers.get("X-RateLimit-Reset-After")) or 0.0


def _seconds(value: object) -> float | None:
    try:
        seconds = float(str(value))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _broken(error: Exception) -> DiscordFailure:
    word, detail = broken(error)
    return DiscordFailure(word, detail=detail)
