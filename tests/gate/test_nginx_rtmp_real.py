"""The real nginx with its RTMP module, and ffmpeg as encoder and player, ask a desk by RTMP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.control_nginx_rtmp import NginxRtmpControl
from core.gate.hooks import Unreadable
from core.model.gate import Access, Asked, ControlAddress, Running
from tests.gate.deciding import TableDesk, deciding
from tests.gate.media import Media, publishing, watch, watching
from tests.gate.nginx import Nginx, place
from tests.gate.packages import require_programs
from tests.ports import HOST

PATH, STREAM = "k7q2mf", "live/k7q2mf"
KEY = "the-stream-key"
PASSCODES = {"ann": "QX9KD7A2M4", "ben": "7Z0P4TR6VW"}
PUBLISH = f"key={KEY}"
ANN, BEN = (f"user={user}&pass={passcode}" for user, passcode in PASSCODES.items())
AT_ONCE = 5.0  # seconds; a refusal takes a third of one, a kick a tenth, on an idle machine


@dataclass
class House:
    """An nginx, the desk that it asks, and its control interface."""

    nginx: Nginx
    desk: TableDesk
    control: NginxRtmpControl

    async def clients(self, access: Access) -> dict[str, Running]:
        """List who publishes, or who watches, by what nginx calls them."""
        return {one.client: one for one in await self.control.running() if one.access is access}

    @asynccontextmanager
    async def on_air(self) -> AsyncIterator[Media]:
        """Publish, with the right key, until the end of the block."""
        async with publishing(self.nginx.rtmp(PATH, PUBLISH)) as publisher:
            await publisher.started()
            yield publisher

    def watched(self, arguments: str) -> str:
        """Give the stream's RTMP address, with credentials."""
        return self.nginx.rtmp(PATH, arguments)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    require_programs("nginx", "nginx-rtmp", "ffmpeg")
    nginx = place(tmp_path)
    control = NginxRtmpControl(ControlAddress(nginx.control_url))
    async with deciding({PATH: KEY}, PASSCODES, set()) as desk, nginx.running(desk.hook_url):
        yield House(nginx, desk, control)
        await control.close()


async def test_the_key_opens_it_for_the_holder_and_a_passcode_for_the_audience(
    house: House,
) -> None:
    async with house.on_air():
        by_ann = await watch(house.watched(ANN), seconds=1)
        by_the_holder = await watch(house.watched(PUBLISH), seconds=0.5)
        refused = [
            await watch(house.watched(arguments), within=AT_ONCE)
            for arguments in ("", "user=ann&pass=wrong", "user=ann", "pass=QX9KD7A2M4")
        ]

    assert (10, 5) == (by_ann.frames, by_the_holder.frames)
    assert [0] * 4 == [one.frames for one in refused]
    [asked] = house.desk.asked(Access.PUBLISH)
    assert (STREAM, KEY, HOST) == (asked.stream, asked.secret, asked.address)
    for admitted in (asked, *house.desk.asked(Access.WATCH)[:2]):
        await house.desk.told_gone(admitted)
    assert 3 == len(house.desk.gone())  # who was refused was never there


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        (PATH, "key=wrong"),
        (PATH, ""),
        (PATH, ANN),  # a watcher is no publisher
        ("aaaaaa", PUBLISH),
        (f"{PATH}&key={KEY}", ""),
        (PATH, f"{PUBLISH}&name=other&call=play"),
        ("aaaaaa", f"{PUBLISH}&name={PATH}"),
        ("aaaaaa", f"na%6De={PATH}&{PUBLISH}"),
        ("aaaaaa", f"{PUBLISH}#&name={PATH}"),
        (PATH, f"key=wrong&{PUBLISH}"),
        (PATH, f"{PUBLISH}&addr=10.0.0.1"),
        ("", f"name={PATH}&{PUBLISH}"),
    ],
)
async def test_a_wrong_key_and_shadowed_fields_are_refused_at_once(
    house: House, path: str, arguments: str
) -> None:
    async with publishing(house.nginx.rtmp(path, arguments)) as publisher:
        status = await publisher.ended(AT_ONCE)

    assert (True, 0) == (status != 0, publisher.frames)
    assert [] == list(await house.control.running())
    assert all(isinstance(one, Asked | Unreadable) for one in house.desk.heard)
    assert 1 == len(house.desk.heard)


async def test_while_the_desk_is_down_nobody_new_comes_in_and_whoever_is_in_stays(
    house: House,
) -> None:
    async with house.on_air() as publisher, watching(house.watched(ANN)) as watcher:
        await watcher.started()
        await house.desk.stop()
        async with watching(house.watched(BEN)) as refused:
            assert await refused.ended(AT_ONCE) != 0
        await publisher.goes_on()
        await watcher.goes_on()
        publisher.kill()
        async with publishing(house.nginx.rtmp(PATH, PUBLISH)) as late:
            assert await late.ended(AT_ONCE) != 0

        await house.desk.start()
        async with house.on_air():
            await watcher.goes_on()  # who waited sees it go on

    assert [] == house.desk.asked(Access.WATCH, "ben")


async def test_each_connection_is_listed_and_ended_alone(house: House) -> None:
    async with (
        house.on_air() as publisher,
        watching(house.watched(ANN)) as ann,
        watching(house.watched(BEN)) as ben,
    ):
        await ann.started()
        await ben.started()
        watchers = await house.clients(Access.WATCH)
        publishers = await house.clients(Access.PUBLISH)
        [asked] = house.desk.asked(Access.WATCH, "ann")
        [holder] = house.desk.asked(Access.PUBLISH)
        assert {one.client for one in house.desk.asked(Access.WATCH)} == set(watchers)
        assert {holder.client} == set(publishers)
        assert {(STREAM, HOST)} == {
            (one.stream, one.address) for one in (*watchers.values(), *publishers.values())
        }

        await house.control.kick(watchers[asked.client])
        await ann.ended(AT_ONCE)
        await house.desk.told_gone(asked, AT_ONCE)
        await ben.goes_on()
        await publisher.goes_on()
        await house.control.kick(watchers[asked.client])  # who has gone is no error
        await ben.goes_on()

        await house.control.kick(publishers[holder.client])
        await publisher.ended(AT_ONCE)
        await house.desk.told_gone(holder, AT_ONCE)
        assert {} == await house.clients(Access.PUBLISH)
        assert 1 == len(await house.clients(Access.WATCH))  # who waits for it to go on


async def test_a_second_publisher_of_a_stream_is_the_server_s_to_refuse(house: House) -> None:
    async with house.on_air() as first:
        async with publishing(house.nginx.rtmp(PATH, PUBLISH)) as second:
            assert await second.ended(AT_ONCE) != 0
        await first.goes_on()
        asked = house.desk.asked(Access.PUBLISH)
        await house.desk.told_gone(asked[1])

        assert "Already publishing" in second.words
        assert asked[0].client != asked[1].client
        assert {asked[0].client} == set(await house.clients(Access.PUBLISH))
        assert 1 == len(house.desk.gone())


async def test_an_encoder_takes_the_place_of_one_that_is_ended_while_the_desk_is_asked(
    house: House,
) -> None:
    async def take_over(asked: Asked) -> None:
        for one in (await house.clients(asked.access)).values():
            await house.control.kick(one)

    async with house.on_air() as first:
        house.desk.meanwhile = take_over
        async with house.on_air() as second:
            await first.ended(AT_ONCE)
            await second.goes_on()
            client = house.desk.asked(Access.PUBLISH)[1].client
            assert {client} == set(await house.clients(Access.PUBLISH))


async def test_an_encoder_that_crashed_comes_back(house: House) -> None:
    async with watching(house.watched(ANN)) as watcher:
        for _ in range(2):
            async with house.on_air() as publisher:
                await watcher.goes_on()
                publisher.kill()
                await house.desk.told_gone(house.desk.asked(Access.PUBLISH)[-1], AT_ONCE)

    clients = [one.client for one in house.desk.asked(Access.PUBLISH)]
    assert 2 == len(set(clients))


async def test_what_was_written_down_holds_no_secret(house: House) -> None:
    async with house.on_air(), publishing(house.nginx.rtmp(PATH, PUBLISH)) as second:
        await second.ended(AT_ONCE)
        await watch(house.watched(ANN), seconds=0.1)
        await watch(house.watched("user=ann&pass=tried"), within=AT_ONCE)
        await house.desk.stop()
        await watch(house.watched(ANN), within=AT_ONCE)

    logged = house.nginx.logged()
    secrets = (KEY, *PASSCODES, *PASSCODES.values(), "tried", house.desk.hook_url)
    assert [] == [secret for secret in secrets if secret in logged]
    assert "already publishing" in logged  # it is the log, and something was written
