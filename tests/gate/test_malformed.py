"""Requests that are no HTTP: no secret of theirs is logged, and the desk is not what failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.logs import log_to_file
from bot.web.gate import gate_door
from bot.web.server import serving
from bot.wiring_gate import DIALECTS
from tests.desks import Scene
from tests.gate.house import open_house

SECRET = b"3hs0gM9Kp2xQ7RwT"

# of a request: its line, its headers, its body; {hook} is the hook's path
MALFORMED = {
    "control characters in Authorization": (
        b"GET {hook}/hls HTTP/1.1",
        [b"X-Original-URI: /hls/k7q2mf.m3u8", b"Authorization: Basic \x01" + SECRET],
        b"",
    ),
    "a NUL in Authorization": (
        b"GET {hook}/hls HTTP/1.1",
        [b"Authorization: Basic " + SECRET + b"\x00"],
        b"",
    ),
    "control characters in X-Original-URI": (
        b"GET {hook}/hls HTTP/1.1",
        [b"X-Original-URI: /hls/~" + SECRET + b"/\x7f\x01k7q2mf.m3u8"],
        b"",
    ),
    "a bad request line": (b"GET {hook}/publish?" + SECRET + b" nonsense HTTP/1.1", [], b""),
    "another protocol": (b"\x16\x03\x01{hook}" + SECRET, [], b""),
    "a method that is none": (b"G(T {hook}/" + SECRET + b" HTTP/1.1", [], b""),
    "a header that is too long": (
        b"GET {hook}/hls HTTP/1.1",
        [b"X-Original-URI: /hls/" + SECRET * 600],
        b"",
    ),
    "an address that is too long": (b"GET {hook}/hls?" + SECRET * 600 + b" HTTP/1.1", [], b""),
    "a body that is not packed as it says": (
        b"POST {hook}/publish HTTP/1.1",
        [b"Content-Encoding: gzip", b"Content-Length: 16"],
        SECRET,
    ),
    "a body in pieces that are none": (
        b"POST {hook}/publish HTTP/1.1",
        [b"Transfer-Encoding: chunked"],
        SECRET + b"\r\n",
    ),
    "a length that is no number": (
        b"POST {hook}/publish HTTP/1.1",
        [b"Content-Length: " + SECRET],
        SECRET,
    ),
}


@dataclass
class Port:
    """Where the doorway listens, the path of the house's hook there, and the log."""

    host: str
    number: int
    hook: bytes
    log: Path

    async def send(self, line: bytes, headers: list[bytes], body: bytes) -> bytes:
        """Send a request as it is; gives the first line of what is answered."""
        reader, writer = await asyncio.open_connection(self.host, self.number)
        lines = [line.replace(b"{hook}", self.hook), b"Host: desk", b"Connection: close", *headers]
        writer.write(b"\r\n".join([*lines, b"", body]))
        if not body:
            writer.write(b"\r\n")
        async with asyncio.timeout(20):
            answered = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return answered


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Log as the desk does, to a file, and as before afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for handler in handlers:  # or they would be closed
        root.removeHandler(handler)
    log_to_file(tmp_path / "log")
    yield tmp_path / "log"
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)


@pytest.fixture
async def port(scene: Scene, log: Path) -> AsyncIterator[Port]:
    house = await open_house(scene)
    hook = house.desk.links.hook_url(house.server.id).encode()
    async with serving([], "127.0.0.1", 0, gate_door(house.gate, DIALECTS)) as (host, number):
        yield Port(host, number, hook, log)


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_request_is_no_failure_and_not_logged(port: Port, name: str) -> None:
    answered = await port.send(*MALFORMED[name])

    assert answered.split()[1][:1] == b"4", answered
    log = port.log.read_bytes()
    assert b"web.ready" in log
    assert SECRET not in log
    assert port.hook.rpartition(b"-")[2] not in log


async def test_what_is_a_request_is_answered_beside_them(port: Port) -> None:
    for request in MALFORMED.values():
        await port.send(*request)
    answered = await port.send(b"GET /healthz HTTP/1.1", [], b"")

    assert answered.startswith(b"HTTP/1.1 200")
