"""Slots on a real nginx with its RTMP module, from the mail to the last frame, by real ffmpeg."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.addresses import path_of
from core.model.reservation import Reservation
from tests.gate.media import Media, publishing, watch, watching
from tests.gate.nginx import Nginx, place
from tests.gate.packages import require_programs
from tests.gate.relay import relayed
from tests.gate.studio import ANN, BEN, MINUTE, Studio, open_studio

AT_ONCE = 5.0  # seconds within which a running connection ends
SECOND = timedelta(seconds=1)
_RULES = "set_up=10min tear_down=5min"


@dataclass
class House:
    """A studio with its nginx."""

    studio: Studio
    nginx: Nginx

    async def reserve(self, title: str = "Premiere", more: str = "") -> Reservation:
        """Reserve an hour that starts in half an hour."""
        return await self.studio.reserve(title, after=30 * MINUTE, more=more)

    def begin(self, reservation: Reservation) -> None:
        """Skip to the start of a slot."""
        self.studio.clock.jump_to(reservation.slot.starts_at + SECOND)

    async def rtmp(self, reservation: Reservation, recipient: str = ANN) -> str:
        """Give the RTMP address that a recipient watches at, made of what their mail says."""
        user, passcode = await self.studio.credentials(recipient)
        return self.nginx.rtmp(path_of(reservation.code), f"user={user}&pass={passcode}")

    async def hls(self, reservation: Reservation, recipient: str = ANN) -> str:
        """Give the HLS address that a recipient watches at, made of what their mail says."""
        user, passcode = await self.studio.credentials(recipient)
        return self.nginx.hls(path_of(reservation.code), user=user, passcode=passcode)


@asynccontextmanager
async def open_house(database_url: str, folder: Path) -> AsyncIterator[House]:
    """Open a studio and let nginx ask it."""
    require_programs("nginx", "nginx-rtmp", "ffmpeg")
    nginx = place(folder)
    words = (
        f"kind=nginx-rtmp watch_url={nginx.watch_url} ingest_url={nginx.ingest_url}"
        f" control={nginx.control_url} {_RULES}"
    )
    async with (
        open_studio(database_url, folder, words) as studio,
        nginx.running(studio.hook_url()),
    ):
        yield House(studio, nginx)


@pytest.fixture
async def house(sqlite_files: object, tmp_path: Path) -> AsyncIterator[House]:
    url: str = sqlite_files.fresh()  # type: ignore[attr-defined]
    async with open_house(url, tmp_path) as opened:
        yield opened


async def ends_at_once(media: Media) -> None:
    """See that a running connection is ended in time."""
    began = time.monotonic()
    await media.ended(within=2 * AT_ONCE)
    assert time.monotonic() - began < AT_ONCE


async def refused(url: str) -> bool:
    """Tell whether somebody who watches gets to see nothing."""
    return (await watch(url, seconds=0.5, within=6)).frames == 0


async def cannot_publish(url: str) -> bool:
    """Tell whether somebody who publishes is sent away."""
    async with publishing(url) as media:
        await media.ended()
        return media.frames < 5


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_a_slot_from_its_rehearsal_to_its_end(database_url: str, tmp_path: Path) -> None:
    async with open_house(database_url, tmp_path) as house:
        clock = house.studio.clock
        slot = await house.reserve()
        rtmp, hls = await house.rtmp(slot), await house.hls(slot)
        clock.jump_to(slot.slot.starts_at - 20 * MINUTE)
        encoder = await house.studio.encoder_address()
        assert await cannot_publish(encoder)

        clock.jump_to(slot.slot.starts_at - 9 * MINUTE)
        async with publishing(encoder) as publisher:
            await publisher.started()
            await house.nginx.playlist(path_of(slot.code))
            assert await refused(rtmp)
            assert await refused(hls)

            house.begin(slot)
            assert (await watch(hls)).frames
            async with watching(rtmp) as watcher:
                await watcher.started()
                assert "still on the air" in await house.studio.shown(f"show {slot.code}")
                clock.jump_to(slot.slot.ends_at)
                await ends_at_once(watcher)
            assert await refused(rtmp)
            assert await refused(hls)
            await publisher.goes_on()  # until tear-down has passed
            clock.jump_to(slot.slot.ends_at + 5 * MINUTE)
            await ends_at_once(publisher)
        assert await cannot_publish(encoder)
        shown = await house.studio.shown(f"show {slot.code}")
        assert "still on the air" not in shown
        assert re.search(r"Went out: +\S", shown)
        assert re.search(r"Watched by: +1$", shown, re.MULTILINE)  # one address, by RTMP and HLS


async def test_no_other_key_opens_the_stream(house: House) -> None:
    first = await house.reserve()
    house.studio.clock.jump_to(first.slot.starts_at - 20 * MINUTE)
    encoder = await house.studio.encoder_address()
    house.begin(first)

    assert await cannot_publish(f"{encoder}x")
    assert await cannot_publish(encoder.partition("?")[0])
    other = encoder.replace(path_of(first.code), "000000")
    assert await cannot_publish(other)
    assert await cannot_publish(f"{encoder}&name=other")
    assert await refused(house.nginx.rtmp(path_of(first.code), "user=guest&pass=WRONGWRONG"))
    async with publishing(encoder) as publisher:
        await publisher.started()


async def test_a_cancelled_slot_is_closed_while_it_is_on(house: House) -> None:
    slot = await house.reserve()
    house.studio.clock.jump_to(slot.slot.starts_at - 20 * MINUTE)
    encoder, rtmp = await house.studio.encoder_address(), await house.rtmp(slot)
    house.begin(slot)
    async with publishing(encoder) as publisher:
        await publisher.started()
        async with watching(rtmp) as watcher:
            await watcher.started()
            await house.studio.type(f"cancel {slot.code} the singer is ill")
            await ends_at_once(publisher)
            await ends_at_once(watcher)
    assert await cannot_publish(encoder)


async def test_changed_credentials_put_out_those_with_the_old_ones(house: House) -> None:
    slot = await house.reserve()
    house.studio.clock.jump_to(slot.slot.starts_at - 20 * MINUTE)
    encoder, old = await house.studio.encoder_address(), await house.rtmp(slot)
    house.begin(slot)
    async with publishing(encoder) as publisher:
        await publisher.started()
        async with watching(old) as watcher:
            await watcher.started()
            await house.studio.type(f"change {slot.code} credentials=shared")
            await ends_at_once(watcher)
        await house.studio.mailboxes.newest(ANN, "Changed")
        new = await house.rtmp(slot)
        assert new != old
        assert await refused(old)
        assert (await watch(new)).frames
        await publisher.goes_on()


async def test_each_recipient_has_a_way_in_of_their_own(house: House) -> None:
    slot = await house.reserve(more="credentials=each")
    house.studio.clock.jump_to(slot.slot.starts_at - 20 * MINUTE)
    encoder = await house.studio.encoder_address()
    anns, bens = await house.rtmp(slot), await house.rtmp(slot, BEN)
    house.begin(slot)
    async with publishing(encoder) as publisher:
        await publisher.started()
        async with watching(anns) as ann, watching(bens) as ben:
            await ann.started()
            await ben.started()
            await house.studio.type(f"change {slot.code} remove={ANN}")
            await ends_at_once(ann)
            await ben.goes_on()
        assert await refused(anns)


async def test_an_encoder_that_comes_back_takes_its_own_place(house: House) -> None:
    slot = await house.reserve()
    house.studio.clock.jump_to(slot.slot.starts_at - 20 * MINUTE)
    encoder = await house.studio.encoder_address()
    house.begin(slot)
    async with publishing(encoder) as crashed:
        await crashed.started()
        crashed.kill()
        async with publishing(encoder) as back:
            await back.started()
            back.hold()  # as a network that went away: the server still has it
            async with publishing(encoder) as again:
                await again.started()
                await again.goes_on()


async def test_a_second_publisher_is_refused_while_the_first_is_there(house: House) -> None:
    slot = await house.reserve()
    house.studio.clock.jump_to(slot.slot.starts_at - 20 * MINUTE)
    encoder = await house.studio.encoder_address()
    house.begin(slot)
    async with (
        relayed(house.nginx.rtmp_port, source="127.0.0.2") as port,
        publishing(encoder) as first,
    ):
        await first.started()
        elsewhere = encoder.replace(f":{house.nginx.rtmp_port}/", f":{port}/")
        assert await cannot_publish(elsewhere)
        await first.goes_on()
        first.kill()
        await first.ended()
        async with publishing(elsewhere) as second:
            await second.started()


async def test_no_credential_is_in_any_log_of_nginx(house: House) -> None:
    slot = await house.reserve()
    house.studio.clock.jump_to(slot.slot.starts_at - 20 * MINUTE)
    encoder, rtmp, hls = (
        await house.studio.encoder_address(),
        await house.rtmp(slot),
        await house.hls(slot),
    )
    _, passcode = await house.studio.credentials(ANN)
    house.begin(slot)
    async with publishing(encoder) as publisher:
        await publisher.started()
        await house.nginx.playlist(path_of(slot.code))
        assert (await watch(rtmp, seconds=0.5)).frames
        assert (await watch(hls, seconds=0.5)).frames
        await cannot_publish(f"{encoder}guess")
        await refused(rtmp.replace(passcode, "WRONGWRONG"))

    for secret in (passcode, encoder.partition("key=")[2], "guess", "WRONGWRONG"):
        assert secret not in house.nginx.logged()
