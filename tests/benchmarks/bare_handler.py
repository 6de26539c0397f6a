"""An aiohttp application whose only handler says yes: what answering over HTTP costs by itself.

Run as `python -m tests.benchmarks.bare_handler PORT [OCTETS]`; with octets it gives such a page.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web


async def serve(port: int, octets: int = 0) -> None:
    """Serve until killed."""
    page = "x" * octets

    async def yes(request: web.Request) -> web.Response:
        await request.read()
        if page:
            return web.Response(text=page, content_type="text/html")
        return web.Response(status=204)

    application = web.Application()
    application.add_routes([web.route("*", "/{tail:.*}", yes)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:])))
