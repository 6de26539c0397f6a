"""Asking a control interface: what comes back, what does not, and what never leaves."""

from __future__ import annotations

import asyncio
import socket
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from adapters import control_http
from adapters.control_http import ControlHttp
from core.gate.control import ControlError
from core.model.gate import ControlAddress

HOST = "127.0.0.1"
LARGEST = 1_000
SOON = 2.0  # seconds
SECRETS = ("ännchen", "p:w/ö", "hidden")


@dataclass
class Interface:
    """A control interface that answers as it is told, and remembers what it was sent."""

    answer: Callable[[], web.Response] = lambda: web.Response(text="ok")
    asked: list[tuple[str, str]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; where it is to stall, after the test."""
        self.asked.append((request.method, request.raw_path))
        self.authorizations.append(request.headers.get("Authorization", ""))
        assert request.transport is not None
        self.connections.add(request.transport.get_extra_info("peername")[1])
        if request.path.endswith("/stall"):
            await self.stalled.wait()
        return self.answer()


@pytest.fixture
async def interface() -> AsyncIterator[Interface]:
    opened = Interface()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", opened.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    opened.port = runner.addresses[0][1]
    yield opened
    opened.stalled.set()
    await runner.cleanup()


@pytest.fixture
async def control(interface: Interface) -> AsyncIterator[ControlHttp]:
    user, password, _ = SECRETS
    address = ControlAddress(f"http://{HOST}:{interface.port}/under/", user, password)
    opened = ControlHttp(address, largest=LARGEST)
    yield opened
    await opened.close()


async def test_gives_status_and_text(interface: Interface, control: ControlHttp) -> None:
    interface.answer = lambda: web.Response(status=404, body="gön".encode() + b"\xff")

    assert (404, "gön�") == await control.ask("DELETE", "/v3/a%20b")
    assert [("DELETE", "/under/v3/a%20b")] == interface.asked


async def test_encodes_a_query_once(interface: Interface, control: ControlHttp) -> None:
    await control.ask("GET", "/kick", query={"name": "a&b=c d%41/ü", "id": "7"})

    assert [("GET", "/under/kick?name=a%26b%3Dc+d%2541%2F%C3%BC&id=7")] == interface.asked


async def test_shows_its_credentials_where_there_are_any(
    interface: Interface, control: ControlHttp
) -> None:
    without = ControlHttp(ControlAddress(f"http://{HOST}:{interface.port}"))
    await control.ask("GET", "/")
    await without.ask("GET", "/")
    await without.close()

    scheme, _, pair = interface.authorizations[0].partition(" ")
    assert ("Basic", "ännchen:p:w/ö") == (scheme, b64decode(pair).decode())
    assert "" == interface.authorizations[1]


async def test_follows_no_redirect(interface: Interface, control: ControlHttp) -> None:
    elsewhere = f"http://127.0.0.2:{interface.port}/"
    interface.answer = lambda: web.Response(status=302, headers={"Location": elsewhere})

    assert (302, "") == await control.ask("GET", "/")
    assert 1 == len(interface.asked)


@pytest.mark.parametrize("chunked", [True, False])
async def test_reads_no_more_than_it_should(
    interface: Interface, control: ControlHttp, chunked: bool
) -> None:
    def answer(length: int) -> web.Response:
        made = web.Response(text="x" * length)
        if chunked:
            made.enable_chunked_encoding()
        return made

    interface.answer = lambda: answer(LARGEST)
    assert (200, "x" * LARGEST) == await control.ask("GET", "/")
    interface.answer = lambda: answer(LARGEST + 1)
    with pytest.raises(ControlError, match="its answer is longer than 1000 bytes"):
        await control.ask("GET", "/")


async def test_unpacks_nothing(interface: Interface, control: ControlHttp) -> None:
    def packed() -> web.Response:
        made = web.Response(text="x" * 100 * LARGEST)
        made.enable_compression(web.ContentCoding.gzip)
        return made

    interface.answer = packed
    status, text = await control.ask("GET", "/")

    assert 200 == status
    assert len(text) < LARGEST


async def test_waits_for_no_answer_that_does_not_come(
    control: ControlHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_http, "_TIMEOUT", aiohttp.ClientTimeout(total=0.1))

    asking = control.ask("GET", "/stall", query={"key": "hidden"})
    with pytest.raises(ControlError, match=r"^it does not answer in time$"):
        await asyncio.wait_for(asking, SOON)
    assert (200, "ok") == await control.ask("GET", "/")


async def test_its_time_outs_are_short() -> None:
    assert (4.0, 2.0) == (control_http._TIMEOUT.total, control_http._TIMEOUT.connect)  # noqa: SLF001 - nobody waits for this in a test


@pytest.mark.parametrize(
    "url",
    [
        "http://{host}:{shut}",
        "https://{host}:{port}",
        "http://{host}:{port}:{port}",
        "http://[bad",
        "http://",
        "file:///etc/passwd",
        "no-address",
        "",
        "http://hidden:hidden@{host}:{shut}",
    ],
)
async def test_says_why_it_could_not_ask_and_tells_no_secret(
    interface: Interface, url: str
) -> None:
    with socket.socket() as taken:  # bound, but it does not listen
        taken.bind((HOST, 0))
        shut = taken.getsockname()[1]
        filled = url.format(host=HOST, port=interface.port, shut=shut)
        control = ControlHttp(ControlAddress(filled, *SECRETS[:2]))
        with pytest.raises(ControlError, match=r"^it cannot be asked \(\w+\)$") as raised:
            await control.ask("GET", "/hidden", query={"key": "hidden"})
        await control.close()

    assert not any(secret in str(raised.value) for secret in SECRETS)
    assert raised.value.__cause__ is None
    assert [] == interface.asked


async def test_may_be_asked_again_after_a_close(control: ControlHttp) -> None:
    await control.close()
    assert (200, "ok") == await control.ask("GET", "/")
    await control.close()
    await control.close()
    assert (200, "ok") == await control.ask("GET", "/")


async def test_reuses_no_connection(interface: Interface, control: ControlHttp) -> None:
    for _ in range(2):
        await control.ask("GET", "/")
        await control.ask("POST", "/")

    assert 4 == len(interface.connections)
