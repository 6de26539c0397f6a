"""Where the desk was removed nothing more is sent, and everybody elsewhere is served as before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.delivery import DeliveryState
from core.usecases.installations import installation_of
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.house import HTTP, SOCKET
from tests.slack.oauth import OAUTH, another_team, install
from tests.slack.runs import Run, Town, open_town, reserve
from tests.slack.server import Error, Person, Team

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

GONE = "Callboard is not installed in that Slack workspace any more"


@pytest.fixture
async def town(sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock) -> AsyncIterator[Town]:
    url = sqlite_files.fresh()
    async with open_town(url, tmp_path, clock, HTTP, **OAUTH) as opened:
        yield opened


async def two_workspaces(town: Town, run: Run) -> tuple[Team, Person, str]:
    """Install the desk in two workspaces, with a reservation each that a channel was told of."""
    other, tina = another_team(town)
    await install(town, town.hanna)
    await install(town, tina)
    code = await reserve(town.hanna, channels=[town.general], audience="ann@example.org")
    await reserve(tina, "sat 20:00", title="Tokyo calling", channels=[other.channels["C0009"]])
    await run.deliver()
    return other, tina, code


async def nothing_more_is_sent(town: Town, run: Run, code: str) -> None:
    """See that a change is told by mail alone, and what becomes of the rest."""
    before = len([call for call in town.slack.calls if call.method.startswith("chat.")])
    olga = await town.operator(run)
    assert "Cancelled" in await olga(f"cancel {code} reason=gone")
    await run.deliver()
    assert before == len([call for call in town.slack.calls if call.method.startswith("chat.")])
    assert ["Live stream", "Cancelled"] == town.subjects("ann@example.org")
    failed = [
        one
        for one in await town.deliveries(run)
        if one.state is DeliveryState.FAILED and one.route.value == "slack"
    ]
    assert failed
    assert {True} == {one.reason.startswith(GONE) for one in failed}
    assert [] == [one for one in await town.deliveries(run) if one.state.open]


async def the_other_goes_on(run: Run, tina: Person) -> None:
    """See that the other workspace is told and answered."""
    code = (await tina.type("/slot list")).words
    assert "Tokyo calling" in code
    before = len(tina.direct_messages)
    await reserve(tina, "sun 20:00", title="Once more")
    await run.deliver()
    assert before + 1 == len(tina.direct_messages)


TEAMS = ("T0001", "T0002", "T0003")


async def kept(run: Run) -> list[str]:
    """Give the workspaces in which the desk is."""
    found = [await run.app.desk.read(installation_of, team) for team in TEAMS]
    return [one.team_id for one in found if one and one.ended_at is None]


@pytest.mark.parametrize(
    "events",
    [
        ["app_uninstalled", "tokens_revoked"],
        ["tokens_revoked", "app_uninstalled"],
        ["app_uninstalled"] * 2,
        ["tokens_revoked"] * 3,
    ],
)
async def test_nothing_more_is_sent_where_it_was_removed(town: Town, events: list[str]) -> None:
    async with town.run() as run:
        _, tina, code = await two_workspaces(town, run)
        town.team.token_error = "account_inactive"
        for kind in events:
            event: dict[str, object] = {"type": kind}
            if kind == "tokens_revoked":
                event["tokens"] = {"oauth": [], "bot": [town.team.bot_user_id]}
            sent = await town.slack.send_event(town.team, event)
            assert sent.acknowledged
            await town.slack.repeat_event(sent)
        async with asyncio.timeout(5):  # events are acknowledged before they are acted on
            while await kept(run) != ["T0002"]:
                pass
        await nothing_more_is_sent(town, run, code)
        await the_other_goes_on(run, tina)

        assert 200 == (await install(town, town.hanna)).status
        assert ["T0001", "T0002"] == await kept(run)
        await reserve(town.hanna, "sun 10:00", title="Back again", channels=[town.general])
        await run.deliver()
        assert "Back again" in town.general.messages[-1].words


async def test_a_person_s_token_that_is_revoked_ends_nothing(town: Town) -> None:
    async with town.run() as run:
        await two_workspaces(town, run)
        revoked: dict[str, object] = {"type": "tokens_revoked", "tokens": {"oauth": ["U0001"]}}
        assert (await town.slack.send_event(town.team, revoked)).acknowledged
        assert ["T0001", "T0002"] == await kept(run)


@pytest.mark.parametrize("error", ["account_inactive", "token_revoked"])
async def test_slack_s_word_for_it_does_the_same(town: Town, error: str) -> None:
    async with town.run() as run:
        _, tina, code = await two_workspaces(town, run)
        town.team.token_error = error
        olga = await town.operator(run)
        assert "Changed" in await olga(f"change {code} title=Other")
        await run.deliver()
        assert ["T0002"] == await kept(run)
        tried = [one for one in town.slack.calls if one.outcome == error]
        assert tried
        await the_other_goes_on(run, tina)
        town.clock.move(timedelta(hours=5))
        await run.deliver()
        assert len(tried) == len([one for one in town.slack.calls if one.outcome == error])
        assert [] == [one for one in await town.deliveries(run) if one.state.open]


async def test_a_token_that_slack_does_not_know_waits_for_the_operator(town: Town) -> None:
    async with town.run() as run:
        _, tina, code = await two_workspaces(town, run)
        town.slack.faults.add("chat.update", Error("invalid_auth"), channel=town.general.id)
        olga = await town.operator(run)
        assert "Changed" in await olga(f"change {code} title=Other")
        await run.deliver()
        assert ["T0001", "T0002"] == await kept(run)
        await the_other_goes_on(run, tina)
        town.clock.move(timedelta(minutes=12))
        await run.deliver()
        assert "Other" in town.general.messages[0].words


@pytest.mark.parametrize("transport", [SOCKET, HTTP])
async def test_a_desk_with_its_own_token_falls_silent_too(
    database_url: str, tmp_path: Path, clock: Clock, transport: str
) -> None:
    async with open_town(database_url, tmp_path, clock, transport) as town:
        async with town.run() as run:
            code = await reserve(town.hanna, channels=[town.general], audience="ann@example.org")
            await run.deliver()
            await town.slack.uninstall(town.team)
            async with asyncio.timeout(5):
                while await kept(run):
                    pass
            await nothing_more_is_sent(town, run, code)
        town.team.token_error = None  # installed again, and started anew
        async with town.run() as run:
            await reserve(town.hanna, title="Back again", channels=[town.general])
            await run.deliver()
            assert "Back again" in town.general.messages[-1].words
