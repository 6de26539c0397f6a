"""`/slot link`: a code in one chat, a look and a yes in the other; and off again."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.answers.reply import Reply, Tone
from bot.commands.commands import Link, Misunderstood, Unlink
from bot.commands.grammar import parse
from bot.console.render import render_reply
from bot.slack.answer import render_reply as render_in_slack
from core.model.people import WorkspaceKind
from core.usecases.settings import Account, enter
from tests.commands.typing import Typist, count_rows
from tests.desks import Scene

UTC = ZoneInfo("UTC")
SLACK = Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", "hanna")
DISCORD = Account(WorkspaceKind.DISCORD, "70", "Gamers", "90", "hanna_x")


@pytest.fixture
async def slack(scene: Scene) -> Typist:
    return Typist(scene.desk, await scene.desk.run(enter, SLACK))


@pytest.fixture
async def discord(scene: Scene) -> Typist:
    return Typist(scene.desk, await scene.desk.run(enter, DISCORD))


async def again(typist: Typist, account: Account) -> Typist:
    return Typist(typist.desk, await typist.desk.run(enter, account))


def shown(reply: Reply) -> str:
    return "\n".join(render_reply(reply, UTC))


async def offered(typist: Typist) -> str:
    """Ask for a code, and give what is to be typed in the other chat."""
    text = await typist.read("/slot link", Tone.INFO)
    return next(word for line in text.splitlines() for word in line.split() if word.count("-") >= 2)


async def asked(typist: Typist, code: str) -> Reply:
    reply = await typist.type(f"/slot link {code}")
    assert Tone.INFO is reply.tone, shown(reply)
    return reply


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("link", Link()),
        ("/slot link 1-2-Ab", Link("1-2-Ab")),
        ("link 1-2-Ab yes", Link("1-2-Ab", yes=True)),
        ("link 1-2-Ab YES", Link("1-2-Ab", yes=True)),
        ('link "1-2-Ab"', Link("1-2-Ab")),
        ("link off", Unlink()),
        ("link OFF", Unlink()),
    ],
)
def test_understands(typed: str, command: object) -> None:
    assert command == parse(typed)


@pytest.mark.parametrize("typed", ["link 1-2-Ab maybe", "link 1-2-Ab yes please", "unlink"])
def test_does_not_guess(typed: str) -> None:
    assert isinstance(parse(typed), Misunderstood)


async def test_a_code_is_to_be_typed_in_the_other_chat(slack: Typist) -> None:
    text = await slack.read("/slot link", Tone.INFO)

    assert "@hanna in Stage (Slack)" in text
    assert "within 10 minutes" in text
    assert "Give the code to nobody" in text
    assert "link off" not in text


async def test_who_would_be_one_is_shown_and_asked(slack: Typist, discord: Typist) -> None:
    reply = await asked(discord, await offered(slack))

    text = shown(reply)
    assert "@hanna in Stage (Slack) and @hanna_x in Gamers (Discord) will be one person" in text
    assert f"{reply.actions[0].command}" in text
    assert (await again(slack, SLACK)).actor.person_id != discord.actor.person_id


async def test_a_yes_links_them(slack: Typist, discord: Typist) -> None:
    code = await slack.code()
    reply = await asked(discord, await offered(slack))

    done = await discord.read(reply.actions[0].command, Tone.OK)

    assert "are one person now" in done
    assert "1 reservation came along" in done
    discord = await again(discord, DISCORD)
    assert "Evening show" in await discord.read(f"show {code}", Tone.INFO)
    assert "/slot link off" in await discord.read("/slot link", Tone.INFO)


async def test_the_buttons_value_is_what_would_be_typed(slack: Typist, discord: Typist) -> None:
    """Slack's button `form` is carried out as what stands in its value."""
    reply = await asked(discord, await offered(slack))

    (row,) = (one for one in render_in_slack(reply, UTC) if one["type"] == "actions")
    (button,) = row["elements"]
    done = await discord.read(button["value"], Tone.OK)

    assert "slot:form" == button["action_id"]
    assert "are one person now" in done


async def test_whoever_is_told_to_type_a_yes_at_once_is_asked_first(
    slack: Typist, discord: Typist
) -> None:
    code = await offered(slack)

    text = await discord.read(f"/slot link {code} yes", Tone.INFO)

    assert "will be one person. Are all of them you?" in text
    assert (await again(slack, SLACK)).actor.person_id != discord.actor.person_id


async def test_off_makes_them_two_again(slack: Typist, discord: Typist) -> None:
    reply = await asked(discord, await offered(slack))
    await discord.read(reply.actions[0].command, Tone.OK)
    slack = await again(slack, SLACK)
    await slack.code()

    text = await slack.read("/slot link off", Tone.OK)

    assert "@hanna in Stage (Slack) is a person of its own again" in text
    assert "1 reservation made here went along" in text
    assert "a person of its own" in await (await again(slack, SLACK)).read("/slot link off")


async def test_a_second_copy_links_nothing_and_is_answered_alike(
    slack: Typist, discord: Typist
) -> None:
    typed = (await asked(discord, await offered(slack))).actions[0].command

    first = await discord.type(typed, key="K1")
    rows = await discord.desk.read(count_rows)
    second = await discord.type(typed, key="K1")

    assert Tone.OK is first.tone
    assert first == second
    assert rows == await discord.desk.read(count_rows)


async def test_typed_once_more_it_says_that_they_are_one(slack: Typist, discord: Typist) -> None:
    typed = (await asked(discord, await offered(slack))).actions[0].command
    await discord.read(typed, Tone.OK)

    text = await (await again(discord, DISCORD)).read(typed, Tone.OK)

    assert "are one person already" in text


async def test_what_is_wrong_is_said(slack: Typist, discord: Typist, scene: Scene) -> None:
    code = await offered(slack)
    ute = await scene.desk.run(enter, Account(WorkspaceKind.SLACK, "T1", "Stage", "U2", "ute"))

    assert "in your other chat" in await slack.read(f"link {code}", Tone.MISTAKE)
    assert "no code of ours" in await discord.read("link hello", Tone.MISTAKE)
    both = await Typist(scene.desk, ute).read(f"link {code}", Tone.DENIED)
    assert "Both have an account in Stage (Slack)" in both


async def test_a_late_code_says_so(slack: Typist, discord: Typist, scene: Scene) -> None:
    code = await offered(slack)
    scene.clock.now = scene.clock.now.replace(hour=23)

    assert "older than 10 minutes" in await discord.read(f"link {code}", Tone.MISTAKE)


async def test_the_console_links_too(olga: Typist, slack: Typist) -> None:
    reply = await asked(slack, await offered(olga))

    assert "@Olga in Console and @hanna in Stage (Slack)" in shown(reply)
    await slack.read(reply.actions[0].command, Tone.OK)
