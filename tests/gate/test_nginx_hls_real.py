"""The real nginx asks a desk about each file of HLS; ffmpeg plays, and a hostile client tries."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.model.gate import Access
from tests.gate.deciding import TOKEN, TableDesk, deciding
from tests.gate.media import publishing, watch
from tests.gate.nginx import Nginx, place
from tests.gate.packages import require_programs
from tests.ports import HOST

PATH, OTHER = "k7q2mf", "aaaaaa"
KEY = "the-stream-key"
USER, PASSCODE = "ann", "QX9KD7A2M4"
TICKET = "1f-0-3-a_signed_ticket"
CREDENTIALS = f"Basic {b64encode(f'{USER}:{PASSCODE}'.encode()).decode()}"
ASKED_FOR = 'Basic realm="Callboard", charset="UTF-8"'


@dataclass
class House:
    """An nginx with files of two streams, and a desk that lets people watch one of them."""

    nginx: Nginx
    desk: TableDesk

    async def get(self, target: str, **headers: str) -> tuple[int, str]:
        """Ask for a target exactly as it is written; give the status, and what was sent with it."""
        reader, writer = await asyncio.open_connection(HOST, self.nginx.http_port)
        lines = [f"GET {target} HTTP/1.1", f"Host: {HOST}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1"))
        answer = (await reader.read()).decode("latin-1")
        writer.close()
        await writer.wait_closed()
        return int(answer.split(" ", 2)[1]), answer


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    require_programs("nginx", "nginx-rtmp", "ffmpeg")
    nginx = place(tmp_path)
    async with (
        deciding({PATH: KEY}, {USER: PASSCODE}, {TICKET}) as desk,
        nginx.running(desk.hook_url),
    ):
        yield House(nginx, desk)


@pytest.fixture
def files(house: House) -> None:
    """Have files of two streams, each with its own path in it."""
    for path in (PATH, OTHER):
        for name in (f"{path}.m3u8", f"{path}-7.ts", f"{path}/index.m3u8", f"{path}/7.ts"):
            file = house.nginx.hls_folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"of {path}")


async def test_is_played_with_credentials_and_with_a_ticket(house: House) -> None:
    nginx = house.nginx
    async with publishing(nginx.rtmp(PATH, f"key={KEY}")) as publisher:
        await publisher.started()
        await nginx.playlist(PATH)
        by_ann = await watch(nginx.hls(PATH, user=USER, passcode=PASSCODE))
        by_ticket = await watch(nginx.hls(PATH, ticket=TICKET))
        refused = [
            await watch(nginx.hls(PATH)),
            await watch(nginx.hls(PATH, user=USER, passcode="wrong")),
            await watch(nginx.hls(PATH, ticket=f"{TICKET}x")),
        ]

    assert (20, 20) == (by_ann.frames, by_ticket.frames)
    assert [0, 0, 0] == [one.frames for one in refused]
    asked = house.desk.asked(Access.WATCH)
    assert {(PATH, "", HOST)} == {(one.path, one.client, one.address) for one in asked}
    assert {"", TICKET, f"{TICKET}x"} == {one.ticket for one in asked}


@pytest.mark.usefixtures("files")
async def test_who_may_come_back_with_credentials_is_asked_for_them(house: House) -> None:
    file = f"/hls/{PATH}.m3u8"
    basic = {"user": "Basic YW5uOndyb25n"}
    nothing = await house.get(file)
    wrong = await house.get(file, Authorization=basic["user"])
    unknown = await house.get(f"/hls/{OTHER}.m3u8", Authorization=CREDENTIALS)
    ticket = await house.get(f"/hls/~wrong/{PATH}.m3u8")

    assert [401] * 3 == [nothing[0], wrong[0], unknown[0]]
    assert all(f"WWW-Authenticate: {ASKED_FOR}\r\n" in one[1] for one in (nothing, wrong, unknown))
    assert 403 == ticket[0]
    assert "WWW-Authenticate" not in ticket[1]


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "target",
    [
        f"/hls/{PATH}.m3u8",
        f"/hls/{PATH}-7.ts",
        f"/hls/{PATH}/index.m3u8",
        f"/hls/{PATH}/7.ts",
        f"/hls/{PATH}.m3u8?_=1&/{OTHER}.m3u8",
        f"http://elsewhere/hls/{PATH}.m3u8",
    ],
)
async def test_what_may_be_watched_is_served_for_as_long_as_it_may(
    house: House, target: str
) -> None:
    with_ticket = target.replace("/hls/", f"/hls/~{TICKET}/")
    served = [await house.get(target, Authorization=CREDENTIALS), await house.get(with_ticket)]
    house.desk.passcodes.clear()
    house.desk.tickets.clear()
    later = [await house.get(target, Authorization=CREDENTIALS), await house.get(with_ticket)]

    assert [200, 200] == [status for status, _ in served]
    assert all(answer.endswith(f"of {PATH}") for _, answer in served)
    assert all("Access-Control-Allow-Origin: *\r\n" in answer for _, answer in served)
    assert all("Cache-Control: no-store\r\n" in answer for _, answer in served)
    assert [401, 403] == [status for status, _ in later]


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "target",
    [
        f"/hls/{OTHER}.m3u8",
        f"/hls/{OTHER}.m3u8?/hls/{PATH}.m3u8",
        f"/hls/{OTHER}.m3u8#/hls/{PATH}.m3u8",
        f"/hls/{OTHER}.m3u8%3F/{PATH}.m3u8",
        f"/hls/{OTHER}.m3u8%00/{PATH}.m3u8",
        f"/hls/{OTHER}.m3u8%00{PATH}.m3u8",
        f"/hls/{OTHER}.m3u8;/{PATH}.m3u8",
        f"/hls/{PATH}.m3u8/../{OTHER}.m3u8",
        f"/hls/{PATH}/../{OTHER}.m3u8",
        f"/hls/{PATH}/../{OTHER}/index.m3u8",
        f"/hls/{PATH}/..%2F{OTHER}.m3u8",
        f"/hls/{PATH}%2F..%2F{OTHER}.m3u8",
        f"/hls/{PATH}/%2e%2e/{OTHER}.m3u8",
        f"/hls/..%2fhls/{OTHER}.m3u8",
        f"/hls/./{OTHER}.m3u8",
        f"/hls//{OTHER}.m3u8",
        f"//hls/{OTHER}.m3u8",
        "/hls/%61aaaaa.m3u8",
        f"/hls/{PATH}.m3u8/..\\{OTHER}.m3u8",
        f"/hls/~{TICKET}/../{OTHER}.m3u8",
        f"/hls/~{TICKET}/%2E%2E/{OTHER}.m3u8",
        f"/hls/~x%2F{OTHER}.m3u8/{PATH}.m3u8",
        f"/hls/~{TICKET}/{PATH}.m3u8/../{OTHER}.m3u8",
        f"/hls/~{TICKET}/~{TICKET}/{OTHER}.m3u8",
        f"/hls/%7E{TICKET}/{OTHER}.m3u8",
        f"/hls/~{TICKET}//{OTHER}.m3u8",
        f"/hls/~{TICKET}%0A/{OTHER}.m3u8",
        f"/hls/~{TICKET}",
        f"/hls/~{TICKET}/",
        f"/hls/{PATH}/",
        "/hls/",
        "/hls",
        "/callboard-hls",
        f"http://x/hls/{OTHER}.m3u8",
        f"http:///hls/{OTHER}.m3u8",
    ],
)
async def test_nothing_else_is_served_whatever_is_asked_for(house: House, target: str) -> None:
    forged = {"X_Original_URI": f"/hls/{PATH}.m3u8", "X_Original_Address": "10.0.0.1"}
    status, answer = await house.get(target, Authorization=CREDENTIALS, **forged)

    assert 400 <= status < 500
    assert f"of {OTHER}" not in answer
    assert {HOST} >= {one.address for one in house.desk.asked(Access.WATCH)}
    assert PATH not in {one.path for one in house.desk.asked(Access.WATCH)}


@pytest.mark.usefixtures("files")
async def test_without_the_desk_nothing_is_served(house: House) -> None:
    await house.desk.stop()

    assert 500 == (await house.get(f"/hls/~{TICKET}/{PATH}.m3u8"))[0]
    await house.desk.start()
    assert 200 == (await house.get(f"/hls/~{TICKET}/{PATH}.m3u8"))[0]


@pytest.mark.usefixtures("files")
async def test_what_was_written_down_holds_no_ticket(house: House) -> None:
    for target in (f"{PATH}.m3u8", f"{PATH}-8.ts", "x", f"{PATH}.m3u8?{TICKET}"):
        await house.get(f"/hls/~{TICKET}/{target}")
    await house.desk.stop()
    assert 500 == (await house.get(f"/hls/~{TICKET}/{PATH}.m3u8"))[0]
    assert 404 == (await house.get("/elsewhere"))[0]

    logged = house.nginx.logged()
    assert [] == [secret for secret in (TICKET, TOKEN, PASSCODE) if secret in logged]
    assert "/elsewhere" in logged


async def test_streams_may_have_folders_of_their_own(tmp_path: Path) -> None:
    require_programs("nginx", "nginx-rtmp", "ffmpeg")
    nginx = place(tmp_path)
    url = nginx.watch_url.replace("{path}.m3u8", "{path}/index.m3u8")
    async with (
        deciding({PATH: KEY}, {}, {TICKET}) as desk,
        nginx.running(desk.hook_url, replace(nginx.server(), watch_url=url)),
        publishing(nginx.rtmp(PATH, f"key={KEY}")) as publisher,
    ):
        await publisher.started()
        await nginx.playlist(f"{PATH}/index")
        watched = await watch(url.format(path=f"~{TICKET}/{PATH}"), seconds=1)

    assert 10 == watched.frames
