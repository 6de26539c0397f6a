"""A proxy on loopback that is as far from its server as it is told: PORT SERVER SECONDS."""

from __future__ import annotations

import asyncio
import sys


async def _serve(port: int, server: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            loop.call_later(seconds / 2, writer.write, data)
        loop.call_later(seconds / 2, writer.close)

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, thither = await asyncio.open_connection("127.0.0.1", server)
        await asyncio.gather(pass_on(reader, thither), pass_on(there, writer))

    listening = await asyncio.start_server(met, "127.0.0.1", port)
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
