"""A publisher and a watcher that are nobody's imitation: ffmpeg, sending and receiving a stream."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SOON = 15.0  # seconds for a program to do what it was started for
FPS = 10

_PROGRAM = (
    "ffmpeg -hide_banner -nostdin -loglevel error -nostats -stats_period 0.1 -progress pipe:1"
)
_PATTERN = f"-re -f lavfi -i testsrc=size=160x120:rate={FPS}"
_CHEAP = f"-c:v libx264 -preset ultrafast -tune zerolatency -threads 1 -pix_fmt yuv420p -g {FPS}"
# nginx-rtmp's HLS names a sound track in any case, and browsers wait for it
_SOUND = "-f lavfi -i sine=frequency=440:sample_rate=44100"
_CHEAP_SOUND = "-c:a aac -b:a 64k"
_LIVE = "-fflags nobuffer -analyzeduration 100000 -probesize 4096"


class EndedError(AssertionError):
    """It ended where it should have gone on; its own words say why."""


@dataclass
class Media:
    """An ffmpeg that runs: how many frames went through it, and what it said when it failed."""

    process: Process
    frames: int = 0
    words: str = ""
    _ended: bool = False
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def started(self, within: float = SOON) -> None:
        """Wait until frames go through; raises `EndedError` if it ends before."""
        await self._reaches(3, within)

    async def goes_on(self, frames: int = FPS, within: float = SOON) -> None:
        """Wait until as many more frames went through; raises `EndedError` if it ends before."""
        await self._reaches(self.frames + frames, within)

    async def ended(self, within: float = SOON) -> int:
        """Wait until it ends by itself, and give its exit status; raises `TimeoutError`."""
        async with asyncio.timeout(within), self._moved:
            await self._moved.wait_for(lambda: self._ended)
        return await self.process.wait()

    @property
    def runs(self) -> bool:
        """Tell whether it has not ended yet."""
        return not self._ended

    def kill(self) -> None:
        """End it as a crash would: it cannot say good-bye to the server."""
        self.process.kill()

    def hold(self) -> None:
        """Have it fall silent without ending, as when its network has gone."""
        self.process.send_signal(signal.SIGSTOP)

    async def _reaches(self, frames: int, within: float) -> None:
        async with asyncio.timeout(within), self._moved:
            await self._moved.wait_for(lambda: self._ended or self.frames >= frames)
        if self.frames < frames:
            raise EndedError(f"ended after {self.frames} frames: {self.words}")

    async def follow(self, progress: StreamReader, errors: StreamReader) -> None:
        """Read what it writes, to its end."""
        saying = asyncio.create_task(errors.read())
        async for line in progress:
            name, _, value = line.decode().strip().partition("=")
            if name == "frame":
                async with self._moved:
                    self.frames = int(value)
                    self._moved.notify_all()
        self.words = (await saying).decode(errors="replace")
        await self.process.wait()
        async with self._moved:
            self._ended = True
            self._moved.notify_all()


@asynccontextmanager
async def publishing(url: str, *, sound: bool = False) -> AsyncIterator[Media]:
    """Publish a test pattern by RTMP, ten frames a second, until the end of the block."""
    source = f"{_PATTERN} {_SOUND}" if sound else _PATTERN
    made = f"{_CHEAP} {_CHEAP_SOUND}" if sound else _CHEAP
    async with _running([*_words(source), *_words(made), "-f", "flv", url]) as media:
        yield media


@asynccontextmanager
async def watching(url: str) -> AsyncIterator[Media]:
    """Receive a stream, by RTMP or HLS, until the end of the block."""
    arguments = [*_words(_LIVE), "-i", url, "-c", "copy", "-f", "null", "-"]
    async with _running(arguments) as media:
        yield media


async def watch(url: str, seconds: float = 2, within: float = SOON) -> Media:
    """Watch that much of a stream, with every frame decoded; give what came of it.

    Who is refused, or sees nothing in time, has no `frames`.
    """
    arguments = [
        *_words(_LIVE),
        "-i",
        url,
        "-frames:v",
        f"{round(seconds * FPS)}",
        "-f",
        "null",
        "-",
    ]
    async with _running(arguments) as media:
        try:
            await media.ended(within)
        except TimeoutError:
            media.kill()
            await media.ended()
    return media


@asynccontextmanager
async def _running(arguments: Sequence[str]) -> AsyncIterator[Media]:
    process = await asyncio.create_subprocess_exec(
        *_words(_PROGRAM),
        *arguments,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env={"PATH": os.environ["PATH"]},  # no proxies between here and here
    )
    assert process.stdout is not None
    assert process.stderr is not None
    media = Media(process)
    following = asyncio.create_task(media.follow(process.stdout, process.stderr))
    try:
        yield media
    finally:
        if process.returncode is None:
            process.kill()
        await following


def _words(text: str) -> list[str]:
    return text.split()
