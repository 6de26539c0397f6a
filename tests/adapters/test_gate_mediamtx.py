"""What MediaMTX asks, by exchanges written down from its source, and what it is answered."""

from __future__ import annotations

import json

import pytest

from core.gate.hooks import Answer, Noted, Unreadable
from core.model.gate import Access, Asked, Decision, Gone, Reason, Refuse
from tests.gate.answering import NO, NOW, YES
from tests.gate.mediamtx_hooks import (
    DIALECT,
    HOLDER,
    ID,
    STREAM,
    body,
    guest,
    published,
    read,
    watched,
)
from tests.gate.written import TICKET, exchanges_of, posted, written

WRITTEN: dict[str, Asked | None] = {
    "1.6-rtmp-publish": published(),
    "1.6-hls-playlist": guest(client=""),
    "1.9-whip-bearer": published(""),
    "1.12.3-rtsp-announce-first": published("", secret=""),
    "1.12.3-rtsp-announce-again": published(),
    "1.12.3-whip-bearer": published(""),
    "1.17-hls-segment-ticket": watched(client="", ticket=TICKET),
    "1.18-rtmp-token": published(""),
    "1.18-rtmp-key": published(""),
    "1.20-rtmp-publish": published(),
    "1.20-rtmp-read": guest(address="2001:db8::9"),
    "1.20-rtsp-describe-first": watched(client="1d9b7a30-6c55-4f0e-8a21-5e4d3c2b1a09"),
    "1.20-rtsp-setup": guest(),
    "1.20-srt-publish": published(),
    "1.20-srt-read-ticket": watched(ticket=TICKET),
    "1.20-whip-options": published("", client="", again=True),
    "1.20-whip-post": published(""),
    "1.20-whep-page": watched(client="", again=True),
    "1.20-hls-page": watched(client=""),
    "1.20-hls-session-ticket": watched(ticket=TICKET),
    "1.20-hls-bearer-ticket": watched(ticket=TICKET),
    "1.20-moq-publish": published(""),
    "1.20-playback": None,
    "1.20-api": None,
    "1.20-address-unknown": guest(address=""),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_reads_what_was_written_down(name: str) -> None:
    heard = DIALECT.read(written(f"mediamtx-{name}"))

    if WRITTEN[name] is None:
        assert isinstance(heard, Unreadable)
    else:
        assert WRITTEN[name] == heard


def test_everything_that_was_written_down_is_read() -> None:
    assert {f"mediamtx-{name}" for name in WRITTEN} == exchanges_of("mediamtx")


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        (YES, 200),
        (NO, 403),
        (None, 403),
        *[(Refuse(one), 401 if one is Reason.NOTHING_GIVEN else 403) for one in Reason],
    ],
)
def test_the_answer_is_a_status_and_no_word(decision: Decision | None, status: int) -> None:
    assert Answer(status) == DIALECT.answer(published(), decision, NOW)


def test_what_cannot_be_read_is_refused_and_what_asks_nothing_is_not() -> None:
    assert Answer(403) == DIALECT.answer(Unreadable("why"), None, NOW)
    assert Answer(403) == DIALECT.answer(Unreadable("why"), YES, NOW)
    assert Answer(200) == DIALECT.answer(Noted(), None, NOW)
    assert Answer(200) == DIALECT.answer(Gone(Access.WATCH, STREAM, ID), None, NOW)


def test_it_has_one_address() -> None:
    assert isinstance(DIALECT.read(posted(body(), word="publish")), Unreadable)
    assert isinstance(DIALECT.read(posted(body())), Asked)


@pytest.mark.parametrize("action", ["playback", "api", "metrics", "pprof", "PUBLISH", "", "any"])
def test_other_actions_are_none_of_the_desk_s(action: str) -> None:
    assert isinstance(read(action=action), Unreadable)


@pytest.mark.parametrize(
    ("changed", "secret"),
    [
        ({"password": "a", "token": "b", "query": "key=c"}, "a"),
        ({"password": "", "token": "b", "query": "key=c"}, "b"),
        ({"password": "", "token": "", "query": "token=d&pass=e&key=c"}, "c"),
        ({"password": "", "token": "", "query": "jwt=f&token=d"}, "d"),
        ({"password": "", "token": "", "query": "key=a%2Bb+c%20d"}, "a+b+c d"),
        ({"password": "", "token": "", "query": "%6bey=a=b"}, "a=b"),
        ({"password": "", "token": "", "query": "key&key2=a;key=b"}, ""),
        ({"password": "", "token": "", "query": "other=%ff&%ff=1&key=c"}, "c"),
    ],
)
def test_where_the_secret_comes_from(changed: dict[str, object], secret: str) -> None:
    asked = read(**changed)

    assert isinstance(asked, Asked)
    assert secret == asked.secret


def test_where_the_user_comes_from() -> None:
    nothing = {"action": "read", "user": "", "password": "", "token": ""}

    asked = watched(user="guest", secret="p", address=HOLDER)
    assert asked == read(**nothing, query="user=guest&pass=p")
    assert asked == read(**nothing | {"user": "guest"}, query="user=another&pass=p")


def test_fields_that_a_version_lacks_are_missed_by_nobody() -> None:
    fields = {"action": "read", "path": STREAM}

    assert Asked(Access.WATCH, STREAM, again=True) == DIALECT.read(
        posted(json.dumps(fields).encode())
    )
    assert isinstance(read(later={"than": ["this"]}), Asked)


@pytest.mark.parametrize(
    "given", [{"password": TICKET}, {"token": TICKET}, {"query": f"ticket={TICKET}&user=guest"}]
)
def test_a_ticket_is_known_by_its_form_and_stands_for_both(given: dict[str, object]) -> None:
    nothing = {"user": "", "password": "", "token": "", "query": ""}

    asked = read(**(nothing | {"action": "read"} | given))
    assert watched(ticket=TICKET, address=HOLDER) == asked
    published = read(**(nothing | {"action": "publish"} | given))
    assert isinstance(published, Asked)
    assert not published.ticket


def test_a_passcode_with_a_user_is_no_ticket() -> None:
    asked = read(action="read", user="guest", password=TICKET, token="", query="")

    assert watched(user="guest", secret=TICKET, address=HOLDER) == asked


@pytest.mark.parametrize("name", ["user", "pass", "key", "token", "jwt", "ticket", "%6b%65%79"])
def test_what_opens_something_may_stand_in_the_query_once(name: str) -> None:
    assert isinstance(read(query=f"{name}=a"), Asked)
    assert isinstance(read(query=f"{name}=a&b=c&{name}=a"), Unreadable)
