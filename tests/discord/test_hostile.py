"""Five hundred hostile strings in every field: no ping, no markup, nothing that Discord refuses."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.discord.catalogue import SUB_COMMANDS, SubCommand
from bot.discord.form_widgets import readable
from bot.discord.options import Completes, Kind
from bot.form.answers import Mistake
from bot.form.text import LONGEST_REASON, parse_description, parse_reason, parse_title
from tests.discord.filling import reserve
from tests.discord.hostile import HOSTILE
from tests.discord.house import DiscordHouse
from tests.discord.server.messages import Message
from tests.discord.server.person import Person
from tests.discord.tame import MARK, answered, look_at

DESCRIPTIONS = [one for one in HOSTILE if isinstance(parse_description(f"{one}{MARK}"), str)]
REASONS = [one for one in HOSTILE if isinstance(parse_reason(f"{one}{MARK}"), str)]
TITLES = [one for one in HOSTILE if isinstance(parse_title(f"{one}{MARK}"), str)]
FRIDAY = "2026-12-04"
_NO_MEMBER = ("GET /guilds/{guild}/members/{user}", "10007")


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    loud = [one for one in caplog.get_records("call") if one.levelno > logging.INFO]
    ours = [one for one in loud if one.name.startswith(("bot.", "core.", "adapters."))]
    assert [] == [(one.name, one.getMessage()) for one in ours]


def test_there_are_five_hundred_and_many_of_them_can_be_titles() -> None:
    assert 500 == len(set(HOSTILE))
    assert len(TITLES) >= 200
    assert len(DESCRIPTIONS) >= 350


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *(("<@&1>", ""), ("@everyone", ""), ("||x||", ""), ("-# x", ""), ("a\n> b", "")),
        *(("<:xx:1>", ""), ("~~x~~", ""), ("[x](http://evil.example)", "x"), ("_x_", "")),
        *((f"**x**{MARK}", "**x**"), (f"<t:0:R>{MARK}", "<t:0:R>"), ("\u202ex", "")),
    ],
)
async def test_the_watch_sees_what_is_not_tame(house: DiscordHouse, text: str, words: str) -> None:
    message = Message(1, house.general, house.discord.bot, embeds=[{"description": text}])
    with pytest.raises(AssertionError):
        look_at(message, words)


def texts_of(sub: SubCommand) -> list[str]:
    """List the options of a sub-command that take any text."""
    return [one.name for one in sub.options if one.kind is Kind.TEXT and not one.choices]


def filled(sub: SubCommand, words: str, person: Person) -> dict[str, object]:
    """Put words into every option that takes any, and something into those that must be given."""
    given: dict[str, object] = dict.fromkeys(texts_of(sub), f"{words}{MARK}")
    for one in sub.options:
        if one.required and one.kind is Kind.NUMBER:
            given[one.name] = 1
        elif one.required and one.kind is Kind.FILE:
            given[one.name] = person.upload("guests.csv", b"a@example.org\n")
        elif one.required and one.choices:
            given[one.name] = one.choices[0]
    return given


def forget_strangers(house: DiscordHouse) -> None:
    """Let it be that Discord was asked for members that there are none of."""
    calls = house.discord.calls
    calls[:] = [one for one in calls if (one.route, one.outcome) != _NO_MEMBER]


def sub_command(*path: str) -> SubCommand:
    """Find a sub-command."""
    return next(one for one in SUB_COMMANDS if one.path == path)


async def test_every_option_at_once_of_every_sub_command(house: DiscordHouse) -> None:
    with_text = [one for one in SUB_COMMANDS if texts_of(one)]
    for number, words in enumerate(HOSTILE):
        sub = with_text[number % len(with_text)]
        given = filled(sub, words, house.adam)
        answered(await house.adam.type(f"/slot {sub.name}", house.general, given))
    forget_strangers(house)


async def test_every_option_alone_that_ends_up_in_a_reservation(house: DiscordHouse) -> None:
    code = await reserve(house)
    names = texts_of(sub_command("reserve"))
    for number, words in enumerate(HOSTILE[::2]):
        name = names[number % len(names)]
        line = f"/slot change code:{code}" if number % 2 else "/slot reserve when:fri 20:00"
        name = "add" if number % 2 and name == "audience" else name
        name = "when" if number % 2 and name == "zone" else name
        line = line if name != "when" or number % 2 else "/slot reserve"
        given = {name: f"{words}{MARK}"}
        answered(await house.hanna.type(line, house.general, given))
    forget_strangers(house)


async def test_whatever_is_typed_so_far_is_completed_or_not(house: DiscordHouse) -> None:
    await reserve(house)
    completing = [
        (sub, one.name)
        for sub in SUB_COMMANDS
        for one in sub.options
        if one.completes not in (None, Completes.BLACKOUT)
    ]
    for number, words in enumerate(HOSTILE):
        sub, option = completing[number % len(completing)]
        typed = f"{words}{MARK}"
        choices = await house.hanna.completes(
            f"/slot {sub.name}", option, typed, channel=house.general
        )
        assert len(choices) <= 25


async def test_titles_descriptions_and_reasons_that_are_taken(house: DiscordHouse) -> None:
    for number, title in enumerate(TITLES[::10]):
        day = f"{FRIDAY} {number % 24:02}:00"
        line = f"/slot reserve when:{day} length:30 min server:Studio policy:at once"
        given: dict[str, object] = {
            "title": f"{title}{MARK}",
            "description": f"{DESCRIPTIONS[number * 10 % len(DESCRIPTIONS)]}{MARK}",
            "audience": "ann@example.org",
            "channel": house.general,
        }
        heard = answered(await house.hanna.type(line, house.general, given))
        assert "Permitted" in heard.words, (title, heard.words)
        (reservation,) = await house.reservations()
        shown = await house.hanna.type(f"/slot show code:{reservation.code}", house.general)
        answered(shown, title)
        assert MARK in shown.words
        if number % 4 == 0:
            await house.deliver()
        reason = f"{REASONS[number * 8 % len(REASONS)]}{MARK}"
        cancel = f"/slot cancel code:{reservation.code}"
        told = await house.hanna.type(cancel, house.general, {"reason": reason})
        assert "Cancelled" in answered(told).words
        if number % 4 == 0:
            house.clock.move(timedelta(seconds=1))
            await house.deliver()


async def test_the_reason_before_a_cancellation(house: DiscordHouse) -> None:
    refused = [one for one in HOSTILE if isinstance(parse_reason(_typed(one)), Mistake)]
    code = await reserve(house, "@everyone <@&1> **x**")
    shown = await (await house.hanna.type(f"/slot show code:{code}", house.general)).message()
    for words in [one for one in refused if len(one) < LONGEST_REASON - 10][:60]:
        question = await (await house.hanna.click(shown, "Cancel")).opened()
        told = await house.hanna.submit(question, {"reason": f"{words}{MARK}"})
        assert "Nothing was done" in answered(told).words
    assert [code] == [one.code for one in await house.reservations()]


def _typed(words: str) -> str:
    """Give a reason as the desk reads it."""
    return readable(" ".join(f"{words}{MARK}".splitlines()))


async def test_names_of_lists_and_servers_that_are_taken(house: DiscordHouse) -> None:
    for words in HOSTILE[::4]:
        name = f"{words[:30]}{MARK}"
        where = house.general
        added = await house.adam.type(
            "/slot audience add", where, {"list": name, "addresses": "a@example.org"}
        )
        answered(added)
        server = {"name": name, "kind": "link", "watch_url": "https://live.example/h"}
        answered(await house.adam.type("/slot server add", where, server))
    for line in ("audience show", "server list", "free", "reserve", "help"):
        answered(await house.adam.type(f"/slot {line}", house.general))


async def test_names_and_addresses_in_a_file(house: DiscordHouse) -> None:
    for number, words in enumerate(HOSTILE[::5]):
        rows = f"email,name\na{number}@example.org,{words}{MARK}\n{words}{MARK},x\n"
        file = house.adam.upload("guests.csv", rows.encode(errors="replace"))
        line = "/slot audience import list:guests"
        answered(await house.adam.type(line, house.general, {"file": file}))
    answered(await house.adam.type("/slot audience show list:guests", house.general))
