"""kill -9, again and again, in the middle of sending real mail over SMTP."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.mailbox_server import MailboxServer, Received
from core.model.recipient import Contact, RouteName
from core.outbox.claim import LEASE
from core.outbox.retry import DOUBT
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.post import deliveries

LANES = 3
ROOT = Path(__file__).parents[2]


class Nursery:
    """The process of `tests.outbox.nursery`, seen from here."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def send_until(self, arrived: asyncio.Event, ahead: timedelta) -> None:
        """Let a dispatcher send until the event is set, and kill it there and then."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ahead": ahead.total_seconds()}).encode() + b"\n")
        child = int(await self._process.stdout.readline())
        await asyncio.wait_for(arrived.wait(), 30)
        os.kill(child, signal.SIGKILL)
        assert b"gone\n" == await self._process.stdout.readline()


@asynccontextmanager
async def nursery(database_url: str, smtp_url: str) -> AsyncIterator[Nursery]:
    """Start the nursery, and end it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.outbox.nursery", database_url, smtp_url, str(LANES)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


class CountedMailbox(MailboxServer):
    """A mail server that says when so many messages more have arrived."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._awaited: tuple[int, asyncio.Event] | None = None

    def after(self, more: int) -> asyncio.Event:
        """Give the event that so many more have arrived."""
        event = asyncio.Event()
        self._awaited = (len(self.received) + more, event)
        return event

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls its hooks so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, and look whether it was the one that was waited for."""
        answer = await super().handle_DATA(server, session, envelope)
        if self._awaited and len(self.received) >= self._awaited[0]:
            self._awaited[1].set()
        return answer


async def test_nothing_is_lost_and_copies_are_few_and_the_same(
    scene: Scene, database_url: str, tmp_path: Path, stress: bool
) -> None:
    kills = 200 if stress else 12
    draw = random.Random(7)  # noqa: S311 - the same sizes each time
    sizes = [draw.randint(1, 9) for _ in range(kills)]
    crowd = tuple(
        Contact(RouteName.EMAIL, f"fan{n}@example.org", f"Fan {n}") for n in range(sum(sizes))
    )
    ahead = timedelta(0)
    scene.clock.now = datetime.now(UTC)
    bench = Bench(scene)
    reservation = await bench.reserve(
        slot=bench.slot(timedelta(days=30)), audience=crowd, reminders=()
    )

    async with (
        CountedMailbox(tmp_path) as mailbox,
        nursery(database_url, mailbox.url) as dispatchers,
    ):
        for number, size in enumerate(sizes):
            if number == kills // 2:
                await bench.change(reservation.code, title="Late show")
            await dispatchers.send_until(mailbox.after(size), ahead)
            ahead += LEASE + DOUBT + timedelta(seconds=5)
        assert await _drained(scene, reservation.id, dispatchers, ahead)
        received = list(mailbox.received)

    copies = Counter(mail.recipient for mail in received)
    messages = {(mail.recipient, _header(mail, "Message-ID")) for mail in received}
    assert {one.address for one in crowd} == set(copies)
    assert len(received) - len(messages) <= kills * LANES
    assert len(messages) == len({(mail.recipient, mail.data) for mail in received})
    for contact in crowd:
        told = [_sequence(mail) for mail in received if mail.recipient == contact.address]
        assert sorted(told) == told
        assert 2 == told[-1]


def _header(mail: Received, name: str) -> str:
    return str(message_from_bytes(mail.data, policy=default)[name])


def _sequence(mail: Received) -> int:
    parts = message_from_bytes(mail.data, policy=default).walk()
    (calendar,) = [part for part in parts if part.get_content_type() == "text/calendar"]
    found = re.search(r"^SEQUENCE:(\d+)", calendar.get_content(), re.MULTILINE)
    assert found
    return int(found[1])


async def _drained(
    scene: Scene, reservation_id: int, dispatchers: Nursery, ahead: timedelta
) -> bool:
    """Let dispatchers work, past every doubt, until nothing waits any more."""
    for _ in range(4):
        all_sent = asyncio.Event()
        looking = asyncio.create_task(_look(scene, reservation_id, all_sent))
        await dispatchers.send_until(all_sent, ahead)
        if await looking:
            return True
        ahead += LEASE + DOUBT + timedelta(seconds=5)
    return False


async def _look(scene: Scene, reservation_id: int, done: asyncio.Event) -> bool:
    """Look until nothing waits, or for longer than what need not wait would take."""
    try:
        for _ in range(100):
            rows = await scene.desk.read(deliveries, reservation_id)
            if not any(row.state.open for row in rows):
                return True
            await asyncio.sleep(0.05)  # another process writes it: there is nothing to wait for
        return False
    finally:
        done.set()
