"""A source and listeners that are nobody's imitation: ffmpeg, sending and receiving a tone."""

from __future__ import annotations

import asyncio
import os
import time
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SOON = 10.0  # seconds for a program to do what it was started for

_PROGRAM = (
    "ffmpeg -hide_banner -nostdin -loglevel error -nostats -stats_period 0.1 -progress pipe:1"
)
_TONE = "-re -f lavfi -i sine=frequency=440:sample_rate=44100"
_LIVE = "-f mp3"  # told: to find out takes as long as the first four seconds of sound
# of a constant rate: a listener hears something at once, where Ogg takes two seconds
_MP3 = "-c:a libmp3lame -b:a 128k -f mp3 -content_type audio/mpeg"


class EndedError(AssertionError):
    """It ended where it should have gone on; its own words say why."""


@dataclass
class Sound:
    """An ffmpeg that runs: the seconds of sound that went through it, and when it ended."""

    process: Process
    seconds: float = 0.0
    words: str = ""
    ended_at: float = 0.0  # by the clock on the wall, as Icecast's own
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def goes_on(self, seconds: float = 0.5, within: float = SOON) -> None:
        """Wait until as much more sound went through; raises `EndedError` if it ends before."""
        wanted = self.seconds + seconds
        async with asyncio.timeout(within), self._moved:
            await self._moved.wait_for(lambda: not self.runs or self.seconds >= wanted)
        if self.seconds < wanted:
            raise EndedError(f"ended after {self.seconds} s: {self.words}")

    async def ended(self, within: float = SOON) -> None:
        """Wait until it ends by itself; raises `TimeoutError`."""
        async with asyncio.timeout(within), self._moved:
            await self._moved.wait_for(lambda: not self.runs)

    @property
    def runs(self) -> bool:
        """Tell whether it has not ended yet."""
        return not self.ended_at

    async def follow(self, progress: StreamReader, errors: StreamReader) -> None:
        """Read what it writes, to its end."""
        saying = asyncio.create_task(errors.read())
        async for line in progress:
            name, _, value = line.decode().strip().partition("=")
            if name == "out_time_us" and value.isdecimal():
                async with self._moved:
                    self.seconds = int(value) / 1e6
                    self._moved.notify_all()
        await self.process.wait()
        now = time.time()
        self.words = (await saying).decode(errors="replace")
        async with self._moved:
            self.ended_at = now
            self._moved.notify_all()


@asynccontextmanager
async def sending(url: str) -> AsyncIterator[Sound]:
    """Send a tone to an Icecast, in MP3, until the end of the block."""
    async with _running([*_TONE.split(), *_MP3.split(), url]) as sound:
        yield sound


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Sound]:
    """Receive a stream, every sample decoded, until the end of the block."""
    async with _running([*_LIVE.split(), "-i", url, "-f", "null", "-"]) as sound:
        yield sound


async def refused(url: str, within: float = SOON) -> str:
    """Try to receive a stream and see that nothing comes; give the player's own words."""
    async with listening(url) as sound:
        await sound.ended(within)
    assert not sound.seconds
    return sound.words


@asynccontextmanager
async def _running(arguments: Sequence[str]) -> AsyncIterator[Sound]:
    process = await asyncio.create_subprocess_exec(
        *_PROGRAM.split(),
        *arguments,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env={"PATH": os.environ["PATH"]},  # no proxies between here and here
    )
    assert process.stdout is not None
    assert process.stderr is not None
    sound = Sound(process)
    following = asyncio.create_task(sound.follow(process.stdout, process.stderr))
    try:
        yield sound
    finally:
        if process.returncode is None:
            process.kill()
        await following
