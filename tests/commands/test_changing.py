"""Changing by command: what is answered, what is asked for, and what stays."""

from __future__ import annotations

from bot.answers.reply import Tone
from core.model.reservation import Status
from tests.commands.typing import TITLE, Typist


async def test_a_change_says_old_and_new_and_who_is_told(olga: Typist) -> None:
    mine = await olga.reserve()

    shown = await olga.read(
        f'change {mine.code} 2026-12-05 21:00 title="Late show" add=carol@example.org '
        "remove=bob@example.org, who@example.org",
        Tone.OK,
    )

    assert f"{TITLE} \u2192 Late show" in shown
    assert "Fri 4 Dec 2026, 20:00\u201322:00 UTC \u2192 Sat 5 Dec 2026, 21:00\u201323:00" in shown
    assert "Added:   1 recipient" in shown
    assert "Removed: 1 recipient" in shown
    assert "1 recipient to be removed was not on it." in shown
    assert "Reconfirm by Fri 4 Dec 2026, 21:00 UTC" in shown


async def test_a_new_time_of_a_confirmed_slot_is_to_be_reconfirmed_again(olga: Typist) -> None:
    mine = await olga.reserve()
    await olga.read(f"reconfirm {mine.code}", Tone.OK)

    shown = await olga.read(f"change {mine.code} sat 21:00", Tone.OK)

    assert "it must be reconfirmed again" in shown
    assert Status.PERMITTED is (await olga.mine())[0].status


async def test_a_change_that_changes_nothing_says_so(olga: Typist) -> None:
    mine = await olga.reserve()

    shown = await olga.read(f'change {mine.code} title="{TITLE}"', Tone.INFO)

    assert "nothing was changed" in shown
    assert "Nobody is told." in shown


async def test_a_denied_change_leaves_the_reservation_as_it_was(
    olga: Typist, bruno: Typist
) -> None:
    mine = await olga.reserve()
    await bruno.read("reserve 2026-12-05 20:00 2h title=Chess audience=fan@example.org", Tone.OK)

    reply = await olga.type(f"change {mine.code} 2026-12-05 21:00")

    assert Tone.DENIED is reply.tone
    assert (mine,) == await olga.mine()
    assert all(action.command.startswith(f"/slot change {mine.code} ") for action in reply.actions)
    await olga.read(reply.actions[0].command, Tone.OK)


async def test_a_change_without_fields_asks_and_shows_what_is(olga: Typist) -> None:
    mine = await olga.reserve()

    reply = await olga.type(f"change {mine.code}")

    assert reply.form is not None
    assert (TITLE, "2026-12-04 20:00", "2 h") == tuple(
        reply.form.defaults[name] for name in ("title", "when", "length")
    )


async def test_others_can_neither_change_nor_learn_what_it_is(olga: Typist, bruno: Typist) -> None:
    mine = await olga.reserve()

    shown = await bruno.read(f"change {mine.code} title=Mine", Tone.DENIED)

    assert TITLE not in shown


async def test_new_credentials_are_shown_to_their_holder(olga: Typist) -> None:
    mine = await olga.reserve()

    shown = await olga.read(f"change {mine.code} passcode=another-one-9", Tone.OK)

    assert "another-one-9" in shown
