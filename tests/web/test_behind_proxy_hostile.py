"""Behind a real TLS proxy set up as the README says: what is refused, and how much it takes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.web.tries import MOST
from core.model.reservation import Reservation, Status
from core.usecases.look import Shown, show
from tests.databases import SqliteFiles
from tests.gate.studio import ANN, OLGA
from tests.web.proxied import Proxied, asking, open_proxied

_CRLF = "\r\n"
_SMUGGLED = "once=x"  # as a form; and as chunks that end at once, with more behind them
_FRAMINGS = {
    "both lengths": ("Content-Length: 6", "Transfer-Encoding: chunked"),
    "chunked hidden": ("Content-Length: 6", "Transfer-Encoding : chunked"),
    "chunked twice": ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    "chunked in disguise": ("Content-Length: 6", "Transfer-Encoding: xchunked"),
    "chunked on a line of its own": ("Content-Length: 6", "Transfer-Encoding:\r\n chunked"),
    "two lengths": ("Content-Length: 6", "Content-Length: 60"),
    "a length with a sign": ("Content-Length: +6",),
}


BOTH_WAYS = pytest.mark.parametrize(
    "house", [False, True], ids=["leaves-the-prefix", "takes-it-off"], indirect=True
)


@pytest.fixture
async def house(
    request: pytest.FixtureRequest, sqlite_files: SqliteFiles, tmp_path: Path
) -> AsyncIterator[Proxied]:
    takes_off: bool = getattr(request, "param", False)
    async with open_proxied(sqlite_files.fresh(), tmp_path, takes_off=takes_off) as opened:
        yield opened


@pytest.fixture
async def made(house: Proxied) -> Reservation:
    return await house.reserve()


async def is_untouched(house: Proxied, made: Reservation) -> bool:
    """Tell whether a reservation is as it was made."""
    shown = await house.studio.app.desk.read(show, house.studio.olga, made.code)
    assert isinstance(shown, Shown)
    return (shown.reservation.status, shown.reservation.revision) == (Status.PERMITTED, 1)


def written(method: str, path: str, host: str, *headers: str, body: str = "") -> bytes:
    """Write a request down, to the octet."""
    lines = (f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers)
    return f"{_CRLF.join(lines)}{_CRLF * 2}{body}".encode()


def statuses(answered: bytes) -> list[int]:
    """List the statuses of all answers that came on one connection."""
    return [int(one) for one in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answered)]


@BOTH_WAYS
async def test_another_host_is_refused(house: Proxied, made: Reservation) -> None:
    assert made
    page = (await house.mailed(ANN, "join")).removeprefix(house.proxy.origin)
    own = f"localhost:{house.proxy.port}"
    for host, headers, answers in (
        (own, (), {200}),
        (own.upper(), (), {200}),
        (own, ("X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"), {200}),
        ("evil.example", (), {421}),
        (f"evil.example:{house.proxy.port}", (f"X-Forwarded-Host: {own}",), {421}),
        (f"{own}.evil.example", (), {400, 421}),
        (f"{own}@evil.example", (), {400, 421}),
        ("", (), {400, 421}),
    ):
        answered = await house.proxy.raw(written("GET", page, host, *headers))
        (status,) = statuses(answered)
        assert status in answers, (host, headers)
        assert b"evil.example" not in answered
    # a whole address in the request's first line does not get around it
    whole = written("GET", f"{house.proxy.origin}{page}", "evil.example")
    assert b"Premiere" not in await house.proxy.raw(whole)


async def test_limits_count_by_what_the_proxy_says_and_not_by_what_a_client_says(
    house: Proxied, made: Reservation
) -> None:
    assert made
    page = await house.mailed(ANN, "join")
    async with asking(house.proxy, "127.0.0.2") as guesser:
        seen = []
        for number in range(MOST + 1):
            spoofed = {"X-Forwarded-For": f"10.0.0.{number}", "X-Real-IP": f"10.0.1.{number}"}
            async with guesser.get(f"{page}{number}", headers=spoofed) as answer:
                seen.append(answer.status)
        async with guesser.get(page, headers={"X-Forwarded-For": "10.9.9.9"}) as answer:
            seen.append(answer.status)
    assert [404] * MOST + [429, 429] == seen
    assert 200 == (await house.get(page)).status


@BOTH_WAYS
async def test_what_programs_ask_is_not_for_the_public(house: Proxied) -> None:
    own = f"localhost:{house.proxy.port}"
    for path in (
        "/metrics",
        "/desk/metrics",
        "/desk/desk/metrics",
        "/desk//metrics",
        "/desk/../metrics",
        "/desk/%2e%2e/metrics",
        "/desk/%2E%2E%2Fmetrics",
        "/desk/..%2fmetrics",
        "/desk/./metrics",
        "/desk;/metrics",
        "/metrics/../desk/metrics",
        "//metrics",
        "/desk/metrics?token=1-0-AAAAAAAAAAAAAAAAAAAAAA",
        "/desk/metrics%00",
        "/desk/%6detrics",
    ):
        for headers in ((), ("X-Forwarded-For:",), ("Connection: X-Forwarded-For",)):
            answered = await house.proxy.raw(written("GET", path, own, *headers))
            assert b"callboard_" not in answered, (path, headers)
            assert {*statuses(answered)} <= {400, 404}, (path, headers)
    near = await house.proxy.raw(
        written("GET", "/metrics", f"127.0.0.1:{house.proxy.desk_port}"),
        port=house.proxy.desk_port,
    )
    assert b"callboard_" in near


async def test_bodies_that_are_too_long_or_never_end_are_refused(
    house: Proxied, made: Reservation
) -> None:
    page = (await house.mailed(OLGA, "holder")).removeprefix(house.proxy.origin)
    own = f"localhost:{house.proxy.port}"
    form = "Content-Type: application/x-www-form-urlencoded"
    long, longer = "reason=" + "x" * 20_000, "reason=" + "x" * 2_000_000
    for body, framing in (
        (long, f"Content-Length: {len(long)}"),
        (f"{len(long):x}\r\n{long}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        (longer[:5000], f"Content-Length: {len(longer)}"),
        (f"{len(longer):x}\r\n{longer[:5000]}", f"Content-Length: {2**63}"),
    ):
        sent = written("POST", f"{page}/cancel", own, form, framing, body=body)
        (status,) = statuses(await house.proxy.raw(sent))
        assert status in {400, 413}, framing
    assert await is_untouched(house, made)


@pytest.mark.parametrize("framing", _FRAMINGS)
async def test_a_smuggled_request_does_no_harm(
    house: Proxied, made: Reservation, framing: str
) -> None:
    page = (await house.mailed(OLGA, "holder")).removeprefix(house.proxy.origin)
    own = f"localhost:{house.proxy.port}"
    form = "Content-Type: application/x-www-form-urlencoded"
    act = f"{form}\r\nContent-Length: {len(_SMUGGLED)}"
    hidden = written("POST", f"{page}/cancel", own, act, body=_SMUGGLED).decode()
    for body in (f"0\r\n\r\n{hidden}", f"{_SMUGGLED}{hidden}"):
        lines = written("POST", "/desk/schedule", own, form, *_FRAMINGS[framing], body=body)
        sent = lines.replace(b"Connection: close\r\n", b"", 1)
        for port in (0, house.proxy.desk_port):
            answered = statuses(await house.proxy.raw(sent, port=port))
            assert answered[:1] != [200], (framing, port, answered)
            if len(answered) > 1:  # taken for a second request of the same sender's, who may ask
                assert answered[0] in {404, 405}, (framing, port, answered)
    assert await is_untouched(house, made)


async def test_links_of_one_kind_open_no_other_and_methods_are_what_they_are(
    house: Proxied, made: Reservation
) -> None:
    holder, join = await house.mailed(OLGA, "holder"), await house.mailed(ANN, "join")
    token = holder.rpartition("/")[2]
    for kind in ("join", "slot", "stop", "operators", "schedule", "gate"):
        other = await house.get(f"{house.proxy.public_url}/{kind}/{token}")
        assert 404 == other.status, kind
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
        for path in ("reconfirm", "again", "cancel?once=1&reason=x&_method=POST"):
            headers = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
            answer = await house.get(f"{holder}/{path}", method, **headers)
            assert answer.status in {200, 405}, (method, path)
    for url in (f"{holder}/", f"{join}/", f"{join}/%2e%2e/x", f"{join}%2f", f"{join}%00"):
        assert (await house.get(url)).status in {400, 404}, url
    assert (await house.get(f"{join}/{'x' * 7_000}")).status == 404
    assert (await house.get(f"{join}/{'x' * 70_000}")).status == 414
    assert await is_untouched(house, made)
