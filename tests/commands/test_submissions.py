"""The same submission twice does once, and is answered twice alike; trouble is owned up to."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bot.answers.reply import Tone
from bot.commands.commands import AudienceImport
from bot.commands.run import handle
from core.store.desk import Desk
from tests.commands.typing import RESERVE, Typist, count_rows
from tests.desks import Scene

SERVER = "server add Hall watch_url=https://live.example.org/hall"


@pytest.mark.parametrize(
    "typed",
    [
        RESERVE,
        f"{RESERVE} credentials=each",
        "audience add regulars ann@example.org",
        SERVER,
        "server change Studio max_streams=2",
        "server blackout Studio sat 20:00-22:00 reason=Works",
        "server lift Studio 1",
        "settings zone=Europe/Berlin email=olga@example.org reminders=2h",
        "settings workspace zone=UTC",
        "stop eve@example.org",
        "audience drop regulars",
    ],
)
async def test_a_second_copy_does_nothing_and_is_answered_alike(olga: Typist, typed: str) -> None:
    await olga.read("stop bob@example.org", Tone.OK)

    first = await olga.type(typed, key="K1")
    after_first = await olga.desk.read(count_rows)
    second = await olga.type(typed, key="K1")

    assert Tone.TROUBLE is not first.tone
    assert first == second
    assert after_first == await olga.desk.read(count_rows)


@pytest.mark.parametrize("verb", ["reconfirm", "cancel", "again", "change"])
async def test_a_second_copy_of_an_act_on_a_reservation_does_nothing(
    olga: Typist, verb: str
) -> None:
    code = await olga.code()
    typed = f"{verb} {code}{' title=Late add=carol@example.org' if verb == 'change' else ''}"

    first = await olga.type(typed, key="K1")
    after_first = await olga.desk.read(count_rows)
    second = await olga.type(typed, key="K1")

    assert first == second
    assert after_first == await olga.desk.read(count_rows)


async def test_a_late_copy_of_a_change_is_answered_as_it_was(olga: Typist) -> None:
    """Also where the reservation was called off in between: the change was carried out."""
    code = await olga.code()
    typed = f"change {code} title=Late"
    first = await olga.type(typed, key="K1")
    await olga.read(f"cancel {code}", Tone.OK)

    assert first == await olga.type(typed, key="K1")
    assert first != await olga.type(typed, key="K2")


async def test_a_second_copy_of_a_file_does_nothing(olga: Typist) -> None:
    command = AudienceImport("regulars", "a.csv", b"email\nann@example.org\n")

    first = await handle(olga.desk, olga.actor, command, submission_key="K1")
    second = await handle(olga.desk, olga.actor, command, submission_key="K1")

    assert Tone.OK is first.tone
    assert first == second


async def test_a_denial_is_remembered_as_well(olga: Typist, bruno: Typist) -> None:
    await olga.reserve()

    first = await bruno.type(RESERVE, key="K2")
    await olga.read(f"cancel {(await olga.mine())[0].code}", Tone.OK)
    second = await bruno.type(RESERVE, key="K2")

    assert Tone.DENIED is second.tone
    assert first.lines == second.lines


async def test_a_busy_desk_says_so_and_has_written_nothing(scene: Scene, olga: Typist) -> None:
    before = await olga.desk.read(count_rows)

    with closing(sqlite3.connect(str(scene.desk.database.url.database))) as another_process:
        another_process.execute("BEGIN IMMEDIATE")
        reply = await olga.type("audience add regulars ann@example.org")

    assert Tone.TROUBLE is reply.tone
    assert "nothing was written: try again" in str(reply.lines)
    assert before == await olga.desk.read(count_rows)


async def test_what_goes_wrong_is_logged_under_the_number_that_is_told(
    desk: Desk, olga: Typist, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = replace(olga.actor, person_id=999)

    with caplog.at_level(logging.ERROR):
        reply = await Typist(desk, nobody).type("settings email=secret@example.org")

    (record,) = caplog.records
    number = record.__dict__["number"]
    assert Tone.TROUBLE is reply.tone
    assert number in str(reply.lines)
    assert "secret@example.org" not in caplog.text
