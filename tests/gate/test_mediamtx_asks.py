"""The stand-in for MediaMTX asks as was written down, and clients of each protocol are heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.control_mediamtx import MediamtxControl
from core.model.gate import Admit, Asked, ControlAddress
from tests.gate.answering import YES, Answering, answering, by_secret
from tests.gate.mediamtx import Mediamtx, open_mediamtx
from tests.gate.mediamtx_core import (
    AlreadyPublishingError,
    Given,
    NoSuchPathError,
    Question,
    RefusedError,
    Version,
)
from tests.gate.mediamtx_hooks import (
    DIALECT,
    GUEST,
    HOLDER,
    ID,
    NEW,
    OLD,
    STREAM,
    VERSIONS,
    published,
    watched,
)
from tests.gate.written import KEY, TICKET, posted, written


@pytest.fixture
async def desk() -> AsyncIterator[Answering]:
    """Give a desk that lets in whoever has the right secret."""
    async with answering(DIALECT, by_secret) as desk:
        yield desk


@given(st.text(), st.text(), st.sampled_from(VERSIONS))
def test_credentials_arrive_as_they_were_given(user: str, password: str, version: Version) -> None:
    server = Mediamtx("", None, version)  # type: ignore[arg-type] # it asks nobody
    question = Question("read", STREAM, "rtmp", ID, given=Given(user, password), ip=GUEST)
    heard = DIALECT.read(posted(server.body(question).encode(errors="replace")))

    if isinstance(heard, Asked):
        assert watched(user=user, secret=password) == heard
    else:
        assert not (user + password).isprintable()


def test_the_stand_in_writes_what_was_written_down() -> None:
    names = {
        "1.6-rtmp-publish": OLD,
        "1.9-whip-bearer": (1, 9, 3),
        "1.12.3-rtsp-announce-again": (1, 12, 3),
        "1.18-rtmp-key": (1, 18, 2),
        "1.20-rtmp-publish": NEW,
        "1.20-whip-options": NEW,
        "1.20-address-unknown": NEW,
    }
    for name, version in names.items():
        hook = written(f"mediamtx-{name}")
        fields = json.loads(hook.body)
        own = fields["user"], fields["password"]
        token = "" if own[1] else fields.get("token", "")
        query = fields["query"]
        if name == "1.9-whip-bearer":
            token, query = KEY, ""
        question = Question(
            **{one: fields[one] for one in ("action", "path", "protocol", "id", "ip")},
            query=query,
            agent=fields.get("userAgent", ""),
            given=Given(*own, token),
        )
        server = Mediamtx("", None, version)  # type: ignore[arg-type] # it asks nobody
        assert hook.body.decode().strip() == server.body(question)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_holder_publishes_and_the_audience_watches(
    desk: Answering, version: Version
) -> None:
    async with open_mediamtx(desk.hook_url, version) as running:
        server = running.server
        for url in (
            "rtmp://h/live/k7q2mf?user=publish&pass=right",
            "rtmp://h/live/k7q2mf?key=right",
        ):
            await server.rtmp("publish", url, ip=HOLDER)
        await server.rtmp("read", "rtmp://h/live/k7q2mf?user=guest&pass=right")
        await server.rtsp("read", "rtsp://guest:right@h/live/k7q2mf")
        await server.srt("read:live/k7q2mf:guest:right")
        await server.webrtc("read", STREAM, given=Given("guest", "right"))
        await server.hls("http://h/live/k7q2mf/index.m3u8", given=Given("guest", "right"))

        for url in ("rtmp://h/live/k7q2mf?pass=wrong&user=a", "rtmp://h/live/k7q2mf"):
            for action in ("publish", "read"):
                with pytest.raises(RefusedError):
                    await server.rtmp(action, url)
    assert all(isinstance(one, Asked) for one in desk.heard)


async def test_rtsp_clients_give_nothing_until_they_are_asked(desk: Answering) -> None:
    async with open_mediamtx(desk.hook_url) as running:
        one = await running.server.rtsp("publish", "rtsp://publish:right@h/live/k7q2mf", ip=HOLDER)
        with pytest.raises(RefusedError) as refused:
            await running.server.rtsp("publish", "rtsp://publish:wrong@h/live/k7q2mf")

    assert not refused.value.asked
    assert published("", secret="", client=one.id) == desk.asked[0]
    assert published(secret="right", client=one.id) == desk.asked[1]


@pytest.mark.parametrize("token", ["right", "wrong"])
@pytest.mark.parametrize("version", [(1, 9, 3), (1, 12, 3), NEW])
async def test_whip_asks_before_there_is_a_session(
    desk: Answering, version: Version, token: str
) -> None:
    async with open_mediamtx(desk.hook_url, version) as running:
        try:
            one = await running.server.webrtc("publish", STREAM, given=Given(token=token))
        except RefusedError:
            assert "wrong" == token
            assert [True] == [asked.again for asked in desk.asked]
        else:
            assert [("", True), (one.id, False)] == [(a.client, a.again) for a in desk.asked]
            assert ["right", "right"] == [asked.secret for asked in desk.asked]


async def test_who_only_opens_the_page_is_no_publisher(desk: Answering) -> None:
    async with open_mediamtx(desk.hook_url) as running:
        await running.server.page("publish", STREAM, given=Given("publish", "right"))

    assert [True] == [asked.again for asked in desk.asked]


@pytest.mark.parametrize(("version", "asked"), [((1, 17, 1), 3), ((1, 18, 0), 1)])
async def test_hls_is_asked_for_file_by_file_until_it_has_sessions(
    desk: Answering, version: Version, asked: int
) -> None:
    async with open_mediamtx(desk.hook_url, version) as running:
        await running.server.rtmp("publish", "rtmp://h/live/k7q2mf?key=right")
        desk.heard.clear()
        for file in ("index.m3u8", "main_stream.m3u8", "main_seg7.mp4"):
            await running.server.hls(f"http://h/live/k7q2mf/{file}?ticket={TICKET}")

        session = running.server.lists.get("hlssessions", [])
    assert [
        watched(client=session[0].id if session else "", address="127.0.0.1", ticket=TICKET)
    ] * asked == desk.asked


async def test_a_publisher_that_is_let_in_takes_the_place_of_another(desk: Answering) -> None:
    async with open_mediamtx(desk.hook_url) as running:
        server = running.server
        first, second = [
            await server.rtmp("publish", "rtmp://h/live/k7q2mf?key=right") for _ in range(2)
        ]
        assert [second] == server.publishers(STREAM)

        server.override_publisher = False
        with pytest.raises(AlreadyPublishingError):
            await server.rtmp("publish", "rtmp://h/live/k7q2mf?key=right")
    assert first.id != second.id


async def test_names_that_are_none_are_not_even_asked_about(desk: Answering) -> None:
    async with open_mediamtx(desk.hook_url) as running:
        for name in ("k7q2mf", "live/k7q2mf/", "live/../k7q2mf", "live/k7q2m!", "live/k7q2mfx"):
            with pytest.raises(NoSuchPathError):
                await running.server.srt(f"publish:{name}:publish:right")

    assert [] == desk.heard


async def test_a_desk_that_does_not_answer_lets_nobody_in(desk: Answering) -> None:
    held = asyncio.Event()

    async def never(_: Asked) -> Admit:
        await held.wait()
        return YES

    desk.decide = never
    async with open_mediamtx(desk.hook_url) as running:
        running.server.read_timeout = 0.1
        with pytest.raises(RefusedError):
            await running.server.rtmp("publish", "rtmp://h/live/k7q2mf?key=right")
    held.set()


async def test_while_the_desk_thinks_no_other_client_is_asked_about(desk: Answering) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def thinking(_: Asked) -> Admit:
        asked.set()
        await go_on.wait()
        return YES

    desk.decide = thinking
    url = "rtmp://h/live/k7q2mf?key=right"
    async with open_mediamtx(desk.hook_url) as running, asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(running.server.rtmp("publish", url))
        await asked.wait()
        assert 1 == len(desk.asked)
        go_on.set()
    assert 2 == len(desk.asked)


async def test_an_rtsp_publisher_cannot_be_ended_while_the_desk_thinks(desk: Answering) -> None:
    """Nor need it be: whom the desk lets in takes its place."""
    async with open_mediamtx(desk.hook_url) as running:
        server = running.server
        first = await server.rtsp("publish", f"rtsp://publish:right@h/{STREAM}")
        control = MediamtxControl(ControlAddress(server.control_url))
        (listed,) = await control.running()
        waited: list[bool] = []

        async def take_over(_: Asked) -> Admit:
            with suppress(TimeoutError):
                await asyncio.wait_for(control.kick(listed), 0.2)
            waited.append(first in server.publishers(STREAM))
            return YES

        desk.decide = take_over
        second = await server.rtmp("publish", f"rtmp://h/{STREAM}?key=right")
        await control.close()

    assert [True] == waited
    assert [second] == server.publishers(STREAM)
