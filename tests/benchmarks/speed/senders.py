"""Who sends into the sink, and how each is made to do a round of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.speed.figures import Round
from tests.benchmarks.speed.messages import Sample
from tests.benchmarks.speed.programs import Program, module, program, taking_orders
from tests.ports import HOST

_SCRIPT = str(Path(__file__).with_name("nodemailer.mjs"))


@dataclass(frozen=True, slots=True)
class Way:
    """How everybody reaches the sink, and with which message."""

    port: int
    message: Sample
    path: Path  # of the message, in a file

    @asynccontextmanager
    async def desk(self, database_url: str, connections: int) -> AsyncIterator[Program]:
        """Run the desk's own sender."""
        smtp_url = f"smtp://{HOST}:{self.port}?connections={connections}"
        async with taking_orders(*module("mail_sender", database_url, smtp_url)) as sender:
            yield sender

    @asynccontextmanager
    async def nodemailer(self, connections: int) -> AsyncIterator[Program]:
        """Run Nodemailer."""
        words = (_SCRIPT, str(self.port), str(connections), str(self.path))
        async with taking_orders(program("node", "nodejs"), *words) as sender:
            yield sender

    @asynccontextmanager
    async def aiosmtplib(self, connections: int) -> AsyncIterator[Program]:
        """Run a pool of aiosmtplib's connections."""
        words = (str(self.port), str(connections), str(self.path))
        async with taking_orders(*module("aiosmtplib_pool", *words)) as sender:
            yield sender


def by_desk(sender: Program, messages: int, spent: list[float] | None = None) -> Round:
    """Make a round of the desk's: what is booked before is sent within it.

    The seconds of CPU that each message took go to `spent`.
    """

    async def one() -> float:
        await sender.order(do="book", recipients=messages)
        return _rate(await sender.order(do="send"), spent)

    return one


def by_other(sender: Program, messages: int, spent: list[float] | None = None) -> Round:
    """Make a round of Nodemailer's or aiosmtplib's."""

    async def one() -> float:
        return _rate(await sender.order(messages=messages), spent)

    return one


def _rate(answer: dict[str, Any], spent: list[float] | None) -> float:
    if spent is not None:
        spent.append(answer["cpu"] / answer["sent"])
    return float(answer["sent"] / answer["seconds"])


def by_postfix(way: Way, connections: int, messages: int) -> Round:
    """Make a round of Postfix's load generator."""
    words = ("-d", "-s", str(connections), "-m", str(messages), "-l", str(way.message.octets))

    async def one() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        source = program("smtp-source", "postfix")
        process = await asyncio.create_subprocess_exec(source, *words, f"{HOST}:{way.port}")
        if code := await process.wait():
            raise RuntimeError(f"smtp-source ended with {code}")
        return messages / (loop.time() - began)

    return one
