"""Hooks that the gate answers in a second, against a bare aiohttp handler that only says yes.

Run as `python -m tests.benchmarks.gate_hooks [RESERVATIONS]`; a million are stored unless it is
said. Both are processes of their own and are asked the same on the same number of kept-open
connections, in turns. Asked are: may this viewer watch by RTMP, and by HLS, file by file.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from core.access.links import Links
from core.access.vault import Vault
from tests.benchmarks.many_reservations import OnAir, fill
from tests.ports import free_port

SECRET = "a secret key for benchmarks that is long enough"
STORED, ON_AIR = 1_000_000, 200
CONNECTIONS, ROUNDS, PER_ROUND = (8, 64), 5, 12_000
_SOON = 60.0


@dataclass
class Figures:
    """Of each round: answers a second, the 99th percentile of the time to one, and its CPU time."""

    rates: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        p99 = 1000 * statistics.median(self.p99s)
        return f"{self.rate:8,.0f}/s  p99 {p99:6.2f} ms  {1e6 * self.cpu:4.0f} µs of CPU each"

    @property
    def rate(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rates)

    @property
    def cpu(self) -> float:
        """The median of the rounds: what other programs on the machine alter least."""
        return statistics.median(self.cpus)


def by_rtmp(hook: str, port: int, one: OnAir, number: int) -> bytes:
    """Make the hook of a viewer who watches by RTMP, a connection of its own each."""
    form = (
        f"app=live&flashver=LNX%209,0,124,2&swfurl=&tcurl=rtmp://127.0.0.1/live&pageurl="
        f"&addr=127.0.{number // 250 % 250}.{number % 250 + 1}&clientid={number}&call=play"
        f"&name={one.path}&start=4294965296&duration=0&reset=0&user=guest&pass={one.passcode}"
    )
    head = f"POST {hook}/play HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}{kind}Content-Length: {len(form)}\r\n\r\n{form}".encode()


def by_hls(hook: str, port: int, one: OnAir, number: int) -> bytes:
    """Make the hook of a viewer's next file by HLS."""
    basic = b64encode(f"guest:{one.passcode}".encode()).decode()
    return (
        f"GET {hook}/hls HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"X-Original-URI: /hls/{one.path}-{number % 30}.ts\r\n"
        f"X-Original-Address: 127.0.{number % 250}.1\r\nAuthorization: Basic {basic}\r\n\r\n"
    ).encode()


Ask = Callable[[str, int, OnAir, int], bytes]


async def asked(  # noqa: PLR0913, PLR0917 - where, what, by how many, how often
    port: int, hook: str, on_air: Sequence[OnAir], make: Ask, connections: int, count: int
) -> tuple[float, float]:
    """Ask so often, on so many connections; gives answers a second and the 99th percentile."""
    requests = [make(hook, port, on_air[n % len(on_air)], n) for n in range(count)]
    took: list[float] = []

    async def ask(mine: Sequence[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in mine:
            began = time.perf_counter()
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            took.append(time.perf_counter() - began)
            assert answer.startswith(b"HTTP/1.1 204"), answer
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(ask(requests[n::connections]) for n in range(connections)))
    return count / (time.perf_counter() - began), statistics.quantiles(took, n=100)[98]


@asynccontextmanager
async def running(*words: str, port: int, env: dict[str, str]) -> AsyncIterator[int]:
    """Let a program run until the end of the block, once it listens; gives its process's number."""
    process = subprocess.Popen([sys.executable, *words], env=env, stderr=subprocess.DEVNULL)  # noqa: ASYNC220, S603 - our own programs
    try:
        async with asyncio.timeout(_SOON):
            while True:
                try:
                    (await asyncio.open_connection("127.0.0.1", port))[1].close()
                    break
                except OSError:
                    await asyncio.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def cpu_of(process: int) -> float:
    """Give the seconds of CPU that a process has used (proc(5): user and system time)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def compare(stored: int, folder: Path) -> None:
    """Fill a database, run both, and print what they did."""
    began = time.perf_counter()
    on_air = fill(folder / "callboard.db", SECRET, stored, ON_AIR)
    say(f"{stored:,} reservations stored in {time.perf_counter() - began:.0f} s")
    gate_port, bare_port = free_port(), free_port()
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "CALLBOARD_DATA": str(folder),
        "CALLBOARD_SECRET_KEY": SECRET,
        "CALLBOARD_HTTP_PORT": str(gate_port),
    }
    links = Links(Vault([SECRET]), gate_url=f"http://127.0.0.1:{gate_port}")
    hook = urlsplit(links.hook_url(1)).path
    bare = ("-m", "tests.benchmarks.bare_handler", str(bare_port))
    async with (
        running("-m", "bot", "run", "--only", "web", port=gate_port, env=env) as gate_process,
        running(*bare, port=bare_port, env=env) as bare_process,
    ):
        for make in (by_rtmp, by_hls):
            for connections in CONNECTIONS:
                gate, alone = Figures(), Figures()
                for _ in range(ROUNDS):
                    for figures, port, process in (
                        (alone, bare_port, bare_process),
                        (gate, gate_port, gate_process),
                    ):
                        before = cpu_of(process)
                        rate, p99 = await asked(port, hook, on_air, make, connections, PER_ROUND)
                        figures.rates.append(rate)
                        figures.p99s.append(p99)
                        figures.cpus.append((cpu_of(process) - before) / PER_ROUND)
                say(f"{make.__name__}, {connections} connections")
                say(f"  the gate      {gate}  {gate.rate / alone.rate:.2f} of the bare rate")
                say(f"  bare aiohttp  {alone}  {alone.cpu / gate.cpu:.2f} of the gate's CPU time")


def say(line: str) -> None:
    """Write a line of the table."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Compare, with as many reservations as are asked for."""
    stored = int(sys.argv[1]) if len(sys.argv) > 1 else STORED
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder:
        asyncio.run(compare(stored, Path(folder)))


if __name__ == "__main__":
    main()
