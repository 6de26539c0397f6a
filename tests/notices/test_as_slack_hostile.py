"""Hostile words in every field: Slack accepts every message, and reads nothing into any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.recipient import Contact, RouteName, Told
from core.model.reservation import Facts
from core.notices.as_rich_text import weight
from core.notices.as_slack import compose
from core.notices.notice import Failure, Notice, NoticeKind, Personal
from tests.notices.samples import FACTS, GUARDED, MOVED, SAMPLES, a_notice
from tests.notices.test_as_slack import CHANNEL, PERSON, POSTED, nodes
from tests.notices.test_said import ANY_TEXT
from tests.slack.server.validation import check_message

_CORE = (
    *("<!channel>", "<!here|here>", "<@U1>", "<#C1>", "<!subteam^S1>", "<!date^0^{date}|x>"),
    *("`code`", "```pre```", "*bold*", "_it_", "~no~", "*_~", "> quote", "&lt;!here&gt;", "&amp;"),
    *(":smile:", "@here", "@channel", "@everyone", "#general", "http://evil", "https://e.x|ok"),
    *("[x](http://e)", "<http://e|x>", "mailto:a@e", "javascript:1", "\0", "\x1b[2J", "a\nb\r\nc"),
    *("\u202egnp.exe", "\u2066iso\u2069", "\u200b", "\u2060", "\ufeff", "\u3164", "\u2800", " "),
    *(
        "חגיגת",
        "مرحبا <!here>",
        "🎻",
        "👩\u200d🚀",
        "e\u0301",
        "Z\u0335\u0320\u0310" * 40,
        "\U000e0041",
    ),
    *("\ud800", "\ue000", "\uffff", "x" * 80, "語" * 200, "🎻" * 4_000, "<" * 4_000, "&" * 3_000),
    *("a " * 2_000, "\n" * 3_000, "{date}", "{time}", "%s %d {0}", '"}],"x":["', "\\", "-" * 150),
    *("null", "true", "0", "slot:cancel", "U0456", "T0/U1", "</script>", "'; DROP", "\t", "\u2028"),
)
_FRAMES = ("{}", "{} {}", "a {} b", "*{}*", "<{}>", "{}\n{}", "`{}`", "\u202e{}")
HOSTILE = tuple(dict.fromkeys(f.replace("{}", c) for f, c in product(_FRAMES, _CORE)))
_KINDS = tuple(NoticeKind)
_LEVELS = (Told.PROVISIONAL, Told.CONFIRMED, Told.CANCELLED)
_DONE = ("", "removed", "reconfirmed", "changed", "cancelled", "kept")


def _messages(notice: Notice, personal: Personal) -> Iterator[dict[str, Any]]:
    for contact, posted in ((CHANNEL, POSTED), (PERSON, "")):
        data = json.loads(
            compose(notice)(1, replace(personal, contact=contact, posted=posted)).data
        )
        yield from (data[part] for part in ("card", "reply") if data[part])


def check(message: dict[str, Any]) -> None:
    """Hold a message against Slack's rules and descriptions, and what only words may be."""
    blocks = message["blocks"]
    check_message({"text": message["text"], "blocks": blocks}, posted=True)
    for block in blocks:
        assert block["elements"]
        assert block["type"] == "actions" or weight(block) <= 3_000
    for node in nodes(blocks):
        assert node.get("type") not in {"user", "usergroup", "broadcast", "channel", "mrkdwn"}
        assert node.get("text") != ""
        assert node.get("elements") != []
        assert node.get("url", "https:").partition(":")[0] in {"https", "http", "mailto"}
    assert not set("<>*_~`\n") & set(message["text"])
    assert 1 <= len(message["text"]) <= 900


def _facts(words: str, facts: Facts = FACTS) -> Facts:
    return replace(
        facts,
        title=words,
        description=f"{words}\n{words}",
        server_name=words,
        watch_url=words,
        holder_name=words,
        reply_to=words,
        reason=words,
    )


def _filled(kind: NoticeKind, level: Told, done: str, words: str) -> tuple[Notice, Personal]:
    contact = Contact(RouteName.SLACK, "T0/C1", words)
    notice = a_notice(
        kind,
        level,
        facts=_facts(words),
        before=_facts(f"{words}!", MOVED),
        before_level=Told.PROVISIONAL,
        done=done,
        has_credentials=True,
        waiting=3,
        failed=(Failure(contact, words),) * 25 if kind is NoticeKind.REPORT else (),
        failed_count=30 if kind is NoticeKind.REPORT else 0,
    )
    personal = replace(
        GUARDED,
        watch_user=words,
        passcode=words,
        player_url=words,
        ingest_url=words,
        ingest_user=words,
        stream_key=words,
        zone="",
    )
    return notice, replace(personal, contact=contact, join_link=GUARDED.join_link)


@pytest.mark.parametrize("name", SAMPLES)
def test_slack_takes_every_sample(name: str) -> None:
    for message in _messages(SAMPLES[name].notice, SAMPLES[name].personal):
        check(message)


def test_the_corpus_is_large() -> None:
    assert len(HOSTILE) >= 500


@pytest.mark.parametrize("number", range(len(_KINDS)))
def test_slack_takes_hostile_words_in_every_field(number: int) -> None:
    mine = HOSTILE[number :: len(_KINDS)]  # every string goes through all fields of one kind
    for at, words in enumerate(mine):
        level, done = _LEVELS[at % 3], _DONE[at % len(_DONE)]
        for message in _messages(*_filled(_KINDS[number], level, done, words)):
            check(message)


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("level", _LEVELS)
@pytest.mark.parametrize("words", ["<!channel>", "🎻" * 4_000, "\u200b", "語" * 2_400])
def test_slack_takes_every_kind_at_every_level(kind: NoticeKind, level: Told, words: str) -> None:
    for done in _DONE if kind in {NoticeKind.RECEIPT, NoticeKind.CANCELLATION} else ("",):
        for message in _messages(*_filled(kind, level, done, words)):
            check(message)


@given(st.sampled_from(_KINDS), st.sampled_from(_LEVELS), st.sampled_from(_DONE), ANY_TEXT)
@settings(max_examples=60)
def test_slack_takes_whatever_was_typed(
    kind: NoticeKind, level: Told, done: str, words: str
) -> None:
    for message in _messages(*_filled(kind, level, done, words)):
        check(message)


_MARK = "ЖqЖ"  # found nowhere in words of ours


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("words", [f"{_MARK} <!here>", f"https://{_MARK}/x", f"*{_MARK}*:smile:"])
def test_a_person_s_words_stand_in_text_elements_alone(kind: NoticeKind, words: str) -> None:
    seen = 0
    for message in _messages(*_filled(kind, Told.CONFIRMED, "changed", words)):
        for node in nodes(message["blocks"]):
            held = {key for key, value in node.items() if isinstance(value, str) and _MARK in value}
            seen += len(held)
            allowed = {"text": {"text"}, "link": {"text", "url"}}.get(node.get("type", ""), set())
            assert held <= allowed
            if node.get("type") == "link" and held:
                assert node["url"].startswith(("https://", "mailto:"))
    assert seen
