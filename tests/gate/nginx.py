"""The real nginx with its RTMP module, on exactly the lines that operators are told to paste."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.configuration.fragment import Fragment
from bot.configuration.nginx_rtmp import lines
from core.model.server import Server, ServerKind
from tests.gate.packages import NGINX_RTMP_MODULE
from tests.ports import HOST, answers, free_port

SOON = 10.0  # seconds to start, or to stop
_LOOK = 0.02  # seconds between two looks


@dataclass(frozen=True)
class Nginx:
    """Where one nginx lives: its folder, and its ports on loopback."""

    folder: Path
    rtmp_port: int
    http_port: int
    control_port: int

    @property
    def ingest_url(self) -> str:
        """Where holders publish."""
        return f"rtmp://{HOST}:{self.rtmp_port}/live/{{path}}"

    @property
    def watch_url(self) -> str:
        """Where watchers find a stream's playlist."""
        return f"http://{HOST}:{self.http_port}/hls/{{path}}.m3u8"

    @property
    def control_url(self) -> str:
        """Where the desk lists and ends connections."""
        return f"http://{HOST}:{self.control_port}"

    def rtmp(self, path: str, arguments: str = "") -> str:
        """Give a stream's RTMP address, with what is put behind its name."""
        return self.ingest_url.format(path=path) + (f"?{arguments}" if arguments else "")

    def hls(self, path: str, *, ticket: str = "", user: str = "", passcode: str = "") -> str:
        """Give a stream's HLS address, with a ticket or credentials in it."""
        url = self.watch_url.format(path=f"~{ticket}/{path}" if ticket else path)
        return url.replace("://", f"://{user}:{passcode}@") if user else url

    def server(self, number: int = 1) -> Server:
        """Describe it as the desk would know it."""
        return Server(
            number,
            "Studio",
            ServerKind.NGINX_RTMP,
            ZoneInfo("UTC"),
            self.watch_url,
            self.ingest_url,
            control_url=self.control_url,
        )

    @property
    def hls_folder(self) -> Path:
        """Where the playlists and segments are."""
        return self.folder / "hls"

    def logged(self) -> str:
        """Give everything that it has written to any log."""
        logs = sorted(self.folder.glob("*.log"))
        return "".join(log.read_text(errors="replace") for log in logs)

    async def playlist(self, path: str, within: float = SOON) -> None:
        """Wait until a stream can be watched by HLS: its first segment is complete."""
        await _until((self.hls_folder / f"{path}.m3u8").exists, within)

    @asynccontextmanager
    async def running(self, hook_url: str, server: Server | None = None) -> AsyncIterator[None]:
        """Let it run, asking at that address; in the end it is told to stop, and must."""
        process = await self._started(hook_url, server or self.server())
        try:
            await self._listening(process)
            yield
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), SOON)

    async def takes(self, hook_url: str, server: Server) -> bool:
        """Tell whether it finds no fault with the lines for a server."""
        process = await self._started(hook_url, server, "-t")
        return await asyncio.wait_for(process.wait(), SOON) == 0

    async def _started(self, hook_url: str, server: Server, *arguments: str) -> Process:
        configuration = self.folder / "nginx.conf"
        configuration.write_text(self._configuration(lines(server, hook_url)))
        self.hls_folder.mkdir(exist_ok=True)
        return await asyncio.create_subprocess_exec(
            *("nginx", "-p", str(self.folder), "-c", str(configuration), "-e", "start.log"),
            *arguments,
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )

    def _configuration(self, pieces: Sequence[Fragment]) -> str:
        """Put the pieces where each says that it goes, with this folder's paths and loopback."""
        top, rtmp, control, *hls = (self._adapted(piece.text) for piece in pieces)
        return f"""\
load_module {NGINX_RTMP_MODULE};
daemon off;
pid nginx.pid;
{"user root;" if os.geteuid() == 0 else ""}
{top}
events {{ }}
http {{
    access_log {self.folder}/access.log;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen {HOST}:{self.http_port};
        root {self.folder}/none;
        {"".join(hls)}
    }}
    {control}
}}
{rtmp}
"""

    def _adapted(self, text: str) -> str:
        return (
            text.replace(f"listen {self.rtmp_port};", f"listen {HOST}:{self.rtmp_port};")
            .replace("/var/lib/nginx/hls", str(self.hls_folder))
            .replace("/var/log/nginx", str(self.folder))
        )

    async def _listening(self, process: Process) -> None:
        def listens() -> bool:
            assert process.returncode is None, self.logged()
            return all(map(answers, (self.rtmp_port, self.http_port, self.control_port)))

        await _until(listens, SOON)


def place(folder: Path) -> Nginx:
    """Find a place for one nginx: ports that nobody listens on, and a folder for its files."""
    home = folder / "nginx"
    home.mkdir()
    return Nginx(home, free_port(), free_port(), free_port())


async def _until(done: Callable[[], bool], within: float) -> None:
    """Wait for what nginx does without telling anybody."""
    async with asyncio.timeout(within):
        while not done():  # noqa: ASYNC110 - there is nothing to be woken by
            await asyncio.sleep(_LOOK)
