"""What operators paste into srs.conf, for servers of every form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from adapters.gate_srs import SrsDialect
from bot.configuration.srs import lines
from core.model.addresses import ingest
from core.model.server import Server, ServerKind
from tests.gate.answering import answering, by_secret
from tests.gate.srs import open_srs

HOOK = "http://10.0.0.5:8080/gate/1-0-a_signature-of_the_desk"
SERVER = Server(
    1,
    "Studio",
    ServerKind.SRS,
    ZoneInfo("UTC"),
    "rtmp://live.example.org/live/{path}",
    "rtmp://live.example.org/live/{path}",
)


def text(server: Server = SERVER) -> str:
    return "\n".join(piece.text for piece in lines(server, HOOK))


def directives(server: Server = SERVER) -> list[str]:
    """Read the pieces as SRS reads its configuration: words up to a semicolon, blocks in braces."""
    return list(_within(re.findall(r"#[^\n]*|[{};]|[^\s{};]+", text(server))))


def _within(tokens: list[str]) -> Iterator[str]:
    path: list[str] = []
    words: list[str] = []
    for token in tokens:
        match token[0]:
            case "#":
                continue
            case "{":
                path.append(" ".join(words))
            case "}":
                assert not words
                path.pop()
            case ";":
                yield "/".join([*path, " ".join(words)])
            case _:
                words.append(token)
                continue
        words = []
    assert not path
    assert not words


def test_says_where_each_piece_goes() -> None:
    assert ["top", "http_api", "__defaultVhost__"] == [
        next(word for word in ("top", "http_api", "__defaultVhost__") if word in piece.where)
        for piece in lines(SERVER, HOOK)
    ]


def test_asks_the_desk_and_keeps_the_rest_shut() -> None:
    assert [
        "srs_log_level warn",
        "http_api/enabled on",
        "http_api/listen 127.0.0.1:1985",
        "http_api/crossdomain off",
        "http_api/raw_api/enabled off",
        "http_hooks/enabled on",
        f"http_hooks/on_publish {HOOK}",
        f"http_hooks/on_unpublish {HOOK}",
        f"http_hooks/on_play {HOOK}",
        f"http_hooks/on_stop {HOOK}",
        "hls/enabled off",
    ] == directives()


def test_shows_nobody_the_secret_by_accident() -> None:
    assert HOOK not in repr(lines(SERVER, HOOK))


@pytest.mark.parametrize(
    ("control_url", "listen", "password"),
    [
        ("", "127.0.0.1:1985", False),
        ("http://127.0.0.1:1986", "127.0.0.1:1986", False),
        ("http://localhost", "localhost:80", False),
        ("http://[::1]:1985", "[::1]:1985", False),
        ("http://live.example.org:1985", "1985", True),
        ("http://live.example.org", "80", True),
        ("https://live.example.org/srs", "127.0.0.1:1985", True),
    ],
)
def test_the_api_is_for_this_machine_or_has_a_password(
    control_url: str, listen: str, *, password: bool
) -> None:
    server = replace(SERVER, control_url=control_url)

    assert f"http_api/listen {listen}" in directives(server)
    assert ("http_api/auth/enabled on" in directives(server)) is password
    assert ("control=http://127.0.0.1:1985" in text(server)) is (control_url == "")


@pytest.mark.parametrize("scheme", ["http", "https", "HTTPS"])
def test_says_that_hls_is_not_guarded(scheme: str) -> None:
    server = replace(SERVER, watch_url=f"{scheme}://live.example.org/live/{{path}}.m3u8")

    assert "HLS IS NOT GUARDED" in text(server)
    assert not [one for one in directives(server) if one.startswith("hls")]
    assert "HLS IS NOT GUARDED" not in text()


@pytest.mark.parametrize(
    "ingest_url",
    [
        "rtmp://h/{path}",
        "rtmp://h",
        "rtmp://h/live/{path}-main",
        "rtmp://h/li;ve/{path}",
        "rtmp://h/live app/{path}",
        "rtmp://h/{path}/{path}",
    ],
)
def test_where_there_is_nothing_to_paste_it_says_why(ingest_url: str) -> None:
    (piece,) = lines(replace(SERVER, ingest_url=ingest_url), HOOK)

    assert "nowhere yet" == piece.where
    assert piece.text.startswith("# ")
    assert HOOK not in piece.text


@pytest.mark.parametrize("ingest_url", ["rtmp://h/live/{path}", "rtmp://h/live?vhost=stage"])
@pytest.mark.parametrize("version", [(4, 0, 271), (5, 0, 213), (7, 0, 18)])
async def test_with_these_lines_holders_publish_as_the_desk_tells_them(
    ingest_url: str, version: tuple[int, int, int]
) -> None:
    told = ingest(replace(SERVER, ingest_url=ingest_url), "K7Q-2MF", "right")
    async with answering(SrsDialect(), by_secret) as desk:
        async with open_srs(desk.hook_url, version) as running:
            await running.server.publish(told.address, told.key)

        assert ["live/k7q2mf"] == [asked.stream for asked in desk.asked]
