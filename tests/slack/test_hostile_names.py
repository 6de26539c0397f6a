"""Hostile names: of lists and of who is on them, of files, servers, people and channels."""

from __future__ import annotations

import csv
import io
from functools import partial

import pytest

from tests.slack.hostile import HOSTILE
from tests.slack.house import SlackHouse
from tests.slack.server import View
from tests.slack.speaking import code_in, escaped, field, mention, typed
from tests.slack.tame import MARK, Watch, forge

MARKED = [f"{words}{MARK}" for words in HOSTILE]
CONTROLS = bytes({*range(32), 127} - {9, 10, 13})  # with these a file is none of text


@pytest.fixture
def house(wild_house: SlackHouse) -> SlackHouse:
    return wild_house


@pytest.fixture
def watch(house: SlackHouse) -> Watch:
    return Watch(house)


async def form_of(house: SlackHouse, line: str) -> View:
    """Open a form by a line."""
    return await (await typed(house, line)).opened()


async def test_names_in_a_file_and_of_lists(house: SlackHouse, watch: Watch) -> None:
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(["email", "name"])
    names = [words for words in MARKED if len(words.splitlines()) == 1]
    rows.writerows([f"m{number}@example.org", words] for number, words in enumerate(names))
    data = written.getvalue().encode(errors="replace").translate(None, CONTROLS)
    form = await form_of(house, "audience import crew")

    await house.hanna.submit(form, {"file": [house.hanna.upload("guests.csv", data)]})
    await house.slack.until(lambda: "One moment" not in form.title, within=10)
    watch.calls()
    assert f"Added: {len(names)} addresses" in form.words, form.words
    assert len(names) > 450
    for line in ("audience", "audience show crew", "audience export crew"):
        watch.answered(await typed(house, line))
    await house.slack.until(lambda: house.hanna.dm.everything)
    for number, words in enumerate(MARKED):
        name = escaped(words.replace('"', ""))
        if number % 2:
            line = f'/slot audience add "{name}" a@example.org'
        else:
            line = f'/slot audience add friends "{name}" &lt;b{number}@example.org&gt;'
        watch.answered(await house.hanna.type(line, house.general))
    watch.answered(await typed(house, "audience"))
    watch.answered(await typed(house, "audience show friends"))
    watch.answered(await typed(house, "reserve"))


def updated(house: SlackHouse, seen: int) -> bool:
    """Tell whether a modal has been updated since."""
    return len(house.slack.calls_of("views.update")) > seen


async def test_a_file_with_a_hostile_name_and_hostile_rows(house: SlackHouse, watch: Watch) -> None:
    form = await form_of(house, "reserve fri 20:00 for 2h Studio title=Show")
    for words in MARKED[::80]:
        data = f"email\n{words}\nann@example.org\n".encode(errors="replace")
        upload = house.hanna.upload("guests.csv", data)
        upload.name = f"{words}.csv"
        seen = len(house.slack.calls_of("views.update"))

        heard = await forge(house.hanna, form, {field(form, "file"): [upload]})
        await house.slack.until(partial(updated, house, seen))

        assert heard.error is None
        watch.calls()


async def test_names_of_servers(house: SlackHouse, watch: Watch) -> None:
    for words in MARKED:
        line = f"/slot server add {escaped(words)} kind=link watch_url=https://live.example/x"
        watch.answered(await house.adam.type(line, house.general))
    for line in ("server list", "free fri 2h", "reserve", "reserve fri 20:00 for 2h"):
        watch.answered(await typed(house, line))
    await house.hanna.open_home()
    watch.calls()


async def test_names_of_people_and_channels(house: SlackHouse, watch: Watch) -> None:
    for number, words in enumerate(MARKED[::12]):
        who = house.team.add_user(f"U{number + 1000}", name=words.encode(errors="replace").decode())
        place = house.team.add_channel(f"C{number + 1000}", name=words)
        place.name = who.name
        targets = f"{mention(house.general)} <#{place.id}> <@{who.id}>"
        heard = await who.type(
            f'/slot reserve when="2026-12-{number % 20 + 6} {number // 20 + 9}:00" length=30min'
            f' server=Studio title=Show audience="{targets}" policy="at once"',
            house.general,
        )
        watch.answered(heard)
        code = code_in(heard.words)
        watch.answered(await who.type(f"/slot show {code}", house.general))
        watch.answered(await who.type(f"/slot change {code}", house.general))
        await who.open_home()
    await house.deliver()
    watch.calls()
    assert len(MARKED[::12]) == len(house.general.messages)
    assert all(set() == post.pings for post in house.general.everything)
