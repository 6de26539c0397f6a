"""What nginx asks about HLS files, and what a client may have it ask."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from adapters.gate_nginx_rtmp import NginxRtmpDialect
from core.gate.hooks import Answer, Hook, Unreadable
from core.model.gate import Access, Admit, Asked, Reason, Refuse

NOW = datetime(2026, 12, 4, 18, 30, tzinfo=UTC)
TICKET = "1f-0-3-a_signed_ticket"
DIALECT = NginxRtmpDialect()


def read_file(uri: str, authorization: str = "", address: str = "192.0.2.7") -> object:
    headers = {"x-original-uri": uri, "x-original-address": address}
    return DIALECT.read(Hook("hls", "", {**headers, "authorization": authorization}, b""))


def basic(pair: str | bytes) -> str:
    raw = pair.encode() if isinstance(pair, str) else pair
    return f"Basic {b64encode(raw).decode()}"


@pytest.mark.parametrize(
    ("uri", "path", "ticket"),
    [
        ("/hls/k7q2mf.m3u8", "k7q2mf", ""),
        ("/hls/k7q2mf-0.ts", "k7q2mf", ""),
        ("/hls/k7q2mf-1764864000.ts", "k7q2mf", ""),
        ("/hls/k7q2mf/index.m3u8", "k7q2mf", ""),
        ("/hls/k7q2mf/12.ts", "k7q2mf", ""),
        ("/k7q2mf.m3u8", "k7q2mf", ""),
        ("/a.b/c~d_e-f/k7q2mf.m3u8", "k7q2mf", ""),
        ("/hls/k7q2mf.m3u8?", "k7q2mf", ""),
        ("/hls/k7q2mf.m3u8?a=/aaaaaa.m3u8", "k7q2mf", ""),
        ("/hls/aaaaaa/k7q2mf.m3u8", "k7q2mf", ""),
        (f"/hls/~{TICKET}/k7q2mf.m3u8", "k7q2mf", TICKET),
        (f"/hls/~{TICKET}/k7q2mf-3.ts", "k7q2mf", TICKET),
        (f"/hls/~{TICKET}/k7q2mf/index.m3u8", "k7q2mf", TICKET),
        (f"/~{TICKET}/k7q2mf/12.ts", "k7q2mf", TICKET),
    ],
)
def test_asks_about_a_file(uri: str, path: str, ticket: str) -> None:
    expected = Asked(Access.WATCH, path=path, ticket=ticket, address="192.0.2.7")

    assert expected == read_file(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "k7q2mf.m3u8",
        "/hls/",
        "/hls/k7q2mf",
        "/hls/k7q2mf/",
        "/hls/k7q2mf.mp4",
        "/hls/k7q2mf.m3u8/",
        "/hls/k7q2mf.m3u8.bak",
        "/hls/k7q2mf-.ts",
        "/hls/k7q2mf-٣.ts",
        "/hls/k7q2mf_low.m3u8",
        "/hls/K7Q2MF.m3u8",
        "/hls/k7q2m.m3u8",
        "/hls/k7q2mfx.m3u8",
        "/hls/k7q2mi.m3u8",  # no letter of a path
        "/hls/k7q2mf.m3u8\n",
        "//hls/k7q2mf.m3u8",
        "/hls//k7q2mf.m3u8",
        "/hls/./k7q2mf.m3u8",
        "/hls/../k7q2mf.m3u8",
        "/hls/.../k7q2mf.m3u8",
        "/hls/%6B7q2mf.m3u8",
        "/hls%2Fk7q2mf.m3u8",
        "/hls/k7q2mf%2Em3u8",
        "/hls/k7q2mf.m3u8%3F",
        "/hls/k7q2mf.m3u8#",
        "/hls/a;b/k7q2mf.m3u8",
        "/hls/a\\b/k7q2mf.m3u8",
        "/hls/~/k7q2mf.m3u8",
        "/hls/~a/~b/k7q2mf.m3u8",
        "/hls/~a/b/k7q2mf.m3u8",
        "/hls/~a.b/k7q2mf.m3u8",
        "/hls/~a%2F/k7q2mf.m3u8",
        "/hls/k7q2mf/~a/index.m3u8",
    ],
)
def test_a_file_that_could_be_another_is_unreadable(uri: str) -> None:
    assert Unreadable("that is no file of a stream") == read_file(uri)


@pytest.mark.parametrize(
    ("authorization", "user", "secret"),
    [
        (basic("ann:word"), "ann", "word"),
        (basic("ann:wo:rd:"), "ann", "wo:rd:"),
        (basic("ü x:pässwörd ☃"), "ü x", "pässwörd ☃"),
        (basic(":word"), "", "word"),
        (basic("ann:"), "ann", ""),
        (basic("ann:word").replace("Basic ", "bASIC  "), "ann", "word"),
        ("Bearer YW5uOndvcmQ=", "", ""),
        ("", "", ""),
    ],
)
def test_credentials_for_a_file(authorization: str, user: str, secret: str) -> None:
    expected = Asked(Access.WATCH, path="k7q2mf", user=user, secret=secret, address="192.0.2.7")

    assert expected == read_file("/hls/k7q2mf.m3u8", authorization)


def test_a_ticket_stands_instead_of_credentials() -> None:
    heard = read_file(f"/hls/~{TICKET}/k7q2mf.m3u8", basic("ann:word"))

    assert Asked(Access.WATCH, path="k7q2mf", ticket=TICKET, address="192.0.2.7") == heard


@pytest.mark.parametrize(
    "authorization",
    [
        basic("ann"),
        basic(b"ann:w\xf6rd"),
        basic("ann:wo\x00rd"),
        basic("an\nn:word"),
        "Basic YW5uOndvcmQ",
        "Basic YW5u*OndvcmQ=",
        "Basic ü",
        "Basic \udcff",
        "Basic",
    ],
)
def test_credentials_that_are_none_are_unreadable(authorization: str) -> None:
    assert isinstance(read_file("/hls/k7q2mf.m3u8", authorization), Unreadable)


def test_an_address_that_is_none_is_unreadable() -> None:
    assert isinstance(read_file("/hls/k7q2mf.m3u8", address="\udcff"), Unreadable)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (reason, 401 if reason in {"nothing_given", "wrong", "unknown"} else 403)
        for reason in Reason
    ],
)
def test_who_may_watch_with_other_credentials_is_asked_for_them(
    reason: Reason, status: int
) -> None:
    file = Asked(Access.WATCH, path="k7q2mf", user="ann")
    by_ticket = Asked(Access.WATCH, path="k7q2mf", ticket=TICKET)

    answer = DIALECT.answer(file, Refuse(reason), NOW)

    assert status == answer.status
    expected = {"WWW-Authenticate": 'Basic realm="Callboard", charset="UTF-8"'}
    assert (expected if status == 401 else {}) == answer.headers
    assert Answer(403) == DIALECT.answer(by_ticket, Refuse(reason), NOW)


def test_whoever_may_watch_is_answered_with_yes() -> None:
    admit = Admit(NOW, reservation_id=1, access_serial=1)

    assert Answer(204) == DIALECT.answer(Asked(Access.WATCH, path="k7q2mf"), admit, NOW)


def test_a_hook_without_headers_is_unreadable() -> None:
    assert isinstance(DIALECT.read(Hook("hls", "", {}, b"")), Unreadable)
