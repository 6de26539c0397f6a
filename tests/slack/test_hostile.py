"""Five hundred hostile strings in every field: no ping, no markup, no error from Slack."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.form.answers import Mistake
from bot.form.text import parse_description, parse_reason, parse_title
from bot.slack.typed import readable
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.hostile import HOSTILE
from tests.slack.house import SlackHouse, open_slack_house
from tests.slack.server import View
from tests.slack.speaking import FRIDAY, HOUR, code_in, escaped, reserved, typed
from tests.slack.tame import MARK, Watch, forge, look_at

MARKED = [f"{words}{MARK}" for words in HOSTILE]
DESCRIPTIONS = [one for one in MARKED if isinstance(parse_description(one[:1900]), str)]
TITLES = [
    words
    for words in (f"{one[:70]}{MARK}" for one in HOSTILE)
    if isinstance(parse_title(words), str)
]


@pytest.fixture
def house(wild_house: SlackHouse) -> SlackHouse:
    return wild_house


@pytest.fixture
def watch(house: SlackHouse) -> Watch:
    return Watch(house)


def test_there_are_five_hundred_and_many_of_them_can_be_titles() -> None:
    assert 500 == len(set(HOSTILE))
    assert len(TITLES) >= 200
    assert len(DESCRIPTIONS) >= 400


@pytest.mark.parametrize(
    "blocks",
    [
        {"text": "<!channel>"},
        {"text": "a & b"},
        {"text": "*bold*"},
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]},
        {"blocks": [{"type": "broadcast", "range": "here"}]},
        {"blocks": [{"type": "user", "user_id": "U0002"}]},
        {"blocks": [{"type": "link", "url": "http://evil.example"}]},
        {"blocks": [{"type": "emoji", "name": MARK}]},
        {"blocks": [{"type": "date", "fallback": MARK}]},
        {"blocks": [{"type": "text", "text": f"\u202e{MARK}"}]},
    ],
)
def test_the_watch_sees_what_is_not_tame(blocks: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        look_at(blocks)


async def test_the_text_of_the_command_itself(house: SlackHouse, watch: Watch) -> None:
    for words in HOSTILE:
        heard = await house.hanna.type(f"/slot {escaped(words)}{MARK}", house.general)
        watch.answered(heard)
    # and as Slack writes it where somebody picked a channel or a person while typing
    for words in HOSTILE[:60]:
        watch.answered(await house.hanna.type(f"/slot reserve {words}", house.general))


async def test_whatever_stands_behind_a_sub_command(house: SlackHouse, watch: Watch) -> None:
    verbs = (
        *("show", "reconfirm", "change", "cancel", "again", "key", "help", "free", "list"),
        *("audience show", "audience drop", "audience export", "server show", "reserve"),
        *("settings", "settings email=", "settings zone=", "settings reminders=", "stop"),
        *("audience add", "audience remove", "audience import", "server blackout Hall"),
        *("server lift", "server change", "audience add crew", "settings workspace zone="),
    )
    await typed(house, "server add Hall kind=link watch_url=https://live.example/h", house.adam)
    for number, words in enumerate(MARKED):
        for turn in range(2):
            verb = verbs[(number + turn * 7) % len(verbs)]
            gap = "" if verb.endswith("=") else " "
            line = f"/slot {verb}{gap}{escaped(words)}"
            watch.answered(await house.adam.type(line, house.general))


async def test_every_field_on_a_line(house: SlackHouse, watch: Watch) -> None:
    code = await reserved(house, "audience=ann@example.org")
    names = "title description when length server viewers audience lists credentials user passcode"
    fields = [*names.split(), "policy", "reminders", "reply_to"]
    changing = ["add" if one == "audience" else one for one in fields]
    # forms of all five hundred are drawn in test_blocks; here half of them travel the whole way
    for number, words in enumerate(MARKED[::2]):
        quoted = escaped(words.replace("\\", "\\\\").replace('"', '\\"'))
        start, names_here = ("reserve", fields) if number % 2 else (f"change {code}", changing)
        line = " ".join(f'{name}="{quoted}"' for name in names_here)
        watch.answered(await house.hanna.type(f"/slot {start} {line}", house.general))


async def form_of(house: SlackHouse, line: str) -> View:
    """Open a form by a line."""
    return await (await typed(house, line)).opened()


async def test_every_field_of_the_form(house: SlackHouse, watch: Watch) -> None:
    form = await form_of(house, "reserve fri 20:00 for 2h Studio")
    names = "title description length audience user passcode reminders reply_to viewers lists"
    for words in MARKED:
        heard = watch.answered(await forge(house.hanna, form, dict.fromkeys(names.split(), words)))

        assert heard.errors
        assert form.open
    assert "Nothing is reserved" in (await typed(house, "list all")).words


async def test_every_field_of_the_form_of_a_change(house: SlackHouse, watch: Watch) -> None:
    code = await reserved(house, "audience=ann@example.org")
    form = await form_of(house, f"change {code}")
    names = "title description length add remove user passcode reminders reply_to lists"
    for words in MARKED:
        heard = watch.answered(await forge(house.hanna, form, dict.fromkeys(names.split(), words)))

        assert heard.errors


async def reserve_all(house: SlackHouse, watch: Watch, titles: list[str]) -> list[str]:
    """Reserve a slot for each title, described by the next ones, told to a channel."""
    form = await form_of(house, "reserve fri 20:00 for 2h Studio")
    definition, codes = form.definition, []
    for number, title in enumerate(titles):
        around = "\n".join(DESCRIPTIONS[number * 4 % 400 : number * 4 % 400 + 4])
        form.open, form.blocks = True, definition["blocks"]
        heard = await forge(
            house.hanna,
            form,
            {
                "title": title,
                "description": around[:1900],
                "when": FRIDAY + number * HOUR // 2,
                "length": "30min",
                "channels": [house.general],
                "policy": "at once",
            },
        )
        watch.answered(heard)
        assert "Permitted" in form.words, (title, heard)
        codes.append(code_in(form.words))
        form = await form_of(house, "reserve fri 20:00 for 2h Studio")
    return codes


async def test_titles_descriptions_and_reasons_that_are_taken(
    house: SlackHouse, watch: Watch
) -> None:
    codes = await reserve_all(house, watch, TITLES[::3])
    await house.deliver()
    watch.calls()
    assert len(codes) == len(house.general.messages)
    reasons = [one for one in MARKED if isinstance(parse_reason(one), str)]
    for line in ("list", "list all"):
        watch.answered(await typed(house, line))
    await house.hanna.open_home()
    for number, code in enumerate(codes):
        if number % 4 == 0:
            for line in (f"show {code}", f"change {code}"):
                watch.answered(await typed(house, line))
        if number % 2 == 0:
            reason = escaped(reasons[number])
            watch.answered(await house.hanna.type(f"/slot cancel {code} {reason}", house.general))
    house.clock.move(timedelta(seconds=1))
    await house.deliver()
    watch.calls()
    posts = [*house.general.everything, *house.hanna.dm.everything]
    assert all(set() == post.pings for post in posts)
    assert all(MARK in post.words for post in house.general.messages)


def is_refused(words: str) -> bool:
    """Tell whether words cannot be a reason, however they are broken into lines."""
    return isinstance(parse_reason(readable(" ".join(words.splitlines()))), Mistake)


async def test_the_question_and_the_reason_before_a_cancellation(
    house: SlackHouse, watch: Watch
) -> None:
    await reserved(house, 'audience=ann@example.org title="&lt;!channel&gt; *x*"')
    await house.deliver()
    (permission,) = house.hanna.direct_messages
    question = await (await house.hanna.click(permission, "slot:cancel")).opened()
    refused = [one for one in MARKED if is_refused(one)]
    for words in refused:
        heard = watch.answered(await forge(house.hanna, question, {"reason": words}))

        assert ["reason"] == list(heard.errors)
    assert len(refused) > 50


async def test_over_http_hostile_words_are_as_harmless(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> None:
    async with open_slack_house(sqlite_files.fresh(), tmp_path, clock, "http") as house:
        watch = Watch(house)
        for words in HOSTILE[::5]:
            sent = escaped(words.encode(errors="replace").decode())
            watch.answered(await house.hanna.type(f"/slot show {sent}{MARK}", house.general))
            watch.answered(await house.hanna.type(f"/slot reserve {sent}{MARK}", house.general))
        house.nothing_refused()
