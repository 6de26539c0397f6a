"""What several people do, each interaction delivered up to four times: one effect, one answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.commands.run import handle_text
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.often import DiscordDoer
from tests.discord.quarters import Quarters, open_quarters
from tests.discord.repeater import Repeater
from tests.discord.server.world import ApiCall
from tests.slack.doer import SERVERS
from tests.slack.ledger import Ledger, kept

INTERACTIONS, INTERACTIONS_UNDER_STRESS = 600, 16_000
RESTARTS = 0.01  # a step
STEP = timedelta(seconds=7)

_ANSWERED_ALREADY = "40060"
_DRAFT = re.compile(r"slot:(?:take|confirm|form):[\w-]+")


@pytest.fixture
async def quarters(sqlite_files: SqliteFiles, tmp_path: Path) -> AsyncIterator[Quarters]:
    async with open_quarters(sqlite_files.fresh(), tmp_path, Clock()) as opened:
        yield opened
        assert [] == opened.discord.protocol_errors
        # to answer what is answered is tried, and Discord says so
        assert {_ANSWERED_ALREADY} == {call.outcome for call in opened.discord.refusals}


async def test_many_copies_have_one_effect_and_one_answer(quarters: Quarters, stress: bool) -> None:
    for server in SERVERS:
        added = await handle_text(quarters.app.desk, await quarters.olga(), server)
        assert not added.tone.failed
    ledger = Ledger(viewers=(await quarters.app.desk.read(kept)).viewers)
    repeater = Repeater(quarters.discord, Random("often"))  # noqa: S311 - no secret
    doers = [_doer(quarters, role, ledger) for role in ("holder", "member", "admin", "crew")]

    await live_through(
        quarters, repeater, doers, INTERACTIONS_UNDER_STRESS if stress else INTERACTIONS
    )

    assert ledger == await quarters.app.desk.read(kept)
    assert min(ledger.acts[act] for act in ("permit", "deny", "change", "cancel", "reconfirm")) > 1
    answers = {number: one.answers for number, one in repeater.brought.items()}
    assert len(answers) * 2 < sum(map(len, answers.values()))
    for doer in doers:
        for heard in [*doer.acts, *doer.forms, *doer.looks]:
            assert heard.failed is None
            assert len(heard.everything) + (heard.modal is not None) == 1, heard
        for heard in doer.acts:
            assert heard.interaction is not None
            first, *others = map(said, answers[heard.interaction.id])
            assert [first] * len(others) == others


async def live_through(
    quarters: Quarters, repeater: Repeater, doers: list[DiscordDoer], interactions: int
) -> None:
    """Let everybody do things, copies come in between, and the desk be restarted now and then."""
    chance = repeater.chance
    for doer in doers:
        await doer.begin()
    while len(repeater.brought) < interactions:
        at_once = chance.sample(doers, chance.randint(1, len(doers)))
        await asyncio.gather(*(one.do_something() for one in at_once))
        await repeater.bring_some()
        quarters.clock.now += STEP
        if chance.random() < RESTARTS:
            await repeater.until_all_answered()
            await quarters.restart()
    while repeater.waiting:
        await repeater.bring_some()
    await repeater.until_all_answered()


def said(answer: ApiCall) -> str:
    """Give what an answer says; a form that it leads to is begun anew for each copy."""
    return _DRAFT.sub("slot:", json.dumps(answer.body))


def _doer(quarters: Quarters, role: str, ledger: Ledger) -> DiscordDoer:
    person = quarters.people[role]
    return DiscordDoer(
        name=role,
        account=str(person.id),
        admin=role in {"admin", "crew"},
        ledger=ledger,
        quarters=quarters,
        person=person,
    )
