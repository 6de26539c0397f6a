"""The real Icecast, with ffmpeg as source and listeners, asks a desk in Icecast's own dialect."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from adapters.control_icecast import IcecastControl
from core.gate.control import ControlError
from core.model.gate import Access, Asked, Gone, Running
from tests.gate.icecast import ADMIN_PASSWORD, SOURCE_PASSWORD
from tests.gate.icecast_house import (
    KEY,
    OTHER,
    OTHER_KEY,
    OTHER_PATH,
    PASSCODE,
    PATH,
    STREAM,
    TICKET,
    TOKEN,
    USER,
    House,
    basic,
    gone,
    listening_soon,
    open_house,
)
from tests.gate.packages import require_programs
from tests.gate.sound import listening, refused, sending
from tests.ports import HOST


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Give an Icecast, and the desk that it asks."""
    require_programs("icecast2", "ffmpeg")
    async with open_house(tmp_path) as house:
        yield house


async def test_who_has_the_credentials_hears_it_and_nobody_else(house: House) -> None:
    async with sending(house.ingest()) as source:
        await source.goes_on()
        async with listening(house.watch()) as listener, listening(house.watch()) as another:
            await listener.goes_on(1)
            await another.goes_on(1)
        for query in (f"user={USER}&pass=%C3%BC/n:d+%C3%B6%25", f"ticket={TICKET}&x=1"):
            async with listening(house.icecast.watch(PATH, query=query)) as listener:
                await listener.goes_on()

        for url in (
            house.watch("wrong"),
            house.icecast.watch(PATH),
            house.icecast.watch(PATH, query=f"user={USER}&pass=wrong"),
            house.icecast.watch(PATH, query=f"ticket={TICKET}&ticket={TICKET}"),
        ):
            assert "401 Unauthorized" in await refused(url)
        await source.goes_on()

    first, *_ = house.desk.asked(Access.PUBLISH)
    assert Asked(Access.PUBLISH, STREAM, "", "source", KEY, "", f"source:{STREAM}", HOST) == first
    assert all(one.address == HOST for one in house.desk.asked(Access.WATCH))
    assert {"Basic aWNlY2FzdDo="} == house.desk.authorizations  # nobody's but Icecast's own


async def test_who_has_another_key_does_not_publish(house: House) -> None:
    for url in (
        house.ingest("wrong"),
        house.ingest(OTHER_KEY),
        house.ingest(SOURCE_PASSWORD),
        house.ingest(KEY, OTHER_PATH),
    ):
        async with sending(url) as source:
            await source.ended()
        assert "401 Unauthorized" in source.words

    assert 4 == len(house.desk.asked(Access.PUBLISH))
    assert [] == await house.control.running()


async def test_a_kicked_source_ends_and_is_told_of(house: House) -> None:
    async with sending(house.ingest()) as source, listening_soon(house, source) as listener:
        (running,) = await house.running(Access.PUBLISH)
        house.desk.table.clear()
        began = time.monotonic()
        await house.control.kick(running)
        await source.ended()
        await listener.ended()
        told = await house.desk.hears(gone(Access.PUBLISH))
        took = time.monotonic() - began

    assert took < 3
    (asked,) = house.desk.asked(Access.PUBLISH)
    assert (asked.stream, asked.client) == (running.stream, running.client)
    assert Gone(Access.PUBLISH, running.stream, running.client) == told
    assert [] == await house.control.running()
    await house.control.kick(running)  # which is no error


async def test_a_kicked_listener_ends_and_the_others_stay(house: House) -> None:
    async with sending(house.ingest()) as source, listening_soon(house, source) as first:
        (running,) = await house.running(Access.WATCH)
        async with listening(house.watch()) as second:
            await second.goes_on()
            assert 2 == len(await house.running(Access.WATCH))
            await house.control.kick(running)
            await first.ended(3)
            told = await house.desk.hears(gone(Access.WATCH))
            await second.goes_on()
            left = await house.running(Access.WATCH)
        await source.goes_on()

    assert Gone(Access.WATCH, STREAM, running.client) == told
    assert Running(Access.WATCH, STREAM, running.client, HOST) == running
    assert [running.client] != [one.client for one in left]
    assert 1 == len(left)
    admitted = [one for one in house.desk.asked(Access.WATCH) if one.secret]
    assert running.client == admitted[0].client
    await house.control.kick(running)  # which is no error


async def test_listeners_are_cut_when_their_time_is_up_and_not_before(house: House) -> None:
    ends_at = datetime.fromtimestamp(int(time.time()) + 4, UTC)
    row = house.desk.table[STREAM]
    late = {}
    async with sending(house.ingest()) as source, AsyncExitStack() as stack:
        await source.goes_on()
        listeners = {}
        for beyond in (0.0, 0.1, 0.5, 0.9):
            row.until = ends_at + timedelta(seconds=beyond)
            listener = await stack.enter_async_context(listening(house.watch()))
            await listener.goes_on(0.1)
            listeners[beyond] = listener
        for beyond, listener in listeners.items():
            await listener.ended()
            late[beyond] = listener.ended_at - ends_at.timestamp() - beyond
        await source.goes_on()  # a source is not cut: that is for whoever controls Icecast

    assert all(0 <= seconds < 3 for seconds in late.values())


async def test_without_the_desk_nobody_new_comes_in_and_nobody_is_thrown_out(house: House) -> None:
    async with sending(house.ingest()) as source, listening_soon(house, source) as listener:
        await house.desk.close()

        assert "401" in await refused(house.watch())
        async with sending(house.ingest(OTHER_KEY, OTHER_PATH)) as another:
            await another.ended()
        await listener.goes_on(1)
        await source.goes_on(1)

        await house.desk.open()
        async with listening(house.watch()) as late:
            await late.goes_on()


async def test_a_title_told_while_it_runs_is_no_new_source(house: House) -> None:
    update = f"/admin/metadata?mode=updinfo&mount=%2F{STREAM}&song=Overture"
    async with sending(house.ingest()) as source:
        await source.goes_on()
        told = await house.get(update, basic("source", KEY))
        refused_it = await house.get(update, basic("source", "wrong"))
        async with sending(house.ingest()) as second:  # a second source, with the right key
            await second.ended()
        await source.goes_on()

    assert (200, 401) == (told[0], refused_it[0])
    keys = [(one.again, one.secret, one.client) for one in house.desk.asked(Access.PUBLISH)]
    client = f"source:{STREAM}"
    assert [
        (False, KEY, client),
        (True, KEY, client),
        (True, "wrong", client),
        (False, KEY, client),
    ] == keys
    assert "403" in second.words


async def test_a_listener_cannot_name_one_stream_and_hear_another(house: House) -> None:
    forged = {"__rawuri": f"/{STREAM}", **basic(USER, PASSCODE)}
    async with sending(house.ingest(OTHER_KEY, OTHER_PATH)) as source:
        await source.goes_on()
        status, received = await house.get(f"/{OTHER}", forged)

    assert 401 == status
    assert len(received) < 100
    assert [OTHER] == [one.stream for one in house.desk.asked(Access.WATCH)]


async def test_an_address_may_be_written_in_another_way(house: House) -> None:
    async with sending(house.ingest()) as source:
        await source.goes_on()
        status, received = await house.get(f"/%6b{STREAM[1:]}?x", basic(USER, PASSCODE))

    assert 200 == status
    assert len(received) > 1_000


async def test_icecast_s_own_pages_are_not_asked_about_and_tell_of_no_stream(house: House) -> None:
    async with sending(house.ingest()) as source:
        await source.goes_on()
        pages = [await house.get(page, {}) for page in ("/", "/status-json.xsl", "/style.css")]

    assert [200, 200, 200] == [status for status, _ in pages]
    assert not any(PATH.encode() in content for _, content in pages)
    assert [] == house.desk.asked(Access.WATCH)


async def test_no_credential_stands_in_a_log(house: House) -> None:
    secrets = [KEY, PASSCODE, TICKET, TOKEN, SOURCE_PASSWORD, ADMIN_PASSWORD, "almost-basic"]
    async with sending(house.ingest()) as source, listening_soon(house, source):
        await house.get(f"/{STREAM}?ticket={TICKET}&user={USER}&pass={quote(PASSCODE)}", {})
        for header in ("almost-basic", "Basic almost-basic", "Digest almost-basic"):
            await house.get(f"/{STREAM}", {"Authorization": header})
        await house.control.kick((await house.running(Access.WATCH))[0])
        await house.desk.close()
        await refused(house.watch())

    logged = house.icecast.logged() + "".join(map(repr, house.desk.heard))
    assert f"GET /{STREAM} " in logged
    for secret in secrets:
        assert secret not in logged
        assert quote(secret, safe="") not in logged


async def test_a_wrong_password_for_the_control_is_said(house: House) -> None:
    wrong = IcecastControl(replace(house.icecast.control, password="wrong"))
    async with sending(house.ingest()) as source:
        await source.goes_on()
        for asked in (wrong.running(), wrong.kick(Running(Access.PUBLISH, STREAM, ""))):
            with pytest.raises(ControlError, match="name and password"):
                await asked
        await source.goes_on()
    await wrong.close()
