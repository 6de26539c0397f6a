"""Claims 9 to 17, the apparatus and the program: `callboard run`, and people in our Discord.

The desk is a process with an environment and an empty folder; time is real.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.claims.house import STUDIO, entry_of, passcode_in, read
from tests.discord.apparatus import EVENING, Apparatus, peopled, settle, typed
from tests.discord.audiences import ANN, BOB, beneath, hand_in, struck
from tests.discord.program import Mailboxes, Program, environment
from tests.discord.server.events import CANCELED
from tests.discord.server.permissions import Permission
from tests.discord.server.server import open_discord
from tests.slack.program import SOON, SOURCE

AT_ONCE = "at once"


@pytest.fixture
async def apparatus(tmp_path: Path) -> AsyncIterator[Apparatus]:
    async with open_discord() as discord, Mailboxes(tmp_path / "mail", discord) as mailboxes:
        folder = tmp_path / "data"
        folder.mkdir()
        made = peopled(discord, mailboxes)
        program = Program(environment(folder, discord, mailboxes), folder)
        async with program.beside(discord, made.hanna, made.general):
            await settle(made)
            yield made
            made.nothing_refused()


async def test_claim_09_a_permitted_request_is_told_and_a_denied_one_is_not(
    apparatus: Apparatus,
) -> None:
    told = await apparatus.reserve(policy=AT_ONCE)
    await apparatus.all_told()
    denied = await apparatus.form(title="Other", audience="carl@example.org", policy=AT_ONCE)
    # whoever is told of what comes later would have been told of this before
    await apparatus.form(EVENING + timedelta(days=1), title="Third", policy=AT_ONCE)
    await apparatus.until(lambda: [2, 2, 2, 2] == apparatus.figures)

    assert "Permitted: Premiere" in told.words
    assert "Denied" in denied.words
    assert () == apparatus.mailboxes.mailbox("carl@example.org")


async def test_claim_10_the_notice_holds_access_information(apparatus: Apparatus) -> None:
    told = await apparatus.reserve(policy=AT_ONCE)
    await apparatus.all_told()
    path = told.words.partition("reservation ")[2][:7].replace("-", "").lower()
    playback = f"https://live.example/hls/{path}.m3u8"

    assert 6 == len(path)
    assert [True] * 4 == [playback in words for words in apparatus.everything]
    assert [True] * 2 == [playback in card.links for card in apparatus.cards]


async def test_claim_11_the_notice_passes_authentication_information_on(
    apparatus: Apparatus,
) -> None:
    await apparatus.reserve(policy=AT_ONCE, user="vip", passcode="W1nterLight")
    await apparatus.all_told()

    assert "W1nterLight" == passcode_in(apparatus.mail(ANN))
    for words in apparatus.everything:
        assert re.search("User name:? vip", words)
        assert re.search("Passcode:? W1nterLight", words)


async def test_claim_12_a_cancellation_is_told(apparatus: Apparatus) -> None:
    await apparatus.reserve(policy=AT_ONCE, user="vip", passcode="W1nterLight")
    await apparatus.all_told()
    await apparatus.press("cancel", reason="The singer is ill")
    await apparatus.all_told(2)

    assert "CANCEL" == entry_of(apparatus.mail(ANN)).method
    for card in apparatus.cards:
        assert "Premiere" in struck(card)
        assert "W1nterLight" not in card.words
        assert "The singer is ill" in beneath(card)[0].words


async def test_claim_13_a_change_is_told(apparatus: Apparatus) -> None:
    await apparatus.reserve(policy=AT_ONCE)
    await apparatus.all_told()
    later = EVENING + timedelta(hours=1)
    await apparatus.press("change", start=typed(later), title="Late show")
    await apparatus.all_told(2)
    first, last = (entry_of(apparatus.mail(ANN, number)) for number in (0, 1))

    assert (first.uid, "REQUEST", later) == (last.uid, last.method, last.starts_at)
    for card in apparatus.cards:
        assert "Late show" in card.words
        assert "Title: Premiere → Late show" in beneath(card)[0].words


async def test_claim_14_the_audience_is_told_when_it_is_reconfirmed(apparatus: Apparatus) -> None:
    await apparatus.reserve(policy="when reconfirmed")
    before = apparatus.figures
    permission = apparatus.hanna.direct_messages[0].words
    await apparatus.press("reconfirm")
    await apparatus.all_told()

    assert "Please reconfirm it by" in permission
    assert [0, 0, 0, 0] == before
    assert str(apparatus.mail(ANN)["Subject"]).startswith("Live stream")


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
    replies = [beneath(card)[0].words for card in apparatus.cards]
    assert [True] * 2 == ["you can count on it" in words for words in replies]


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
    """Nothing but the program's files, a token, and what README.md says under Discord."""
    medium, folder = tmp_path / "medium", tmp_path / "data"
    for package in ("adapters", "bot", "core"):
        nothing_made = shutil.ignore_patterns("__pycache__")
        shutil.copytree(SOURCE / package, medium / package, ignore=nothing_made)
    folder.mkdir()
    async with open_discord() as discord, Mailboxes(tmp_path / "mail", discord) as mailboxes:
        made = peopled(discord, mailboxes, invited=False)
        program = Program(environment(folder, discord, mailboxes), folder, medium)
        made.guild.invite_bot(await _asked_for(program))
        status, said = await program.tried("doctor")
        assert (0, True) == (status, "callboard in Stage" in said), said
        await program.call(*STUDIO.split())
        async with program.beside(discord, made.hanna, made.general):
            await _one_booking(made)
        made.nothing_refused()


async def _asked_for(program: Program) -> Permission:
    """Read off the link that the doctor prints what the bot is to be allowed."""
    _, said = await program.tried("doctor")
    link = next(word for word in said.split() if word.startswith("https://discord.com/"))
    query = parse_qs(urlsplit(link).query)
    assert ["bot applications.commands"] == query["scope"]
    return Permission(int(query["permissions"][0]))


async def _one_booking(made: Apparatus) -> None:
    """Take one booking all the way, from a start that completes to the event called off."""
    (first, *_) = await made.hanna.completes(
        "/slot reserve", "when", f"{EVENING:%a} 8pm for 2h", channel=made.general
    )
    heard = await made.hanna.type(f"/slot reserve when:{first['value']}", made.general)
    question = await heard.message(within=SOON)
    assert "In which time zone" in question.words
    heard = await made.hanna.choose(question, "slot_zone:", "Europe/Berlin")
    form = await heard.opened(within=SOON)
    fields = {"audience": f"{ANN}, {BOB}", "channels": [made.general], "people": [made.pia]}
    await hand_in(made.hanna, form, {"title": "Premiere", **fields, "policy": "both"}, SOON)
    await made.all_told()
    await made.press("reconfirm")
    await made.all_told(2)
    assert ["Premiere" in words for words in made.everything] == [True] * 4
    await made.until(lambda: ["Premiere"] == [one.name for one in made.guild.events.values()])
    await made.press("cancel", reason="The singer is ill")
    await made.all_told(3)
    assert "CANCEL" == entry_of(made.mail(ANN)).method
    assert ["Premiere" in struck(card) for card in made.cards] == [True] * 2
    await made.until(lambda: [CANCELED] == [one.status for one in made.guild.events.values()])
