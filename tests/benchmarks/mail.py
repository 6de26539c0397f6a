"""Mails a second through the whole durable path, against what others send into the same sink.

Run as `python -m tests.benchmarks.mail`. Each notice is claimed, rendered for its recipient, sent,
and recorded before the next on its connection, in SQLite with `synchronous=FULL`. The peers are
Postfix's `smtp-source`, nodemailer with a pool of ten connections that builds the same kind of
message, and a pool of aiosmtplib clients with bytes that are there already.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

from aiosmtplib import SMTP

from adapters.email_smtp import EmailSmtp
from adapters.memory import MemoryRoute
from adapters.smtp_settings import SmtpSettings
from core.model.recipient import Contact, RouteName
from core.model.server import Rules
from core.outbox.dispatch import Dispatcher
from core.outbox.route import Route
from core.store.desk import Desk
from core.usecases.reserve import reserve
from tests.benchmarks.measuring import ROUNDS, Curve, Line, in_turns, open_bench_desk, say
from tests.databases import SqliteFiles
from tests.desks import Clock, Scene, set_scene
from tests.outbox.nursery import mail_outlet
from tests.ports import answers, free_port

PER_ROUND, FAR_PER_ROUND = 2_000, 400
CONNECTIONS, USUAL, THEIRS = (1, 2, 4, 10, 16), 16, 10
FAR = 0.020  # seconds of round trip
SENDER = "desk@example.org"
_HERE = Path(__file__).parent
_ROOT = Path(__file__).parents[2]
_NODE = ("node", str(_HERE / "nodemailer.mjs"))


@contextmanager
def sink() -> Iterator[int]:
    """Run Postfix's sink; gives its port."""
    port = free_port()
    command = ("/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "200")
    with subprocess.Popen(command) as process:  # noqa: S603 - Debian's
        try:
            while not answers(port):
                time.sleep(0.01)
            yield port
        finally:
            process.kill()


@asynccontextmanager
async def far(port: int) -> AsyncIterator[int]:
    """Put the sink twenty milliseconds away, by a process of its own; gives the port there."""
    there = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.far_away"),
        *(str(there), str(port), str(FAR)),
        cwd=_ROOT,
    )
    try:
        while not answers(there):  # noqa: ASYNC110 - it says so to nobody else
            await asyncio.sleep(0.01)
        yield there
    finally:
        process.kill()
        await process.wait()


class Sender:
    """The desk, booked with so many recipients for each round, and its dispatcher."""

    def __init__(self, scene: Scene, desk: Desk) -> None:
        self._scene = scene
        self._desk = desk
        self._rounds = 0

    async def send(self, port: int, connections: int, notices: int) -> float:
        """Send so many; gives how many a second."""
        url = f"smtp://127.0.0.1:{port}?connections={connections}"
        return await self._delivered(EmailSmtp(SmtpSettings.from_url(url, SENDER)), notices)

    async def size(self) -> int:
        """Give the octets of one message."""
        route = MemoryRoute(lanes=1)
        await self._delivered(route, 1)
        return len(route.sent[0].data)

    async def _delivered(self, route: Route, notices: int) -> float:
        self._rounds += 1
        crowd = tuple(
            Contact(RouteName.EMAIL, f"fan{n}@round{self._rounds}.example.org", f"Fan {n}")
            for n in range(notices)
        )
        request = self._scene.request(audience=crowd)
        await self._desk.run(reserve, self._scene.actor, request)
        dispatcher = Dispatcher(self._desk, {RouteName.EMAIL: mail_outlet(route)}, "example.org")
        began = time.perf_counter()
        sent = await dispatcher.deliver_due()
        took = time.perf_counter() - began
        await dispatcher.close()
        assert sent == notices, (sent, notices)
        return notices / took


async def by_postfix(port: int, size: int) -> float:
    """Have `smtp-source` send over ten sessions; gives how many a second."""
    number = 5 * PER_ROUND
    command = ("/usr/sbin/smtp-source", "-d", "-s", str(THEIRS), "-m", str(number))
    return number / await _timed(*command, "-l", str(size), f"127.0.0.1:{port}")


async def by_nodemailer(port: int) -> float:
    """Have nodemailer send; it says itself how many a second, its start aside."""
    process = await asyncio.create_subprocess_exec(
        *_NODE, str(port), str(THEIRS), str(PER_ROUND), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return float(output)


async def by_aiosmtplib(port: int, data: bytes, connections: int, number: int) -> float:
    """Send bytes that are there already over a pool; gives how many a second."""
    clients = [
        SMTP(hostname="127.0.0.1", port=port, start_tls=False, use_tls=False)
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.connect() for client in clients))
    left = iter(range(number))

    async def lane(client: SMTP) -> None:
        for one in left:
            await client.sendmail(SENDER, [f"fan{one}@example.org"], data)

    began = time.perf_counter()
    await asyncio.gather(*(lane(client) for client in clients))
    took = time.perf_counter() - began
    await asyncio.gather(*(client.quit() for client in clients))
    return number / took


async def _timed(*command: str) -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0
    return time.perf_counter() - began


async def near_lines(sender: Sender, port: int) -> list[Line]:
    """Hold the desk against Postfix's generator and nodemailer, on the same machine."""
    size = await sender.size()
    found = await in_turns(
        ROUNDS,
        {
            "desk": partial(sender.send, port, USUAL, PER_ROUND),
            "postfix": partial(by_postfix, port, size),
            "nodemailer": partial(by_nodemailer, port),
        },
    )
    what = f"mail, the whole durable path, {size:,} octets, {USUAL} connections"
    return [
        _line(what, f"smtp-source -d -s {THEIRS}", found["desk"], found["postfix"], 0.25),
        _line("the same", f"nodemailer, pool of {THEIRS}", found["desk"], found["nodemailer"], 3),
    ]


async def far_lines(sender: Sender, port: int) -> list[Line]:
    """Do the same with a mail server that is far, against a pool of as many connections."""
    data = b"x" * 70 + b"\r\n"
    data = b"Subject: a message\r\n\r\n" + data * (await sender.size() // len(data))
    async with far(port) as there:
        found = await in_turns(
            ROUNDS,
            {
                "desk": partial(sender.send, there, THEIRS, FAR_PER_ROUND),
                "pool": partial(by_aiosmtplib, there, data, THEIRS, FAR_PER_ROUND),
            },
        )
    what = f"the same, {1000 * FAR:.0f} ms away, {THEIRS} connections"
    against = f"a pool of {THEIRS} aiosmtplib clients, bytes at hand"
    return [_line(what, against, found["desk"], found["pool"], 3)]


def _line(what: str, against: str, ours: float, theirs: float, bar: float) -> Line:
    ratio = ours / theirs
    figures = f"{ours:,.0f}/s against {theirs:,.0f}/s"
    return Line(what, against, figures, f"{ratio:.2f}", f"≥ {bar:g}", ratio >= bar)


async def curves(sender: Sender, port: int) -> list[Curve]:
    """Give mails a second over connections: ours and a pool of aiosmtplib's."""
    ours, theirs = Curve("Callboard"), Curve("aiosmtplib, bytes at hand")
    data = b"Subject: a message\r\n\r\n" + b"x" * 70 + b"\r\n"
    data *= await sender.size() // len(data)
    for connections in CONNECTIONS:
        contenders: dict[str, Callable[[], object]] = {}
        contenders["ours"] = partial(sender.send, port, connections, PER_ROUND)
        contenders["theirs"] = partial(by_aiosmtplib, port, data, connections, PER_ROUND)
        found = await in_turns(3, contenders)  # type: ignore[arg-type]  # partials of coroutines
        ours.points[connections] = found["ours"]
        theirs.points[connections] = found["theirs"]
    size = await sender.size()
    generator = Curve("smtp-source", {THEIRS: await by_postfix(port, size)})
    return [ours, theirs, generator, Curve("nodemailer", {THEIRS: await by_nodemailer(port)})]


async def compare() -> tuple[list[Line], list[Curve]]:
    """Give the lines and the curves about mail."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callboard-bench-")))
        clock = Clock()
        desk = open_bench_desk(SqliteFiles(folder).fresh(), clock, recipients=100_000)
        stack.callback(desk.close)
        sender = Sender(await set_scene(desk, clock, rules=Rules(max_streams=1000)), desk)
        port = stack.enter_context(sink())
        say("mail, near")
        lines = await near_lines(sender, port)
        say("mail, far")
        lines += await far_lines(sender, port)
        say("mail, over connections")
        return lines, await curves(sender, port)


def main() -> None:
    """Print the lines."""
    for line in asyncio.run(compare())[0]:
        say(f"{line.what}, against {line.against}: {line.figures}; {line.ratio} (bar {line.bar})")


if __name__ == "__main__":
    main()
