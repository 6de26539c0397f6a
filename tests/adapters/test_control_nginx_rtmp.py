"""The list that nginx-rtmp 1.2.2 was seen to write of its connections, and how each is ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from adapters.control_nginx_rtmp import NginxRtmpControl
from core.gate.control import ControlError
from core.model.gate import Access, ControlAddress, Running

HOST = "127.0.0.1"
WATCHER = (
    "<client><id>26</id><address>192.0.2.7</address><time>2352</time>"
    "<flashver>LNX 9,0,124,2</flashver><dropped>0</dropped><avsync>-5200</avsync>"
    "<timestamp>5200</timestamp><active/></client>\r\n"
)
PUBLISHER = (
    "<client><id>4</id><address>192.0.2.8</address><time>5389</time>"
    "<flashver>FMLE/3.0 (compatible; Lavf59.27</flashver><pageurl>&lt;p&gt;</pageurl>"
    "<dropped>0</dropped><avsync>-5200</avsync><timestamp>5200</timestamp><publishing/><active/>"
    "</client>\r\n"
)
META = (
    "<meta><video><width>160</width><height>120</height><frame_rate>10</frame_rate>"
    "<codec>H264</codec><profile>Baseline</profile><compat>192</compat><level>1.0</level></video>"
    "<audio></audio></meta>\r\n<nclients>2</nclients>\r\n<publishing/>\r\n<active/>\r\n"
)
EMPTY = "<live>\r\n<nclients>0</nclients>\r\n</live>\r\n"


def stream(name: str, *clients: str) -> str:
    return (
        f"<live>\r\n<stream>\r\n<name>{name}</name>\r\n<time>5213</time><bw_in>0</bw_in>\r\n"
        f"<bytes_in>57331</bytes_in>\r\n{''.join(clients)}{META}</stream>\r\n"
        "<nclients>2</nclients>\r\n</live>\r\n"
    )


def stat(*servers: dict[str, str]) -> str:
    """Write the list, given what each application of each server holds."""
    written = "".join(
        "<server>\r\n"
        + "".join(
            f"<application>\r\n<name>{name}</name>\r\n{live}</application>\r\n"
            for name, live in server.items()
        )
        + "</server>\r\n"
        for server in servers
    )
    return (
        '<?xml version="1.0" encoding="utf-8" ?>\r\n<rtmp>\r\n<nginx_version>1.22.1'
        "</nginx_version>\r\n<nginx_rtmp_version>1.1.4</nginx_rtmp_version>\r\n<pid>13655</pid>\r\n"
        f"<naccepted>6</naccepted>\r\n{written}</rtmp>\r\n"
    )


@dataclass
class Interface:
    """An nginx's control interface that answers as it is told, and remembers what it was asked."""

    answer: Callable[[], web.Response] = lambda: web.Response(text=stat({"live": EMPTY}))
    asked: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request."""
        self.asked.append(f"{request.method} {request.raw_path}")
        return self.answer()


@pytest.fixture
async def interface() -> Interface:
    return Interface()


@pytest.fixture
async def control(interface: Interface) -> AsyncIterator[NginxRtmpControl]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", interface.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    opened = NginxRtmpControl(ControlAddress(f"http://{HOST}:{runner.addresses[0][1]}"))
    yield opened
    await opened.close()
    await runner.cleanup()


async def test_lists_who_publishes_and_who_watches(
    interface: Interface, control: NginxRtmpControl
) -> None:
    listed = stat(
        {"internal": EMPTY, "vod": ""},
        {"live": stream("k7q2mf", WATCHER, PUBLISHER), "a/b": stream("a b&amp;c=d%41", WATCHER)},
    )
    interface.answer = lambda: web.Response(text=listed)

    assert (
        Running(Access.WATCH, "live/k7q2mf", "26", "192.0.2.7", "1/live"),
        Running(Access.PUBLISH, "live/k7q2mf", "4", "192.0.2.8", "1/live"),
        Running(Access.WATCH, "a/b/a b&c=d%41", "26", "192.0.2.7", "1/a/b"),
    ) == await control.running()
    assert ["GET /stat"] == interface.asked


async def test_lists_nobody_where_nobody_is(control: NginxRtmpControl) -> None:
    assert [] == list(await control.running())


@pytest.mark.parametrize("sign", [b"\x00", b"\x01", b"\x1b", b"\xff", b"\xef\xbf\xbf", b"]]"])
async def test_no_sign_in_what_a_client_calls_itself_hides_it(
    interface: Interface, control: NginxRtmpControl, sign: bytes
) -> None:
    listed = stat({"live": stream("k7q2mf", PUBLISHER)}).encode().replace(b"FMLE", b"F" + sign)
    interface.answer = lambda: web.Response(body=listed)

    assert ["4"] == [one.client for one in await control.running()]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<rtmp>",
        "<html><body>hello",
        "{}",
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa">]><rtmp>&a;</rtmp>',
        '<!DOCTYPE r SYSTEM "file:///etc/passwd"><rtmp></rtmp>',
        "<rtmp>&a;</rtmp>",
    ],
)
async def test_what_is_no_list_is_an_error(
    interface: Interface, control: NginxRtmpControl, text: str
) -> None:
    interface.answer = lambda: web.Response(text=text)

    with pytest.raises(ControlError, match=r"^/stat answers what is no"):
        await control.running()


@pytest.mark.parametrize("status", [302, 401, 403, 404, 500])
async def test_what_is_no_yes_is_an_error(
    interface: Interface, control: NginxRtmpControl, status: int
) -> None:
    interface.answer = lambda: web.Response(status=status, text=stat({"live": EMPTY}))

    with pytest.raises(ControlError, match=f"^/stat answers {status}$"):
        await control.running()
    interface.answer = lambda: web.Response(status=status, text="1")
    with pytest.raises(ControlError, match=f"^/control/drop answers {status}$"):
        await control.kick(Running(Access.WATCH, "live/k7q2mf", "26", handle="0/live"))


@pytest.mark.parametrize(
    ("running", "asked"),
    [
        (
            Running(Access.PUBLISH, "live/k7q2mf", "4", handle="0/live"),
            "publisher?srv=0&clientid=4&app=live&name=k7q2mf",
        ),
        (
            Running(Access.WATCH, "live/k7q2mf", "26", handle="1/live"),
            "subscriber?srv=1&clientid=26&app=live&name=k7q2mf",
        ),
        # what nginx would compare as it is encoded, and find nowhere
        (
            Running(Access.WATCH, "live/a b&c", "26", handle="0/live"),
            "subscriber?srv=0&clientid=26&app=live",
        ),
        (
            Running(Access.WATCH, "a/b/k7q2mf", "26", handle="0/a/b"),
            "subscriber?srv=0&clientid=26&name=k7q2mf",
        ),
    ],
)
@pytest.mark.parametrize("dropped", ["1", "0"])
async def test_ends_one_connection_that_may_have_gone(
    interface: Interface, control: NginxRtmpControl, dropped: str, running: Running, asked: str
) -> None:
    interface.answer = lambda: web.Response(text=dropped)

    await control.kick(running)

    assert [f"GET /control/drop/{asked}"] == interface.asked


async def test_ends_nobody_without_a_number(
    interface: Interface, control: NginxRtmpControl
) -> None:
    with pytest.raises(ControlError, match="without a number"):
        await control.kick(Running(Access.WATCH, "live/k7q2mf", "", handle="0/live"))

    assert [] == interface.asked


async def test_an_answer_that_counts_nobody_is_an_error(
    interface: Interface, control: NginxRtmpControl
) -> None:
    interface.answer = lambda: web.Response(text="<html>")

    with pytest.raises(ControlError, match=r"^/control/drop answers 200"):
        await control.kick(Running(Access.WATCH, "live/k7q2mf", "26", handle="0/live"))
