"""The desk is added to workspaces by Slack's OAuth, each with a token of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.slack.manifest import SCOPES
from core.usecases.installations import installation_of
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.house import HTTP
from tests.slack.oauth import OAUTH, PUBLIC, agree, another_team, begin, get, install
from tests.slack.runs import Run, Town, first_line, open_town, posted_in, reserve
from tests.slack.server import Channel, DropBefore, Fault, Garbage, ServerError, Stall, Team

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


@pytest.fixture
async def town(sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock) -> AsyncIterator[Town]:
    url = sqlite_files.fresh()
    async with open_town(url, tmp_path, clock, HTTP, **OAUTH) as opened:
        yield opened


TEAMS = ("T0001", "T0002", "T0003")


async def tokens(run: Run) -> dict[str, str]:
    """Give the tokens that are kept, by workspace."""
    found = [await run.app.desk.read(installation_of, team) for team in TEAMS]
    return {one.team_id: one.token for one in found if one and one.ended_at is None}


def stored(town: Town) -> bytes:
    """Give all that the database has on disk."""
    file = Path(town.settings.database.removeprefix("sqlite:///"))
    return b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))


async def test_the_page_leads_to_slack_with_all_that_it_needs(town: Town) -> None:
    async with town.run():
        page = await get(town, "/slack/install")
        assert page.link.startswith("https://slack.com/oauth/v2/authorize?")
        assert set(SCOPES) == set(page.asked["scope"].split(","))
        assert "1111.2222" == page.asked["client_id"]
        assert f"{PUBLIC}/slack/oauth_redirect" == page.asked["redirect_uri"]
        assert page.asked["state"] in page.cookie
        assert {"Secure", "HttpOnly"} <= {one.strip() for one in page.cookie.split(";")}
        assert "no-store" == page.headers["Cache-Control"]
        assert "client-secret" not in page.text + str(page.headers)


async def test_the_token_is_kept_sealed_and_a_second_one_replaces_it(town: Town) -> None:
    async with town.run() as run:
        assert 200 == (await install(town, town.hanna)).status
        first = town.team.bot_token
        assert {"T0001": first} == await tokens(run)
        assert "reserved" in (await town.hanna.type("/slot list")).words

        town.team.token_error = "token_revoked"
        assert 200 == (await install(town, town.adam)).status
        second = town.team.bot_token
        assert second != first
        assert {"T0001": second} == await tokens(run)
        assert "reserved" in (await town.hanna.type("/slot list")).words
    assert first.encode() not in stored(town)
    assert second.encode() not in stored(town)
    assert b"T0001" in stored(town)


async def test_a_state_that_is_not_right_is_refused(town: Town, clock: Clock) -> None:
    async with town.run() as run:
        state, cookie = await begin(town)
        name = cookie.partition("=")[0]
        other_state, other_cookie = await begin(town)
        number, _, rest = state.partition(".")
        later = f"{int(number, 16) + 60:x}.{rest}"
        for wrong, carried in (
            (state, ""),
            (state, other_cookie),
            (other_state, cookie),
            ("", cookie),
            ("x", f"{name}=x"),
            (later, f"{name}={later}"),
            (f"{state}0", f"{name}={state}0"),
            (state.replace(".", ":"), f"{name}={state.replace('.', ':')}"),
        ):
            page = await agree(town, town.hanna, wrong, carried)
            assert 400 <= page.status < 500, (wrong, carried)
        assert {} == await tokens(run)

        assert 200 == (await agree(town, town.hanna, state, cookie)).status
        assert 400 <= (await agree(town, town.adam, state, cookie)).status < 500
        clock.move(timedelta(minutes=11))
        assert 400 <= (await agree(town, town.adam, other_state, other_cookie)).status < 500
        assert ["oauth.v2.access"] == [
            call.method for call in town.slack.calls if call.method.startswith("oauth")
        ]


async def test_the_state_of_another_desk_is_refused(
    town: Town, sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    elsewhere = replace(
        town,
        settings=town.settings.model_copy(
            update={
                "secret_key": "another secret key that is long enough",
                "database_url": sqlite_files.fresh(),
                "data": tmp_path / "other",
            }
        ),
    )
    async with elsewhere.run():
        state, cookie = await begin(elsewhere)
    async with town.run() as run:
        assert 400 <= (await agree(town, town.hanna, state, cookie)).status < 500
        assert {} == await tokens(run)


@pytest.mark.parametrize(
    "query", [{"code": ""}, {"code": "nobody's"}, {"error": "access_denied", "code": ""}]
)
async def test_whoever_did_not_agree_is_told_so(town: Town, query: dict[str, str]) -> None:
    async with town.run() as run:
        page = await agree(town, town.hanna, *await begin(town), **query)
        assert 500 != page.status
        assert {} == await tokens(run)


@pytest.mark.parametrize("fault", [Stall, DropBefore, ServerError, Garbage])
async def test_slack_not_answering_is_said_so(town: Town, fault: type[Fault]) -> None:
    async with town.run() as run:
        town.slack.faults.add("oauth.v2.access", fault())
        page = await install(town, town.hanna)
        assert page.status in {401, 503}
        assert page.text
        assert "Traceback" not in page.text
        assert {} == await tokens(run)
        assert 200 == (await install(town, town.hanna)).status


async def test_two_workspaces_are_served_each_with_its_own_token(town: Town) -> None:
    other, tina = another_team(town)
    async with town.run() as run:
        await install(town, town.hanna)
        await install(town, tina)
        assert {"T0001": town.team.bot_token, "T0002": other.bot_token} == await tokens(run)

        code = await reserve(town.hanna, channels=[town.general])
        await reserve(tina, "sat 20:00", title="Tokyo calling", channels=[_channel(other)])
        await run.deliver()
        await town.hanna.open_home()
        await tina.open_home()

        for team in (town.team, other):
            made = {call.method for call in town.slack.calls if call.team is team}
            assert {"views.open", "views.publish", "chat.postMessage", "users.info"} <= made
        assert [] == [call for call in town.slack.refusals if call.method != "auth.test"]
        assert [":calendar: Invitation"] == posted_in(town.general)
        assert [":calendar: Invitation"] == posted_in(_channel(other))
        assert "Tokyo" in _channel(other).messages[0].words
        assert [1, 1] == [len(one.direct_messages) for one in (town.hanna, tina)]
        assert first_line(town.hanna.direct_messages[0])

        listed = await tina.type("/slot list")
        assert code not in listed.words
        shown = await tina.type(f"/slot show {code}")
        assert "Evening show" not in shown.words


async def test_a_workspace_without_the_desk_is_told_to_install_it(town: Town) -> None:
    _, tina = another_team(town)
    async with town.run() as run:
        await install(town, town.hanna)
        heard = await tina.type("/slot list")
        assert heard.error is None
        assert "is not installed in this workspace" in heard.words
        assert {"T0001"} == set(await tokens(run))


def _channel(team: Team) -> Channel:
    return team.channels["C0009"]
