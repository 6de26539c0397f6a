"""What SRS asks, by exchanges written down from its source, and what it is answered."""

from __future__ import annotations

import pytest

from core.gate.hooks import Answer, Heard, Noted, Unreadable
from core.model.gate import Access, Asked, Decision, Gone, Reason, Refuse
from tests.gate.answering import NO, NOW, YES
from tests.gate.srs_hooks import (
    CLIENT,
    DIALECT,
    HOLDER,
    STREAM,
    body,
    guest,
    published,
    read,
    watched,
)
from tests.gate.written import KEY, TICKET, exchanges_of, posted, written

ALLOW = Answer(200, '{"code":0}', content_type="application/json")
DENY = Answer(403, '{"code":403}', content_type="application/json")

WRITTEN: dict[str, Heard] = {
    "2-on-publish": published(client="1985", secret=""),
    "4-on-publish": published(),
    "4-on-unpublish": Gone(Access.PUBLISH, STREAM, CLIENT),
    "4-on-play": guest(),
    "4-on-play-hls": watched(client="x1c4v7b0", ticket=TICKET),
    "4-on-stop": Gone(Access.WATCH, STREAM, CLIENT),
    "5-on-connect": Noted(),
    "5-on-close": Noted(),
    "5-on-dvr": Noted(),
    "5-on-publish": published(),
    "5-on-publish-nothing": published(secret=""),
    "5-on-publish-vhost": published(),
    "5-on-unpublish": Gone(Access.PUBLISH, STREAM, CLIENT),
    "5-on-play": guest(),
    "5-on-play-key": watched(secret=KEY, address=HOLDER),
    "5-on-play-hls": watched(client="x1c4v7b0", ticket=TICKET),
    "5-on-stop": Gone(Access.WATCH, STREAM, CLIENT),
    "5-on-stop-hls": Gone(Access.WATCH, STREAM, "x1c4v7b0"),
    "5-on-publish-srt": published(client="71be94e2"),
    "6-on-publish-whip": published(client="u2m0a8zq"),
    "7-on-play-flv-forwarded": guest(client="0p3k6d9f", address=""),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_reads_what_was_written_down(name: str) -> None:
    assert WRITTEN[name] == DIALECT.read(written(f"srs-{name}"))


def test_everything_that_was_written_down_is_read() -> None:
    assert {f"srs-{name}" for name in WRITTEN} == exchanges_of("srs")


@pytest.mark.parametrize(
    ("heard", "decision", "answer"),
    [
        (published(), YES, ALLOW),
        (published(), NO, DENY),
        (published(), None, DENY),
        *[(guest(), Refuse(reason), DENY) for reason in Reason],
        (Unreadable("why"), None, DENY),
        (Unreadable("why"), YES, DENY),
        (Noted(), None, ALLOW),
        (Gone(Access.WATCH, STREAM, CLIENT), None, ALLOW),
    ],
)
def test_yes_and_no_stand_in_the_status_and_in_the_code(
    heard: Heard, decision: Decision | None, answer: Answer
) -> None:
    assert answer == DIALECT.answer(heard, decision, NOW)


def test_it_has_one_address() -> None:
    assert isinstance(DIALECT.read(posted(body(), word="on_publish")), Unreadable)
    assert published() == DIALECT.read(posted(body()))


@pytest.mark.parametrize(
    ("param", "given"),
    [
        ("", {}),
        ("?", {}),
        ("key=a", {"secret": "a"}),
        ("?key=a", {"secret": "a"}),
        ("?vhost=stage&key=a", {"secret": "a"}),
        ("?key=a?vhost=stage&key=b", {"secret": "a"}),
        ("?key=a?domain=stage", {"secret": "a"}),
        ("?user=u&pass=p?vhost=stage", {"user": "u", "secret": "p"}),
        ("?user=u&pass=p%26q+r%20s?", {"user": "u", "secret": "p&q+r s?"}),
        ("?user=u&pass=p#q", {"user": "u", "secret": "p#q"}),
        ("?user=u&pass=p&key=a", {"secret": "a"}),
        ("?user=u&pass=p&ticket=t", {"ticket": "t"}),
        ("?ticket=t&key=a", {"secret": "a"}),
        ("?hls_ctx=abc&ticket=t", {"ticket": "t"}),
        ("?keys=a&=b&&", {}),
        ("??key=a", {}),
    ],
)
def test_what_a_watcher_gives_stands_in_the_address(param: str, given: dict[str, str]) -> None:
    assert watched(**given, address=HOLDER) == read("on_play", param=param)


@pytest.mark.parametrize("param", ["?user=u&pass=p", "?ticket=t", "?pass=p&token=t&secret=s"])
def test_who_publishes_gives_a_key_and_nothing_else(param: str) -> None:
    assert published(secret="") == read(param=param)


@pytest.mark.parametrize("name", ["user", "pass", "key", "ticket", "%6b%65%79"])
def test_what_opens_something_may_stand_in_the_address_once(name: str) -> None:
    assert isinstance(read(param=f"?{name}=a"), Asked)
    assert isinstance(read(param=f"?{name}=a&b=c&{name}=a"), Unreadable)


def test_a_stream_is_named_by_application_and_name() -> None:
    assert published() == read(vhost="elsewhere")
    assert "live/sub/k7q2mf" == getattr(read(app="live/sub"), "stream", "")
    assert "live/k7q2mf.m3u8" == getattr(read(stream="k7q2mf.m3u8"), "stream", "")
    assert "live/k7q2mf.flv" == getattr(read("on_play", stream="k7q2mf.flv"), "stream", "")


@pytest.mark.parametrize("changed", [{"app": ""}, {"stream": ""}, {"stream": ".m3u8"}])
@pytest.mark.parametrize("action", ["on_play", "on_stop"])
def test_a_stream_without_a_name_is_unreadable(action: str, changed: dict[str, str]) -> None:
    assert isinstance(read(action, **changed), Unreadable)


@pytest.mark.parametrize("action", ["on_hls", "on_hls_notify", "on_forward", "ON_PUBLISH", ""])
def test_other_actions_ask_nothing(action: str) -> None:
    assert Noted() == read(action)
