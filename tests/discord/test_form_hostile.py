"""Hostile strings in every field of the form: taken or named, never refused by Discord, kept."""

from __future__ import annotations

from typing import Any

import pytest

from bot.discord.form_widgets import readable, within
from tests.discord.filling import button_with, form_of, open_from
from tests.discord.house import DiscordHouse
from tests.discord.server.controls import TEXT_INPUT
from tests.discord.server.messages import Message
from tests.discord.server.modals import Modal
from tests.slack.hostile import HOSTILE

# no client sends half a character: it has none to send
SENT = [one for one in HOSTILE if one.encode(errors="ignore").decode() == one]


@pytest.mark.parametrize("part", range(4))
async def test_whatever_is_typed_comes_back_and_nothing_is_refused(
    house: DiscordHouse, part: int
) -> None:
    for words in SENT[part::4]:
        form = await form_of(house, "/slot reserve")
        message = await _handed_in(house, form, words, more=True)
        _is_tame(message)
        for sheet in ("About it", "Watching", "Who is told"):
            opened = await open_from(house.hanna, message, button_with(message, sheet))
            message = await _handed_in(house, opened, words)
            _is_tame(message)
            again = await open_from(house.hanna, message, button_with(message, sheet))
            for name, typed in _fitting(opened, words).items():
                # a break may come back as another one, or in one line as a space
                assert readable(typed).split() == again.value(name).split()
    assert [] == house.general.messages


def test_what_no_database_keeps_is_shown_by_a_sign() -> None:
    assert "a\ufffdb\ufffd\nc" == readable("a\x00b\ud800\nc")


async def _handed_in(
    house: DiscordHouse, form: Modal, words: str, *, more: bool = False
) -> Message:
    given: dict[str, object] = {**_fitting(form, words), **({"more": True} if more else {})}
    return await (await house.hanna.submit(form, given)).message()


def _fitting(form: Modal, words: str) -> dict[str, str]:
    """Fit words into the fields of a form, as the client makes one fit them."""
    return {
        one["custom_id"]: _fitted(one, words) for one in form.fields if one["type"] == TEXT_INPUT
    }


def _fitted(field: dict[str, Any], words: str) -> str:
    if field["style"] == 1:
        words = " ".join(words.split("\n"))
    words = within(words, field["max_length"])
    return words or ("x" if field["required"] else "")


def _is_tame(message: Message) -> None:
    assert message.ephemeral
    assert not message.pings
