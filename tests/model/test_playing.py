"""Where a browser plays from: by kind of server and address, and never out of the page's policy."""

from __future__ import annotations

import pytest

from core.model.playing import Playing, playing
from core.model.server import ServerKind

NGINX, ICECAST, MEDIAMTX, SRS = (
    ServerKind.NGINX_RTMP,
    ServerKind.ICECAST,
    ServerKind.MEDIAMTX,
    ServerKind.SRS,
)
HLS = "https://live.example.org/hls/k7q2mf.m3u8"


@pytest.mark.parametrize(
    ("kind", "watch_url", "played"),
    [
        (NGINX, HLS, "https://live.example.org/hls/~T/k7q2mf.m3u8"),
        (
            NGINX,
            "https://live.example.org:8443/a/k7q2mf/index.m3u8?x=1",
            "https://live.example.org:8443/a/~T/k7q2mf/index.m3u8?x=1",
        ),
        (ICECAST, "http://radio.example/k7q2mf.mp3", "http://radio.example/k7q2mf.mp3?ticket=T"),
        (MEDIAMTX, f"{HLS}?a=b", f"{HLS}?a=b&ticket=T"),
        (SRS, "https://[2001:db8::1]:8080/live/k7q2mf.m3u8", None),
    ],
)
def test_the_ticket_stands_where_its_server_passes_it_on(
    kind: ServerKind, watch_url: str, played: str | None
) -> None:
    found = playing(kind, watch_url, "k7q2mf", "T")
    assert found is not None
    assert (played or f"{watch_url}?ticket=T") == found.url
    assert found.sound is (kind is ICECAST)


@pytest.mark.parametrize(
    ("kind", "watch_url"),
    [
        (NGINX, "rtmp://live.example.org/live/k7q2mf"),
        (NGINX, "https://live.example.org/watch"),
        (NGINX, "https://live.example.org/hls/other.m3u8"),
        (ServerKind.LINK, HLS),
        (MEDIAMTX, "https://user:word@live.example.org/k7q2mf.m3u8"),
        (MEDIAMTX, "https://live.example.org;script-src *;x/k7q2mf.m3u8"),
        (MEDIAMTX, "https://live.example.org 'unsafe-inline'/k7q2mf.m3u8"),
    ],
)
def test_what_no_browser_plays_or_no_policy_can_name_is_not_played(
    kind: ServerKind, watch_url: str
) -> None:
    assert playing(kind, watch_url, "k7q2mf", "T") is None


def test_without_a_ticket_the_address_is_as_it_was() -> None:
    assert Playing(HLS, sound=False, origin="https://live.example.org") == playing(
        NGINX, HLS, "k7q2mf", ""
    )
