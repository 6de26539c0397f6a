"""A pool of aiosmtplib's connections that sends messages made beforehand.

Run as `python -m tests.benchmarks.speed.aiosmtplib_pool PORT CONNECTIONS SAMPLE`; each line of
input is an order in JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import aiosmtplib

SENDER, HOST = "desk@example.org", "127.0.0.1"


async def sent(port: int, connections: int, data: bytes, messages: int) -> dict[str, float]:
    """Send so many messages over so many connections; gives how long it took and what it cost."""
    numbers = iter(range(messages))
    began, cpu = time.perf_counter(), time.process_time()

    async def some() -> None:
        client = aiosmtplib.SMTP(
            hostname=HOST, port=port, start_tls=False, local_hostname="example.org"
        )
        async with client:
            for number in numbers:
                await client.sendmail(SENDER, [f"person{number}@example.org"], data)

    await asyncio.gather(*(some() for _ in range(connections)))
    return {
        "sent": messages,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
    }


async def serve(port: int, connections: int, sample: Path) -> None:
    """Carry out orders until there are no more."""
    data = json.loads(sample.read_text(encoding="utf-8"))["data"].encode()
    while line := await asyncio.to_thread(sys.stdin.readline):
        answer = await sent(port, connections, data, json.loads(line)["messages"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
