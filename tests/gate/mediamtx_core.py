"""The inside of the stand-in for MediaMTX: how it asks, and who is connected.

Everything is by MediaMTX's source, v1.6.0 to v1.20.1; comments name the file below `internal/` that
says so. No media flows: a connection is an entry in a list, and ended when it is taken off.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import aiohttp

Version: TypeAlias = tuple[int, int, int]
NEWEST: Version = (1, 20, 1)

_NAME = re.compile(r"[0-9a-zA-Z_\-/.]+")
_ESCAPED = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"})


class RefusedError(Exception):
    """A client was refused; `asked`: for its credentials, and then not held back for guessing."""

    def __init__(self, *, asked: bool) -> None:
        super().__init__("asked for credentials" if asked else "refused, after up to 4 seconds")
        self.asked = asked


class NoSuchPathError(Exception):
    """A path is not configured, or no name for one: the hook is not asked about it."""


class AlreadyPublishingError(Exception):
    """Somebody publishes there, and is not to be replaced."""


class NoStreamError(Exception):
    """Nobody publishes there."""


@dataclass(frozen=True)
class Given:
    """What a client gave, in the fields that its protocol has."""

    user: str = ""
    password: str = ""
    token: str = ""


NOTHING = Given()


@dataclass(frozen=True)
class Question:
    """What MediaMTX wants to know."""

    action: str
    path: str = ""
    protocol: str = ""
    id: str | None = None
    query: str = ""
    agent: str = ""
    ip: str = "127.0.0.1"
    given: Given = NOTHING
    may_ask: bool = True  # its protocol has a way to ask a client for credentials


@dataclass(eq=False)
class Connection:
    """A connection, or a session, as the API lists it."""

    id: str
    where: str  # the list's name
    remote: str
    state: str = "idle"
    path: str = ""
    query: str = ""
    user: str = ""
    agent: str = ""
    established: bool = False  # WebRTC: the peers have found each other
    cdn: bool = False  # HLS: it came with the secret for CDNs, and was let in unasked


@dataclass
class MediamtxCore:
    """One MediaMTX that asks at `hook_url`; `path` is the one regular expression under paths:."""

    hook_url: str
    session: aiohttp.ClientSession
    version: Version = NEWEST
    path: str = r"^live/[0-9a-hjkmnp-tv-z]{6}$"
    override_publisher: bool = True
    exclude_api: bool = True
    read_timeout: float = 10.0
    lists: dict[str, list[Connection]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))
    # core/path_manager.go asks within the loop that serves every path: about one client at a time
    loop: asyncio.Lock = field(default_factory=asyncio.Lock)

    def new_id(self) -> str:
        """Make a connection's id: a UUID of version 4."""
        return str(UUID(int=next(self.numbers), version=4))

    async def ask(self, question: Question) -> None:
        """Ask about a client; raises `RefusedError`, and `NoSuchPathError` without asking."""
        if question.action in {"publish", "read"}:
            self._find(question.path)
        async with self.loop:
            body = self.body(question)
            self.asked.append(body)
            if await self._said_yes(body):
                return
        # auth/manager.go: who gave nothing is asked for it, whatever the status of the answer was;
        # since v1.19.3 only where the protocol can. Others wait (auth/log_and_delay_error.go).
        nothing = question.given == NOTHING and not self._token(question)
        raise RefusedError(asked=nothing and (question.may_ask or self.version < (1, 19, 3)))

    def body(self, question: Question) -> str:
        """Write the question down: auth/manager.go, the fields in their order."""
        given = question.given
        own = {"ip": question.ip, "user": given.user, "password": given.password}
        token = {"token": self._token(question)} if self.version >= (1, 12, 3) else {}
        agent = {"userAgent": question.agent} if self.version >= (1, 19, 0) else {}
        about = {
            "action": question.action,
            "path": question.path,
            "protocol": question.protocol,
            "id": question.id,
            "query": self._query(question),
        }
        return go_json({**own, **token, **about, **agent})

    def open(self, where: str, question: Question, *, state: str = "idle") -> Connection:
        """Let a connection stand in a list."""
        host = f"[{question.ip}]" if ":" in question.ip else question.ip
        remote = f"{host}:{50_000 + next(self.numbers)}"
        made = Connection(question.id or "", where, remote, state)
        if state != "idle":  # servers/webrtc, servers/moq: before anybody is asked about it
            made.path, made.query = question.path, question.query
        self.lists.setdefault(where, []).append(made)
        return made

    def start(self, one: Connection, question: Question) -> None:
        """Let a connection publish or watch; raises where core/path.go would not let it.

        A second publisher takes the first one's place, unless it must not.
        """
        there = [other for other in self.publishers(question.path) if other is not one]
        if question.action == "read" and not there:
            self.end(one)
            raise NoStreamError
        if question.action == "publish":
            if there and not self.override_publisher:
                self.end(one)
                raise AlreadyPublishingError
            for other in there:
                self.end(other)
        one.state, one.path, one.query = question.action, question.path, question.query
        one.user, one.agent, one.established = question.given.user, question.agent, True

    def publishers(self, path: str) -> Sequence[Connection]:
        """List who publishes to a path."""
        everybody = [one for some in self.lists.values() for one in some]
        return [
            one
            for one in everybody
            if (one.state, one.path) == ("publish", path)
            and (one.established or one.where != "webrtcsessions")
        ]

    def end(self, one: Connection) -> None:
        """Take a connection off its list; with a publisher all go who watch (core/path.go)."""
        self.lists[one.where].remove(one)
        if one.state != "publish":
            return
        for some in self.lists.values():
            some[:] = [other for other in some if (other.state, other.path) != ("read", one.path)]

    async def _said_yes(self, body: str) -> bool:
        # auth/manager.go: 200 to 299 is a yes. All else is none: no answer, and none in time
        try:
            async with self.session.post(
                self.hook_url,
                data=body.encode(),
                headers={"Content-Type": "application/json", "User-Agent": "Go-http-client/1.1"},
                timeout=aiohttp.ClientTimeout(total=self.read_timeout),
                allow_redirects=False,
            ) as answer:
                await answer.read()
                return 200 <= answer.status <= 299
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _token(self, question: Question) -> str:
        """Give the token: auth/manager.go, since v1.18.0 also the password, or the query's."""
        given = question.given
        if self.version < (1, 18, 0):
            return given.token if self.version >= (1, 12, 3) else ""
        if given.token or given.password or question.protocol not in {"rtsp", "rtmp"}:
            return given.token or given.password
        asked = parse_qs(question.query, keep_blank_values=True)
        once = [asked[name][0] for name in ("token", "jwt") if len(asked.get(name, [])) == 1]
        return once[0] if once else ""

    def _query(self, question: Question) -> str:
        """Give the query; from v1.8.5 to v1.12.2 a bearer token stands in it (auth/manager.go)."""
        token = question.given.token
        asked = parse_qs(question.query, keep_blank_values=True)
        there = (1, 8, 5) <= self.version < (1, 12, 3)
        if not there or not token or "jwt" in asked:
            return question.query
        return go_query({**asked, "jwt": [token]})

    def _find(self, name: str) -> None:
        """Look for a path's configuration (conf/path.go)."""
        odd = name.startswith("/") or name.endswith("/") or {".", ".."} & {*name.split("/")}
        if odd or not _NAME.fullmatch(name) or not re.search(self.path, name):
            raise NoSuchPathError


def go_json(fields: Mapping[str, object]) -> str:
    """Write JSON as Go's encoding/json does: without spaces, and with some signs escaped."""
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).translate(_ESCAPED)


def go_query(asked: Mapping[str, Sequence[str]]) -> str:
    """Write a query as Go's url.Values.Encode does: in the order of the names."""
    return urlencode(sorted(asked.items()), doseq=True)
