"""Houses in Slack: each sees to it, in the end, that Slack had nothing to complain of."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters import slack_pace
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.evenings import PUBLIC_URL
from tests.slack.house import SlackHouse, open_slack_house


@pytest.fixture
async def house(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[SlackHouse]:
    """Open a house."""
    async with open_slack_house(sqlite_files.fresh(), tmp_path, clock) as opened:
        yield opened
        opened.nothing_refused()


@pytest.fixture
async def public_house(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[SlackHouse]:
    """Open a house with a public address, so that there are links to its own pages."""
    url = sqlite_files.fresh()
    async with open_slack_house(url, tmp_path, clock, public_url=PUBLIC_URL) as opened:
        yield opened
        opened.nothing_refused()


@pytest.fixture
async def wild_house(
    public_house: SlackHouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SlackHouse]:
    """Open a house for hostile words, in which nothing may go wrong even in the log."""
    # hundreds of posts to one channel, which take minutes at the pace that Slack allows
    monkeypatch.setattr(slack_pace, "_INTERVAL", 0.0)
    yield public_house
    assert [] == [one.message for one in caplog.records if one.levelno >= logging.ERROR]
