"""HLS as MediaMTX and SRS serve it, its files made by ffmpeg: who is let in, their stand-ins ask.

Neither can be installed where the tests run. What is theirs here is by their source, as in their
stand-ins: a first playlist that begins a session, leads to one of media, and carries it on.
"""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from aiohttp import web

from tests.ports import HOST, free_port

# given the address that a browser asked for: raises who is sent away, gives the session's name
Door: TypeAlias = Callable[[str], Awaitable[str]]

SOON = 15.0  # seconds
_LOOK = 0.05  # seconds between two looks at what ffmpeg has written
_SESSION = "session"
_PICTURE = "-re -f lavfi -i testsrc=size=160x120:rate=10 -f lavfi -i sine=sample_rate=44100"
_CHEAP = "-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 10 -c:a aac -b:a 64k"
_LIVE = "-f hls -hls_time 1 -hls_list_size 6 -hls_flags delete_segments+independent_segments"


@dataclass
class Hls:
    """What serves it; `fmp4` says in which container."""

    folder: Path
    fmp4: bool
    refused: type[Exception]
    port: int = field(default_factory=free_port)
    door: Door | None = None
    sessions: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{HOST}:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Make the stream and serve it until the end of the block."""
        kind = "-hls_segment_type fmp4" if self.fmp4 else ""
        arguments = f"-nostdin -loglevel error {_PICTURE} {_CHEAP} {_LIVE} {kind} media.m3u8"
        self.folder.mkdir()
        process = await asyncio.create_subprocess_exec(
            "ffmpeg",
            *arguments.split(),
            cwd=self.folder,
            stdin=DEVNULL,
            stdout=DEVNULL,
            env={"PATH": os.environ["PATH"]},
        )
        application = web.Application()
        application.router.add_get("/{file:.*}", self._serve)
        runner = web.AppRunner(application)
        try:
            await runner.setup()
            await web.TCPSite(runner, HOST, self.port).start()
            async with asyncio.timeout(SOON):
                while not any(self.folder.glob("media2.*")):
                    assert process.returncode is None
                    await asyncio.sleep(_LOOK)
            yield
        finally:
            await runner.cleanup()
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        file = self.folder / name
        if name.startswith("media") or name == "init.mp4":
            session = request.query.get(_SESSION, "")
            if name.endswith(".m3u8") and session not in self.sessions:
                return web.Response(status=401)
            return web.FileResponse(file) if file.exists() else web.Response(status=404)
        assert self.door is not None
        try:
            session = await self.door(str(request.url))
        except self.refused:
            return web.Response(status=401)
        self.sessions.add(session)
        return web.Response(
            text="#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:BANDWIDTH=400000,"
            'CODECS="avc1.42c00a,mp4a.40.2",RESOLUTION=160x120\n'
            f"media.m3u8?{_SESSION}={session}\n",
            content_type="application/vnd.apple.mpegurl",
        )
