"""What operators paste into mediamtx.yml, for servers of every form."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.control_http import ControlHttp
from adapters.control_mediamtx import MediamtxControl
from adapters.gate_mediamtx import MediamtxDialect
from bot.configuration.mediamtx import lines
from core.gate.control import ControlError
from core.model.addresses import ingest
from core.model.gate import ControlAddress
from core.model.server import Server, ServerKind
from tests.gate.answering import answering, by_secret
from tests.gate.mediamtx import open_mediamtx
from tests.gate.packages import require_programs
from tests.ports import answers, free_port

HOOK = "http://10.0.0.5:8080/gate/1-0-a_signature-of_the_desk"
SERVER = Server(
    1,
    "Studio",
    ServerKind.MEDIAMTX,
    ZoneInfo("UTC"),
    "https://live.example.org/live/{path}/index.m3u8",
    "rtmp://live.example.org/live/{path}",
)
SOON = 10.0  # seconds for nginx to start
_LOOK = 0.02  # seconds between two looks at a port that somebody else opens


def text(server: Server = SERVER) -> str:
    return "\n".join(piece.text for piece in lines(server, HOOK))


def settings(server: Server = SERVER) -> list[str]:
    """Give what is left without remarks."""
    bare = [line.partition("  #")[0].rstrip() for line in text(server).splitlines()]
    return [line for line in bare if line and not line.lstrip().startswith("#")]


def test_says_where_each_piece_goes() -> None:
    assert [
        "mediamtx.yml, in place of the settings of these names",
        "mediamtx.yml, in place of the settings of these names",
        "mediamtx.yml, under paths:",
    ] == [piece.where for piece in lines(SERVER, HOOK)]


def test_asks_the_desk_about_streams_and_about_nothing_else() -> None:
    assert [
        "authMethod: http",
        f"authHTTPAddress: {HOOK}",
        "authHTTPExclude:",
        "  - action: api",
        "  - action: metrics",
        "  - action: pprof",
        "api: true",
        "apiAddress: 127.0.0.1:9997",
        "  '~^live/[0-9a-hjkmnp-tv-z]{6}$':",
        "    overridePublisher: true",
    ] == settings()


def test_shows_nobody_the_secret_by_accident() -> None:
    assert HOOK not in repr(lines(SERVER, HOOK))


@pytest.mark.parametrize(
    ("control_url", "address"),
    [
        ("", "127.0.0.1:9997"),
        ("http://127.0.0.1:9001", "127.0.0.1:9001"),
        ("http://localhost:9997/", "localhost:9997"),
        ("http://[::1]:9997", "[::1]:9997"),
        ("http://127.0.0.1", "127.0.0.1:80"),
        ("https://live.example.org/api", "127.0.0.1:9997"),
    ],
)
def test_the_api_has_no_password_and_listens_to_this_machine_alone(
    control_url: str, address: str
) -> None:
    server = replace(SERVER, control_url=control_url)

    assert f"apiAddress: {address}" in settings(server)
    assert ("control=http://127.0.0.1:9997" in text(server)) is (control_url == "")


@pytest.mark.parametrize(
    ("ingest_url", "path"),
    [
        ("rtmp://h/live/{path}", "live/k7q2mf"),
        ("rtmp://h/live", "live/k7q2mf"),
        ("rtmp://h/a-b.c/d_e/{path}", "a-b.c/d_e/k7q2mf"),
        ("rtsp://h:8554/{path}", "k7q2mf"),
        ("srt://h:8890?streamid=publish:live/{path}&pkt_size=1316", "live/k7q2mf"),
        ("rtmp://h/live/{path}-main", "live/k7q2mf-main"),
    ],
)
def test_the_path_is_that_of_the_reservations_streams(ingest_url: str, path: str) -> None:
    server = replace(SERVER, ingest_url=ingest_url)
    found = re.search(r"^  '~(.*)':$", text(server), re.MULTILINE)

    assert found
    assert re.search(found[1], path)
    for other in (f"x{path}", f"{path}x", path.replace(".", "x"), path.upper(), "live/other"):
        assert other == path or not re.search(found[1], other)


@pytest.mark.parametrize(
    "ingest_url",
    [
        "rtmp://h/live app/{path}",
        "rtmp://h/li've/{path}",
        "rtmp://h/{path}/{path}",
        "https://h:8889/live/{path}/whip",
    ],
)
def test_where_there_is_nothing_to_paste_it_says_why(ingest_url: str) -> None:
    (piece,) = lines(replace(SERVER, ingest_url=ingest_url), HOOK)

    assert "nowhere yet" == piece.where
    assert piece.text.startswith("# ")
    assert HOOK not in piece.text


async def test_with_these_lines_holders_publish_as_the_desk_tells_them() -> None:
    addresses = {
        "rtmp": "rtmp://h/live/{path}",
        "rtsp": "rtsp://h:8554/live/{path}",
        "srt": "srt://h:8890?streamid=publish:live/{path}",
    }
    async with answering(MediamtxDialect(), by_secret) as desk, open_mediamtx(desk.hook_url) as on:
        for protocol, ingest_url in addresses.items():
            server = replace(SERVER, ingest_url=ingest_url)
            found = re.search(r"^  '~(.*)':$", text(server), re.MULTILINE)
            assert found
            on.server.path = found[1]
            told = ingest(server, "K7Q-2MF", "right")
            match protocol:
                case "rtmp":
                    await on.server.rtmp("publish", f"{told.address}/{told.key}")
                case "rtsp":
                    await on.server.rtsp("publish", told.address)
                case "srt":
                    await on.server.srt(told.address.partition("streamid=")[2])
            assert 1 == len(on.server.publishers("live/k7q2mf"))


async def test_a_desk_elsewhere_comes_in_through_nginx(tmp_path: Path) -> None:
    require_programs("nginx")
    port = free_port()
    url = f"http://127.0.0.1:{port}/mtx"
    *_, guard = lines(replace(SERVER, control_url="https://live.example.org/mtx"), HOOK)
    assert "nginx.conf, within the server { } that answers at https://live.example.org" == (
        guard.where
    )
    async with answering(MediamtxDialect(), by_secret) as desk, open_mediamtx(desk.hook_url) as on:
        api = on.server.control_url.partition("://")[2].rstrip("/")
        (tmp_path / "passwords").write_text("desk:{PLAIN}hush\n")
        adapted = guard.text.replace("127.0.0.1:9997", api)
        adapted = adapted.replace("/etc/nginx/mediamtx.htpasswd", str(tmp_path / "passwords"))
        await on.server.rtmp("publish", "rtmp://h/live/k7q2mf?key=right")
        async with nginx(tmp_path, port, adapted):
            stranger, control = [
                MediamtxControl(ControlAddress(url, "desk", one)) for one in ("guess", "hush")
            ]
            with pytest.raises(ControlError):
                await stranger.running()
            (one,) = await control.running()
            await control.kick(one)
            assert not await control.running()
            http = ControlHttp(ControlAddress(url, "desk", "hush"))
            assert {404} == {(await http.ask("GET", path))[0] for path in CLOSED}
            for each in (stranger, control, http):
                await each.close()
    assert not any("config" in call for call in on.api.calls)


CLOSED = ["/v3/config/global/get", "/v3/paths/list/../../config/global/get", "/v3/info", "/"]


@asynccontextmanager
async def nginx(folder: Path, port: int, inside: str) -> AsyncIterator[None]:
    """Run an nginx that has these lines within its one server."""
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; events {{}} user root;\n"
        f"http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};\n"
        f"server {{ listen 127.0.0.1:{port};\n{inside}\n}} }}\n"
    )
    process = await asyncio.create_subprocess_exec(
        *("nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "errors"),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        async with asyncio.timeout(SOON):
            while not answers(port):
                assert process.returncode is None, (folder / "errors").read_text()
                await asyncio.sleep(_LOOK)  # nginx says nothing when it is ready
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), SOON)
