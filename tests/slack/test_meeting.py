"""Meeting Slack at the start: a wrong token stops the desk, one that was taken back does not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.doctor import examine
from bot.settings import Settings, SettingsError
from bot.wiring import meet_slack, open_app
from core.store.installations import Installation
from core.usecases.installations import installation_of, keep_installation
from tests.slack.server import SlackServer, Team, open_slack


def settings(slack: SlackServer, team: Team, folder: Path, bot_token: str = "") -> Settings:
    return Settings(
        data=folder,
        slack_bot_token=bot_token or team.bot_token,
        slack_app_token=team.app_token,
        slack_api_url=slack.api_url,
    )


async def test_the_workspace_of_the_desks_own_token_is_kept(tmp_path: Path) -> None:
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        async with open_app(settings(slack, team, tmp_path)) as app:
            await meet_slack(app)

            found = await app.desk.read(installation_of, "T0001")
            assert app.slack is not None
            tokens = [await app.slack.tokens.token_of(one) for one in ("T0001", "T0002")]
    assert found is not None
    assert ("Stage", "") == (found.team_name, found.token)
    assert [team.bot_token, None] == tokens  # it opens no other workspace


async def test_a_wrong_token_is_said_and_stops_the_start(tmp_path: Path) -> None:
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        async with open_app(settings(slack, team, tmp_path, "xoxb-wrong")) as app:
            with pytest.raises(SettingsError, match="does not take it"):
                await meet_slack(app)


@pytest.mark.parametrize("word", ["account_inactive", "token_revoked"])
async def test_a_desk_that_was_removed_from_slack_still_starts(tmp_path: Path, word: str) -> None:
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        team.token_error = word
        async with open_app(settings(slack, team, tmp_path)) as app:
            await meet_slack(app)


@pytest.mark.parametrize("added", [False, True])
async def test_the_doctor_names_the_workspaces_that_added_the_desk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    added: bool,
) -> None:
    made = Settings(
        data=tmp_path,
        public_url="https://slots.example.org",
        slack_signing_secret="s" * 32,
        slack_client_id="1.2",
        slack_client_secret="secret",
    )
    async with open_app(made) as app:
        if added:
            await app.desk.run(keep_installation, Installation("T0001", "Stage", "xoxb-1"))
    for name in ("data", "public_url", "slack_signing_secret", "slack_client_id"):
        monkeypatch.setenv(f"CALLBOARD_{name.upper()}", str(getattr(made, name)))
    monkeypatch.setenv("CALLBOARD_SLACK_CLIENT_SECRET", "secret")

    await asyncio.to_thread(examine)

    said = capsys.readouterr().out
    assert ("Slack workspaces: Stage" in said) is added
    assert ("https://slots.example.org/slack/install" in said) is not added
