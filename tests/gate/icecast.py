"""The real Icecast, on exactly the lines that operators are told to paste."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.configuration.icecast import lines
from core.model.gate import ControlAddress
from core.model.server import Server, ServerKind
from tests.ports import HOST, free_port, listens

SOURCE_PASSWORD = "for-streams-of-its-own"
ADMIN_PASSWORD = "for-the-desk-and-the-operator"
SOON = 10.0  # seconds to start, or to ask the desk
_LOOK = 0.02  # seconds between two looks at a port that somebody else opens
_FILES = Path("/usr/share/icecast2")
_NOT_AS_ROOT = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"


@dataclass(frozen=True)
class Icecast:
    """Where one Icecast lives: its folder, and its port on loopback."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def control(self) -> ControlAddress:
        """Where the desk lists and ends connections, and with what."""
        return ControlAddress(self.url, "admin", ADMIN_PASSWORD)

    def ingest(self, path: str, key: str) -> str:
        """Give the address that a holder publishes to, with the key in it."""
        return f"icecast://source:{quote(key, safe='')}@{HOST}:{self.port}/{path}.mp3"

    def watch(self, path: str, *, user: str = "", passcode: str = "", query: str = "") -> str:
        """Give the address that a listener opens, with credentials before the host or behind it."""
        before = f"{quote(user)}:{quote(passcode, safe='')}@" if user else ""
        return f"http://{before}{HOST}:{self.port}/{path}.mp3" + (f"?{query}" if query else "")

    def server(self) -> Server:
        """Describe it as the desk would know it."""
        return Server(
            1,
            "Radio",
            ServerKind.ICECAST,
            ZoneInfo("UTC"),
            watch_url=f"{self.url}/{{path}}.mp3",
            ingest_url=f"{self.url}/{{path}}.mp3",
            control_url=self.url,
        )

    def logged(self) -> str:
        """Give everything that it has written to any log."""
        return self._log.read_text(errors="replace")

    @property
    def _log(self) -> Path:
        return self.folder / "icecast.log"

    @asynccontextmanager
    async def running(self, hook_url: str) -> AsyncIterator[None]:
        """Let it run, asking at that address, until the end of the block."""
        configuration = self.folder / "icecast.xml"
        configuration.write_text(self._configuration(hook_url))
        with self._log.open(
            "ab"
        ) as log:  # passed on open: who runs as nobody may open no file here
            process = await asyncio.create_subprocess_exec(
                *("icecast2", "-c", str(configuration)),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=log,
                env={"PATH": os.environ["PATH"]},  # no proxies between here and here
            )
        try:
            await self._listening(process)
            yield
            assert process.returncode is None, (
                f"it ended by itself ({process.returncode}): {self.logged()}"
            )
        finally:
            if process.returncode is None:
                process.kill()  # it would take a second to stop by itself
            await process.wait()

    def _configuration(self, hook_url: str) -> str:
        """Put the pieces where each says that it goes; what is not theirs is as it is installed."""
        limits, mount, logging = (piece.text for piece in lines(self.server(), hook_url))
        return f"""\
<icecast>
    <hostname>localhost</hostname>
    <limits>
        {limits}
    </limits>
    <authentication>
        <source-password>{SOURCE_PASSWORD}</source-password>
        <admin-user>admin</admin-user>
        <admin-password>{ADMIN_PASSWORD}</admin-password>
    </authentication>
    <listen-socket>
        <port>{self.port}</port>
        <bind-address>{HOST}</bind-address>
    </listen-socket>
    {mount}
    <fileserve>1</fileserve>
    <paths>
        <basedir>{_FILES}</basedir>
        <webroot>{_FILES}/web</webroot>
        <adminroot>{_FILES}/admin</adminroot>
        <logdir>{self.folder}</logdir><!-- nothing goes there: the logs are written to stderr -->
        <alias source="/" destination="/status.xsl"/>
    </paths>
    <logging>
        <accesslog>-</accesslog>
        <errorlog>-</errorlog>
        {logging}
    </logging>
    <security>
        <chroot>0</chroot>
        {_NOT_AS_ROOT if os.geteuid() == 0 else ""}
    </security>
</icecast>
"""

    async def _listening(self, process: Process) -> None:
        """Wait until it takes connections; it says nothing when it does.

        Whoever connects to 2.4.4 between its first listening and its first waiting for somebody
        makes it crash, once in thirty on a busy machine: so it is looked at from outside.
        """
        async with asyncio.timeout(SOON):
            while not (listens(self.port) and _waits(process.pid)):
                assert process.returncode is None, self.logged()
                await asyncio.sleep(_LOOK)


def _waits(process: int) -> bool:
    """Tell whether a program's first thread waits for something to come (proc(5), `wchan`)."""
    return "poll" in Path(f"/proc/{process}/wchan").read_text(encoding="ascii")


def place(folder: Path) -> Icecast:
    """Find a place for one Icecast: a port that nobody listens on, and a folder for its files."""
    home = folder / "icecast"
    home.mkdir()
    return Icecast(home, free_port())
