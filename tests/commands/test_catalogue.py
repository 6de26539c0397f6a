"""The catalogue: every command is in help, every example can be typed, every field is named."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.answers.reply import Tone
from bot.commands.catalogue import TOPICS, Topic, topics_of
from bot.commands.commands import Command, Misunderstood, RemindMe, StopTellingMe
from bot.commands.grammar import VERBS, parse
from bot.commands.managing import AUDIENCE, SERVER
from bot.commands.names import (
    CHANGE_FIELDS,
    RESERVE_FIELDS,
    SERVER_FIELDS,
    SETTINGS_FIELDS,
)
from bot.commands.run import RUNNERS
from tests.commands.typing import Typist

EVERY = [
    *(verb for verb in VERBS if verb not in {"audience", "server"}),
    *(f"audience {word}" for word in AUDIENCE),
    *(f"server {word}" for word in SERVER),
]


def test_every_command_is_in_the_catalogue() -> None:
    assert {*EVERY, "settings workspace"} == {topic.name for topic in TOPICS}


def test_every_command_is_carried_out() -> None:
    assert {*get_args(Command), Misunderstood} == set(RUNNERS)


def test_every_command_has_an_example_of_its_own_kind() -> None:
    kinds = {type(parse(example)) for topic in TOPICS for example in topic.examples}

    assert set(get_args(Command)) == kinds | {RemindMe, StopTellingMe}  # buttons alone


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_examples_can_be_typed(topic: Topic) -> None:
    assert topic.examples
    for example in topic.examples:
        assert not isinstance(parse(example), Misunderstood), example
        assert example.removeprefix("/slot ").startswith(topic.name.split()[0])


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("reserve", RESERVE_FIELDS),
        ("change", CHANGE_FIELDS),
        ("server change", SERVER_FIELDS),
    ],
)
def test_help_names_every_field(name: str, fields: tuple[str, ...]) -> None:
    topic = topics_of(name)[0]

    assert list(fields) == [field for field, _ in topic.fields]


def test_help_names_every_setting() -> None:
    assert all(f"{name}=" in topics_of("settings")[0].usage for name in SETTINGS_FIELDS)


async def test_help_shows_every_command(olga: Typist) -> None:
    shown = await olga.read("help", Tone.INFO)

    assert all(f"/slot {topic.usage}" in shown for topic in TOPICS)


async def test_help_keeps_the_admins_commands_from_members(bruno: Typist) -> None:
    shown = await bruno.read("help")

    assert "/slot reserve" in shown
    assert "blackout" not in shown


@pytest.mark.parametrize("name", [topic.name for topic in TOPICS])
async def test_help_tells_more_about_each(olga: Typist, name: str) -> None:
    shown = await olga.read(f"/slot help {name}", Tone.INFO)

    assert topics_of(name)[0].examples[0] in shown


async def test_help_on_something_unknown_suggests_what_is_known(olga: Typist) -> None:
    shown = await olga.read("help reserv", Tone.MISTAKE)

    assert "Did you mean \u201creserve\u201d" in shown
