"""What several people do, each payload delivered up to four times: one effect, the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.commands.run import handle_text
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.copier import Brought, Copier
from tests.slack.doer import SERVERS
from tests.slack.house import HTTP, SOCKET
from tests.slack.ledger import Ledger, kept
from tests.slack.often import SlackDoer
from tests.slack.quarters import Quarters, open_quarters
from tests.slack.server import Heard

PAYLOADS, PAYLOADS_UNDER_STRESS = 700, 17_000  # by either transport
RESTARTS = 0.01  # a step
STEP = timedelta(seconds=7)


@pytest.fixture(params=[SOCKET, HTTP])
async def quarters(
    request: pytest.FixtureRequest, sqlite_files: SqliteFiles, tmp_path: Path
) -> AsyncIterator[Quarters]:
    url = sqlite_files.fresh()
    async with open_quarters(url, tmp_path, Clock(), request.param) as opened:
        yield opened
        assert [] == opened.slack.protocol_errors
        # what opens a modal may not be used twice: we try, and Slack says so
        assert {"exchanged_trigger_id"} == {call.outcome for call in opened.slack.refusals}


async def test_many_copies_have_one_effect_and_one_answer(quarters: Quarters, stress: bool) -> None:
    chance = Random("often")  # noqa: S311 - no secret
    for server in SERVERS:
        added = await handle_text(quarters.app.desk, await quarters.olga(), server)
        assert not added.tone.failed
    before = await quarters.app.desk.read(kept)
    quarters.slack.courier = copier = Copier(quarters.slack.courier, chance)
    ledger = Ledger(viewers=before.viewers)
    doers = [
        SlackDoer(
            name=role,
            account=quarters.people[role].id,
            admin=role == "admin",
            ledger=ledger,
            quarters=quarters,
            person=quarters.people[role],
        )
        for role in ("holder", "member", "admin", "group")
    ]

    for doer in doers:
        await doer.begin()
    await live_through(quarters, copier, doers, PAYLOADS_UNDER_STRESS if stress else PAYLOADS)

    assert ledger == await quarters.app.desk.read(kept)
    assert min(ledger.acts[act] for act in ("permit", "deny", "change", "cancel", "reconfirm")) > 1
    assert len(copier.brought) * 2 < sum(len(one.replies) for one in copier.brought)
    answers = {id(one.parcel.payload): one for one in copier.brought}
    for doer in doers:
        for heard in doer.acts:
            await same_answers(heard, answers[id(heard.payload)])
        for heard in doer.looks:
            assert [None] == [*{one.error for one in answers[id(heard.payload)].replies}]


async def live_through(
    quarters: Quarters, copier: Copier, doers: list[SlackDoer], payloads: int
) -> None:
    """Let everybody do things, copies come in between, and the desk be restarted now and then."""
    chance = copier.chance
    while len(copier.brought) < payloads:
        at_once = chance.sample(doers, chance.randint(1, len(doers)))
        await asyncio.gather(*(one.do_something() for one in at_once), copier.bring_some())
        quarters.clock.now += STEP
        if chance.random() < RESTARTS:
            await quarters.restart()
            await copier.bring_some()
    while copier.waiting:
        await copier.bring_some()


async def same_answers(heard: Heard, brought: Brought) -> None:
    """See that every copy was answered as the first one was, wherever that was shown."""
    first, *others = brought.replies
    assert first.error is None
    assert [first.body] * len(others) == [one.body for one in others], heard.payload
    if heard.kind == "interactive" and first.body is None and heard.view is None:
        copies = len(brought.replies)
        await heard.person.slack.until(lambda: len(heard.messages) >= copies)
        assert [heard.messages[0].words] * copies == [one.words for one in heard.messages]
