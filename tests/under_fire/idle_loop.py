"""An event loop that does nothing, to tell how late any loop is on this machine just now.

Measures until standard input ends, and prints the quantile that was asked for, in seconds.
"""

from __future__ import annotations

import asyncio
import sys

_EVERY = 0.1  # seconds, as the desk measures its own


async def _measure(share: float) -> float:
    loop = asyncio.get_running_loop()
    ended = loop.run_in_executor(None, sys.stdin.read)
    lags = [0.0]
    while not ended.done():
        wanted_at = loop.time() + _EVERY
        await asyncio.sleep(_EVERY)
        lags.append(loop.time() - wanted_at)
    lags.sort()
    return lags[min(int(share * len(lags)), len(lags) - 1)]


if __name__ == "__main__":
    print(asyncio.run(_measure(float(sys.argv[1]))))  # noqa: T201 - the answer
