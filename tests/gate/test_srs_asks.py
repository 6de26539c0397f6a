"""The stand-in for SRS asks as was written down, and clients of all protocols are understood."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.gate_srs import SrsDialect
from core.gate.hooks import Answer, Unreadable
from core.model.gate import Access, Admit, Asked, Gone
from tests.gate.answering import YES, Answering, answering, by_secret
from tests.gate.srs import Srs, open_srs
from tests.gate.srs_core import (
    NEWEST,
    OLDEST,
    BusyError,
    RefusedError,
    Request,
    Version,
    srs_json,
)
from tests.gate.srs_hooks import (
    CLIENT,
    DIALECT,
    GUEST,
    HOLDER,
    STREAM,
    TC_URL,
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
def test_nothing_that_a_client_calls_itself_becomes_a_field(
    name: str, page: str, version: Version
) -> None:
    server = Srs("", None, version)  # type: ignore[arg-type] # it asks nobody
    request = Request("live", "k7q2mf", f"?key={KEY}", HOLDER, f"{TC_URL}{name}", page)
    sent = server.body("on_publish", CLIENT, request)
    heard = DIALECT.read(posted(sent.encode(errors="replace")))

    assert published() == heard or isinstance(heard, Unreadable)
    assert published() == heard or not (name + page).isprintable()


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("4-on-publish", OLDEST),
        ("4-on-unpublish", OLDEST),
        ("4-on-play", OLDEST),
        ("4-on-stop", OLDEST),
        ("5-on-connect", (5, 0, 213)),
        ("5-on-publish", (5, 0, 213)),
        ("5-on-unpublish", (5, 0, 213)),
        ("5-on-play", (5, 0, 213)),
        ("5-on-play-hls", (5, 0, 213)),
        ("5-on-stop", NEWEST),
    ],
)
def test_the_stand_in_writes_what_was_written_down(name: str, version: Version) -> None:
    hook = written(f"srs-{name}")
    fields = json.loads(hook.body)
    tc_url, page = fields.get("tcUrl", TC_URL), fields.get("pageUrl", "")
    request = Request(fields["app"], fields["stream"], fields["param"], fields["ip"], tc_url, page)
    server = Srs("", None, version)  # type: ignore[arg-type] # it asks nobody

    assert hook.body.decode().strip() == server.body(fields["action"], fields["client_id"], request)


def test_the_stand_in_escapes_no_more_than_srs_does() -> None:
    assert r'{"a":"\"\\\b\f\n\r\t' + '\x01é"}' == srs_json({"a": '"\\\b\f\n\r\t\x01é'})


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_holder_publishes_and_the_audience_watches(
    desk: Answering, version: Version
) -> None:
    async with open_srs(desk.hook_url, version) as running:
        server = running.server
        publisher = await server.publish(TC_URL, "k7q2mf?key=right", ip=HOLDER)
        watcher = await server.play(TC_URL, "k7q2mf?user=guest&pass=right", ip=GUEST)
        session = await server.hls(f"http://h/live/k7q2mf.m3u8?ticket={TICKET}", ip=GUEST)
        for name in ("k7q2mf?key=wrong", "k7q2mf", "k7q2mf?key=right&key=wrong"):
            with pytest.raises(RefusedError):
                await server.play(TC_URL, name)
        await server.close(watcher)
        await server.close(publisher)

    assert published(secret="right", client=publisher.id) == desk.heard[0]
    assert watched(user="guest", secret="right", client=watcher.id) == desk.heard[1]
    assert watched(ticket=TICKET, client=session) == desk.heard[2]
    assert Gone(Access.WATCH, STREAM, watcher.id) == desk.heard[-2]
    assert Gone(Access.PUBLISH, STREAM, publisher.id) == desk.heard[-1]


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_application_s_own_query_takes_nothing_away(
    desk: Answering, version: Version
) -> None:
    async with open_srs(desk.hook_url, version) as running:
        await running.server.publish(f"{TC_URL}?vhost=stage", "k7q2mf?key=right")

    assert ["right"] == [asked.secret for asked in desk.asked]


async def test_a_key_over_srt_has_no_question_mark(desk: Answering) -> None:
    async with open_srs(desk.hook_url) as running:
        one = await running.server.publish_srt("#!::r=live/k7q2mf,key=right,m=publish", ip=HOLDER)

    assert published(secret="right", client=one.id) == desk.heard[0]


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_stream_may_still_be_busy_once_the_desk_has_said_yes(
    desk: Answering, version: Version
) -> None:
    async with open_srs(desk.hook_url, version) as running:
        first = await running.server.publish(TC_URL, "k7q2mf?key=right")
        with pytest.raises(BusyError):
            await running.server.publish(TC_URL, "k7q2mf?key=right")

    # an end without a beginning is another client's, and never that of who publishes
    gone = [one for one in desk.heard if isinstance(one, Gone)]
    assert (1 if version < (6, 0, 0) else 0) == len(gone)
    assert first.id not in {one.client for one in gone}


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_refused_hls_session_is_served_the_next_time_if_the_client_named_it(
    desk: Answering, version: Version
) -> None:
    """No claim of the desk's: it shows why our lines say that SRS does not guard HLS."""
    url = "http://h/live/k7q2mf.m3u8?hls_ctx=mine"
    async with open_srs(desk.hook_url, version) as running:
        with pytest.raises(RefusedError):
            await running.server.hls(url)
        if version < (5, 0, 0):
            with pytest.raises(RefusedError):
                await running.server.hls(url)
        else:
            assert "mine" == await running.server.hls(url)


@pytest.mark.parametrize(
    ("status", "text", "yes"),
    [
        (200, '{"code":0}', True),
        (201, '{"code": 0, "data": 1}', True),
        (200, "0", True),
        (200, "", False),
        (200, "{}", False),
        (200, "1", False),
        (200, '{"code":"0"}', False),
        (200, '{"code":403}', False),
        (204, '{"code":0}', False),
        (403, '{"code":0}', False),
        (500, "0", False),
    ],
)
async def test_how_the_stand_in_judges_answers(
    desk: Answering, status: int, text: str, *, yes: bool
) -> None:
    class Saying(SrsDialect):
        def answer(self, *_: object) -> Answer:
            return Answer(status, text)

    desk.dialect = Saying()
    async with open_srs(desk.hook_url) as running:
        try:
            await running.server.play(TC_URL, "k7q2mf")
        except RefusedError:
            assert not yes
        else:
            assert yes


async def test_a_desk_that_does_not_answer_lets_nobody_in(desk: Answering) -> None:
    held = asyncio.Event()

    async def never(_: Asked) -> Admit:
        await held.wait()
        return YES

    desk.decide = never
    async with open_srs(desk.hook_url) as running:
        running.server.timeout = 0.1
        with pytest.raises(RefusedError):
            await running.server.publish(TC_URL, "k7q2mf?key=right")
    held.set()
