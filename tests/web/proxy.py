"""A real nginx that speaks TLS before a desk, with the lines that the README gives operators."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from tests.gate.packages import require_programs
from tests.ports import HOST, free_port, listens
from tests.requirements import require

PREFIX = "/desk"
SOON = 15.0  # seconds
_LOOK = 0.02  # seconds between two looks
_README = Path(__file__).parents[2] / "README.md"
_CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    " -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
)


@dataclass(frozen=True)
class Proxy:
    """Where it lives: its folder, its port on loopback, and the desk's behind it."""

    folder: Path
    desk_port: int
    port: int = field(default_factory=free_port)

    @property
    def origin(self) -> str:
        """What browsers reach."""
        return f"https://localhost:{self.port}"

    @property
    def public_url(self) -> str:
        """What the operator tells the desk."""
        return f"{self.origin}{PREFIX}"

    @property
    def trust(self) -> ssl.SSLContext:
        """What a client needs to believe in its certificate."""
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))

    async def raw(self, request: bytes, *, port: int = 0) -> bytes:
        """Send octets as they are, and give all that comes back; `port`: to the desk itself."""
        speaks = {} if port else {"ssl": self.trust, "server_hostname": "localhost"}
        reader, writer = await asyncio.open_connection(HOST, port or self.port, **speaks)  # type: ignore[arg-type]
        try:
            writer.write(request)
            return await asyncio.wait_for(reader.read(), SOON)
        finally:
            writer.close()

    @asynccontextmanager
    async def running(self, *, takes_off: bool = False) -> AsyncIterator[None]:
        """Let it run until the end of the block; `takes_off`: the desk never sees the prefix."""
        process = await self._started(takes_off=takes_off)
        try:
            async with asyncio.timeout(SOON):
                while not listens(self.port):
                    assert process.returncode is None, self.logged()
                    await asyncio.sleep(_LOOK)
            yield
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), SOON)

    def logged(self) -> str:
        """Give everything that it has written to any log."""
        return "".join(log.read_text(errors="replace") for log in self.folder.glob("*.log"))

    async def _started(self, *, takes_off: bool) -> Process:
        made = await asyncio.create_subprocess_exec(
            *_CERTIFICATE.split(), cwd=self.folder, stdout=DEVNULL, stderr=DEVNULL
        )
        assert await made.wait() == 0
        configuration = self.folder / "nginx.conf"
        configuration.write_text(self._configuration(takes_off=takes_off))
        return await asyncio.create_subprocess_exec(
            *("nginx", "-p", str(self.folder), "-c", str(configuration), "-e", "start.log"),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )

    def _configuration(self, *, takes_off: bool) -> str:
        lines = readme_lines().replace("location / {", f"location {PREFIX}/ {{")
        lines = lines.replace("127.0.0.1:8080", f"{HOST}:{self.desk_port}")
        if takes_off:  # what other proxies do, and nginx where a slash is behind the address
            lines = lines.replace(f":{self.desk_port};", f":{self.desk_port}/;")
        return f"""\
daemon off;
pid nginx.pid;
{"user root;" if os.geteuid() == 0 else ""}
events {{ }}
http {{
    access_log access.log;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen {HOST}:{self.port} ssl http2;
        server_name localhost;
        ssl_certificate cert.pem;
        ssl_certificate_key key.pem;
        root {self.folder}/none;
        {lines}
    }}
}}
"""


def readme_lines() -> str:
    """Give the lines for nginx as the README has them."""
    text = _README.read_text(encoding="utf-8").partition("## The pages")[2]
    found = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def place(folder: Path, desk_port: int) -> Proxy:
    """Find a place for one proxy before a desk."""
    require_programs("nginx")
    require("openssl", which("openssl") is not None, "install Debian's package openssl")
    home = folder / "proxy"
    home.mkdir()
    return Proxy(home, desk_port)
