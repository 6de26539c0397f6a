"""Hostile words in every field: Discord accepts every message, and reads nothing into any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.recipient import Told
from core.notices.as_discord import compose
from core.notices.as_discord_parts import weight
from core.notices.notice import Notice, NoticeKind, Personal
from tests.discord.server.markdown import Piece, parse, walk
from tests.discord.server.mentions import pings_of
from tests.discord.server.permissions import Permission
from tests.discord.server.validation import Surface, check_message
from tests.discord.server.world import World
from tests.notices.samples import SAMPLES
from tests.notices.test_as_discord import CHANNEL, PERSON, POSTED
from tests.notices.test_as_discord_markup import TYPED
from tests.notices.test_as_slack_hostile import _filled
from tests.notices.test_said import ANY_TEXT

_KINDS = tuple(NoticeKind)
_LEVELS = (Told.PROVISIONAL, Told.CONFIRMED, Told.CANCELLED)
_DONE = ("", "removed", "reconfirmed", "changed", "cancelled", "kept")
# what we write ourselves; a mention is only in what is said elsewhere, and there of the holder
_OURS = {"text", "escape", "bold", "strike", "code", "list", "quote", "link", "url", "time"}


def _messages(notice: Notice, personal: Personal) -> Iterator[dict[str, Any]]:
    for contact, posted in ((CHANNEL, POSTED), (PERSON, "")):
        reader = replace(personal, contact=contact, posted=posted, fallback="50")
        data = json.loads(compose(notice)(1, reader).data)
        yield from (data[part] for part in ("card", "reply", "elsewhere") if data[part])


def _texts(message: dict[str, Any]) -> Iterator[str]:
    for embed in message["embeds"]:
        yield embed["title"]
        yield embed.get("description", "")
        for field in embed.get("fields", ()):
            yield field["name"]
            yield field["value"]


def _pieces(message: dict[str, Any]) -> Iterator[Piece]:
    for text in _texts(message):
        yield from walk(parse(text))


_WORLD = World()
_GUILD = _WORLD.add_guild("Stage", owner=_WORLD.bot, bot_may=Permission(2**54 - 1))
_ROOM = _GUILD.add_channel("general")


def check(message: dict[str, Any]) -> None:
    """Hold a message against Discord's rules and description, and what only words may be."""
    check_message(message, Surface.CHANNEL)
    assert weight(message["embeds"][0]) <= 6_000
    assert {piece.kind for piece in _pieces(message)} <= _OURS
    assert message.get("content", "") in {"", "<@30>"}
    everybody = {**message, "content": "\n".join(_texts(message))}
    assert set() == pings_of(_ROOM, everybody, None)
    for piece in _pieces(message):
        assert piece.kind != "link" or piece.target.startswith("https://desk.example.org/")


@pytest.mark.parametrize("name", SAMPLES)
def test_discord_takes_every_sample(name: str) -> None:
    for message in _messages(SAMPLES[name].notice, SAMPLES[name].personal):
        check(message)


def test_the_corpus_is_large() -> None:
    assert len(TYPED) >= 500


@pytest.mark.parametrize("number", range(len(_KINDS)))
def test_discord_takes_hostile_words_in_every_field(number: int) -> None:
    mine = TYPED[number :: len(_KINDS)]  # every string goes through all fields of one kind
    for at, words in enumerate(mine):
        level, done = _LEVELS[at % 3], _DONE[at % len(_DONE)]
        for message in _messages(*_filled(_KINDS[number], level, done, words)):
            check(message)


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("level", _LEVELS)
@pytest.mark.parametrize("words", ["@everyone", "🎻" * 4_000, "\u200b", "語*" * 1_200, "~" * 3_000])
def test_discord_takes_every_kind_at_every_level(kind: NoticeKind, level: Told, words: str) -> None:
    for done in _DONE if kind in {NoticeKind.RECEIPT, NoticeKind.CANCELLATION} else ("",):
        for message in _messages(*_filled(kind, level, done, words)):
            check(message)


@given(st.sampled_from(_KINDS), st.sampled_from(_LEVELS), st.sampled_from(_DONE), ANY_TEXT)
@settings(max_examples=60)
def test_discord_takes_whatever_was_typed(
    kind: NoticeKind, level: Told, done: str, words: str
) -> None:
    for message in _messages(*_filled(kind, level, done, words)):
        check(message)


_MARK = "ЖqЖ"  # found nowhere in words of ours


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("words", [f"{_MARK} @here", f"https://{_MARK}/x", f"*{_MARK}*:smile:"])
def test_a_person_s_words_are_never_more_than_words(kind: NoticeKind, words: str) -> None:
    seen = 0
    for message in _messages(*_filled(kind, Told.CONFIRMED, "changed", words)):
        for text in _texts(message):
            for piece in walk(parse(text)):
                if piece.inner or _MARK not in piece.words:
                    continue
                seen += 1
                # an address of an admin's is a link, all else is letters, or to be copied
                assert piece.kind in {"text", "code", "url"}
                assert piece.kind != "url" or piece.words == words.partition(" ")[0]
    assert seen
