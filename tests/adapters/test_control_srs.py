"""Listing and ending SRS's connections, by a stand-in written from its source."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters import control_srs
from adapters.control_srs import SrsControl
from adapters.gate_srs import SrsDialect
from core.gate.control import ControlError
from core.model.gate import Access, ControlAddress, Running
from tests.gate.answering import YES, Answering, answering, by_secret
from tests.gate.srs import Running as RunningServer
from tests.gate.srs import open_srs
from tests.gate.srs_core import NEWEST, OLDEST, Client, Request, Version
from tests.gate.written import TICKET

STREAM = "live/k7q2mf"
TC_URL = "rtmp://live.example.org/live"
VERSIONS: list[Version] = [OLDEST, (5, 0, 213), NEWEST]
NOBODY = Running(Access.WATCH, STREAM, "nobody")


@pytest.fixture
async def desk() -> AsyncIterator[Answering]:
    """Give a desk that lets in whoever has the right secret."""
    async with answering(SrsDialect(), by_secret) as desk:
        yield desk


@asynccontextmanager
async def controlled(
    desk: Answering, version: Version = NEWEST, user: str = "", password: str = ""
) -> AsyncIterator[tuple[RunningServer, SrsControl]]:
    async with open_srs(desk.hook_url, version) as running:
        control = SrsControl(ControlAddress(running.server.control_url, user, password))
        try:
            yield running, control
        finally:
            await control.close()


@asynccontextmanager
async def answers(text: str, status: int = 200) -> AsyncIterator[SrsControl]:
    """Give the control of a server that answers everything with one text."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=text.encode(errors="surrogateescape"), status=status)

    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", answer)
    async with TestServer(application) as server:
        control = SrsControl(ControlAddress(str(server.make_url("")), "desk", "hush"))
        try:
            yield control
        finally:
            await control.close()


@pytest.mark.parametrize("version", VERSIONS)
async def test_lists_who_publishes_and_watches(desk: Answering, version: Version) -> None:
    async with controlled(desk, version) as (running, control):
        server = running.server
        publisher = await server.publish(TC_URL, "k7q2mf?key=right", ip="192.0.2.7")
        watcher = await server.play(TC_URL, "k7q2mf?user=guest&pass=right", ip="192.0.2.9")
        session = await server.hls(f"http://h/live/k7q2mf.m3u8?ticket={TICKET}", ip="2001:db8::9")

        assert {
            Running(Access.PUBLISH, STREAM, publisher.id, "192.0.2.7"),
            Running(Access.WATCH, STREAM, watcher.id, "192.0.2.9"),
            Running(Access.WATCH, STREAM, session, "2001:db8::9"),
        } == set(await control.running())


@pytest.mark.parametrize("version", VERSIONS)
async def test_leaves_out_what_is_neither(desk: Answering, version: Version) -> None:
    async with controlled(desk, version) as (running, control):
        running.server.clients["a"] = Client("a", "Unknown", Request("live", "k7q2mf"))

        assert not await control.running()


@pytest.mark.parametrize("version", VERSIONS)
async def test_whom_the_desk_is_asked_about_may_be_listed_already(
    desk: Answering, version: Version
) -> None:
    """From 5 on; so a list alone never tells that somebody was let in."""
    async with controlled(desk, version) as (running, control):
        listed: list[int] = []

        async def look(_: object) -> object:
            listed.append(len(await control.running()))
            return YES

        desk.decide = look  # type: ignore[assignment] # it decides as one does
        await running.server.publish(TC_URL, "k7q2mf?key=right")
        assert [0 if version < (5, 0, 0) else 1] == listed


@pytest.mark.parametrize("count", [0, 9, 10, 100, 101, 250])
async def test_turns_all_pages(desk: Answering, count: int) -> None:
    async with controlled(desk) as (running, control):
        for _ in range(count):
            await running.server.play(TC_URL, "k7q2mf?key=right")

        found = await control.running()
        assert count == len({one.client for one in found}) == len(found)
        assert f"GET /api/v1/clients/?start={count // 100 * 100}&count=100" == running.api.calls[-1]
        assert count // 100 + 1 == len(running.api.calls)


async def test_the_virtual_host_is_no_part_of_a_stream_s_name() -> None:
    of = '{"id":"%s","type":"rtmp-play","ip":"192.0.2.9","url":"%s"}'
    urls = ["/live/k7q2mf", "stage.example.org/live/k7q2mf", "/a/b/k7q2mf", "k7q2mf", ""]
    items = ",".join(of % (f"{number}", url) for number, url in enumerate(urls))
    async with answers(f'{{"code":0,"clients":[{items}]}}') as control:
        found = await control.running()

    assert [STREAM, STREAM, "a/b/k7q2mf", "", ""] == [one.stream for one in found]


@pytest.mark.parametrize("version", VERSIONS)
async def test_ends_connections(desk: Answering, version: Version) -> None:
    async with controlled(desk, version) as (running, control):
        publisher = await running.server.publish(TC_URL, "k7q2mf?key=right")
        await running.server.play(TC_URL, "k7q2mf?key=right")
        found = await control.running()
        for one in found:
            await control.kick(one)
        await running.server.settled()

        assert not await control.running()
        assert publisher.id in {getattr(one, "client", "") for one in desk.heard[2:]}
        for one in found:  # they have gone already
            await control.kick(one)


@pytest.mark.parametrize("version", VERSIONS)
async def test_ends_hls_sessions_but_for_those_of_srs_4(desk: Answering, version: Version) -> None:
    async with controlled(desk, version) as (running, control):
        await running.server.hls(f"http://h/live/k7q2mf.m3u8?ticket={TICKET}")
        (one,) = await control.running()
        if version < (5, 0, 0):
            with pytest.raises(ControlError, match="400"):
                await control.kick(one)
        else:
            await control.kick(one)
            assert not await control.running()


async def test_an_encoder_that_is_back_finds_its_stream_free(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        first = await running.server.publish(TC_URL, "k7q2mf?key=right")

        async def take_over(_: object) -> object:
            for one in await control.running():
                if one.client == first.id:
                    await control.kick(one)
            return YES

        desk.decide = take_over  # type: ignore[assignment] # it decides as one does
        second = await running.server.publish(TC_URL, "k7q2mf?key=right")
        await running.server.settled()
        assert [second.id] == [one.client for one in await control.running()]


async def test_the_api_may_want_a_password(desk: Answering) -> None:
    async with controlled(desk, user="desk", password="hush") as (running, control):
        running.api.user, running.api.password = "desk", "hush"
        assert not await control.running()

        running.api.password = "another"
        with pytest.raises(ControlError, match="name and password") as error:
            await control.running()
        assert "hush" not in str(error.value)
        with pytest.raises(ControlError):
            await control.kick(NOBODY)


async def test_an_id_is_no_address(desk: Answering) -> None:
    async with controlled(desk) as (running, control):
        await control.kick(Running(Access.WATCH, STREAM, "../raw?rpc=reload#"))

        assert ["DELETE /api/v1/clients/..%2Fraw%3Frpc%3Dreload%23"] == running.api.calls


async def test_what_a_client_calls_itself_spoils_no_list() -> None:
    item = '{"id":"a","type":"rtmp-play","url":"/a/b","tcUrl":"\x01\udcff"}'
    async with answers(f'{{"code":0,"clients":[{item}]}}') as control:
        assert [Running(Access.WATCH, "a/b", "a")] == list(await control.running())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OK",
        "[]",
        "0",
        "{}",
        '{"code":"0","clients":[]}',
        '{"code":0.0,"clients":[]}',
        '{"code":0}',
        '{"code":0,"clients":null}',
        '{"code":0,"clients":{}}',
        '{"code":2049,"clients":[]}',
        '{"code":0,"code":1,"clients":[]}',
        "[" * 100_000,
    ],
)
async def test_what_is_no_list_is_an_error(text: str) -> None:
    async with answers(text) as control:
        with pytest.raises(ControlError):
            await control.running()


async def test_what_is_no_client_is_passed_over() -> None:
    items = '[1,null,[],{},{"id":1,"type":"rtmp-play","url":"/a/b"},{"id":"a","url":"/a/b"}'
    items += ',{"id":"","type":"rtmp-play","url":"/a/b"},{"id":"b","type":"rtmp-play"}'
    items += ',{"id":"c","type":"srt-publish","url":"/a/b","ip":7}]'
    async with answers(f'{{"code":0,"clients":{items}}}') as control:
        assert [Running(Access.PUBLISH, "a/b", "c")] == list(await control.running())


@pytest.mark.parametrize(
    ("status", "text"),
    [(200, '{"code":1}'), (200, ""), (200, "{}"), (404, "Not Found"), (405, "no"), (401, "")],
)
async def test_what_is_no_yes_is_an_error(status: int, text: str) -> None:
    async with answers(text, status) as control:
        with pytest.raises(ControlError) as error:
            await control.kick(NOBODY)

    assert "hush" not in str(error.value)


@pytest.mark.parametrize("code", [0, 2049])
async def test_the_code_counts_and_not_the_status(code: int) -> None:
    async with answers(f'{{"code":{code}}}', 200 if code == 0 else 404) as control:
        await control.kick(NOBODY)


async def test_a_list_without_an_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_srs, "_MOST_PAGES", 3)
    monkeypatch.setattr(control_srs, "_PER_PAGE", 1)
    async with answers('{"code":0,"clients":[{}]}') as control:
        with pytest.raises(ControlError, match="end"):
            await control.running()
