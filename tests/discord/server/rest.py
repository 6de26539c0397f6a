"""The REST API's frame: who may call, what a request says, and how each call is noted.

A route is a function that gets an `Asked` and gives an `Answer`, or raises Refusal. It does not
wait for anything, so that a call is carried out whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, web

from tests.discord.server.errors import (
    INVALID_JSON,
    TOO_LARGE,
    Json,
    Refusal,
    invalid,
    plain_refusal,
    refusal,
)
from tests.discord.server.faults import Faults, rate_limited
from tests.discord.server.pace import Pace
from tests.discord.server.replies import json_reply
from tests.discord.server.world import ApiCall, World

BASE = "/api/v10"
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_REQUEST = 25 * 1024 * 1024
_WORDS = {"token", "filename", "message_or_original"}  # what in a path is no id


@dataclass(frozen=True)
class Upload:
    """A file in a request."""

    filename: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Answer:
    """What a route gives back; without a body the status is 204."""

    body: object = None
    status: int = 200


@dataclass(eq=False)
class Asked:
    """A request. `ids` are from the path, `uploads` the files by their number in `files[n]`."""

    world: World
    call: ApiCall
    query: Mapping[str, str]
    body: Any = None
    uploads: dict[int, Upload] = field(default_factory=dict)

    @property
    def fields(self) -> Json:
        """The body, which has to be an object. Raises Refusal."""
        if not isinstance(self.body, dict):
            raise invalid(
                [("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")]
            )
        return self.body

    def id(self, name: str) -> int:
        """Give an id from the path."""
        return int(self.call.ids[name])

    def word(self, name: str) -> str:
        """Give a word from the path."""
        return str(self.call.ids[name])


Handler = Callable[[Asked], Answer]


class Rest:
    """Takes calls. `add` a route before the server starts."""

    def __init__(self, world: World, faults: Faults, pace: Pace) -> None:
        self._world, self._faults, self._pace = world, faults, pace
        self.routes: list[tuple[str, str, Handler, bool]] = []

    def add(self, route: str, handler: Handler, *, authorized: bool = True) -> None:
        """Let a function answer a route, such as `GET /users/@me`.

        Ids in the path are `{channel}`, `{guild}`, `{message}` and so on. Unless `authorized`, no
        bot token is asked for.
        """
        method, path = route.split(" ")
        self.routes.append((method, path, handler, authorized))

    def mount(self, application: web.Application) -> None:
        """Put all routes into an application, and what answers the paths that are none."""
        for method, path, handler, authorized in self.routes:
            known = _Route(self, f"{method} {path}", handler, authorized=authorized)
            application.router.add_route(method, BASE + path, known.handle)
        application.router.add_route("*", "/api/{tail:.*}", self._nothing)

    async def carry_out(
        self, request: web.Request, route: str, handler: Handler, *, authorized: bool
    ) -> web.Response:
        """Answer one call, or let it run into a fault."""
        world = self._world
        call = ApiCall(route, {}, None, world.clock.now())
        world.calls.append(call)
        try:
            call.ids |= _ids(request.match_info)
            asked = Asked(world, call, request.query)
            await _read(request, asked)
        except Refusal as refused:
            return self._refuse(call, refused)
        fault = self._faults.take(route, call.ids)

        def act() -> web.Response:
            return self._act(request, asked, handler, authorized=authorized)

        if fault is None:
            return act()
        try:
            reply = await fault.strike(request, act)
            call.status = reply.status
            return reply
        finally:
            call.outcome = fault.name
            world.tell()

    def _act(
        self, request: web.Request, asked: Asked, handler: Handler, *, authorized: bool
    ) -> web.Response:
        call = asked.call
        taken = self._pace.take(call.route, call.ids)
        if taken.wait:
            call.status, call.outcome = 429, "RateLimited"
            self._world.tell()
            return rate_limited(taken.wait, scope=taken.scope)
        try:
            if authorized:
                self._authorize(request)
            answer = handler(asked)
        except Refusal as refused:
            return self._refuse(call, refused, taken.headers)
        except Exception:
            # a fault of this server, which a client would pass over as one of Discord's
            self._world.accuse(f"this server broke down over {call.route}")
            raise
        call.status, call.outcome = answer.status, "ok"
        self._world.tell()
        if answer.body is None:
            call.status = 204
            return web.Response(status=204, headers=taken.headers)
        return json_reply(answer.body, answer.status, taken.headers)

    def _authorize(self, request: web.Request) -> None:
        application = self._world.application
        known = request.headers.get("Authorization") == f"Bot {application.token}"
        if not known or not application.token_good:
            raise plain_refusal(401, "Unauthorized")

    def _refuse(
        self, call: ApiCall, refused: Refusal, headers: dict[str, str] | None = None
    ) -> web.Response:
        call.status, call.outcome = refused.status, str(refused.code or refused.status)
        call.errors, call.refused = refused.errors, True
        self._world.tell()
        return json_reply(refused.as_json(), refused.status, headers)

    async def _nothing(self, request: web.Request) -> web.Response:
        call = ApiCall(f"{request.method} {request.path}", {}, None, self._world.clock.now())
        self._world.calls.append(call)
        return self._refuse(call, plain_refusal(404, "Not Found"))


class _Route:
    def __init__(self, rest: Rest, name: str, handler: Handler, *, authorized: bool) -> None:
        self._rest, self._name, self._handler = rest, name, handler
        self._authorized = authorized

    async def handle(self, request: web.Request) -> web.Response:
        return await self._rest.carry_out(
            request, self._name, self._handler, authorized=self._authorized
        )


def _ids(found: Mapping[str, str]) -> dict[str, int | str]:
    ids: dict[str, int | str] = {}
    for name, value in found.items():
        if name in _WORDS:
            ids[name] = value
        elif value.isascii() and value.isdecimal() and int(value) < 2**63:
            ids[name] = int(value)
        else:
            complaint = f'Value "{value[:40]}" is not snowflake.'
            raise invalid([(f"{name}_id", "NUMBER_TYPE_COERCE", complaint)])
    return ids


async def _read(request: web.Request, asked: Asked) -> None:
    """Read the body, with its files if it has any. Raises Refusal."""
    if not request.can_read_body:
        return
    if request.content_type.startswith("multipart/"):
        await _read_parts(request, asked)
    elif request.content_type != "application/json":
        raise plain_refusal(415, "Unsupported Media Type")
    else:
        asked.body = _json(await request.text())
    asked.call.body = asked.body


async def _read_parts(request: web.Request, asked: Asked) -> None:
    async for part in await request.multipart():
        if part is None or isinstance(part, MultipartReader):
            raise refusal(INVALID_JSON)
        name = part.name or ""
        if name == "payload_json":
            asked.body = _json(await part.text())
        elif name.startswith("files[") and name[6:-1].isdecimal():
            asked.uploads[int(name[6:-1])] = await _upload(part)
        else:
            raise invalid([(name, "UNKNOWN_FIELD", "Discord knows no such part")])
    asked.body = {} if asked.body is None else asked.body


async def _upload(part: BodyPartReader) -> Upload:
    content = bytes(await part.read(decode=False))
    if len(content) > LARGEST_FILE:
        raise refusal(TOO_LARGE)
    kind = part.headers.get("Content-Type", "application/octet-stream")
    return Upload(part.filename or "unknown", content, kind)


def _json(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(text)
    except ValueError:
        raise refusal(INVALID_JSON) from None
