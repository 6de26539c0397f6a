"""An event loop that does nothing, to tell how late any loop is on this machine just now.

Prints a line a second until standard input ends, all in seconds: when that was by the clock that
all processes share, how long a page took to the disk, and how late each timer of that second was.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from io import FileIO
from pathlib import Path

_EVERY = 0.1  # seconds, as the desk measures its own
_A_LINE = 10  # timers
_PAGE = bytes(4096)


async def _measure(page: FileIO) -> None:
    loop = asyncio.get_running_loop()
    ended = loop.run_in_executor(None, sys.stdin.read)
    writing, begun = loop.run_in_executor(None, _write, page), loop.time()
    while not ended.done():
        lags: list[float] = []
        for _ in range(_A_LINE):
            wanted_at = loop.time() + _EVERY
            await asyncio.sleep(_EVERY)
            lags.append(loop.time() - wanted_at)
        # one that is still under way has taken so long at least
        took = await writing if writing.done() else loop.time() - begun
        print(loop.time(), took, *lags, flush=True)  # noqa: T201 - the answer
        if writing.done():
            writing, begun = loop.run_in_executor(None, _write, page), loop.time()
    await writing


def _write(page: FileIO) -> float:
    begun = time.monotonic()
    page.seek(0)
    page.write(_PAGE)
    os.fsync(page.fileno())
    return time.monotonic() - begun


if __name__ == "__main__":
    with Path(sys.argv[1]).open("wb", buffering=0) as opened:
        asyncio.run(_measure(opened))
