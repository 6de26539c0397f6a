"""The desk is killed while a show goes on: the show goes on, and ends when it should."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.access.links import Links
from core.access.vault import Vault
from core.model.addresses import ingest, path_of
from core.model.recipient import Contact, RouteName
from core.model.request import ReserveRequest
from core.model.server import Rules
from core.model.slot import Slot
from core.store.database import open_database
from core.store.desk import Desk
from core.usecases.answers import Permitted
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, add_server
from core.usecases.settings import enter
from tests.databases import SqliteFiles
from tests.desks import SECRET
from tests.gate.media import publishing, watch, watching
from tests.gate.nginx import place
from tests.gate.packages import require_programs
from tests.gate.studio import OPERATOR
from tests.ports import free_port

SOURCE = Path(__file__).parents[2]
SOON = 20.0
LENGTH = timedelta(seconds=22)
AT_ONCE = 5.0


@asynccontextmanager
async def program(environment: dict[str, str], folder: Path) -> AsyncIterator[Process]:
    """Let `callboard run` run until the end of the block, or until it is killed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        cwd=folder,
        env=environment | {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)},
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(SOON):
            async for line in process.stderr:
                if re.search(rb" web\.ready ", line):
                    break
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_the_show_goes_on_while_the_desk_is_killed_and_ends_on_time(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    require_programs("nginx", "nginx-rtmp", "ffmpeg")
    nginx, port, url = place(tmp_path), free_port(), sqlite_files.fresh()
    vault = Vault([SECRET])
    links = Links(vault, gate_url=f"http://127.0.0.1:{port}")
    desk = Desk(open_database(url), vault, links, lambda: datetime.now(UTC))
    olga = await desk.run(enter, OPERATOR)
    rules = Rules(shortest=timedelta(seconds=1), reconfirm_lead=timedelta(0))
    kept = await desk.run(add_server, olga, replace(nginx.server(), rules=rules))
    assert isinstance(kept, ServerKept)
    slot = Slot.of(datetime.now(UTC) + timedelta(seconds=1), LENGTH)
    ann = Contact(RouteName.EMAIL, "ann@example.org")
    wish = ReserveRequest(kept.server.id, slot, "Premiere", audience=(ann,))
    permitted = await desk.run(reserve, olga, wish)
    assert isinstance(permitted, Permitted), permitted
    number, path = permitted.reservation.id, path_of(permitted.reservation.code)
    secrets = await desk.read(lambda store, _: store.reservations.secrets(number))
    entered = ingest(kept.server, permitted.reservation.code, secrets.stream_key)
    rtmp = nginx.rtmp(path, f"user={permitted.watch_user}&pass={permitted.passcode}")
    environment = {
        "CALLBOARD_DATA": str(tmp_path),
        "CALLBOARD_DATABASE_URL": url,
        "CALLBOARD_SECRET_KEY": SECRET,
        "CALLBOARD_HTTP_PORT": str(port),
    }

    async with nginx.running(links.hook_url(kept.server.id)), AsyncExitStack() as running:
        first = await running.enter_async_context(program(environment, tmp_path))
        address = f"{entered.address}/{entered.key}"
        publisher = await running.enter_async_context(publishing(address))
        await publisher.started()
        watcher = await running.enter_async_context(watching(rtmp))
        await watcher.started()
        first.kill()
        await first.wait()
        await publisher.goes_on()
        await watcher.goes_on()
        assert (await watch(rtmp, seconds=0.5, within=4)).frames == 0
        await running.enter_async_context(program(environment, tmp_path))
        assert (await watch(rtmp, seconds=0.5)).frames
        await watcher.goes_on()
        await watcher.ended(within=LENGTH.total_seconds())
        await publisher.ended(within=AT_ONCE)
        late = time.time() - slot.ends_at.timestamp()
    aired = await desk.read(lambda store, _: store.connections.aired(number))
    desk.close()

    assert 0 <= late < AT_ONCE
    assert aired.since is not None
    assert aired.watchers == 1
