"""Pages and feeds that the site gives in a second, against a bare aiohttp handler as long-winded.

Run as `python -m tests.benchmarks.pages [RESERVATIONS]`; a million are stored unless it is said.
Both are processes of their own, asked in turns on the same number of kept-open connections.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from core.access.links import Links, Purpose
from core.access.vault import Vault
from tests.benchmarks.gate_hooks import ON_AIR, SECRET, STORED, Figures, cpu_of, running, say
from tests.benchmarks.many_reservations import fill
from tests.ports import free_port

CONNECTIONS, ROUNDS, PER_ROUND = (1, 8), 5, 400


async def fetched(port: int, paths: Sequence[str], connections: int) -> tuple[float, float, int]:
    """Fetch pages, in turns; gives how many a second, the 99th percentile, and octets of one."""
    took: list[float] = []
    size = 0

    async def fetch(mine: Sequence[str]) -> None:
        nonlocal size
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in mine:
            began = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            size = length
            took.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(fetch(paths[n::connections]) for n in range(connections)))
    rate = len(paths) / (time.perf_counter() - began)
    return rate, statistics.quantiles([*took, *took[-1:]], n=100)[98], size


async def compare(stored: int, folder: Path) -> None:
    """Fill a database, run the site, and print what it did beside a bare handler."""
    fill(folder / "callboard.db", SECRET, stored, ON_AIR)
    say(f"{stored:,} reservations stored")
    port = free_port()
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "CALLBOARD_DATA": str(folder),
        "CALLBOARD_SECRET_KEY": SECRET,
        "CALLBOARD_HTTP_PORT": str(port),
        "CALLBOARD_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    links = Links(Vault([SECRET]))
    pages = {
        "a join page": [
            f"/{Purpose.SLOT}/{links.token(Purpose.SLOT, n % ON_AIR + 1)}" for n in range(PER_ROUND)
        ],
        "a server's week": ["/schedule/1"] * (PER_ROUND // 20),
        "a server's feed": ["/feed/server/1.ics"] * (PER_ROUND // 20),
    }
    async with running("-m", "bot", "run", "--only", "web", port=port, env=env) as process:
        for name, paths in pages.items():
            _, _, size = await fetched(port, paths[:1], 1)
            bare_port = free_port()
            words = ("-m", "tests.benchmarks.bare_handler", str(bare_port), str(size))
            async with running(*words, port=bare_port, env=env) as bare:
                for connections in CONNECTIONS:
                    ours, alone = Figures(), Figures()
                    for _ in range(ROUNDS):
                        for figures, at, number in (
                            (alone, bare_port, bare),
                            (ours, port, process),
                        ):
                            before = cpu_of(number)
                            rate, p99, _ = await fetched(at, paths, connections)
                            figures.rates.append(rate)
                            figures.p99s.append(p99)
                            figures.cpus.append((cpu_of(number) - before) / len(paths))
                    say(f"{name}, {size:,} octets, {connections} connections")
                    say(f"  the site      {ours}  {ours.rate / alone.rate:.3f} of the bare rate")
                    say(f"  bare aiohttp  {alone}")


def main() -> None:
    """Compare, with as many reservations as are asked for."""
    stored = int(sys.argv[1]) if len(sys.argv) > 1 else STORED
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder:
        asyncio.run(compare(stored, Path(folder)))


if __name__ == "__main__":
    main()
