"""The options of `/slot` come to the same commands as words do, and Discord takes all of them."""

from __future__ import annotations

import pytest

from bot.commands.catalogue import TOPICS
from bot.commands.commands import Misunderstood
from bot.commands.grammar import parse
from bot.discord.catalogue import SUB_COMMANDS
from bot.discord.commands import written
from bot.discord.typed_commands import in_discord

SAME: list[tuple[str, dict[str, object], str]] = [
    ("reserve", {"when": "fri 20:00 for 2h"}, "reserve fri 20:00 for 2h"),
    (
        "reserve",
        {"when": "fri 8pm", "length": "2h", "server": "Studio", "title": "Late show", "viewers": 5},
        'reserve fri 8pm length=2h server=Studio title="Late show" viewers=5',
    ),
    ("list", {}, "list"),
    ("list", {"whose": "all"}, "list all"),
    ("show", {"code": "k7q 2mf"}, "show K7Q-2MF"),
    ("free", {"day": "fri", "length": "2h", "viewers": 3}, "free fri length=2h viewers=3"),
    ("reconfirm", {"code": "K7Q2MF"}, "reconfirm K7Q-2MF"),
    ("change", {"code": "K7Q-2MF", "when": "sat 21:00"}, "change K7Q-2MF sat 21:00"),
    ("change", {"code": "K7Q-2MF", "remove": "a@b.org"}, "change K7Q-2MF remove=a@b.org"),
    ("cancel", {"code": "K7Q-2MF", "reason": "ill"}, "cancel K7Q-2MF ill"),
    ("again", {"code": "K7Q-2MF"}, "again K7Q-2MF"),
    ("key", {"code": "K7Q-2MF"}, "key K7Q-2MF"),
    ("audience show", {}, "audience"),
    ("audience show", {"list": "regulars"}, "audience show regulars"),
    (
        "audience add",
        {"list": "regulars", "addresses": "a@b.org, c@d.org"},
        "audience add regulars a@b.org, c@d.org",
    ),
    (
        "audience remove",
        {"list": "regulars", "addresses": "a@b.org"},
        "audience remove regulars a@b.org",
    ),
    ("audience import", {"list": "regulars"}, "audience import regulars"),
    ("audience export", {"list": "regulars"}, "audience export regulars"),
    ("audience drop", {"list": "regulars"}, "audience drop regulars"),
    ("server list", {}, "server"),
    ("server show", {"server": "Studio"}, "server show Studio"),
    ("server lines", {"server": "Studio"}, "server lines Studio"),
    (
        "server add",
        {"name": "Hall", "kind": "link", "watch_url": "https://live.example.org/hall"},
        "server add Hall kind=link watch_url=https://live.example.org/hall",
    ),
    (
        "server change",
        {"server": "Studio", "max_streams": 2, "retired": True, "name": "Main"},
        "server change Studio max_streams=2 retired=yes name=Main",
    ),
    (
        "server blackout",
        {"server": "Studio", "when": "fri 20:00-22:00", "reason": "Maintenance"},
        "server blackout Studio when=fri 20:00-22:00 reason=Maintenance",
    ),
    ("server lift", {"server": "Studio", "number": 3}, "server lift Studio 3"),
    ("settings", {}, "settings"),
    ("settings", {"zone": "Europe/Berlin"}, "settings zone=Europe/Berlin"),
    ("settings", {"reminders": "1h", "workspace": True}, "settings workspace reminders=1h"),
    ("settings", {"email": "a@b.org", "workspace": True}, "settings workspace email=a@b.org"),
    ("link", {}, "link"),
    ("link", {"code": "abc"}, "link abc"),
    ("link", {"code": "abc", "yes": True}, "link abc yes"),
    ("link", {"off": True}, "link off"),
    ("stop", {"address": "ann@example.org"}, "stop ann@example.org"),
    ("help", {}, "help"),
    ("help", {"topic": "audience add"}, "help audience add"),
    ("show", {"code": "nonsense"}, "show nonsense"),
    ("cancel", {"code": "nonsense"}, "cancel nonsense"),
]


@pytest.mark.parametrize(("name", "given", "words"), SAME, ids=[words for _, _, words in SAME])
def test_options_and_words_come_to_the_same(
    name: str, given: dict[str, object], words: str
) -> None:
    sub = next(one for one in SUB_COMMANDS if one.name == name)
    known = {option.name for option in sub.options}
    assert set(given) <= known
    assert parse(words) == sub.command(written(given))


def test_every_topic_of_the_help_is_a_sub_command() -> None:
    topics = {topic.name for topic in TOPICS} - {"settings workspace"}  # an option of settings
    assert topics == {sub.name for sub in SUB_COMMANDS}


def test_every_example_is_written_as_it_is_typed_in_discord() -> None:
    known = {sub.name: {one.name for one in sub.options} for sub in SUB_COMMANDS}
    for topic in TOPICS:
        for example in topic.examples:
            assert not isinstance(parse(example), Misunderstood)
            typed = in_discord(example)
            name = max((one for one in known if typed.startswith(f"/slot {one}")), key=len)
            options = typed.removeprefix(f"/slot {name}").strip()
            assert not options or options.partition(":")[0] in known[name], typed
            assert f"/slot {topic.name}" == in_discord(f"/slot {topic.usage}")


def test_what_is_no_command_stays_as_it_is() -> None:
    for text in ("K7Q-2MF", "a=b", "https://example.org/?a=b", "/slot nonsense", "slot show"):
        assert text == in_discord(text)


def test_halves_of_characters_and_nul_are_replaced() -> None:
    assert {"title": "a\N{REPLACEMENT CHARACTER}b?"} == written({"title": "a\0b\ud800"})
