"""What operators paste into nginx.conf, for servers of every form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.configuration.nginx_rtmp import lines
from core.model.server import Server, ServerKind
from tests.gate.nginx import place
from tests.gate.packages import require_programs

HOOK = "http://10.0.0.5:8080/gate/1-0-a_signature-of_the_desk"
SERVER = Server(
    1,
    "Studio",
    ServerKind.NGINX_RTMP,
    ZoneInfo("UTC"),
    "https://live.example.org/hls/{path}.m3u8",
    "rtmp://live.example.org/live/{path}",
)


def text(server: Server, hook_url: str = HOOK) -> str:
    return "\n".join(piece.text for piece in lines(server, hook_url))


def test_says_where_each_piece_goes() -> None:
    assert [
        "nginx.conf, at its top, in place of the directives of these names that stand there",
        "nginx.conf, at its end, outside of http { }",
        "nginx.conf, within http { }",
        "nginx.conf, within the server { } that answers at https://live.example.org",
    ] == [piece.where for piece in lines(SERVER, HOOK)]


def test_asks_about_everything_and_nothing_that_would_cut_a_running_stream() -> None:
    written = text(SERVER)

    for asked in (
        f"on_publish {HOOK}/publish;",
        f"on_play {HOOK}/play;",
        f"on_publish_done {HOOK}/done;",
        f"on_play_done {HOOK}/done;",
        f"proxy_pass {HOOK}/hls;",
        "auth_request /callboard-hls;",
    ):
        assert 1 == written.count(asked)
    assert "on_update " not in written.replace("No on_update", "")
    assert "worker_processes 1;" in written
    assert "rtmp_auto_push off;" in written


def test_shows_nobody_the_secret_by_accident() -> None:
    assert HOOK not in repr(lines(SERVER, HOOK))


@pytest.mark.parametrize(
    ("hook_url", "told"), [(HOOK, False), (HOOK.replace("http", "https"), True)]
)
def test_says_where_the_module_cannot_reach_the_desk(hook_url: str, told: bool) -> None:
    first = lines(SERVER, hook_url)[0].text

    assert told is ("CALLBOARD_GATE_URL" in first)
    assert told is first.startswith("# THIS WILL NOT WORK YET: ")


@pytest.mark.parametrize(
    ("ingest_url", "listen", "application"),
    [
        ("rtmp://live.example.org/live/{path}", "listen 1935;", "application live {"),
        ("rtmp://live.example.org:19350/a/b", "listen 19350;", "application a/b {"),
        ("rtmps://live.example.org/x/", "listen 127.0.0.1:1935 proxy_protocol;", "application x {"),
    ],
)
def test_listens_where_holders_publish(ingest_url: str, listen: str, application: str) -> None:
    written = text(replace(SERVER, ingest_url=ingest_url))

    assert f"        {listen}\n" in written
    assert f"        {application}\n" in written


@pytest.mark.parametrize(
    ("watch_url", "location", "nested"),
    [
        ("http://live.example.org:8000/hls/{path}.m3u8", "/hls/", "off"),
        ("https://live.example.org/a/b/{path}/index.m3u8", "/a/b/", "on"),
        ("https://live.example.org/{path}.m3u8", "/", "off"),
    ],
)
def test_guards_the_place_where_the_audience_watches(
    watch_url: str, location: str, nested: str
) -> None:
    written = text(replace(SERVER, watch_url=watch_url))

    assert f"location ^~ {location} {{\n" in written
    assert f"            hls_nested {nested};\n" in written


def test_where_nobody_watches_over_http_there_is_no_hls() -> None:
    pieces = lines(replace(SERVER, watch_url="rtmp://live.example.org/live/{path}"), HOOK)

    assert 3 == len(pieces)
    assert not any("hls" in piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("control_url", "listen", "allowed", "location"),
    [
        ("", "127.0.0.1:8081", "127.0.0.1", "/control"),
        ("http://127.0.0.1:9000", "127.0.0.1:9000", "::1", "/control"),
        ("http://[::1]:9000", "[::1]:9000", "::1", "/control"),
        ("http://live.example.org:9000", "9000", "10.0.0.5", "/control"),
        ("http://live.example.org/rtmp", "80", "10.0.0.5", "/rtmp/control"),
    ],
)
def test_lets_the_desk_alone_end_connections(
    control_url: str, listen: str, allowed: str, location: str
) -> None:
    control = lines(replace(SERVER, control_url=control_url), HOOK)[2].text

    assert f"    listen {listen};\n" in control
    assert 2 == control.count(f"        allow {allowed};")
    assert 2 == control.count("        deny all;\n")
    assert f"    location {location} {{\n" in control
    assert (not control_url) is ("# Tell the desk: control=http://127.0.0.1:8081\n" in control)


def test_a_control_interface_with_tls_is_part_of_the_server_that_has_it() -> None:
    control = lines(replace(SERVER, control_url="https://live.example.org/rtmp"), HOOK)[2]

    assert control.where.endswith("within the server { } that answers at https://live.example.org")
    assert control.text.startswith("location /rtmp/control {\n")


@pytest.mark.parametrize(
    "server",
    [
        replace(SERVER, ingest_url=""),
        replace(SERVER, ingest_url="rtmp://live.example.org/{path}"),
        replace(SERVER, ingest_url="rtmp://live.example.org/live/show-{path}"),
        replace(SERVER, ingest_url="rtmp://live.example.org/a;exec evil;#/{path}"),
        replace(SERVER, ingest_url="rtmp://live.example.org/a$b/{path}"),
        replace(SERVER, watch_url="https://live.example.org/watch"),
        replace(SERVER, watch_url="https://live.example.org/hls/show-{path}.m3u8"),
        replace(SERVER, watch_url='https://live.example.org/"h/{path}.m3u8'),
        replace(SERVER, control_url="http://127.0.0.1:8081/a;b"),
    ],
)
def test_where_nothing_can_be_pasted_it_says_why(server: Server) -> None:
    [piece] = lines(server, HOOK)

    assert "nowhere yet" == piece.where
    assert piece.text.startswith("# The ")
    assert 1 == len(piece.text.splitlines())
    assert HOOK not in piece.text


@pytest.mark.parametrize(
    ("watch_url", "ingest_url"),
    [
        (SERVER.watch_url, SERVER.ingest_url),
        ("rtmp://live.example.org/live/{path}", SERVER.ingest_url),
        ("https://live.example.org/a.b/c-d/{path}/index.m3u8", SERVER.ingest_url),
        ("https://live.example.org/{path}.m3u8", "rtmps://live.example.org/a/b/{path}"),
    ],
)
@pytest.mark.parametrize("under", ["", "/rtmp"])
async def test_nginx_takes_it(tmp_path: Path, watch_url: str, ingest_url: str, under: str) -> None:
    require_programs("nginx", "nginx-rtmp")
    nginx = place(tmp_path)
    control_url = f"{nginx.control_url}{under}"
    server = replace(SERVER, watch_url=watch_url, ingest_url=ingest_url, control_url=control_url)

    assert await nginx.takes(HOOK, server), nginx.logged()
