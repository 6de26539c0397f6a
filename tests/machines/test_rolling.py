"""A fleet is restarted one process after the other while commands keep coming: none is lost."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from bot.web.server import serving
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.machines.fleet import open_fleet
from tests.machines.life import SLACK
from tests.machines.reckoning import opened_books
from tests.machines.regulars import open_regulars
from tests.machines.test_processes import only_postgresql
from tests.ports import HOST, listens
from tests.slack.runs import open_town
from tests.slack.test_sockets import listed

_AT_MOST = 4  # each of two people in Slack, at each of two connections that are closed


@only_postgresql
async def test_each_process_is_replaced_in_turn_and_every_command_has_its_effect_once(
    database_url: str, tmp_path: Path
) -> None:
    """What Slack sends in the instant in which a connection is closed is refused, and not done."""
    async with open_fleet(database_url, tmp_path) as fleet, open_regulars(fleet) as regulars:
        await regulars.run_out(10, after=6)
        async with regulars.at_work():
            await regulars.lived(6)
            for member in list(fleet.members):
                await member.stop()
                await fleet.add(member.role)
            await regulars.lived(6, since=time.monotonic())
        books = await opened_books(regulars)
        for member in [one for one in fleet.members if one.exit_status is None]:
            await member.stop()
        assert [] == books.amiss()
        fleet.nothing_wrong()

    unanswered = [one for one in regulars.lives if one.unanswered]
    assert [] == [one for one in unanswered if one.where != SLACK]
    assert len(unanswered) <= _AT_MOST, unanswered


async def test_who_has_connected_when_a_process_is_stopped_can_still_ask() -> None:
    async with AsyncExitStack() as serves:
        host, port = await serves.enter_async_context(serving([], HOST, 0))
        reader, writer = await asyncio.open_connection(host, port)
        for _ in range(10):
            await asyncio.sleep(0)  # until it is accepted
        stopping = asyncio.create_task(serves.aclose())
        while listens(port):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)

        writer.write(b"GET /healthz HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")

        assert b"alive" in await reader.read()
        await stopping
        writer.close()


async def test_what_slack_sends_while_a_process_stops_is_acknowledged_if_it_is_done(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> None:
    acknowledged: Counter[str] = Counter()
    async with open_town(sqlite_files.fresh(), tmp_path, clock) as town:
        town.slack.patience = 1.0
        for turn in range(4):
            async with town.run() as run:
                await town.hanna.type("/slot list")
                run.stop.set()
                addresses = [f"fan{turn}x{number}@example.org" for number in range(30)]
                lines = [f"/slot audience add crew {one}" for one in addresses]
                heard = await asyncio.gather(*map(town.hanna.type, lines[:10]))
                while town.slack.socket.open:
                    heard.append(await town.hanna.type(lines[len(heard)]))
            told = zip(addresses, heard, strict=False)
            acknowledged.update(address for address, one in told if one.error is None)
        async with town.run():
            assert acknowledged == await listed(town.hanna)
    assert acknowledged
