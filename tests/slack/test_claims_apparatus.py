"""Claims 9 to 17, the apparatus and the program: `callboard run`, and people in our Slack.

The desk is a process with an environment and an empty folder; time is real.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.claims.house import entry_of, passcode_in, read
from tests.slack.apparatus import EVENING, Apparatus, settled
from tests.slack.audiences import ANN, BOB, struck
from tests.slack.house import HTTP, SOCKET
from tests.slack.program import SOON, SOURCE, Mailboxes, Program, environment
from tests.slack.server import open_slack

AT_ONCE = "at once"


@pytest.fixture
async def apparatus(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Apparatus]:
    transport = getattr(request, "param", SOCKET)
    async with open_slack() as slack, Mailboxes(tmp_path / "mail", slack) as mailboxes:
        team = slack.add_team("T0001", name="Stage")
        folder = tmp_path / "data"
        folder.mkdir()
        program = Program(environment(folder, slack, team, mailboxes, transport), folder)
        async with program.running(slack, transport):
            made = await settled(slack, team, mailboxes)
            yield made
            made.nothing_refused()


over_http = pytest.mark.parametrize("apparatus", [HTTP], indirect=True)


async def test_claim_09_a_permitted_request_is_told_and_a_denied_one_is_not(
    apparatus: Apparatus,
) -> None:
    told = await apparatus.reserve(policy=AT_ONCE)
    await apparatus.all_told()
    denied = await apparatus.form(title="Other", audience="carl@example.org", policy=AT_ONCE)
    # whoever is told of what comes later would have been told of this before
    await apparatus.form(title="Third", when=EVENING + timedelta(days=1), policy=AT_ONCE)
    await apparatus.until(lambda: [2, 2, 2, 2] == apparatus.figures)

    assert "Permitted: Premiere" in told.words
    assert ["when"] == list(denied.errors)
    assert () == apparatus.mailboxes.mailbox("carl@example.org")


@over_http
async def test_claim_10_the_notice_holds_access_information(apparatus: Apparatus) -> None:
    told = await apparatus.reserve(policy=AT_ONCE)
    await apparatus.all_told()
    path = told.words.partition("reservation ")[2][:7].replace("-", "").lower()
    playback = f"https://live.example/hls/{path}.m3u8"

    assert [True] * 4 == [playback in words for words in apparatus.everything]
    assert [True] * 2 == [playback in card.links for card in apparatus.cards]


async def test_claim_11_the_notice_passes_authentication_information_on(
    apparatus: Apparatus,
) -> None:
    await apparatus.reserve(policy=AT_ONCE, user="vip", passcode="W1nterLight")
    await apparatus.all_told()

    assert "W1nterLight" == passcode_in(apparatus.mail(ANN))
    assert [True] * 4 == ["User name: vip" in words for words in apparatus.everything]
    assert [True] * 4 == ["Passcode: W1nterLight" in words for words in apparatus.everything]


@over_http
async def test_claim_12_a_cancellation_is_told(apparatus: Apparatus) -> None:
    await apparatus.reserve(policy=AT_ONCE, user="vip", passcode="W1nterLight")
    await apparatus.all_told()
    await apparatus.press("cancel", reason="The singer is ill")
    await apparatus.all_told(2)

    assert "CANCEL" == entry_of(apparatus.mail(ANN)).method
    for card in apparatus.cards:
        assert "Premiere" in struck(card)
        assert "W1nterLight" not in card.words
        assert "The singer is ill" in card.thread[0].words


async def test_claim_13_a_change_is_told(apparatus: Apparatus) -> None:
    await apparatus.reserve(policy=AT_ONCE)
    await apparatus.all_told()
    later = EVENING + timedelta(hours=1)
    await apparatus.press("change", when=later, title="Late show")
    await apparatus.all_told(2)
    first, last = (entry_of(apparatus.mail(ANN, number)) for number in (0, 1))

    assert (first.uid, "REQUEST", later) == (last.uid, last.method, last.starts_at)
    for card in apparatus.cards:
        assert "Late show" in card.words
        assert "Title: Premiere → Late show" in card.thread[0].words


async def test_claim_14_the_audience_is_told_when_it_is_reconfirmed(apparatus: Apparatus) -> None:
    await apparatus.reserve(policy="when reconfirmed")
    before = apparatus.figures
    permission = apparatus.hanna.direct_messages[0].words
    await apparatus.press("reconfirm")
    await apparatus.all_told()

    assert "Please reconfirm it by" in permission
    assert [0, 0, 0, 0] == before
    assert str(apparatus.mail(ANN)["Subject"]).startswith("Live stream")


@over_http
async def test_claim_15_the_audience_is_told_on_permission_and_again(
    apparatus: Apparatus,
) -> None:
    await apparatus.reserve(policy="both")
    await apparatus.all_told()
    provisional = ["will be confirmed by" in words for words in apparatus.everything]
    await apparatus.press("reconfirm")
    await apparatus.all_told(2)

    assert [True] * 4 == provisional
    assert [False] * 4 == ["will be confirmed by" in words for words in apparatus.everything]
    assert [True] * 2 == ["you can count on it" in card.thread[0].words for card in apparatus.cards]


async def test_claim_16_a_contact_address_is_told_by_email(apparatus: Apparatus) -> None:
    await apparatus.reserve(policy=AT_ONCE)
    await apparatus.all_told()
    (mail,) = apparatus.mailboxes.mailbox(BOB)

    assert (BOB, "slots@callboard.example") == (str(read(mail.data)["To"]), mail.sender)
    assert ("REQUEST", EVENING) == (
        entry_of(read(mail.data)).method,
        entry_of(read(mail.data)).starts_at,
    )


async def test_claim_17_the_program_on_a_medium_does_all_of_it(tmp_path: Path) -> None:
    """Nothing but the program's files, an environment and its own manifest."""
    medium, folder = tmp_path / "medium", tmp_path / "data"
    for package in ("adapters", "bot", "core"):
        nothing_made = shutil.ignore_patterns("__pycache__")
        shutil.copytree(SOURCE / package, medium / package, ignore=nothing_made)
    folder.mkdir()
    async with open_slack() as slack, Mailboxes(tmp_path / "mail", slack) as mailboxes:
        team = slack.add_team("T0001", name="Stage", scopes=set())
        program = Program(environment(folder, slack, team, mailboxes), folder, medium)
        manifest = json.loads(await program.call("slack-manifest"))
        team.scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        slack.app.events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
        slack.app.commands = {one["command"] for one in manifest["features"]["slash_commands"]}
        slack.app.home_enabled = manifest["features"]["app_home"]["home_tab_enabled"]
        async with program.running(slack):
            made = await settled(slack, team, mailboxes)
            await _one_booking(made)
        made.nothing_refused()


async def _one_booking(made: Apparatus) -> None:
    """Take one booking all the way, by the shortcut and App Home."""
    await made.hanna.open_home(within=SOON)
    await made.reserve(policy="both")
    await made.all_told()
    await made.press("reconfirm")
    await made.all_told(2)
    assert ["Premiere" in words for words in made.everything] == [True] * 4
    home = await made.hanna.open_home(within=SOON)
    assert "Premiere" in home.words
    await made.press("cancel", reason="The singer is ill")
    await made.all_told(3)
    assert "CANCEL" == entry_of(made.mail(ANN)).method
    assert ["Premiere" in struck(card) for card in made.cards] == [True] * 2
