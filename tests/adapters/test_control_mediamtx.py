"""Listing and ending MediaMTX's connections, by a stand-in written from its source."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters import control_mediamtx
from adapters.control_mediamtx import MediamtxControl
from adapters.gate_mediamtx import MediamtxDialect
from core.gate.control import ControlError
from core.model.gate import Access, ControlAddress, Running
from tests.gate.answering import Answering, answering, by_secret
from tests.gate.mediamtx import Mediamtx, open_mediamtx
from tests.gate.mediamtx import Running as RunningServer
from tests.gate.mediamtx_core import NEWEST, Given, Question, RefusedError, Version

STREAM = "live/k7q2mf"
PUBLISH = f"rtmp://h/{STREAM}?user=publish&pass=right"
GUEST = Given("guest", "right")
NOBODY = Running(Access.WATCH, STREAM, "00000000-0000-4000-8000-000000000999", handle="srtconns")


@pytest.fixture
async def desk() -> AsyncIterator[Answering]:
    """Give a desk that lets in whoever has the right secret."""
    async with answering(MediamtxDialect(), by_secret) as desk:
        yield desk


@asynccontextmanager
async def controlled(
    desk: Answering, version: Version = NEWEST
) -> AsyncIterator[tuple[RunningServer, MediamtxControl]]:
    async with open_mediamtx(desk.hook_url, version) as running:
        control = MediamtxControl(ControlAddress(running.server.control_url))
        try:
            yield running, control
        finally:
            await control.close()


@asynccontextmanager
async def answers(*texts: str, status: int = 200) -> AsyncIterator[MediamtxControl]:
    """Give the control of a server that answers everything with some texts, in a circle."""
    count = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal count
        count += 1
        return web.Response(text=texts[(count - 1) % len(texts)], status=status)

    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", answer)
    async with TestServer(application) as server:
        control = MediamtxControl(ControlAddress(str(server.make_url("")), "desk", "hush"))
        try:
            yield control
        finally:
            await control.close()


async def everybody(server: Mediamtx) -> None:
    """Let somebody come by each protocol."""
    await server.rtmp("publish", PUBLISH, ip="192.0.2.7")
    await server.rtmp("read", f"rtmp://h/{STREAM}?user=guest&pass=right", ip="2001:db8::9")
    await server.rtsp("read", f"rtsp://guest:right@h/{STREAM}")
    await server.srt(f"read:{STREAM}:guest:right")
    await server.webrtc("read", STREAM, given=GUEST)
    if server.version >= (1, 18, 0):
        await server.hls(f"http://h/{STREAM}/index.m3u8", given=GUEST)


@pytest.mark.parametrize("version", [(1, 6, 0), (1, 15, 5), (1, 18, 2), NEWEST])
async def test_lists_who_publishes_and_watches_by_every_protocol(
    desk: Answering, version: Version
) -> None:
    async with controlled(desk, version) as (running, control):
        await everybody(running.server)
        found = await control.running()

    asked = {one.client for one in desk.asked}
    assert all(one.client in asked and one.stream == STREAM for one in found)
    assert [
        ("rtmpconns", Access.PUBLISH, "192.0.2.7"),
        ("rtmpconns", Access.WATCH, "2001:db8::9"),
    ] == [(one.handle, one.access, one.address) for one in found[:2]]
    hls = ["hlssessions"] if version >= (1, 18, 0) else []
    assert ["rtspsessions", "srtconns", "webrtcsessions", *hls] == [one.handle for one in found[2:]]
    assert {(Access.WATCH, "127.0.0.1")} == {(one.access, one.address) for one in found[2:]}


async def test_leaves_out_who_does_nothing_yet(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        running.server.open(
            "rtmpconns", Question("publish", STREAM, "rtmp", running.server.new_id())
        )
        assert not await control.running()


async def test_leaves_out_who_is_still_being_asked_about(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        question = Question("publish", STREAM, "webrtc", running.server.new_id())
        one = running.server.open("webrtcsessions", question, state="publish")
        assert not await control.running()

        running.server.start(one, question)
        assert [one.id] == [each.client for each in await control.running()]


async def test_leaves_out_the_cdn_that_comes_unasked(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        await everybody(running.server)
        running.server.lists["hlssessions"][0].cdn = True

        assert "hlssessions" not in {one.handle for one in await control.running()}


async def test_turns_all_pages(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        await running.server.rtmp("publish", PUBLISH)
        for _ in range(250):
            await running.server.srt(f"read:{STREAM}:guest:right")

        found = await control.running()
        assert 251 == len({one.client for one in found}) == len(found)
        pages = [call for call in running.api.calls if "srtconns" in call]
        assert [f"GET /v3/srtconns/list?itemsPerPage=100&page={page}" for page in range(3)] == pages


async def test_whoever_moves_to_another_page_is_listed_once() -> None:
    item = '{"id":"%s","state":"read","path":"p","remoteAddr":"192.0.2.9:5000"}'
    pages = [
        f'{{"pageCount":2,"items":[{item % "a"},{item % "b"}]}}',
        f'{{"pageCount":2,"items":[{item % "b"}]}}',
    ]
    async with answers(*pages) as control:
        found = [one for one in await control.running() if one.handle == "rtmpconns"]

    assert [Running(Access.WATCH, "p", one, "192.0.2.9", "rtmpconns") for one in "ab"] == found


@pytest.mark.parametrize("version", [(1, 6, 0), (1, 18, 2), NEWEST])
async def test_ends_connections_of_every_protocol(desk: Answering, version: Version) -> None:
    async with controlled(desk, version) as (running, control):
        await everybody(running.server)
        found = await control.running()
        for one in reversed(found):
            await control.kick(one)
            assert one not in await control.running()
        for one in found:  # they have gone already
            await control.kick(one)

    assert not any(running.server.lists.values())


async def test_ends_the_one_and_no_other(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        await everybody(running.server)
        found = await control.running()
        await control.kick(found[2])

        assert [one for one in found if one is not found[2]] == list(await control.running())


async def test_a_list_that_is_gone_has_nobody_in_it(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        running.api.switched_on = {"rtmp"}
        await running.server.rtmp("publish", PUBLISH)

        assert 1 == len(await control.running())
        await control.kick(NOBODY)


async def test_where_there_is_no_list_at_all_something_is_wrong(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        running.api.switched_on = set()
        with pytest.raises(ControlError, match="none of MediaMTX's lists"):
            await control.running()


@pytest.mark.parametrize("handle", ["", "paths", "../config/global"])
async def test_ends_nothing_that_is_in_no_list_of_its(desk: Answering, handle: str) -> None:
    async with controlled(desk) as (running, control):
        with pytest.raises(ControlError):
            await control.kick(replace(NOBODY, handle=handle))

        assert [] == running.api.calls


async def test_an_id_is_no_address(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        with pytest.raises(ControlError):
            await control.kick(replace(NOBODY, client="../../config?x=#"))

        assert ["POST /v3/srtconns/kick/..%2F..%2Fconfig%3Fx%3D%23"] == running.api.calls


async def test_an_api_that_asks_the_desk_about_the_desk_is_no_use(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        running.server.exclude_api = False
        with pytest.raises(ControlError, match="does not let the desk use"):
            await control.running()
        with pytest.raises(ControlError, match="does not let the desk use"):
            await control.kick(NOBODY)
        with pytest.raises(RefusedError):
            await running.server.ask(Question("api"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "404 page not found",
        "[]",
        "null",
        '{"items":[]}',
        '{"pageCount":1}',
        '{"pageCount":"1","items":[]}',
        '{"pageCount":1,"items":null}',
        '{"pageCount":1,"items":{}}',
        '{"pageCount":' + "9" * 5_000 + ',"items":[]}',
        "[" * 100_000,
    ],
)
async def test_what_is_no_list_is_an_error(text: str) -> None:
    async with answers(text) as control:
        with pytest.raises(ControlError, match="rtmpconns/list"):
            await control.running()


async def test_what_is_no_connection_is_passed_over() -> None:
    items = '[1,null,[],{},{"id":1},{"id":"","state":"read","path":"p"},{"state":"read","path":"p"}'
    items += ',{"id":"a","state":"read"},{"id":"b","state":["read"],"path":"p"}'
    items += ',{"id":"c","state":"read","path":"p","remoteAddr":7}]'
    async with answers(f'{{"pageCount":1,"items":{items}}}') as control:
        found = [one for one in await control.running() if one.handle == "rtmpconns"]

    assert [Running(Access.WATCH, "p", "c", "", "rtmpconns")] == found


@pytest.mark.parametrize("status", [204, 301, 400, 401, 403, 500, 502])
async def test_any_other_status_is_an_error(status: int) -> None:
    async with answers('{"pageCount":1,"items":[]}', status=status) as control:
        with pytest.raises(ControlError):
            await control.running()
        with pytest.raises(ControlError) as error:
            await control.kick(NOBODY)

    assert "hush" not in str(error.value)


async def test_a_list_without_an_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_mediamtx, "_MOST_PAGES", 3)
    async with answers('{"pageCount":9,"items":[]}') as control:
        with pytest.raises(ControlError, match="end"):
            await control.running()
