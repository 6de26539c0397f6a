"""A slot on a real Icecast, from the mail to the last second of sound, by real ffmpeg."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from core.model.addresses import path_of
from tests.claims.house import text_of
from tests.databases import SqliteFiles
from tests.gate.icecast import ADMIN_PASSWORD, Icecast, place
from tests.gate.packages import require_programs
from tests.gate.sound import listening, refused, sending
from tests.gate.studio import MINUTE, OLGA, entered, open_studio
from tests.ports import HOST

AT_ONCE = 5.0
SECOND = timedelta(seconds=1)


def reached(icecast: Icecast) -> str:
    """Say in the words of the server's form how it is reached."""
    return (
        f"kind=icecast watch_url={icecast.url}/{{path}}.mp3"
        f" ingest_url=icecast://{HOST}:{icecast.port}/{{path}}.mp3"
        f" control=http://admin:{ADMIN_PASSWORD}@{HOST}:{icecast.port}"
    )


async def test_a_slot_from_its_rehearsal_to_its_end(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    require_programs("icecast2", "ffmpeg")
    icecast = place(tmp_path)
    words = f"{reached(icecast)} set_up=10min tear_down=5min"
    async with (
        open_studio(sqlite_files.fresh(), tmp_path, words) as studio,
        icecast.running(studio.hook_url()),
    ):
        slot = await studio.reserve("Premiere", after=30 * MINUTE)
        path = path_of(slot.code)
        studio.clock.jump_to(slot.slot.starts_at - 20 * MINUTE)
        key = entered(text_of(await studio.mailboxes.newest(OLGA, "Stream key")), "Password")
        user, passcode = await studio.credentials("ann@example.org")
        watched = icecast.watch(path, user=user, passcode=passcode)
        assert await refused(icecast.ingest(path, key))

        studio.clock.jump_to(slot.slot.starts_at - 9 * MINUTE)
        async with sending(icecast.ingest(path, key)) as source:
            await source.goes_on()
            assert await refused(watched)
            studio.clock.jump_to(slot.slot.starts_at + SECOND)
            async with listening(watched) as listener:
                await listener.goes_on()
                assert await refused(icecast.watch(path, user=user, passcode="WRONGWRONG"))
                assert "still on the air" in await studio.shown(f"show {slot.code}")
                studio.clock.jump_to(slot.slot.ends_at)
                began = time.monotonic()
                await listener.ended(within=2 * AT_ONCE)
                assert time.monotonic() - began < AT_ONCE
            assert await refused(watched)
            await source.goes_on()
            studio.clock.jump_to(slot.slot.ends_at + 5 * MINUTE)
            began = time.monotonic()
            await source.ended(within=2 * AT_ONCE)
            assert time.monotonic() - began < AT_ONCE
        async with sending(icecast.ingest(path, key)) as late:
            await late.ended()
            assert late.seconds < 1
    for secret in (key, passcode, "WRONGWRONG"):
        assert secret not in icecast.logged()


async def test_a_cancelled_slot_is_closed_while_it_is_on(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    require_programs("icecast2", "ffmpeg")
    icecast = place(tmp_path)
    async with (
        open_studio(sqlite_files.fresh(), tmp_path, reached(icecast)) as studio,
        icecast.running(studio.hook_url()),
    ):
        slot = await studio.reserve("Premiere", after=30 * MINUTE)
        path = path_of(slot.code)
        studio.clock.jump_to(slot.slot.starts_at + SECOND)
        key = entered(text_of(await studio.mailboxes.newest(OLGA, "Stream key")), "Password")
        user, passcode = await studio.credentials("ann@example.org")
        async with sending(icecast.ingest(path, key)) as source:
            await source.goes_on()
            watched = icecast.watch(path, user=user, passcode=passcode)
            async with listening(watched) as listener:
                await listener.goes_on()
                await studio.type(f"cancel {slot.code}")
                await source.ended(within=AT_ONCE)
                await listener.ended(within=AT_ONCE)
