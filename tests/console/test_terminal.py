"""The dialogue at a terminal: fields are asked one by one, what was right is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.reservation import CredentialMode, NotificationPolicy
from core.model.slot import Slot
from tests.commands.typing import RESERVE
from tests.console.sitting import CTRL_C, CTRL_D, ENTER, UP, Sitting, paste
from tests.desks import START

BACKSPACE = "\x7f"


async def test_a_form_asks_field_by_field(olga: Sitting) -> None:
    screen = await olga.press(
        "reserve", "Evening show", "2026-12-04 20:00", "2h", "ann@example.org", "yes"
    )

    (mine,) = await olga.mine()
    assert "Evening show" == mine.title
    assert timedelta(hours=2) == mine.slot.length
    assert screen.index("Title: What is on") < screen.index("Start: ") < screen.index("Length: ")
    assert "Permitted: Evening show" in screen


async def test_a_form_asks_only_for_what_the_line_left_out(olga: Sitting) -> None:
    screen = await olga.press(
        "reserve 2026-12-04 20:00 for 2h Studio audience=ann@example.org", "Evening show", "yes"
    )

    assert 1 == len(await olga.mine())
    assert "Length: 2h, 90 min" not in screen
    assert "Audience: E-mail" not in screen


async def test_a_whole_line_needs_no_dialogue(olga: Sitting) -> None:
    screen = await olga.press(RESERVE)

    assert 1 == len(await olga.mine())
    assert "Reserve it?" not in screen


async def test_a_wrong_answer_is_asked_again_to_be_mended_and_the_rest_is_kept(
    olga: Sitting,
) -> None:
    screen = await olga.press(
        "reserve",
        "Evening show",
        "2026-12-04 20:00",
        "2x",
        f"{BACKSPACE}h",
        "ann@example.org, bob",
        "@example.org",
        "yes",
    )

    assert "! \u201c2x\u201d is no length of time" in screen
    assert "\u201cbob\u201d: it has no @" in screen
    (mine,) = await olga.mine()
    assert timedelta(hours=2) == mine.slot.length
    assert 1 == screen.count("Title: What is on")


async def test_a_doubtful_time_offers_what_it_may_mean_by_number(olga: Sitting) -> None:
    screen = await olga.press(
        "reserve", "Evening show", "2026-12-04 8 o'clock", "4 Dec 8", "2", "2h", "a@x.org", "yes"
    )

    (mine,) = await olga.mine()
    assert 20 == mine.slot.starts_at.hour, screen


async def test_a_field_can_be_changed_before_it_is_handed_in(olga: Sitting) -> None:
    screen = await olga.press(
        "reserve 2026-12-04 20:00 for 2h audience=ann@example.org",
        "Evening show",
        "credentials",
        "each",
        "policy",
        "both",
        "perhaps",
        "yes",
    )

    (mine,) = await olga.mine()
    assert (CredentialMode.EACH, NotificationPolicy.BOTH) == (
        mine.credential_mode,
        mine.notification_policy,
    )
    assert "Write yes, no, or a field" in screen


async def test_nothing_is_handed_in_without_a_yes(olga: Sitting) -> None:
    for answer in ("no", CTRL_C, CTRL_D, f"{ENTER}no"):
        screen = await olga.press(
            "reserve 2026-12-04 20:00 for 2h audience=ann@example.org", "Evening show", answer
        )

        assert "Nothing was written." in screen
        assert () == await olga.mine()


async def test_ctrl_c_leaves_the_form_and_the_console_goes_on(olga: Sitting) -> None:
    screen = await olga.press("reserve", f"Even{CTRL_C}list")

    assert "Nothing was written." in screen
    assert "You have nothing reserved." in screen


async def test_ctrl_c_cancels_the_line(olga: Sitting) -> None:
    screen = await olga.press(f"cancel everything{CTRL_C}list")

    assert "You have nothing reserved." in screen


@pytest.mark.parametrize("word", ["exit", "quit", " Bye "])
async def test_a_word_leaves_as_ctrl_d_does(olga: Sitting, word: str) -> None:
    screen = await olga.press(word, "list")

    assert "nothing reserved" not in screen


async def test_a_denial_offers_what_is_free_by_number(olga: Sitting) -> None:
    await olga.press(RESERVE)
    screen = await olga.press(RESERVE.replace("Evening", "Other"), "1")

    slots = {one.title: one.slot for one in await olga.mine()}
    assert "Free instead" in screen
    assert slots["Evening show"].length == slots["Other show"].length
    assert not slots["Evening show"].overlaps(slots["Other show"])


async def test_a_denial_takes_another_time_and_keeps_the_length(olga: Sitting) -> None:
    await olga.press(RESERVE)
    await olga.press(RESERVE.replace("Evening", "Other"), "2026-12-06 10:00")

    other = (await olga.mine())[-1]
    start = START.replace(month=12, day=6, hour=10)
    assert Slot.of(start, timedelta(hours=2)) == other.slot


async def test_a_denial_can_be_left(olga: Sitting) -> None:
    await olga.press(RESERVE)
    screen = await olga.press(RESERVE, "")

    assert "Nothing was written." in screen
    assert 1 == len(await olga.mine())


async def test_a_change_shows_what_is_and_keeps_it_at_enter(olga: Sitting) -> None:
    await olga.press(RESERVE)
    (before,) = await olga.mine()
    screen = await olga.press(f"change {before.code}", "", "", "3h", "carol@example.org", "", "yes")

    (after,) = await olga.mine()
    assert "title [Evening show]:" in screen
    assert (before.title, timedelta(hours=3)) == (after.title, after.slot.length)
    assert "Added:  1 recipient" in screen


async def test_a_dash_clears_a_field(olga: Sitting) -> None:
    await olga.press(f"{RESERVE} description=Old")
    (before,) = await olga.mine()
    await olga.press(
        f"change {before.code} title=New reminders=whenever",
        f"{BACKSPACE * 8}2h",
        "description",
        "-",
        "yes",
    )

    (after,) = await olga.mine()
    assert ("New", "") == (after.title, after.description)


async def test_addresses_can_be_pasted_line_by_line(olga: Sitting) -> None:
    screen = await olga.press(
        "reserve 2026-12-04 20:00 for 2h title=Show",
        paste('ann@example.org\n"Doe, Bob" <bob@example.org>\ncarol@example.org'),
        "yes",
    )

    assert "3 recipients are told now." in screen


async def test_here_documents_work_here_too(olga: Sitting) -> None:
    screen = await olga.press(
        "audience add regulars <<END", "ann@example.org", "bob@example.org", "END"
    )

    assert "Added: 2 addresses to regulars" in screen


async def test_what_is_kept_for_the_next_time_holds_no_secrets_and_no_addresses(
    olga: Sitting,
) -> None:
    await olga.press(
        "list",
        f"{RESERVE} passcode=sing-along-9",
        "reserve 2026-12-06 20:00 for 2h title=x",
        "eve@example.org",
        "no",
        "free fri",
    )

    path = olga.app.history_path
    assert path is not None
    kept = path.read_text("utf-8")
    assert ["+list", "+reserve 2026-12-06 20:00 for 2h title=x", "+free fri"] == [
        line for line in kept.splitlines() if line.startswith("+")
    ]
    assert "@" not in kept
    assert 0o600 == path.stat().st_mode & 0o777


async def test_the_history_is_there_the_next_time(olga: Sitting) -> None:
    await olga.press("list all")

    assert "Nothing is reserved." in await olga.press(UP)


async def test_notices_appear_by_themselves(olga: Sitting) -> None:
    olga.app.inbox.show("[Report] Evening show")

    screen = await olga.press("list")

    assert "| [Report] Evening show" in screen


async def test_a_zone_set_here_holds_from_the_next_command_on(olga: Sitting) -> None:
    screen = await olga.press("settings zone=Asia/Tokyo", RESERVE)

    assert "Fri 4 Dec 2026, 20:00\u201322:00 JST (Asia/Tokyo)" in screen
