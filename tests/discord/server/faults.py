"""What can go wrong between the app and the REST API, as something a test puts in."""

from __future__ import annotations

import asyncio
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from tests.discord.server.errors import refusal
from tests.discord.server.replies import json_reply

Act = Callable[[], web.Response]
F = TypeVar("F", bound="Fault")


class Fault(ABC):
    """Something that goes wrong with a call; `hits` counts how often it did.

    `reached` is set at the first hit.
    """

    def __init__(self) -> None:
        self.hits = 0
        self.reached = asyncio.Event()

    @property
    def name(self) -> str:
        """What stands as the call's outcome."""
        return type(self).__name__

    @abstractmethod
    async def strike(self, request: web.Request, act: Act) -> web.Response:
        """Answer in place of Discord; `act` does what was asked and gives the right answer."""

    def go_on(self) -> None:  # noqa: B027 - only a stall has something to end
        """End whatever lasts."""


class RateLimited(Fault):
    """429 after which one may come again in `retry_after` seconds.

    `scope` is `user` (this route), `shared` (others used it up too) or `global` (everything).
    """

    def __init__(self, retry_after: float = 0.05, *, scope: str = "user") -> None:
        super().__init__()
        self._retry_after, self._scope = retry_after, scope

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Refuse for a while."""
        return rate_limited(self._retry_after, scope=self._scope)


class Banned(Fault):
    """429 of the proxy before Discord, without `Via` and JSON: too many invalid requests."""

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Refuse for an hour."""
        return web.Response(status=429, text="error code: 1015", headers={"Retry-After": "3600"})


class ServerError(Fault):
    """A failure of Discord's own, with a page in place of JSON; nothing is done.

    `acting`: everything is done before it fails.
    """

    def __init__(self, status: int = 500, *, acting: bool = False) -> None:
        super().__init__()
        self._status, self._acting = status, acting

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Fail."""
        if self._acting:
            act()
        return web.Response(
            status=self._status, text="<html>Server Error</html>", content_type="text/html"
        )


class Refused(Fault):
    """An answer with one of Discord's codes (see errors.py), such as 50013."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self._code = code

    @property
    def name(self) -> str:
        """What stands as the call's outcome."""
        return str(self._code)

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Refuse without doing anything."""
        refused = refusal(self._code)
        return json_reply(refused.as_json(), refused.status)


class Garbage(Fault):
    """200 with a body that is no JSON although it says so; the call was not carried out."""

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Answer nonsense."""
        return web.Response(body=b'{"id": "12', content_type="application/json")


class DropBefore(Fault):
    """The connection is cut before anything is done."""

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Cut."""
        return _cut(request)


class DropAfter(Fault):
    """Everything is done, then the connection is cut without an answer."""

    async def strike(self, request: web.Request, act: Act) -> web.Response:
        """Do it, then cut."""
        act()
        return _cut(request)


class Stall(Fault):
    """No answer until `go_on`; the call is carried out before that if `acting`, else never."""

    def __init__(self, *, acting: bool = False) -> None:
        super().__init__()
        self._acting = acting
        self._over = asyncio.Event()

    async def strike(self, request: web.Request, act: Act) -> web.Response:
        """Wait, then cut the connection, or answer if it was carried out."""
        answer = act() if self._acting else None
        await self._over.wait()
        return answer or _cut(request)

    def go_on(self) -> None:
        """End the stall."""
        self._over.set()


@dataclass(eq=False)
class _Laid:
    route: str
    fault: Fault
    left: int | None
    where: int | None


class Faults:
    """The faults that lie in wait, and those that happened."""

    def __init__(self) -> None:
        self._laid: list[_Laid] = []

    def add(self, route: str, fault: F, *, times: int | None = 1, where: int | None = None) -> F:
        """Let a route fail `times` times (None: until `clear`), maybe in one place only.

        Routes are named as in `ApiCall.route`, `*` is all of them; `where` is any id in the path.
        """
        self._laid.append(_Laid(route, fault, times, where))
        return fault

    def take(self, route: str, ids: dict[str, int | str]) -> Fault | None:
        """Give the fault that a call runs into, if any."""
        for laid in self._laid:
            here = laid.route in (route, "*") and (laid.where is None or laid.where in ids.values())
            if not here or laid.left == 0:
                continue
            laid.left = None if laid.left is None else laid.left - 1
            laid.fault.hits += 1
            laid.fault.reached.set()
            return laid.fault
        return None

    def clear(self) -> None:
        """Take away all faults, and let stalled calls go on."""
        for laid in self._laid:
            laid.fault.go_on()
        self._laid = []


def rate_limited(retry_after: float, *, scope: str = "user") -> web.Response:
    """Answer that it was too much, and when to come again, in seconds.

    `Via` is what discord.py knows Discord itself by.
    """
    everywhere = scope == "global"
    headers = {
        "Retry-After": str(math.ceil(retry_after)),
        "Via": "1.1 google",
        "X-RateLimit-Scope": scope,
    }
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    else:
        headers |= {
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset-After": f"{retry_after:.3f}",
        }
    body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": everywhere,
    }
    return json_reply(body, 429, headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
