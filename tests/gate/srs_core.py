"""The inside of the stand-in for SRS: its hooks, how it judges their answers, and its clients.

Everything is by SRS's source, 4.0.271 to 7.0.18; comments name the file below `trunk/src/`. No
media flows: a client is an entry in a list, and gone when it is taken off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

import aiohttp

Version: TypeAlias = tuple[int, int, int]
OLDEST: Version = (4, 0, 271)
NEWEST: Version = (7, 0, 18)
VHOST = "__defaultVhost__"  # the only one: whatever else a client names, SRS falls back to it

_ESCAPED = str.maketrans(
    {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


class RefusedError(Exception):
    """A hook's answer was none, or a no: the client is sent away."""


class BusyError(Exception):
    """Somebody publishes there: found out after the hook said yes."""


@dataclass(frozen=True)
class Request:
    """What a client wants, as SRS takes its address apart."""

    app: str
    stream: str
    param: str = ""
    ip: str = "127.0.0.1"
    tc_url: str = "rtmp://127.0.0.1/live"
    page_url: str = ""


@dataclass(eq=False)
class Client:
    """A client as the API lists it; `ended` by the API only where it has a connection."""

    id: str
    kind: str
    request: Request
    has_connection: bool = True
    publishing: bool = False


@dataclass
class SrsCore:
    """One SRS that asks at `hook_url` about everything."""

    hook_url: str
    session: aiohttp.ClientSession
    version: Version = NEWEST
    timeout: float = 30.0
    clients: dict[str, Client] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def new_id(self) -> str:
        """Make a client's id: eight characters, drawn at random (they stand in no order)."""
        return f"{next(self.numbers) * 7919 % 10**8:08}"[::-1]

    async def ask(self, action: str, client_id: str, request: Request) -> None:
        """Call a hook that may say no; raises `RefusedError`."""
        if not await self._said_yes(self.body(action, client_id, request)):
            raise RefusedError

    async def tell(self, action: str, client_id: str, request: Request) -> None:
        """Call a hook whose answer is passed over."""
        await self._said_yes(self.body(action, client_id, request))

    def body(self, action: str, client_id: str, request: Request) -> str:
        """Write a hook's body: app/srs_app_http_hooks.cpp, the fields in their order."""
        service = {"service_id": "k8f3n2v1"} if self.version >= (5, 0, 0) else {}
        fields = {"server_id": "vid-0xk989d", **service, "action": action, "client_id": client_id}
        fields |= {"ip": request.ip, "vhost": VHOST, "app": request.app}
        fields |= self._about(action, request)
        if self.version >= (5, 0, 0) and action != "on_connect":
            fields["stream_url"] = self.url_of(request)
            fields["stream_id"] = "vid-124q9y3"
        return srs_json(fields)

    def _about(self, action: str, request: Request) -> Mapping[str, str]:
        """Give what differs by action; SRS 4 leaves the address out of all but on_publish."""
        stream, tc_url = {"stream": request.stream}, {"tcUrl": request.tc_url}
        param, page = {"param": request.param}, {"pageUrl": request.page_url}
        if action == "on_connect":
            return stream | param | tc_url | page
        new = self.version >= (5, 0, 0)
        if action == "on_play":
            return stream | (tc_url if new else {}) | param | page
        return (tc_url if new or action == "on_publish" else {}) | stream | param

    def url_of(self, request: Request) -> str:
        """Name a stream: protocol/srs_protocol_utility.cpp; 5 and later drop an extension.

        The virtual host stands before the slash, unless it is the default one.
        """
        stream = request.stream
        if self.version >= (5, 0, 0) and "." in stream:
            stream = stream.rpartition(".")[0]
        return f"/{request.app}/{stream}"

    def is_busy(self, request: Request) -> bool:
        """Tell whether somebody publishes there; streams are told apart by their names."""
        there = [one for one in self.clients.values() if one.publishing]
        return self.url_of(request) in {self.url_of(one.request) for one in there}

    async def _said_yes(self, body: str) -> bool:
        self.asked.append(body)
        # app/srs_app_http_hooks.cpp: 200 or 201, and a body that is "0" or an object with code 0;
        # protocol/srs_protocol_http_client.cpp: the headers, and 30 seconds
        try:
            async with self.session.post(
                self.hook_url,
                data=body.encode(),
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": f"SRS/{'.'.join(map(str, self.version))}(Bee)",
                },
                timeout=aiohttp.ClientTimeout(total=self.timeout),
                allow_redirects=False,
            ) as answer:
                text = await answer.text()
                return answer.status in {200, 201} and _is_zero(text)
        except (aiohttp.ClientError, TimeoutError):
            return False


def _is_zero(text: str) -> bool:
    try:
        said = json.loads(text)
    except ValueError:
        return False
    if not isinstance(said, dict):
        return text == "0"
    code = said.get("code")
    return code == 0 and isinstance(code, int) and not isinstance(code, bool)


def srs_json(value: object) -> str:
    """Write JSON as protocol/srs_protocol_json.cpp does: what it does not escape stays as it is."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value}"
        case float():
            return f"{value:.2f}"
        case str():
            return f'"{value.translate(_ESCAPED)}"'
        case Mapping():
            return f"{{{','.join(f'{srs_json(key)}:{srs_json(of)}' for key, of in value.items())}}}"
        case Sequence():
            return f"[{','.join(map(srs_json, value))}]"
        case _:
            return "null"


def taken_apart(tc_url: str, name: str, ip: str, version: Version) -> Request:
    """Take an RTMP address apart: protocol/srs_protocol_utility.cpp.

    5 and later put the application's query behind the stream's, with its question mark; in 4 the
    stream's takes its place. A slash in the query makes a stream of what is behind it in 5.
    """
    if version < (5, 0, 0):
        app, _, app_query = tc_url.partition("://")[2].partition("/")[2].partition("?")
        stream, _, query = name.partition("?")
        query = query or app_query
    else:
        whole = f"{tc_url}/{name}"
        mark, slash = whole.find("?"), whole.rfind("/")
        if 0 <= mark < slash:
            whole = whole[:mark] + whole[slash:] + whole[mark:slash]
        path, _, query = whole.partition("://")[2].partition("/")[2].partition("?")
        app, _, stream = path.rpartition("/")
    if "&" not in query and query == f"vhost={VHOST}":
        query = ""
    app, stream = (re.sub(r"[ \n\r\t]", "", one).strip("/") for one in (app, stream))
    return Request(app, stream, f"?{query}" if query else "", ip, tc_url)
