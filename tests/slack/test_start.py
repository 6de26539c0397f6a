"""The program as a process: what it says when Slack will not have it, and how it stops."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands.run import handle_text
from bot.wiring import open_app
from core.usecases.settings import enter
from tests.databases import SqliteFiles
from tests.desks import SECRET, Clock, RunningClock
from tests.slack.house import SOCKET
from tests.slack.runs import OPERATOR, Run, Town, open_town
from tests.slack.server import Stall
from tests.smtp_faults import Fault as SmtpFault
from tests.smtp_faults import FaultySmtpServer, Point

ROOT = Path(__file__).parents[2]
SOON = 20  # seconds for a process to start
STOPPED = 10  # seconds


@pytest.fixture
async def town(sqlite_files: SqliteFiles, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(sqlite_files.fresh(), tmp_path, RunningClock(), SOCKET) as opened:
        yield opened


async def start(town: Town, **settings: str) -> Process:
    """Start `callboard run` with the settings of a town, and others."""
    kept = town.settings
    given = {
        "CALLBOARD_DATA": str(kept.data),
        "CALLBOARD_DATABASE_URL": kept.database_url,
        "CALLBOARD_HTTP_PORT": "0",
        "CALLBOARD_SECRET_KEY": SECRET,
        "CALLBOARD_SMTP_URL": kept.smtp_url,
        "CALLBOARD_MAIL_FROM": kept.mail_from,
        "CALLBOARD_SLACK_BOT_TOKEN": kept.slack_bot_token,
        "CALLBOARD_SLACK_APP_TOKEN": kept.slack_app_token,
        "CALLBOARD_SLACK_API_URL": kept.slack_api_url,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        cwd=kept.data,
        env=given | settings,
    )


@asynccontextmanager
async def running(town: Town, **settings: str) -> AsyncIterator[Process]:
    """Let it run until the end of the block, or until it was told to stop."""
    process = await start(town, **settings)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def stopped_in(process: Process) -> float:
    """Tell it to stop; gives the seconds that this took."""
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    await asyncio.wait_for(process.communicate(), 60)
    assert 0 == process.returncode
    return time.monotonic() - began


async def queue_mail(town: Town) -> None:
    """Reserve at the console, so that there is something to send."""
    async with open_app(town.settings, now=town.clock) as app:
        olga = await app.desk.run(enter, OPERATOR)
        typed = (
            'reserve "in 3 days 20:00" for 2h Studio title="Evening show"'
            ' audience=ann@example.org policy="at once"'
        )
        reply = await handle_text(app.desk, olga, typed)
        assert not reply.tone.failed, reply.lines


@pytest.mark.parametrize(
    ("setting", "token", "mend"),
    [
        ("CALLBOARD_SLACK_BOT_TOKEN", "xoxb-wrong-one", "OAuth & Permissions"),
        ("CALLBOARD_SLACK_BOT_TOKEN", "xoxp-a-person-s", "xoxb-"),
        ("CALLBOARD_SLACK_APP_TOKEN", "xapp-wrong-one", "Basic Information"),
        ("CALLBOARD_SLACK_APP_TOKEN", "xoxb-wrong-kind", "xapp-"),
    ],
)
async def test_a_wrong_token_is_named_with_how_to_mend_it(
    town: Town, setting: str, token: str, mend: str
) -> None:
    process = await start(town, **{setting: token})
    _, said = await asyncio.wait_for(process.communicate(), SOON)
    words = said.decode()
    assert 2 == process.returncode
    assert f"{setting}:" in words
    assert mend in words
    assert token not in words
    assert "Traceback" not in words


async def test_mail_goes_while_slack_cannot_be_reached(town: Town) -> None:
    await queue_mail(town)
    nowhere = "http://127.0.0.1:9/api/"
    async with running(town, CALLBOARD_SLACK_API_URL=nowhere) as process:
        async with asyncio.timeout(SOON):
            while not town.mails("ann@example.org"):  # noqa: ASYNC110 - nothing tells us when
                await asyncio.sleep(0.05)
        assert ["Live stream"] == town.subjects("ann@example.org")
        assert await stopped_in(process) < STOPPED


async def test_it_is_there_once_slack_is_back(town: Town) -> None:
    town.slack.app.token_scopes.clear()
    stall = town.slack.faults.add("apps.connections.open", Stall())
    async with running(town) as process:
        await asyncio.wait_for(stall.reached.wait(), SOON)
        town.slack.app.token_scopes.add("connections:write")
        town.slack.faults.clear()
        await town.slack.socket.wait_connected(within=SOON)
        assert "reserved" in (await town.hanna.type("/slot list")).words
        assert await stopped_in(process) < STOPPED


async def test_what_was_acknowledged_is_finished_before_it_stops(town: Town) -> None:
    async with running(town) as process:
        await town.slack.socket.wait_connected(within=SOON)
        fetching = town.slack.faults.add("files", Stall(acting=True))
        at = int(datetime.now(UTC).timestamp()) + 3 * 86_400
        form = await (await town.hanna.type("/slot reserve")).opened()
        heard = await town.hanna.submit(
            form,
            {
                "title": "Evening show",
                "when": at - at % 3600,
                "file": town.hanna.upload("crew.csv", b"email\nann@example.org\n"),
            },
        )
        await asyncio.wait_for(fetching.reached.wait(), 5)
        process.send_signal(signal.SIGTERM)
        fetching.go_on()
        view = await heard.opened()
        await town.slack.until(lambda: "Permitted" in view.words, within=STOPPED)
        await asyncio.wait_for(process.communicate(), STOPPED)
        assert 0 == process.returncode
    async with open_app(town.settings, now=Clock()) as app:
        assert ["Evening show"] == [one.title for one in await town.reservations(Run(app))]


@pytest.mark.parametrize("point", [Point.CONNECT, Point.DATA, Point.DOT])
async def test_mail_that_has_got_stuck_does_not_keep_it_from_stopping(
    town: Town, point: Point
) -> None:
    await queue_mail(town)
    async with FaultySmtpServer(point, SmtpFault.STALL, always=True) as smtp:
        stuck = f"smtp://127.0.0.1:{smtp.port}"
        async with running(town, CALLBOARD_SMTP_URL=stuck) as process:
            await asyncio.wait_for(smtp.stalled.wait(), SOON)
            took = await stopped_in(process)
        smtp.go_on.set()
    assert took < STOPPED
