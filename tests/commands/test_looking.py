"""Looking things up, and the commands on what is reserved."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from adapters.memory import MemoryRoute
from bot.answers.reply import Tone
from core.model.delivery import Refused
from core.model.recipient import RouteName
from core.notices.notice import Notice, Personal
from core.outbox.dispatch import Dispatcher, Fill, Outlet
from core.outbox.route import Message
from core.usecases.tick import carry_out, due_now
from tests.commands.typing import TITLE, Typist
from tests.desks import Scene


def plain(_: Notice) -> Fill:
    """Render a notice as nothing in particular."""

    def filled(delivery_id: int, personal: Personal) -> Message:
        return Message(delivery_id, personal.contact.address, b"a notice")

    return filled


async def deliver(scene: Scene, route: MemoryRoute) -> None:
    """Send what is due."""
    dispatcher = Dispatcher(scene.desk, {RouteName.EMAIL: Outlet(route, plain)}, "example.org")
    await dispatcher.deliver_due()
    await dispatcher.close()


async def test_lists_ones_own(olga: Typist, bruno: Typist) -> None:
    mine = await olga.reserve()

    shown = await olga.read("list")

    assert all(word in shown for word in (mine.code, TITLE, "to be reconfirmed by"))
    assert "nothing reserved" in await bruno.read("list")


async def test_others_see_a_slot_as_busy_and_no_more(olga: Typist, bruno: Typist) -> None:
    mine = await olga.reserve()

    shown = await bruno.read("list all")

    assert "Fri 4 Dec 2026, 20:00\u201322:00" in shown
    assert "busy" in shown
    assert TITLE not in shown
    assert mine.code not in shown


@pytest.mark.parametrize("verb", ["show", "key", "reconfirm", "change", "cancel", "again"])
async def test_only_the_holder_and_admins_may(olga: Typist, bruno: Typist, verb: str) -> None:
    code = await olga.code()

    shown = await bruno.read(f"{verb} {code}", Tone.DENIED)

    assert "Only its holder and the admins may do that." == shown


@pytest.mark.parametrize("verb", ["show", "key", "reconfirm", "change", "cancel", "again"])
async def test_an_unknown_code_is_said_to_be_one(olga: Typist, verb: str) -> None:
    code = await olga.code()
    other = code[:-1] + ("0" if code[-1] != "0" else "1")

    shown = await olga.read(f"{verb} {other}", Tone.MISTAKE)

    assert f"There is no reservation {other}" in shown
    assert f"Did you mean \u201c{code}\u201d?" in shown


async def test_shows_who_was_told_who_failed_and_who_is_not_written_to(
    scene: Scene, olga: Typist
) -> None:
    await olga.read("stop carol@example.org", Tone.OK)
    code = await _reserved(olga)
    route = MemoryRoute()
    route.answer("bob@example.org", Refused("550 5.1.1 \x1b[31mno such user", bad_address=True))

    assert "3 waiting" not in await olga.read(f"show {code}")
    await deliver(scene, route)
    shown = await olga.read(f"show {code}")

    assert "1 told, 1 failed, 1 not written to" in shown
    assert "bob@example.org: their mail came back: 550 5.1.1 [31mno such user" in shown
    assert "carol@example.org: has asked not to be written to" in shown
    assert f"/slot again {code}" in shown


async def _reserved(typist: Typist) -> str:
    await typist.read(
        "reserve fri 20:00 2h title=Show "
        "audience=ann@example.org, bob@example.org, carol@example.org",
        Tone.OK,
    )
    return (await typist.mine())[0].code


async def test_sends_again_to_those_who_failed_and_to_them_alone(
    scene: Scene, olga: Typist
) -> None:
    code = await olga.code()
    route = MemoryRoute()
    route.answer("bob@example.org", Refused("550 no such user", bad_address=True))
    await deliver(scene, route)

    shown = await olga.read(f"again {code}", Tone.OK)
    await deliver(scene, route)

    assert "1 recipient of" in shown
    assert ["ann@example.org", "bob@example.org"] == [one.recipient for one in route.sent]
    assert "Nobody is left to be told" in await olga.read(f"again {code}", Tone.INFO)


async def test_shows_the_history(olga: Typist) -> None:
    code = await olga.code()
    await olga.read(f"change {code} title=Late", Tone.OK)
    await olga.read(f"reconfirm {code}", Tone.OK)
    await olga.read(f"change {code} add=carol@example.org", Tone.OK)
    await olga.read(f"cancel {code} The band is ill", Tone.OK)

    history = (await olga.read(f"show {code}")).partition("History")[2]

    said = [line.split("  ")[-1] for line in history.splitlines() if line.strip()][1:6]
    assert [
        "reserved",
        "changed: title",
        "reconfirmed",
        "changed: audience or rules",
        "cancelled: The band is ill",
    ] == said


async def test_only_the_key_command_shows_the_stream_key(olga: Typist) -> None:
    code = await olga.code()

    shown = await olga.read(f"key {code}", Tone.INFO)
    key = shown.rpartition("Stream key:")[2].strip()

    assert re.fullmatch(rf"{code.replace('-', '').lower()}\?key=[\w-]{{32}}", key, re.ASCII)
    assert "Ingest address: rtmp://live.example.org/live\n" in shown
    secret = key.partition("=")[2]
    assert secret not in await olga.read(f"show {code}")
    assert secret not in await olga.read("list")


async def test_the_key_says_from_when_until_when_it_opens_anything(olga: Typist) -> None:
    code = await olga.code()
    plain = await olga.read(f"key {code}")
    await olga.read("server change Studio set_up=15min tear_down=10min", Tone.OK)
    before = await olga.read(f"key {code}")
    await olga.read(f"change {code} 2026-12-05 20:00", Tone.OK)
    moved = await olga.read(f"key {code}")

    start = "You can connect from the start, Fri 4 Dec 2026, 20:00 UTC. "
    assert f"{start}The server disconnects you at Fri 4 Dec 2026, 22:00 UTC." in plain
    # the gate goes by what was permitted, not by rules that came later
    assert start in before
    assert "You can connect from Sat 5 Dec 2026, 19:45 UTC, to try things out: " in moved
    assert "your watchers are let in at Sat 5 Dec 2026, 20:00 UTC. " in moved
    assert "The server disconnects you at Sat 5 Dec 2026, 22:10 UTC." in moved


async def test_an_encoder_with_a_field_for_a_user_name_is_given_one(olga: Typist) -> None:
    await olga.read(
        "server change Studio kind=icecast ingest_url=icecast://live.example.org:8000/{path}.ogg",
        Tone.OK,
    )
    code = await olga.code()
    shown = await olga.read(f"key {code}")

    path = code.replace("-", "").lower()
    assert f"Ingest address: icecast://live.example.org:8000/{path}.ogg\n" in shown
    assert "User name:      source\n  Password:       " in shown
    assert "Stream key" not in shown


async def test_a_cancelled_slots_key_opens_nothing(olga: Typist) -> None:
    code = await olga.code()
    await olga.read(f"cancel {code}", Tone.OK)

    assert "opens nothing" in await olga.read(f"key {code}", Tone.DENIED)


async def test_a_server_that_is_only_linked_to_has_no_key(olga: Typist) -> None:
    await olga.read("server add Hall watch_url=https://live.example.org/hall", Tone.OK)
    await olga.read("reserve fri 20:00 2h Hall title=x audience=a@example.org", Tone.OK)
    (mine,) = await olga.mine()

    assert "asks for no stream key" in await olga.read(f"key {mine.code}", Tone.INFO)


async def test_reconfirming_twice_is_reconfirming_once(olga: Typist) -> None:
    code = await olga.code()

    assert "is now certain" in await olga.read(f"reconfirm {code}", Tone.OK)
    assert "was reconfirmed before" in await olga.read(f"reconfirm {code}", Tone.INFO)


async def test_cancelling_twice_is_cancelling_once(olga: Typist) -> None:
    code = await olga.code()

    assert "The slot is free again" in await olga.read(f"cancel {code} ill", Tone.OK)
    assert "was cancelled before" in await olga.read(f"cancel {code}", Tone.INFO)


async def test_after_a_lapse_it_is_too_late(scene: Scene, olga: Typist) -> None:
    code = await olga.code()
    scene.clock.move(timedelta(days=3, hours=12))
    for due in await scene.desk.read(due_now):
        await scene.desk.run(carry_out, due)

    shown = await olga.read(f"reconfirm {code}", Tone.DENIED)

    assert "it was not reconfirmed by Thu 3 Dec 2026, 20:00 UTC" in shown


async def test_says_what_is_free_and_how_to_take_it(olga: Typist) -> None:
    await olga.reserve()

    reply = await olga.type("free fri 2h Studio")
    shown = await olga.read("free fri 2h Studio")

    assert "Fri 4 Dec 2026, 00:00\u201320:00 (20 h)" in shown
    more = "title=x audience=a@example.org"
    assert await olga.read(f"{reply.actions[0].command} {more}", Tone.OK)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("free", "Studio, 1 h or longer"),
        ("free next week 90 min", "Studio, 1 h 30 min or longer"),
        ("free length=3h day=fri server=studio viewers=4", "Studio, 3 h or longer"),
        ("free fri 13h", "No 13 h slot is free"),
        ("free someday", "\u201csomeday\u201d"),
        ("free fri 8pm", "Only the day"),
        ("free day=fri length=-2h", "negative"),
        ("free fri server=Stadium", "\u201cStadium\u201d"),
        ("free fri viewers=many", "whole number"),
        ("free 4 Dec 9999", "too far off"),
    ],
)
async def test_free_understands_day_length_and_server(olga: Typist, typed: str, says: str) -> None:
    assert says in await olga.read(typed)
