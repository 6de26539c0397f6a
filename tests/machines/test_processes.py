"""Real processes: one desk for an SQLite file, several on PostgreSQL, and how they end."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.mailbox_server import MailboxServer
from core.model.delivery import DeliveryState
from core.model.recipient import Contact, RouteName
from core.store.deliveries import Delivery
from tests.databases import SqliteFiles
from tests.desks import SECRET, Scene
from tests.life.bench import Bench
from tests.outbox.post import deliveries

ROOT = Path(__file__).parents[2]
SOON = 60.0
TEN_SECONDS = 10.0
REFUSED, CUT_OFF = 2, 1
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def settings(folder: Path, url: str, **others: str) -> dict[str, str]:
    """Give a process's environment."""
    given = {"data": str(folder), "database_url": url, "secret_key": SECRET, "http_port": "0"}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | {
        f"CALLBOARD_{name.upper()}": value for name, value in (given | others).items()
    }


async def start(folder: Path, environment: Mapping[str, str], *only: str) -> Process:
    """Start `callboard run`."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", *(("--only", ",".join(only)) if only else ())),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        cwd=folder,
        env=environment,
    )


@asynccontextmanager
async def running(
    folder: Path, environment: Mapping[str, str], *only: str
) -> AsyncIterator[Process]:
    """Let it run until the end of the block, once it is ready."""
    process = await start(folder, environment, *only)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(SOON):
            async for line in process.stderr:
                if b" desk.ready " in line:
                    break
        assert process.returncode is None
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ended_in(process: Process) -> float:
    """Wait for its end; gives the seconds."""
    began = time.monotonic()
    assert process.stderr is not None
    reading = asyncio.create_task(process.stderr.read())
    await asyncio.wait_for(process.wait(), SOON)
    await reading
    return time.monotonic() - began


async def test_a_second_desk_on_an_sqlite_file_is_refused_until_the_first_is_gone(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    environment = settings(tmp_path, sqlite_files.fresh())
    async with running(tmp_path, environment, "worker") as first:
        second = await start(tmp_path, environment, "web")
        _, said = await asyncio.wait_for(second.communicate(), SOON)

        assert REFUSED == second.returncode
        assert f"(process {first.pid})" in said.decode()
        assert "CALLBOARD_DATABASE_URL" in said.decode()
        assert b"Traceback" not in said
        first.kill()  # and leaves its lock to nobody
        await ended_in(first)

    async with running(tmp_path, environment, "worker") as third:
        third.terminate()
        await ended_in(third)
        assert third.returncode == 0


async def test_commands_beside_a_running_desk_are_carried_out(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    environment = settings(tmp_path, sqlite_files.fresh())
    async with running(tmp_path, environment, "worker"):
        for words in (("server", "add", "Hall", "watch_url=https://live.example.org/hall"),):
            beside = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", *words),
                stdout=PIPE,
                stderr=PIPE,
                cwd=tmp_path,
                env=environment,
            )
            said, wrong = await asyncio.wait_for(beside.communicate(), SOON)
            assert beside.returncode == 0, wrong.decode()
            assert b"Hall" in said


async def test_an_idle_desk_stops_at_once_and_well(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    async with running(tmp_path, settings(tmp_path, sqlite_files.fresh())) as process:
        process.terminate()
        took = await ended_in(process)

    assert process.returncode == 0
    assert took < TEN_SECONDS


async def test_a_desk_whose_database_is_held_stops_within_ten_seconds(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    url = sqlite_files.fresh()
    async with running(tmp_path, settings(tmp_path, url), "worker") as process:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as held:
            held.execute("BEGIN EXCLUSIVE")
            await asyncio.sleep(1.5)  # until it is waited for: each second there is a sweep
            process.terminate()
            took = await ended_in(process)

    assert took < TEN_SECONDS + 2  # a machine that is busy
    assert process.returncode in {0, CUT_OFF}


async def test_whoever_says_it_twice_waits_no_longer(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    url = sqlite_files.fresh()
    async with running(tmp_path, settings(tmp_path, url), "worker") as process:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as held:
            held.execute("BEGIN EXCLUSIVE")
            await asyncio.sleep(1.5)  # as above
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)  # between two of the same a system delivers one
            process.send_signal(signal.SIGTERM)
            took = await ended_in(process)

    assert took < TEN_SECONDS / 2
    assert process.returncode in {0, CUT_OFF}


@only_postgresql
async def test_one_of_two_workers_is_killed_in_the_middle_and_the_other_goes_on(
    scene: Scene, database_url: str, tmp_path: Path
) -> None:
    """Nothing is lost; a copy at most for each connection; the rest within its lease."""
    scene.clock.now = datetime.now(UTC)
    crowd = tuple(Contact(RouteName.EMAIL, f"fan{n}@example.org") for n in range(600))
    bench = Bench(scene)
    async with AsyncExitStack() as stack:
        mailbox = await stack.enter_async_context(MailboxServer(tmp_path / "mail"))
        environment = settings(
            tmp_path, database_url, smtp_url=mailbox.url, mail_from="desk@example.org"
        )
        first = await stack.enter_async_context(running(tmp_path, environment, "worker"))
        await stack.enter_async_context(running(tmp_path, environment, "worker"))

        reservation = await bench.reserve(
            slot=bench.slot(timedelta(days=30)), audience=crowd, reminders=()
        )
        async with asyncio.timeout(SOON):
            while len(mailbox.received) < len(crowd) / 6:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        first.kill()
        killed_at = time.monotonic()
        async with asyncio.timeout(SOON):
            while await waiting(scene, reservation.id):  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.1)
        took = time.monotonic() - killed_at
        received = Counter(mail.recipient for mail in mailbox.received)

    doubtful = [one for one in await told(scene, reservation.id) if one.state.open]
    assert len(doubtful) <= 4
    assert took < 15 + 10  # its lease, and a machine that is busy
    assert {one.address for one in crowd} - set(received) <= {
        crowd[one.number - 1].address for one in doubtful
    }
    assert max(received.values()) == 1
    assert all(
        one.state is DeliveryState.SENT
        for one in await told(scene, reservation.id)
        if not one.state.open
    )


async def told(scene: Scene, reservation_id: int) -> list[Delivery]:
    """Give the deliveries to the audience."""
    return [one for one in await scene.desk.read(deliveries, reservation_id) if one.number]


async def waiting(scene: Scene, reservation_id: int) -> bool:
    """Tell whether anything is still to be sent that is in no doubt."""
    return any(one.state.open and not one.doubtful for one in await told(scene, reservation_id))
