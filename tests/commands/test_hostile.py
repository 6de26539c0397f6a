"""Hostile input: each gets a clear error beside its field; nothing is written, nothing is sent."""

from __future__ import annotations

import time

import pytest

from bot.answers.reply import Tone
from bot.commands.commands import (
    Cancel,
    Change,
    Command,
    Reserve,
    ServerChange,
    Settings,
)
from bot.commands.run import handle
from bot.console.render import render_reply
from core.notices.said import cleaned
from tests.commands.typing import Typist, count_rows

GOOD = {
    "title": "Evening show",
    "when": "2026-12-04 20:00",
    "length": "2h",
    "server": "Studio",
    "audience": "ann@example.org",
}
# what could steer a terminal, break a header or a row, or make text lie about itself
STEERING = {
    "escape": "a\x1b[2Jb",
    "null": "a\x00b",
    "backspace": "a\x08b",
    "c1": "a\x9bb",
    "line break": "a\nb",
    "header": "a\r\nBcc: eve@evil.org",
    "line separator": "a\u2028b",
    "override": "a\u202eb",
    "isolate": "a\u2066b",
    "zero width": "a\u200bb",
    "tag": "a\U000e0041b",
    "surrogate": "a\ud800b",
}
MANY = 100_000
WRONG = {
    "audience": [
        "ann@example.org> SIZE=1",
        "ann@example.org\r\nRCPT TO:<eve@evil.org>",
        "<ann@example.org>\x00eve@evil.org",
        '"ann\r\nBcc: eve@evil.org"@example.org',
        "ann@example.org@evil.org",
        "ann%evil.org",
        "ann@[127.0.0.1]",
        "ann@local host",
    ],
    "reply_to": [
        "ann@example.org\r\nBcc: eve@evil.org",
        "ann@example.org, eve@evil.org",
    ],
    "when": [
        "31 Feb 20:00",
        "9999-12-31 23:59",
        "4 Dec 99999 20:00",
        "2026-12-04 20:00 Europe/Atlantis",
        "2026-03-29 02:30 Europe/Berlin",
        "yesterday yesterday",
    ],
    "length": [
        "-2h",
        "0",
        "1e9 h",
        "99999999999999999999 h",
        "8 days",
    ],
    "viewers": [
        "-1",
        "\u0665",
        "1" * 40,
    ],
    "server": [
        "Studio'; DROP TABLE servers; --",
    ],
    "lists": [
        "nobody's",
    ],
    "credentials": [
        "root",
    ],
    "passcode": [
        "short",
        'has"quotes"in-it',
    ],
    "user": [
        "a:b@c",
    ],
    "policy": [
        "never",
    ],
    "reminders": [
        "1h, 2h, 3h, 4h, 5h, 6h",
        "-1h",
    ],
    "title": [
        "   \u3000 ",
        "Free money at http://evil.org",
    ],
}
LINES_ARE_FINE = {"description", "audience", "lists", "add", "remove"}  # fields of several lines
_LINES = {"line break", "header", "line separator"}


def steering(field: str) -> list[str]:
    """Give what could steer anything in a field."""
    fine = _LINES if field in LINES_ARE_FINE else set()
    return [text for how, text in STEERING.items() if how not in fine]


async def refused(typist: Typist, command: Command, field: str) -> str:
    """See that a command is refused beside its field without a trace; give what was said."""
    before = await typist.desk.read(count_rows)

    reply = await handle(typist.desk, typist.actor, command)

    assert Tone.MISTAKE is reply.tone, reply
    assert before == await typist.desk.read(count_rows)
    shown = render_reply(reply, typist.actor.zone)
    assert any(f"{field}:" in line for line in shown), shown
    assert [cleaned(line) for line in shown] == shown
    assert max(map(len, shown)) < 1000
    return "\n".join(shown)


@pytest.mark.parametrize(
    "field",
    [
        *("title", "description", "server", "when", "length", "viewers", "audience", "lists"),
        *("credentials", "user", "passcode", "policy", "reminders", "reply_to"),
    ],
)
async def test_what_could_steer_anything_is_refused_in_every_field(
    olga: Typist, field: str
) -> None:
    for text in steering(field):
        await refused(olga, Reserve("", GOOD | {field: f"{GOOD.get(field, '')}{text}"}), field)


@pytest.mark.parametrize("field", [*GOOD, "description", "viewers", "user", "passcode", "reply_to"])
async def test_a_paste_of_a_hundred_thousand_characters_is_refused_at_once(
    olga: Typist, field: str
) -> None:
    started = time.perf_counter()

    await refused(olga, Reserve("", GOOD | {field: "a" * MANY}), field)
    await refused(olga, Reserve("", GOOD | {field: "a b@" * (MANY // 4) + "c"}), field)

    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("field", WRONG)
async def test_each_wrong_value_is_refused_beside_its_field(olga: Typist, field: str) -> None:
    for typed in WRONG[field]:
        await refused(olga, Reserve("", GOOD | {field: typed}), field)


async def test_a_slot_in_the_past_is_denied_and_tells_nobody(olga: Typist) -> None:
    before = await olga.desk.read(count_rows)

    reply = await handle(olga.desk, olga.actor, Reserve("", GOOD | {"when": "2026-11-30 08:00"}))

    after = await olga.desk.read(count_rows)
    assert Tone.DENIED is reply.tone
    assert {"audit"} == {name.rstrip("s") for name in after if after[name] != before[name]}


@pytest.mark.parametrize("field", ["title", "when", "add", "remove", "reply_to"])
async def test_a_change_is_no_way_around(olga: Typist, field: str) -> None:
    code = await olga.code()

    for text in steering(field):
        await refused(olga, Change(code, "", {field: f"ann@x.org{text}"}), field)


async def test_a_reason_is_one_line_without_tricks(olga: Typist) -> None:
    code = await olga.code()

    for text in steering("reason"):
        await refused(olga, Cancel(code, f"ill {text}"), "reason")


@pytest.mark.parametrize("field", ["name", "watch_url", "ingest_url", "opening_hours", "quota"])
async def test_a_servers_fields_are_guarded_as_well(olga: Typist, field: str) -> None:
    for text in steering(field):
        typed = text if field == "name" else f"https://x.org/{text}"
        await refused(olga, ServerChange("Studio", {field: typed}), field)


@pytest.mark.parametrize("field", ["zone", "email", "reminders"])
async def test_settings_are_guarded_as_well(olga: Typist, field: str) -> None:
    good = {"zone": "Europe/Berlin", "email": "olga@example.org", "reminders": "2h"}[field]

    for text in steering(field):
        await refused(olga, Settings({field: f"{good}{text}"}), field)


async def test_a_long_command_is_refused_before_it_is_looked_at(olga: Typist) -> None:
    before = await olga.desk.read(count_rows)

    shown = await olga.read("reserve " + "a" * 10_000_000, Tone.MISTAKE)

    assert "too long" in shown
    assert before == await olga.desk.read(count_rows)


async def test_what_was_typed_is_never_shown_raw(olga: Typist) -> None:
    for verb in ("show", "cancel", "help", "list", "audience show", "server show"):
        reply = await olga.type(f"{verb} \x1b]0;owned\x07\u202e" + "x" * 5000)

        shown = render_reply(reply, olga.actor.zone)
        assert [cleaned(line) for line in shown] == shown


async def test_titles_are_shown_as_they_are_but_tame(olga: Typist) -> None:
    await olga.read(
        'reserve fri 20:00 2h title="<!channel> *bold* & <b>x</b>" audience=ann@example.org',
        Tone.OK,
    )

    assert "<!channel> *bold* & <b>x</b>" in await olga.read("list")
