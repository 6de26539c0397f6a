"""Icecast's forms as they were recorded from 2.4.4, or read in 2.5's source; and its answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.gate_icecast import IcecastDialect
from core.gate.hooks import Heard, Hook, Noted, Unreadable
from core.model.gate import Access, Asked, Decision, Gone, Reason, Refuse

NOW = datetime(2026, 11, 27, 20, 0, 0, tzinfo=UTC)
HERE = "&ip=127%2e0%2e0%2e1"
SERVER = "&server=localhost&port=18310"
SOURCE = f"action=stream_auth&mount=%2fk7q2mf%2eogg{HERE}{SERVER}&user=source&pass=KEY"
LISTENER = (
    f"action=listener_add{SERVER}&client=5&mount=%2fk7q2mf%2eogg&user=bob&pass=pw%2b%c3%b6{HERE}"
    "&agent=curl%2f7%2e88%2e1&asked.__uri=%2fk7q2mf%2eogg"
)
LEFT = (
    f"action=listener_remove{SERVER}&client=5&mount=%2fk7q2mf%2eogg%3fuser%3dbob%26pass%3dx"
    f"&user=&pass=&duration=3{HERE}&agent=curl%2f7%2e88%2e1"
)
# 2.5 encodes the names of the fields that are headers, and leaves out what is empty
INSTANCE = "&server=localhost&port=8000&server-instance=c0ffee"
REAL = "&asked%2e%5f%5furi=%2fk7q2mf%2eogg"
SOURCE_2_5 = (
    f"action=stream_auth{INSTANCE}&client=7&mount=%2fk7q2mf%2eogg&user=source&pass=KEY{HERE}"
    f"&agent=%2d{REAL}"
)
LISTENER_2_5 = f"action=listener_add{INSTANCE}&mount=%2fk7q2mf%2eogg{HERE}&agent=%2d{REAL}"
ENDED_2_5 = (
    f"action=mount_remove&mount=%2fk7q2mf%2eogg&client=7&role=&username={HERE}&source-instance="
    f"&agent=-&duration=9&admin=-1{INSTANCE}"
)

PUBLISHED = Gone(Access.PUBLISH, "k7q2mf.ogg", "source:k7q2mf.ogg")
WATCHES = Asked(
    Access.WATCH, "k7q2mf.ogg", user="bob", secret="pw+ö", client="5", address="127.0.0.1"
)
PUBLISHES = Asked(
    Access.PUBLISH,
    "k7q2mf.ogg",
    user="source",
    secret="KEY",
    client="source:k7q2mf.ogg",
    address="127.0.0.1",
)


def read(body: str | bytes, word: str = "") -> Heard:
    """Read a form."""
    content = body if isinstance(body, bytes) else body.encode()
    return IcecastDialect().read(Hook(word, "", {}, content))


def headers(heard: Heard, decision: Decision | None) -> dict[str, str]:
    """Give the headers of an answer."""
    return dict(IcecastDialect().answer(heard, decision, NOW).headers)


def escaped(text: str) -> str:
    """Encode as Icecast does: everything but letters and digits of ASCII."""
    return "".join(
        chr(one) if one < 128 and chr(one).isalnum() else f"%{one:02x}" for one in text.encode()
    )


def listener(mount: str, user: str = "", secret: str = "", real: str = "/k7q2mf.ogg") -> str:
    """Write a listener's form; `real` is what Icecast goes by."""
    return (
        f"action=listener_add{SERVER}&client=5&mount={escaped(mount)}&user={escaped(user)}"
        f"&pass={escaped(secret)}{HERE}&agent=%2d&asked.__uri={escaped(real)}"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SOURCE, PUBLISHES),
        (LISTENER, WATCHES),
        (f"action=mount_add&mount=%2fk7q2mf%2eogg{SERVER}", Noted()),
        (f"action=mount_remove&mount=%2fk7q2mf%2eogg{SERVER}", PUBLISHED),
        (LEFT, Gone(Access.WATCH, "k7q2mf.ogg", "5")),
        (LEFT.replace("2fk7", "2f%256b7"), Gone(Access.WATCH, "k7q2mf.ogg", "5")),
    ],
)
def test_reads_what_2_4_4_sends(body: str, expected: Heard) -> None:
    assert expected == read(body)


def test_what_is_asked_while_a_source_runs_is_asked_again() -> None:
    heard = read(f"{SOURCE}&admin=1")

    assert isinstance(heard, Asked)
    assert heard.again
    assert (PUBLISHES.stream, PUBLISHES.client) == (heard.stream, heard.client)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SOURCE_2_5, PUBLISHES),
        # there, a source's mount may be forged, too
        (SOURCE_2_5.replace("mount=%2fk7q2mf%2eogg", "mount=%2fn0tm1n%2eogg%3fx"), PUBLISHES),
        (LISTENER_2_5, Asked(Access.WATCH, "k7q2mf.ogg", address="127.0.0.1")),
        (ENDED_2_5, PUBLISHED),
    ],
)
def test_reads_what_2_5_would_send(body: str, expected: Heard) -> None:
    assert expected == read(body)


@pytest.mark.parametrize(
    ("form", "user", "secret", "ticket"),
    [
        (listener("/k7q2mf.ogg?user=bob&pass=a%2Bb+%C3%B6"), "bob", "a+b+ö", ""),
        (listener("/k7q2mf.ogg?x=1&pass=p=q&y"), "", "p=q", ""),
        (listener("/k7q2mf.ogg?user=eve&pass=q", "bob", "pw"), "bob", "pw", ""),
        (listener("/k7q2mf.ogg?user=eve&pass=q", "bob"), "bob", "", ""),
        (listener("/k7q2mf.ogg?ticket=abc-DEF_9"), "", "", "abc-DEF_9"),
        (listener("/k7q2mf.ogg?ticket=t&pass=q", "bob", "pw"), "bob", "pw", "t"),
        (listener("/k7q2mf.ogg?pass=p?q"), "", "p?q", ""),
        (listener("/k7q2mf.ogg?x=%FF&x=1&x=2&PASS=no"), "", "", ""),
        (listener("/k7q2mf.ogg"), "", "", ""),
    ],
)
def test_credentials_come_as_basic_or_in_the_address(
    form: str, user: str, secret: str, ticket: str
) -> None:
    heard = read(form)

    assert isinstance(heard, Asked)
    assert (user, secret, ticket) == (heard.user, heard.secret, heard.ticket)
    assert bool(user or secret or ticket) is heard.has_credentials


@pytest.mark.parametrize(
    ("mount", "real", "stream"),
    [
        ("/n0tm1n.ogg?pass=q", "/k7q2mf.ogg", "k7q2mf.ogg"),  # a header __rawuri
        ("/k7q2mf.ogg", "/n0tm1n.ogg", "n0tm1n.ogg"),
        ("/%6b7q2mf.ogg", "/%6b7q2mf.ogg", "k7q2mf.ogg"),
        ("/k7q2mf.ogg", "//k7q2mf.ogg", "/k7q2mf.ogg"),
        ("/k7q2mf.ogg", "/k7q2mf.ogg?x", "k7q2mf.ogg?x"),  # a header __uri
        ("/k7q2mf.ogg", "/k7q2mf.ogg#x", "k7q2mf.ogg#x"),
        ("/k7q2mf.ogg", "/%256b7q2mf.ogg", "%6b7q2mf.ogg"),
    ],
)
def test_the_stream_is_what_icecast_itself_goes_by(mount: str, real: str, stream: str) -> None:
    heard = read(listener(mount, "bob", "pw", real))

    assert isinstance(heard, Asked)
    assert stream == heard.stream


@pytest.mark.parametrize(
    "real",
    ["/admin/killclient", "/admin/metadata", "/admin.cgi", "/status-json.xsl", "/status.xsl"],
)
def test_what_icecast_decides_itself_is_no_yes_of_ours(real: str) -> None:
    heard = read(listener(f"{real}?mount=%2Fk7q2mf.ogg&id=3", "admin", "secret", real))

    assert isinstance(heard, Noted)
    answer = IcecastDialect().answer(heard, None, NOW)
    assert (200, {"x-icecast-auth-result": "no match"}) == (answer.status, answer.headers)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "action=",
        "action=listener",
        "action=stream_auth",
        "mount=%2fk7q2mf%2eogg",
        "action=stream_auth&mount=k7q2mf%2eogg&user=source&pass=KEY",
        f"{SOURCE}&pass=other",
        f"{SOURCE}&p%61ss=other",
        f"{SOURCE}&admin=1&admin=0",
        SOURCE.replace("KEY", "%ff"),
        SOURCE.replace("KEY", "a%00b"),
        SOURCE.replace("k7q2mf", "k7q2mf%0a"),
        LISTENER.rpartition("&")[0],  # without the options of our lines
        f"{LISTENER}&asked.__uri=%2fn0tm1n%2eogg",
        f"{LISTENER}&mount=%2fn0tm1n%2eogg",
        LISTENER.replace("&mount=%2fk7q2mf%2eogg", ""),
        LISTENER.replace("bob", "b%e9"),
        listener("/k7q2mf.ogg?pass=a&pass=b"),
        listener("/k7q2mf.ogg?ticket=%FF"),
        listener("/k7q2mf.ogg", real="k7q2mf.ogg"),
        listener("/k7q2mf.ogg", real="/k7q2mf.ogg%00x"),
        listener("/k7q2mf.ogg", real="/%ff.ogg"),
        f"{SOURCE}&agent={'x' * 70_000}",
    ],
)
def test_what_is_no_form_of_icecast_s_is_unreadable(body: str) -> None:
    heard = read(body)

    assert isinstance(heard, Unreadable)
    assert not any(secret in heard.why for secret in ("KEY", "pw", "other", "k7q2mf"))
    assert "icecast-auth-user" not in headers(heard, None)


def test_lines_that_are_not_ours_are_said_to_be_none() -> None:
    heard = read(LISTENER.rpartition("&")[0])

    assert isinstance(heard, Unreadable)
    assert "not as the desk gave it" in heard.why


def test_there_is_one_hook() -> None:
    assert isinstance(read(SOURCE, word="publish"), Unreadable)


def test_what_a_player_calls_itself_may_be_no_text() -> None:
    assert WATCHES == read(LISTENER.replace("curl", "%ff%00"))


def test_secrets_are_not_shown() -> None:
    shown = repr([read(SOURCE), read(LISTENER), read(listener("/k7q2mf.ogg?ticket=tock"))])

    assert not any(secret in shown for secret in ("KEY", "pw", "tock"))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text(max_size=300))
def test_whatever_is_given_arrives_whole(user: str, agent: str) -> None:
    secret = f"{user[::-1]}&pass=x+%41"
    form = listener(f"/k7q2mf.ogg?{escaped(agent)}", user, secret)

    heard = read(form)

    assert isinstance(heard, Asked)
    assert (user, secret, "k7q2mf.ogg") == (heard.user, heard.secret, heard.stream)


_PIECES = st.sampled_from(
    b"action= listener_add stream_auth mount & = %2f % pass ? asked.__uri=%2fx user %ff + ; %3f"
    b" ticket \xff \x00".split(b" ")
)


@given(st.lists(_PIECES | st.binary(max_size=4)).map(b"".join))
def test_nothing_makes_it_stumble_or_say_yes(body: bytes) -> None:
    heard = read(body)

    for decision in (None, Refuse(Reason.WRONG)):
        said = headers(heard, decision)
        assert "icecast-auth-user" not in said
        assert "ok" != said.get("x-icecast-auth-result")
