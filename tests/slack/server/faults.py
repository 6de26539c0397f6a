"""What can go wrong between the app and the Web API, as something a test puts in."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

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
        """Answer in place of Slack; `act` does what was asked and gives the right answer."""

    def go_on(self) -> None:  # noqa: B027 - only a stall has something to end
        """End whatever lasts."""


class RateLimited(Fault):
    """429 with `Retry-After`, in whole seconds."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__()
        self._retry_after = retry_after

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Refuse for a while."""
        return rate_limited(self._retry_after)


class ServerError(Fault):
    """A failure of Slack's own, with a page in place of JSON."""

    def __init__(self, status: int = 500) -> None:
        super().__init__()
        self._status = status

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Fail without doing anything."""
        return web.Response(
            status=self._status, text="<html>Server Error</html>", content_type="text/html"
        )


class Error(Fault):
    """An answer of `ok: false` with this error."""

    def __init__(self, error: str) -> None:
        super().__init__()
        self._error = error

    @property
    def name(self) -> str:
        """What stands as the call's outcome."""
        return self._error

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Refuse without doing anything."""
        return web.json_response({"ok": False, "error": self._error})


class Garbage(Fault):
    """200 with a body that is no JSON although it says so; the call was not carried out."""

    async def strike(self, request: web.Request, act: Act) -> web.Response:  # noqa: ARG002
        """Answer nonsense."""
        return web.Response(text='{"ok": tru\ufffd', content_type="application/json")


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
    method: str
    fault: Fault
    left: int | None
    channel: str | None


class Faults:
    """The faults that lie in wait, and those that happened."""

    def __init__(self) -> None:
        self._laid: list[_Laid] = []

    def add(self, method: str, fault: F, *, times: int | None = 1, channel: str | None = None) -> F:
        """Let a method fail `times` times (None: until `clear`), maybe in one channel only.

        Besides the Web API's methods there are `response_url`, `files`, and `*` for all.
        """
        self._laid.append(_Laid(method, fault, times, channel))
        return fault

    def take(self, method: str, channel: str | None) -> Fault | None:
        """Give the fault that a call runs into, if any."""
        for laid in self._laid:
            here = laid.method in (method, "*") and laid.channel in (None, channel)
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


def rate_limited(retry_after: int) -> web.Response:
    """Answer that it was too much, and when to come again, in seconds."""
    return web.json_response(
        {"ok": False, "error": "ratelimited"},
        status=429,
        headers={"Retry-After": str(retry_after)},
    )


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
