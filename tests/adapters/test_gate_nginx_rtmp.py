"""nginx-rtmp's hooks, as it was seen to write them, and as clients may have them written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.gate_nginx_rtmp import NginxRtmpDialect
from core.gate.hooks import Answer, Hook, Noted, Unreadable
from core.model.gate import Access, Admit, Asked, Decision, Gone, Reason, Refuse

NOW = datetime(2026, 12, 4, 18, 30, tzinfo=UTC)
ADMIT = Admit(NOW, reservation_id=1, access_serial=1)
COMMON = (
    "app=live&flashver=FMLE/3.0%20(compatible%3B%20Lavf59.27&swfurl="
    "&tcurl=rtmp://192.0.2.1:1935/live&pageurl=&addr=192.0.2.7&clientid=48"
)
PUBLISH = f"{COMMON}&call=publish&name=k7q2mf&type=live"
PLAY = f"{COMMON}&call=play&name=k7q2mf&start=4294965296&duration=0&reset=0"
NAMES_OF_PUBLISH = [field.partition("=")[0] for field in PUBLISH.split("&")]
DIALECT = NginxRtmpDialect()


def read(word: str, body: str | bytes = b"", **headers: str) -> object:
    """Read a hook; headers are named as Python names them."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = body.encode() if isinstance(body, str) else body
    return DIALECT.read(Hook(word, "", named, raw))


def asked(access: Access, user: str = "", secret: str = "") -> Asked:
    return Asked(access, "live/k7q2mf", "", user, secret, client="48", address="192.0.2.7")


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ("&key=a-key_1", "a-key_1"),
        ("&key=a%2Bb%20c+d%26e", "a+b c+d&e"),
        ("&token=x&token=y&user=u&key=k", "k"),
        ("&key=%C3%BC", "ü"),
        ("&=&&key=k=k", "k=k"),
        ("&KEY=k", ""),
        ("&key", ""),
        ("", ""),
    ],
)
def test_asks_who_may_publish(arguments: str, key: str) -> None:
    assert asked(Access.PUBLISH, secret=key) == read("publish", PUBLISH + arguments)


@pytest.mark.parametrize(
    ("arguments", "user", "secret"),
    [
        ("&user=ann&pass=p%3Aw", "ann", "p:w"),
        ("&user=%C3%BC%20x&pass=", "ü x", ""),
        ("&pass=word", "", "word"),
        ("&key=k", "", "k"),
        ("&key=k&user=ann&pass=word", "", "k"),
        ("&key=&user=ann&pass=word", "ann", "word"),
        ("", "", ""),
    ],
)
def test_asks_who_may_watch(arguments: str, user: str, secret: str) -> None:
    assert asked(Access.WATCH, user=user, secret=secret) == read("play", PLAY + arguments)


@pytest.mark.parametrize(
    ("call", "access"), [("publish_done", Access.PUBLISH), ("play_done", Access.WATCH)]
)
def test_hears_that_a_connection_has_ended(call: str, access: Access) -> None:
    body = f"{COMMON}&call={call}&name=k7q2mf&key=k"

    assert Gone(access, "live/k7q2mf", "48") == read("done", body)


@pytest.mark.parametrize("field", [*NAMES_OF_PUBLISH, "key", "user", "pass"])
def test_a_field_that_decides_something_stands_in_it_once(field: str) -> None:
    once = f"{PUBLISH}&key=k&user=u&pass=p"
    encoded = f"%{ord(field[0]):x}{field[1:]}"
    twice = {read("publish", f"{once}&{again}") for again in (f"{field}=x", field, f"{encoded}=x")}

    assert isinstance(read("publish", once), Asked)
    assert {Unreadable(f"{field} stands in it twice")} == twice


@pytest.mark.parametrize("field", ["start", "duration", "reset"])
def test_a_field_of_a_player_s_stands_in_it_once(field: str) -> None:
    assert Unreadable(f"{field} stands in it twice") == read("play", f"{PLAY}&{field}=0")


@pytest.mark.parametrize(
    ("word", "body"),
    [
        ("publish", PLAY),
        ("play", PUBLISH),
        ("done", PUBLISH),
        ("publish", f"{COMMON}&call=publish_done&name=k7q2mf"),
        ("done", f"{COMMON}&call=done&name=k7q2mf"),
        ("publish", PUBLISH.replace("name=k7q2mf", "name=")),
        ("publish", PUBLISH.replace("app=live", "app=")),
        ("publish", PUBLISH.replace("&clientid=48", "")),
        ("publish", PUBLISH.replace("&addr=192.0.2.7", "")),
        ("publish", PUBLISH.replace("app=live&", "")),
        ("publish", PUBLISH.replace("&call=publish", "")),
        ("done", f"{COMMON}&call=publish_done"),
        ("publish", f"{PUBLISH}&key=%00"),
        ("publish", f"{PUBLISH}&key=a%0Ab"),
        ("publish", f"{PUBLISH}&key=%FF"),
        ("publish", PUBLISH.encode() + b"&key=\xff"),
        ("play", f"{PLAY}&user=%C3&pass=p"),
        ("publish", ""),
        ("publish", "{}"),
        ("", PUBLISH),
        ("on_publish", PUBLISH),
        ("update", PUBLISH),
    ],
)
def test_what_is_no_hook_of_its_is_unreadable(word: str, body: str | bytes) -> None:
    assert isinstance(read(word, body), Unreadable)


@pytest.mark.parametrize(
    "name", ["k7q2mf%26key=k", "k7q2mf%20", "a/b", "..", "%22%27", "%C3%BC", "x" * 255]
)
def test_a_stream_s_name_may_be_anything(name: str) -> None:
    heard = read("publish", PUBLISH.replace("name=k7q2mf", f"name={name}"))

    assert isinstance(heard, Asked)
    assert heard.stream.startswith("live/")
    assert heard.stream != "live/k7q2mf"
    assert "" == heard.secret


@given(arguments=st.binary(max_size=255))
def test_no_argument_of_a_client_s_changes_what_the_module_says(arguments: bytes) -> None:
    heard = read("publish", PUBLISH.encode() + b"&" + arguments)

    if isinstance(heard, Asked):
        assert asked(Access.PUBLISH, secret=heard.secret) == heard
    else:
        assert isinstance(heard, Unreadable)


@given(
    word=st.sampled_from(["publish", "play", "done", "hls", ""]),
    body=st.binary(max_size=300),
    uri=st.text(max_size=50),
    authorization=st.text(max_size=50).map("Basic ".__add__),
)
def test_nothing_that_is_sent_raises(word: str, body: bytes, uri: str, authorization: str) -> None:
    heard = read(word, body, x_original_uri=uri, authorization=authorization)

    assert isinstance(heard, Unreadable | Asked)


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize(
    ("decision", "status"),
    [(ADMIT, 204), *((Refuse(reason), 403) for reason in Reason), (None, 403)],
)
def test_rtmp_is_answered_yes_or_no(access: Access, decision: Decision | None, status: int) -> None:
    assert Answer(status) == DIALECT.answer(asked(access), decision, NOW)


def test_what_asks_nothing_is_answered_with_yes_and_what_is_unreadable_with_no() -> None:
    gone = Gone(Access.PUBLISH, "live/k7q2mf", "48")

    assert Answer(204) == DIALECT.answer(gone, None, NOW)
    assert Answer(204) == DIALECT.answer(Noted(), None, NOW)
    assert Answer(403) == DIALECT.answer(Unreadable("so"), None, NOW)
