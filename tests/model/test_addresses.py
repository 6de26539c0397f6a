"""What holders and watchers enter, by the kind of server; and what streams are called there."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.form.text import parse_passcode, parse_watch_user
from core.access.credentials import ALPHABET, read_code
from core.model.addresses import (
    Ingest,
    code_of,
    for_player,
    ingest,
    path_in,
    path_of,
    stream_of,
)
from core.model.server import ServerKind
from tests.desks import make_server

CODE, PATH, KEY = "K7Q-2MF", "k7q2mf", "8sT-1Yb_0oR4mWq7"
NGINX, SRS = ServerKind.NGINX_RTMP, ServerKind.SRS
MEDIAMTX, ICECAST = ServerKind.MEDIAMTX, ServerKind.ICECAST
SRT = "srt://live.example.org:8890?streamid=publish:live/{path}"
CODES = st.text(ALPHABET, min_size=6, max_size=6).map(read_code)
PASSCODES = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=64
).filter(lambda text: text == parse_passcode(text))


@pytest.mark.parametrize(
    ("kind", "url", "entered"),
    [
        *(
            (kind, url, Ingest("rtmp://live.example.org/live", f"{PATH}?key={KEY}"))
            for kind in (NGINX, SRS)
            for url in (
                "rtmp://live.example.org/live/{path}",
                "rtmp://live.example.org/live",
                "rtmp://live.example.org/live/",
            )
        ),
        (
            NGINX,
            "rtmps://[2001:db8::5]:1936/a/b/show-{path}",
            Ingest("rtmps://[2001:db8::5]:1936/a/b", f"show-{PATH}?key={KEY}"),
        ),
        (
            MEDIAMTX,
            "rtmp://live.example.org/live",
            Ingest("rtmp://live.example.org/live", f"{PATH}?user=publish&pass={KEY}"),
        ),
        (
            MEDIAMTX,
            "rtsp://live.example.org:8554/live/{path}",
            Ingest(f"rtsp://publish:{KEY}@live.example.org:8554/live/{PATH}"),
        ),
        (
            MEDIAMTX,
            SRT,
            Ingest(
                f"srt://live.example.org:8890?streamid=publish:live/{PATH}:publish:{KEY}",
            ),
        ),
        (
            MEDIAMTX,
            "srt://live.example.org:8890?mode=caller&streamid=publish:live/{path}&pkt_size=1316",
            Ingest(
                "srt://live.example.org:8890?mode=caller"
                f"&streamid=publish:live/{PATH}:publish:{KEY}&pkt_size=1316",
            ),
        ),
        (
            ICECAST,
            "icecast://live.example.org:8000/{path}.ogg",
            Ingest(f"icecast://live.example.org:8000/{PATH}.ogg", KEY, "source"),
        ),
        (
            ICECAST,
            "icecast://live.example.org:8000",
            Ingest(f"icecast://live.example.org:8000/{PATH}", KEY, "source"),
        ),
        (ServerKind.LINK, "", Ingest()),
    ],
)
def test_the_holder_enters_what_the_kind_of_server_takes(
    kind: ServerKind, url: str, entered: Ingest
) -> None:
    assert entered == ingest(make_server(kind=kind, ingest_url=url), CODE, KEY)


@pytest.mark.parametrize(
    ("url", "stream"),
    [
        ("rtmp://live.example.org/live/{path}", f"live/{PATH}"),
        ("rtmp://live.example.org/live", f"live/{PATH}"),
        ("icecast://live.example.org:8000/{path}.ogg", f"{PATH}.ogg"),
        ("icecast://live.example.org:8000/", PATH),
        (SRT, f"live/{PATH}"),
        ("srt://live.example.org:8890?streamid=publish%3Alive%2F{path}", f"live/{PATH}"),
        ("srt://live.example.org:8890", PATH),
    ],
)
def test_a_stream_is_called_as_it_is_published(url: str, stream: str) -> None:
    server = make_server(kind=MEDIAMTX, ingest_url=url)

    assert stream == stream_of(server, PATH)
    assert PATH == path_in(server, stream)
    for other in (f"x{stream}", f"{stream}x", stream.upper(), stream.replace(PATH, "k7q2mi")):
        assert "" == path_in(server, other)


@given(CODES)
def test_a_path_is_made_of_the_code_and_gives_it_back(code: str) -> None:
    assert code == code_of(path_of(code))
    assert path_of(code).islower() or path_of(code).isdecimal()


WATCH = {
    "rtmp": f"rtmp://live.example.org/live/{PATH}",
    "rtsp": f"rtsp://live.example.org:8554/live/{PATH}",
    "srt": f"srt://live.example.org:8890?streamid=read:live/{PATH}&latency=200",
    "http": f"https://live.example.org/hls/{PATH}.m3u8",
}


@pytest.mark.parametrize(
    ("kind", "url", "opened"),
    [
        (NGINX, WATCH["rtmp"], f"{WATCH['rtmp']}?user=guest-3&pass=a%26b"),
        (SRS, f"{WATCH['rtmp']}?vhost=x", f"{WATCH['rtmp']}?vhost=x&user=guest-3&pass=a%26b"),
        (MEDIAMTX, WATCH["rtsp"], f"rtsp://guest-3:a%26b@live.example.org:8554/live/{PATH}"),
        (
            MEDIAMTX,
            WATCH["srt"],
            f"srt://live.example.org:8890?streamid=read:live/{PATH}:guest-3:a%26b&latency=200",
        ),
        (SRS, WATCH["http"], f"{WATCH['http']}?user=guest-3&pass=a%26b"),
        *((kind, WATCH["http"], "") for kind in (NGINX, MEDIAMTX, ICECAST)),
        (MEDIAMTX, "srt://live.example.org:8890", ""),
        *((ServerKind.LINK, url, "") for url in WATCH.values()),
    ],
)
def test_a_player_that_asks_for_nothing_is_given_it_in_the_address(
    kind: ServerKind, url: str, opened: str
) -> None:
    assert opened == for_player(kind, url, "guest-3", "a&b")
    assert "" == for_player(kind, url, "guest-3", "")


@given(st.sampled_from(["rtmp", "rtsp", "srt"]), PASSCODES)
def test_any_passcode_comes_through_an_address_as_it_is(scheme: str, passcode: str) -> None:
    user = "a!b;c'd-7"
    assert user == parse_watch_user(user)

    opened = for_player(MEDIAMTX, WATCH[scheme], user, passcode)

    parts = urlsplit(opened)
    match scheme:
        case "rtmp":
            asked = parse_qs(parts.query)
            assert ([user], [passcode]) == (asked["user"], asked["pass"])
        case "rtsp":
            given_there = (unquote(parts.username or ""), unquote(parts.password or ""))
            assert (user, passcode) == given_there
        case _ if ":" in passcode:
            assert "" == opened
        case _:
            (stream_id,) = parse_qs(parts.query)["streamid"]
            assert ["read", f"live/{PATH}", user, passcode] == stream_id.split(":")


def test_an_address_too_long_to_be_shown_whole_is_not_made() -> None:
    url = f"rtmp://live.example.org/{'x' * 470}"

    assert "" == for_player(NGINX, url, "guest", "7HQ2KMW9XT")


@pytest.mark.parametrize("url", [SRT, "rtmp://live.example.org/live"])
def test_what_holds_a_key_does_not_show_it_by_itself(url: str) -> None:
    assert KEY not in repr(ingest(make_server(kind=MEDIAMTX, ingest_url=url), CODE, KEY))


def test_nginx_takes_no_address_whose_credentials_it_would_cut() -> None:
    url = "rtmp://live.example.org/live/k7q2mf"
    fits, too_long = "!" * 76, "!" * 80  # each becomes three octets

    assert for_player(ServerKind.NGINX_RTMP, url, "guest", fits)
    assert for_player(ServerKind.NGINX_RTMP, url, "guest", too_long) == ""
    assert for_player(ServerKind.SRS, url, "guest", too_long)
