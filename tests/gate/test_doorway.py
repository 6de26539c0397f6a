"""The gate over HTTP: who may ask, in which dialect, and what nobody learns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

import aiohttp
import pytest

from bot.web.gate import gate_door
from bot.web.server import serving
from bot.wiring_gate import DIALECTS
from core.gate.hooks import Answer, Dialect, Heard, Hook
from core.model.gate import Decision
from core.model.server import ServerKind
from tests.desks import Scene
from tests.gate.house import GateHouse, open_house

KINDS = [kind for kind in ServerKind if kind is not ServerKind.LINK]
INGEST = {
    ServerKind.NGINX_RTMP: "rtmp://live.example.org/live",
    ServerKind.MEDIAMTX: "rtmp://live.example.org/live",
    ServerKind.SRS: "rtmp://live.example.org/live",
    ServerKind.ICECAST: "icecast://live.example.org:8000/{path}.ogg",
}


@dataclass
class Door:
    """A house with its doorway open, and a client before it."""

    house: GateHouse
    base: str
    client: aiohttp.ClientSession

    @property
    def hook(self) -> str:
        """The address at which the house's server asks."""
        address = self.house.desk.links.hook_url(self.house.server.id)
        return f"{self.base}{address}"

    async def publishes(self, secret: str) -> bool:
        """Ask in the server's own dialect whether somebody may publish with a key."""
        house = self.house
        match house.server.kind:
            case ServerKind.NGINX_RTMP:
                app, _, name = house.stream.partition("/")
                form = {"app": app, "addr": "127.0.0.1", "clientid": "1", "call": "publish"}
                body = f"{urlencode(form)}&name={name}&type=live&key={quote(secret)}"
                status, _, _ = await self.post("/publish", body)
                return status == 204
            case ServerKind.MEDIAMTX:
                asked = {
                    "ip": "127.0.0.1",
                    "user": "publish",
                    "password": secret,
                    "action": "publish",
                    "path": house.stream,
                    "protocol": "rtmp",
                    "id": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
                    "query": "",
                }
                status, _, _ = await self.post("", json.dumps(asked))
                return status == 200
            case ServerKind.SRS:
                app, _, name = house.stream.partition("/")
                asked = {
                    "action": "on_publish",
                    "client_id": "9308h583",
                    "ip": "127.0.0.1",
                    "vhost": "__defaultVhost__",
                    "app": app,
                    "stream": name,
                    "param": f"?key={quote(secret)}",
                }
                status, body, _ = await self.post("", json.dumps(asked))
                return status == 200 and json.loads(body)["code"] == 0
            case _:
                form = {
                    "action": "stream_auth",
                    "mount": f"/{house.stream}",
                    "ip": "127.0.0.1",
                    "user": "source",
                    "pass": secret,
                }
                _, _, headers = await self.post("", urlencode(form))
                return headers.get("icecast-auth-user") == "1"

    async def post(self, word: str, body: str) -> tuple[int, str, dict[str, str]]:
        """Send a hook; gives what it is answered."""
        async with self.client.post(f"{self.hook}{word}", data=body.encode()) as answer:
            return answer.status, await answer.text(), dict(answer.headers)


async def open_door(scene: Scene, kind: ServerKind) -> AsyncIterator[Door]:
    """Open a house of that kind of server with its doorway."""
    house = await open_house(scene, server={"kind": kind, "ingest_url": INGEST[kind]})
    async with (
        serving([], "127.0.0.1", 0, gate_door(house.gate, DIALECTS)) as (host, port),
        aiohttp.ClientSession() as client,
    ):
        yield Door(house, f"http://{host}:{port}", client)


@pytest.fixture(params=KINDS)
async def door(request: pytest.FixtureRequest, scene: Scene) -> AsyncIterator[Door]:
    async for opened in open_door(scene, request.param):
        yield opened


@pytest.fixture
async def nginx(scene: Scene) -> AsyncIterator[Door]:
    async for opened in open_door(scene, ServerKind.NGINX_RTMP):
        yield opened


async def test_each_kind_of_server_is_answered_in_its_own_dialect(door: Door) -> None:
    assert await door.publishes(door.house.secrets.stream_key)
    assert not await door.publishes("guessed")
    assert not await door.publishes(door.house.secrets.passcode)


async def test_a_thousand_altered_keys_let_nobody_in_over_http(door: Door) -> None:
    key = door.house.secrets.stream_key
    altered = [key[:n] + other + key[n + 1 :] for n in range(32) for other in "aB3_-%&=" * 4]
    altered = [one for one in altered if one != key][:1000]

    let_in = await asyncio.gather(*(door.publishes(one) for one in altered))

    assert not any(let_in)
    assert await door.publishes(key)


def says_no(kind: ServerKind, status: int, body: str, headers: dict[str, str]) -> bool:
    """Tell whether a server of that kind takes an answer for a no."""
    match kind:
        case ServerKind.NGINX_RTMP | ServerKind.MEDIAMTX:
            return status in {401, 403}
        case ServerKind.SRS:  # either of the two would do, for some version
            return status == 403 and json.loads(body)["code"] != 0
        case _:
            return "icecast-auth-user" not in headers


async def test_hostile_bodies_are_refused_and_never_break_the_desk(door: Door) -> None:
    bodies = [
        b"",
        b"\x00\xff" * 100,
        b"{" * 8000,
        b"[1,2]",
        b"null",
        b'{"action":null,"path":7}',
        b"name=%ff%fe&app=live",
        b"&" * 16_000,
        b"call=publish&name=a&name=b",
        b"action=stream_auth",
        "näme=ü".encode("latin-1"),
    ]
    for word in ("", "/publish", "/play", "/done", "/hls", "/other"):
        for body in bodies:
            async with door.client.post(f"{door.hook}{word}", data=body) as answer:
                assert answer.status < 500, (word, body[:20])
                said = answer.status, await answer.text(), dict(answer.headers)
            assert says_no(door.house.server.kind, *said), (word, body[:20], said)


async def test_whoever_does_not_know_the_address_is_told_nothing(nginx: Door) -> None:
    token = nginx.hook.rpartition("/")[2]
    key = nginx.house.secrets.stream_key
    path = nginx.house.stream.rpartition("/")[2]
    body = f"app=live&name={path}&clientid=1&addr=127.0.0.1&call=publish&key={key}"
    for wrong in (
        f"{token[:-6]}{token[-6:].swapcase()}",
        token.replace("-0-", "-1-"),
        f"2{token[1:]}",
        "x",
        "%00",
        "1-0-",
        nginx.house.desk.links.token("join", nginx.house.server.id),  # type: ignore[arg-type]
    ):
        async with nginx.client.post(f"{nginx.base}/gate/{wrong}/publish", data=body) as answer:
            assert answer.status == 404
    assert await nginx.publishes(key)


async def test_odd_addresses_are_no_hooks_and_break_nothing(nginx: Door) -> None:
    host, _, port = nginx.base.removeprefix("http://").partition(":")
    path = nginx.hook.removeprefix(nginx.base)
    for method, target in (
        ("OPTIONS", "*"),
        ("GET", "/"),
        ("GET", "//"),
        ("GET", "/gate"),
        ("GET", "/gate/"),
        ("GET", "/gate//hls"),
        ("GET", f"/{path}/hls"),
        ("GET", f"{path}/hls/more"),
        ("GET", f"{path}/hls/"),
        ("GET", f"/x{path}/hls"),
        ("CONNECT", "127.0.0.1:1"),
        ("GET", f"http://127.0.0.1{path}x/hls"),
    ):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        assert answer.split(b" ", 2)[1] in {b"400", b"403", b"404"}, (method, target, answer)
        assert b"204" not in answer
    assert await nginx.publishes(nginx.house.secrets.stream_key)


async def test_a_hook_that_is_too_long_is_not_read(nginx: Door) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a" * 1024

    status, _, _ = await nginx.post("/publish", "a" * 20_000)
    async with nginx.client.post(f"{nginx.hook}/publish", data=endless()) as answer:
        assert (status, answer.status) == (413, 413)


async def test_no_secret_is_logged(nginx: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    house = nginx.house
    wrong_place = f"app=live&name={house.secrets.stream_key}&clientid=1&addr=127.0.0.1&call=publish"

    await nginx.publishes(house.secrets.stream_key)
    await nginx.publishes("a guess that nobody should read")
    await nginx.post("/publish", wrong_place)
    await nginx.post("/publish", f"{wrong_place}&name=twice&key={house.secrets.passcode}")

    said = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "gate.refused" in said
    for secret in (
        house.secrets.stream_key,
        house.secrets.passcode,
        "a guess",
        nginx.hook.rpartition("-")[2],
    ):
        assert secret not in said


class Broken:
    """A dialect with a mistake in it."""

    def read(self, hook: Hook) -> Heard:
        """Fail."""
        raise ZeroDivisionError(hook.word)

    def answer(self, heard: Heard, decision: Decision | None, now: datetime) -> Answer:
        """Refuse."""
        return DIALECTS[ServerKind.NGINX_RTMP].answer(heard, decision, now)


async def test_a_mistake_of_ours_lets_nobody_in(scene: Scene) -> None:
    house = await open_house(scene)
    broken: dict[ServerKind, Dialect] = {ServerKind.NGINX_RTMP: Broken()}
    async with (
        serving([], "127.0.0.1", 0, gate_door(house.gate, broken)) as (host, port),
        aiohttp.ClientSession() as client,
    ):
        door = Door(house, f"http://{host}:{port}", client)
        status, _, _ = await door.post("/publish", "name=x")

    assert status == 403
