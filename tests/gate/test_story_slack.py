"""The whole chain: reserved in Slack, told by mail, opened on a real nginx, and closed again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.process import running
from bot.wiring import meet_slack, open_app
from core.model.addresses import path_of
from tests.claims.house import passcode_in
from tests.databases import SqliteFiles
from tests.desks import RunningClock
from tests.gate.media import publishing, watch, watching
from tests.gate.nginx import place
from tests.gate.packages import require_programs
from tests.ports import free_port
from tests.slack.runs import all_reservations, open_town, operator_of, reserve

ANN = "ann@example.org"
AT_ONCE, SOON = 5.0, 20.0
SECOND = timedelta(seconds=1)


async def test_reserved_in_slack_told_by_mail_opened_by_what_the_mail_says(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    require_programs("nginx", "nginx-rtmp", "ffmpeg")
    nginx, clock = place(tmp_path), RunningClock()
    async with (
        open_town(sqlite_files.fresh(), tmp_path, clock, http_port=free_port()) as town,
        open_app(town.settings, now=clock) as app,
    ):
        await meet_slack(app)
        stop, connected = asyncio.Event(), town.slack.socket.connected
        parts = [asyncio.create_task(one) for one in running(app, ("worker", "web", "slack"), stop)]
        await town.slack.socket.wait_reconnected(after=connected, within=SOON)
        olga = await operator_of(app)
        await olga(
            f"server change Studio watch_url={nginx.watch_url} ingest_url={nginx.ingest_url}"
            f" control={nginx.control_url} reconfirm_lead=0"
        )
        code = await reserve(town.hanna, audience=ANN)
        await town.slack.until(lambda: town.mails(ANN), within=SOON)
        (mail,) = town.mails(ANN)
        path, passcode = path_of(code), passcode_in(mail)
        rtmp = nginx.rtmp(path, f"user=guest&pass={passcode}")
        hls = nginx.hls(path, user="guest", passcode=passcode)
        (slot,) = [one.slot for one in await app.desk.read(all_reservations)]

        async with nginx.running(app.desk.links.hook_url(1)):
            assert (await watch(rtmp, seconds=0.5, within=4)).frames == 0
            clock.jump_to(slot.starts_at + SECOND)
            heard = await town.hanna.type(f"/slot key {code}", town.general)
            told = (await heard.message(within=SOON)).words
            address = f"{_after(told, 'Ingest address')}/{_after(told, 'Stream key')}"
            async with publishing(address) as publisher:
                await publisher.started()
                await nginx.playlist(path)
                assert (await watch(hls, seconds=0.5)).frames
                async with watching(rtmp) as watcher:
                    await watcher.started()
                    clock.jump_to(slot.ends_at)
                    await watcher.ended(within=AT_ONCE)
                await publisher.ended(within=AT_ONCE)
            assert (await watch(rtmp, seconds=0.5, within=4)).frames == 0
            assert (await watch(hls, seconds=0.5, within=4)).frames == 0
        stop.set()
        await asyncio.wait_for(asyncio.gather(*parts), SOON)
        assert town.slack.refusals == []


def _after(words: str, label: str) -> str:
    return words.partition(label)[2].split()[0].strip(":") or words.partition(label)[2].split()[1]
